"""Headers that say where a resource is, which version it is, and where the next page is."""

from __future__ import annotations

from typing import Any

from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body

LINE = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "text": {"type": "string"}}}


def where(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}


def lines(**headers: Any) -> Talk:
    """Lines of orders; the headers are those of a new one."""
    created = {"description": "", "headers": headers, "content": {"application/json": {"schema": LINE}}}
    return Talk(
        contract(
            {
                "/orders/{order}/lines": {
                    "parameters": [where("order")],
                    "get": {
                        "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                        "responses": {
                            "200": {
                                "description": "",
                                "headers": {"X-Total-Count": {"schema": {"type": "integer"}}},
                                "content": {"application/json": {"schema": {"type": "array", "items": LINE}}},
                            }
                        },
                    },
                    "post": {"requestBody": body({"type": "object"}), "responses": {"201": created}},
                },
                "/orders/{order}/lines/{n}": {
                    "parameters": [where("order"), where("n")],
                    "get": {"responses": answers(s200=LINE, s404=None)},
                },
            }
        )
    )


def test_the_address_of_what_was_made_leads_to_it() -> None:
    mock = lines()
    made = mock.ask("POST", "/orders/7/lines", {"text": "x"})
    location = made.header("location")
    assert location == f"http://mock.test/orders/7/lines/{made.json['n']}"
    assert mock.ask("GET", location.removeprefix("http://mock.test")).json == made.json


def test_versions_are_told_where_they_are_declared() -> None:
    assert lines().ask("POST", "/orders/7/lines", {"text": "x"}).header("etag") is None
    assert lines(ETag={"schema": {"type": "string"}}).ask("POST", "/orders/7/lines", {"text": "x"}).header("etag")


def test_pages_are_counted_and_linked() -> None:
    told = lines().ask("GET", "/orders/7/lines?limit=2")
    assert told.header("x-total-count") == "3"
    link = told.header("link") or ""
    assert 'rel="first"' in link
    assert "/orders/7/lines" in link


def test_required_headers_that_cannot_be_made_are_left_out() -> None:
    mock = lines(**{"X-Never": {"required": True, "schema": {"type": "string", "minLength": 2, "maxLength": 1}}})
    made = mock.ask("POST", "/orders/7/lines", {"text": "x"}, undeclared=True)
    assert made.header("x-never") is None
    assert made.reply is not None
    assert "X-Never" in made.reply.notes[0]


def test_structured_headers() -> None:
    value = {"content": {"application/json": {"schema": {"enum": [{"a": 1}]}}}, "required": True}
    assert lines(**{"X-Json": value}).ask("POST", "/orders/7/lines", {}).header("x-json") == '{"a":1}'
