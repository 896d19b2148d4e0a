"""Cases as they go over the wire: read back by a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_string
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.contracts.openapi import load_openapi
from seamwright.drivers.http import HttpConnection
from seamwright.engines.generate.rendering import encoded_body, media_type_for, render
from seamwright.model.exchange import Case, Request
from seamwright.model.operation import Contract, Operation
from tests.serving import serving

PARAMETERS = [
    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
    {"name": "X-Trace", "in": "header", "schema": {"type": "array", "items": {"type": "string"}}},
    {"name": "sid", "in": "cookie", "schema": {"type": "string"}},
]


def contract(parameters: list[Any] | None = None, path: str = "/items/{id}", **content: Any) -> Contract:
    body = {"requestBody": {"content": {m.replace("__", "/"): {"schema": s} for m, s in content.items()}}}
    operation = {
        "operationId": "it",
        "parameters": PARAMETERS if parameters is None else parameters,
        "responses": {"200": {"description": "ok", "content": {"application/hal+json": {"schema": {}}}}},
        **(body if content else {}),
    }
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {path: {"post": operation}}}
    return load_openapi(document, source="openapi.json", digest="0" * 64)


def rendered(case: Case, base: str = "http://h", made: Contract | None = None) -> Request:
    made = made or contract()
    return render(base, made, _it(made), case)


def _it(made: Contract) -> Operation:
    operation = made.operation("it")
    assert operation is not None
    return operation


async def told(request: Asked) -> Response:
    return JSONResponse(
        {
            "method": request.method,
            "id": request.path_params.get("id"),
            "raw": request.scope["raw_path"].decode(),
            "query": parse_qs(request.url.query, keep_blank_values=True),
            "headers": dict(request.headers),
            "cookies": dict(request.cookies),
            "body": (await request.body()).decode(),
        }
    )


def fields(content_type: str, body: str) -> dict[str, list[str]]:
    """A form as the standard library reads it."""
    if content_type == "application/x-www-form-urlencoded":
        return parse_qs(body, keep_blank_values=True)
    message = message_from_string(f"content-type: {content_type}\r\n\r\n{body}", policy=HTTP)
    found: dict[str, list[str]] = {}
    for part in message.iter_parts():
        name = part["content-disposition"].params["name"]
        found.setdefault(name, []).append(str(part.get_payload()))
    return found


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Starlette(routes=[Route("/items/{id:path}", told, methods=["POST"])])) as address:
        yield address


async def arrived(url: str, case: Case, made: Contract | None = None) -> Any:
    connection = HttpConnection()
    exchange = await connection.send(rendered(case, url, made), timeout=5)
    await connection.close()
    assert exchange.response is not None, exchange
    assert exchange.status == 200, exchange.response.text
    return exchange.response.json()


@pytest.mark.parametrize("ident", ["7", "a b", "a/b", "a?b#c", "ü€😀", "100%", "a+b&c=d", "..", ".", "%2e%2e", "{id}"])
async def test_any_value_of_a_path_arrives_as_it_was(url: str, ident: str) -> None:
    assert (await arrived(url, Case("it", path={"id": ident})))["id"] == ident


async def test_queries_headers_and_cookies_arrive(url: str) -> None:
    case = Case(
        "it",
        path={"id": 1},
        query={"limit": 5, "tag": ["a b", "c&d"], "filter": {"a": [1, "ü"]}, "not declared": "x y"},
        headers={"X-Trace": ["one", "two"], "X-Undeclared": 3},
        cookies={"sid": "s1", "other": "a;b"},
    )
    seen = await arrived(url, case)

    assert seen["query"]["limit"] == ["5"]
    assert seen["query"]["tag"] == ["a b", "c&d"]
    assert json.loads(seen["query"]["filter"][0]) == {"a": [1, "ü"]}
    assert seen["query"]["not declared"] == ["x y"]
    assert seen["headers"]["x-trace"] == "one,two"
    assert seen["headers"]["x-undeclared"] == "3"
    assert seen["cookies"] == {"sid": "s1", "other": "a%3Bb"}
    assert seen["headers"]["accept"] == "application/hal+json, application/problem+json;q=0.9, */*;q=0.1"


@pytest.mark.parametrize("value", [{"n": "a b", "ok": True, "none": None, "list": ["1", "2"], "deep": {"x": [1]}}])
@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
async def test_forms_are_read_by_a_server(url: str, value: Any, media_type: str) -> None:
    seen = await arrived(url, Case("it", path={"id": 1}, body=value, media_type=media_type))

    read = fields(seen["headers"]["content-type"], seen["body"])
    assert read == {"n": ["a b"], "ok": ["true"], "none": [""], "list": ["1", "2"], "deep": ['{"x": [1]}']}


@pytest.mark.parametrize("path", [{}, {"other": 1}, {"id": ""}, {"id": []}])
def test_a_request_that_would_be_another_one_is_not_made(path: Any) -> None:
    with pytest.raises(ValueError, match="path parameter id"):
        rendered(Case("it", path=path))


def test_a_path_with_several_places() -> None:
    places = [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in ("a", "b")]
    request = rendered(Case("it", path={"a": "{b}", "b": "../c"}), made=contract(places, "/x/{a}/y/{b}.json"))
    assert request.url == "http://h/x/%7Bb%7D/y/..%2Fc.json"
    assert request.method == "POST"


def test_a_path_that_holds_a_query_gets_no_second_one() -> None:
    more = [{"name": "limit", "in": "query", "schema": {"type": "integer"}}]
    request = rendered(Case("it", query={"limit": 2}), made=contract(more, "/x?beta=true"))
    assert request.url == "http://h/x?beta=true&limit=2"


def test_headers_of_the_case_come_instead_of_ours() -> None:
    case = Case("it", path={"id": 1}, headers={"Accept": "text/csv", "Content-Type": "text/odd"})
    request = rendered(case.but(body={}, media_type="application/json"))
    assert [value for name, value in request.headers if name.lower() == "accept"] == ["text/csv"]
    assert [value for name, value in request.headers if name.lower() == "content-type"] == ["text/odd"]


def test_raw_bytes_go_as_they_are() -> None:
    request = rendered(Case("it", path={"id": 1}, body={"a": 1}, raw=b'{"unfinished', media_type="application/json"))
    assert (request.body, request.header("content-type")) == (b'{"unfinished', "application/json")
    bare = rendered(Case("it", path={"id": 1}, body={"a": 1}))
    assert (bare.body, bare.header("content-type")) == (b"", None)


@pytest.mark.parametrize(
    ("value", "media_type", "body", "declared"),
    [
        ({"ü": 1}, "application/json", '{"ü": 1}'.encode(), "application/json"),
        ("text", "application/json", b'"text"', "application/json"),
        (None, "application/json", b"null", "application/json"),
        ("text", "application/merge-patch+json", b'"text"', "application/merge-patch+json"),
        ("text", "text/plain; charset=utf-8", b"text", "text/plain; charset=utf-8"),
        (5, "text/plain", b"5", "text/plain"),
        ({"a": 1}, "*/*", b'{"a": 1}', "application/json"),
        ({"a": 1}, "application/*", b'{"a": 1}', "application/json"),
        ("\ud800", "text/plain", b"\xed\xa0\x80", "text/plain"),
        ("x", "application/x-www-form-urlencoded", b"value=x", "application/x-www-form-urlencoded"),
    ],
)
def test_bodies(value: Any, media_type: str, body: bytes, declared: str) -> None:
    assert encoded_body(value, media_type) == (body, declared)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ({"text__plain": {}, "application__problem+json": {}, "application__json": {}}, "application/problem+json"),
        ({"application__xml": {}, "multipart__form-data": {}}, "multipart/form-data"),
        ({"application__xml": {}, "application__x-www-form-urlencoded": {}}, "application/x-www-form-urlencoded"),
        ({"application__xml": {}}, "application/xml"),
        ({}, None),
    ],
)
def test_json_is_chosen_where_it_is_offered(offered: Any, chosen: str | None) -> None:
    assert media_type_for(_it(contract(**offered))) == chosen


@pytest.mark.parametrize("file", [{"type": "string", "format": "binary"}, {"contentMediaType": "image/png"}])
def test_a_file_of_a_form_has_a_name_and_a_text_has_none(file: dict[str, Any]) -> None:
    fields = {"files": {"type": "array", "items": file}, "label": {"type": "string"}}
    form: Any = {"type": "object", "properties": fields}
    case = Case("it", path={"id": "1"}, body={"files": ["a", "b"], "label": "x"}, media_type="multipart/form-data")
    body = rendered(case, made=contract(**{"multipart/form-data": form})).body.decode()
    kind = file.get("contentMediaType", "application/octet-stream")
    assert body.count(f'name="files"; filename="seamwright.bin"\r\nContent-Type: {kind}\r\n') == 2
    assert 'name="label"\r\n\r\nx' in body
