"""Requests read by the contract: parameters in every style, and bodies by their media type."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock import Routed
from seamwright.model.exchange import Case, Request
from seamwright.services.mock.requests import arrival_of
from tests.contracts.documents import contract
from tests.engines.mock.conversation import operation

INTEGERS = {"type": "array", "items": {"type": "integer"}}
RANGE = {"type": "object", "properties": {"from": {"type": "integer"}, "tags": {"type": "array", "items": {}}}}


def read(parameters: list[dict[str, Any]], target: str, **headers: str) -> Case:
    """What GET /a means with these parameters."""
    found = contract({"/a": {"get": {"operationId": "get", "parameters": parameters, "responses": {}}}})
    request = Request("GET", target, tuple(headers.items()))
    return arrival_of(found, Routed(operation(found, "get"), {}), request, "/a", "http://x").case


def query(schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": "q", "in": "query", "schema": schema, **more}


LABELS = {"type": "object", "additionalProperties": {"type": "string"}}


@pytest.mark.parametrize(
    ("parameter", "target", "expected"),
    [
        (query({"type": "integer"}), "/a?q=7", "7"),
        (query({"type": "string"}), "/a?q=a%20b+c", "a b c"),
        (query({"type": "string"}), "/a?q=", ""),
        (query({"type": "string"}), "/a", None),
        (query(INTEGERS), "/a?q=1&q=2", [1, 2]),
        (query(INTEGERS), "/a?q[]=1&q[]=2", [1, 2]),
        (query(INTEGERS, explode=False), "/a?q=1,2", [1, 2]),
        (query(INTEGERS, style="pipeDelimited", explode=False), "/a?q=1%7C2", [1, 2]),
        (query(INTEGERS, style="spaceDelimited", explode=False), "/a?q=1%202", [1, 2]),
        (query({"oneOf": [{"type": "string"}, INTEGERS]}), "/a?q=1", "1"),
        (query(RANGE, style="deepObject"), "/a?q[from]=1&q[tags]=a&q[tags]=b", {"from": 1, "tags": ["a", "b"]}),
        (query(RANGE, style="deepObject"), "/a?q[x][y]=1", {"x": {"y": 1}}),
        (query(LABELS, style="deepObject"), "/a?q[x]=1", {"x": "1"}),
        (query(RANGE), "/a?from=1&other=2", {"from": 1}),
        (query(RANGE, explode=False), "/a?q=from,1", {"from": 1}),
        (query(RANGE), "/a", None),
        (
            {"name": "q", "in": "query", "content": {"application/json": {"schema": RANGE}}},
            "/a?q={%22from%22:1}",
            '{"from":1}',
        ),
    ],
)
def test_query_parameters(parameter: dict[str, Any], target: str, expected: Any) -> None:
    assert read([parameter], target).query.get("q") == expected


def test_parameters_that_nobody_declared_are_kept_by_name() -> None:
    assert read([query({"type": "integer"})], "/a?q=1&page=2&page=3").query == {"q": "1", "page": "2"}


def test_headers_and_cookies() -> None:
    case = read([], "/a", **{"X-A": "1", "Cookie": "sid=abc; other=x"})
    assert case.headers["X-A"] == "1"
    assert case.cookies == {"sid": "abc", "other": "x"}


@pytest.mark.parametrize(("style", "text"), [("simple", "7"), ("label", ".7"), ("matrix", ";id=7")])
def test_path_parameters(style: str, text: str) -> None:
    where = {"name": "id", "in": "path", "required": True, "style": style, "schema": {"type": "integer"}}
    found = contract({"/a/{id}": {"get": {"operationId": "get", "parameters": [where], "responses": {}}}})
    arrival = arrival_of(found, Routed(operation(found, "get"), {"id": text}), Request("GET", "/a"), "/a", "")
    assert arrival.case.path == {"id": "7"}


def sent(data: bytes, content: dict[str, Any] | None, **headers: str) -> tuple[Any, str | None, list[str]]:
    """The body, its media type, and what is broken, of a POST."""
    declared = (
        {} if content is None else {"requestBody": {"content": {key: {"schema": s} for key, s in content.items()}}}
    )
    found = contract({"/a": {"post": {"operationId": "post", "responses": {}, **declared}}})
    request = Request("POST", "/a", tuple((n.replace("_", "-"), v) for n, v in headers.items()), data)
    arrival = arrival_of(found, Routed(operation(found, "post"), {}), request, "/a", "")
    return arrival.case.body, arrival.case.media_type, [violation.keyword for violation in arrival.broken]


JSON, FORM, PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"


def test_bodies() -> None:
    assert sent(b'{"a":1}', {JSON: {}}, content_type=JSON) == ({"a": 1}, JSON, [])
    assert sent(b'{"a":1}', {JSON: {}}) == ({"a": 1}, JSON, []), "the first type, where none is told"
    assert sent(b"{", {JSON: {}}, content_type=JSON) == (None, JSON, ["json"])
    assert sent(b"", {JSON: {}}, content_type=JSON) == (None, None, [])
    assert sent(b"", {FORM: {}}, content_type=FORM) == ({}, FORM, []), "an empty form is a form"
    parted = f"{PARTS}; boundary=x"
    assert sent(b"", {PARTS: {}}, content_type=parted) == ({}, parted, [])
    assert sent(b"", {PARTS: {}}, content_type=PARTS) == (None, None, []), "nothing says what its parts are parted by"
    xml = {"application/xml": {"type": "object", "required": ["b"]}}
    assert sent(b"<x><a>1</a></x>", xml, content_type="application/xml") == ({"a": 1}, "application/xml", [])
    assert sent(b"x", None, content_type="text/plain") == (None, None, []), "it takes no body, and reads none"
