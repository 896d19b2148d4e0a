"""Bodies of answers: wrapped as the contract wraps them, with pages told, and the same each time."""

from __future__ import annotations

from typing import Any

from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body

THING = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "etag": {"type": "string"}},
}
ID = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "string"}}


def things(listed: Any, one: Any = THING, *, query: tuple[str, ...] = ("limit", "cursor")) -> Talk:
    """A mock of things with this list and this item."""
    parameters = [{"name": n, "in": "query", "schema": {"type": "string"}} for n in query]
    return Talk(
        contract(
            {
                "/things": {
                    "get": {"parameters": parameters, "responses": answers(s200=listed)},
                    "post": {"requestBody": body({"type": "object"}), "responses": answers(s201=one)},
                },
                "/things/{thingId}": {"parameters": [ID], "get": {"responses": answers(s200=one, s404=None)}},
            }
        )
    )


def around(**more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "array", "items": THING}, **more},
    }


def test_a_page_is_told_in_the_fields_that_the_contract_has() -> None:
    mock = things(
        around(
            total={"type": "integer"},
            has_more={"type": "boolean"},
            meta={"type": "object", "properties": {"next_cursor": {"type": "string", "nullable": True}}},
            links={"type": "object", "properties": {"next": {"type": "string"}, "last": {"type": "string"}}},
        )
    )
    first = mock.ask("GET", "/things?limit=2").json
    assert (len(first["data"]), first["total"], first["has_more"]) == (2, 3, True)
    assert first["links"]["next"].startswith("http://mock.test/things?limit=2&cursor=")
    assert "last" in first["links"]
    second = mock.ask("GET", f"/things?limit=2&cursor={first['meta']['next_cursor']}").json
    assert (len(second["data"]), second["has_more"], second["meta"]["next_cursor"]) == (1, False, None)
    assert "next" not in second["links"]


def test_a_number_may_be_told_as_text() -> None:
    assert things(around(total={"type": "string"})).ask("GET", "/things").json["total"] == "3"


def test_a_page_without_fields_is_told_in_a_header() -> None:
    told = things({"type": "array", "items": THING}).ask("GET", "/things?limit=1")
    assert 'rel="next"' in (told.header("link") or "")


def test_lists_may_lie_deep_and_items_be_wrapped() -> None:
    listed = {
        "type": "object",
        "properties": {"result": {"type": "object", "properties": {"things": {"type": "array", "items": THING}}}},
    }
    wrapped = {"type": "object", "properties": {"thing": THING, "warnings": {"type": "array", "items": {}}}}
    mock = things(listed, wrapped)
    shown = mock.ask("GET", "/things").json["result"]["things"]
    assert len(shown) == 3
    assert mock.ask("GET", f"/things/{shown[0]['id']}").json["thing"] == shown[0]
    made = mock.ask("POST", "/things", {"name": "x"}).json["thing"]
    assert made["name"] == "x"
    assert made in mock.ask("GET", "/things").json["result"]["things"]


def test_one_may_come_as_a_list_of_one() -> None:
    many = {"type": "object", "properties": {"Things": {"type": "array", "items": THING}}}
    mock = things(many, many)
    first = mock.ask("GET", "/things").json["Things"][0]
    assert mock.ask("GET", f"/things/{first['id']}").json["Things"] == [first]


def test_what_a_schema_adds_is_the_same_each_time() -> None:
    summary = {
        "type": "object",
        "required": ["id", "label"],
        "properties": {"id": {"type": "string"}, "label": {"type": "string"}},
    }
    mock = things({"type": "array", "items": summary})
    listed = mock.ask("GET", "/things").json
    assert mock.ask("GET", "/things").json == listed
    one = mock.ask("GET", f"/things/{listed[0]['id']}").json
    assert mock.ask("GET", f"/things/{listed[0]['id']}").json == one


def test_an_id_goes_by_the_name_that_a_schema_has_for_it() -> None:
    ticket = {
        "type": "object",
        "required": ["thingId"],
        "properties": {"thingId": {"type": "string"}, "note": {"type": "string"}},
    }
    mock = things({"type": "array", "items": THING})
    mock = Talk(
        contract(
            {
                "/things": {
                    "get": {"responses": answers(s200={"type": "array", "items": THING})},
                    "post": {"requestBody": body({"type": "object"}), "responses": answers(s201=ticket)},
                },
                "/things/{thingId}": {"parameters": [ID], "get": {"responses": answers(s200=THING, s404=None)}},
            }
        )
    )
    made = mock.ask("POST", "/things", {"name": "x"}).json["thingId"]
    assert mock.ask("GET", f"/things/{made}").json["id"] == made


def test_a_notice_is_told_in_the_words_of_its_examples() -> None:
    told = {
        "type": "object",
        "properties": {
            "message": {"type": "string", "example": "Done."},
            "status": {"type": "string", "enum": ["fail", "success"], "example": "success"},
        },
    }
    whole = {"token": "abc", "expires_in": 60}
    token = {"type": "object", "properties": {"token": {"type": "string"}, "expires_in": {"type": "integer"}}}
    shown = {"200": {"description": "", "content": {"application/json": {"schema": token, "example": whole}}}}
    sent = body({"type": "object", "properties": {"user": {"type": "string"}}})
    mock = Talk(
        contract(
            {
                "/clear": {"post": {"requestBody": sent, "responses": answers(s200=told)}},
                "/login": {"post": {"requestBody": sent, "responses": shown}},
            }
        )
    )
    assert mock.ask("POST", "/clear", {"user": "bo"}).json == {"message": "Done.", "status": "success"}
    assert mock.ask("POST", "/login", {"user": "bo"}).json == whole
