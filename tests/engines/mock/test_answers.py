"""Which status, media type and headers an answer has, and that it keeps the contract however odd that is."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.answers import acceptable, success
from seamwright.engines.mock.kinds import Role
from seamwright.engines.mock.refusals import Refusal
from seamwright.model.operation import Answer, MediaType, Operation
from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body


def declaring(*statuses: str) -> Operation:
    return Operation("o", "GET", "/", answers={status: Answer(status) for status in statuses})


@pytest.mark.parametrize(
    ("role", "declared", "expected"),
    [
        (Role.CREATE, ["200", "201"], 201),
        (Role.CREATE, ["200"], 200),
        (Role.CREATE, ["202", "400"], 202),
        (Role.DELETE, ["200", "204"], 204),
        (Role.DELETE, ["200"], 200),
        (Role.READ, ["200", "default"], 200),
        (Role.READ, ["default"], 200),
        (Role.READ, ["2XX"], 200),
        (Role.CREATE, ["2XX"], 201),
        (Role.READ, ["206"], 206),
        (Role.READ, ["302"], 302),
        (Role.READ, [], 200),
        (Role.REPLACE, ["200", "201"], 200),
    ],
)
def test_the_status_of_a_success(role: Role, declared: list[str], expected: int) -> None:
    assert success(declaring(*declared), role) == expected


def test_what_was_not_there_before_is_created() -> None:
    assert success(declaring("200", "201"), Role.REPLACE, created=True) == 201


def test_what_a_client_takes() -> None:
    offered = Operation("o", "GET", "/", answers={"200": Answer("200", {"text/csv": MediaType({})})})
    acceptable(offered, None)
    acceptable(offered, "text/*")
    acceptable(declaring("204"), "image/png")
    with pytest.raises(Refusal, match="offered: text/csv"):
        acceptable(offered, "application/json")


def answered(responses: dict[str, Any], **headers: str) -> Any:
    """What GET /a is answered with by a contract of these responses."""
    return Talk(contract({"/a": {"get": {"responses": responses}}})).ask("GET", "/a", headers=headers)


def test_required_headers_are_there_and_others_are_not_made_up() -> None:
    schema = {"type": "integer", "minimum": 5, "maximum": 5}
    found = answered(
        {
            "200": {
                "description": "",
                "headers": {
                    "X-Rate-Limit": {"required": True, "schema": schema},
                    "X-Kind": {"required": True, "schema": {"type": "string"}, "example": "slow"},
                    "X-Other": {"schema": {"type": "string"}},
                },
            }
        }
    )
    assert (found.header("x-rate-limit"), found.header("x-kind"), found.header("x-other")) == ("5", "slow", None)


def test_other_media_types() -> None:
    text = answered({"200": {"description": "", "content": {"text/plain": {"schema": {"enum": ["hello"]}}}}})
    assert (text.header("content-type"), text.response.text) == ("text/plain", "hello")
    image = answered({"200": {"description": "", "content": {"image/png": {}}}})
    assert image.response.body.startswith(b"\x89PNG")
    both = {
        "application/json": {"schema": {"type": "object", "required": ["a"], "properties": {"a": {"enum": [1]}}}},
        "application/xml": {"schema": {"type": "object", "xml": {"name": "thing"}, "properties": {"a": {"enum": [1]}}}},
    }
    xml = answered({"200": {"description": "", "content": both}}, accept="application/xml")
    assert xml.header("content-type") == "application/xml"
    assert b"<thing" in xml.response.body


def test_a_redirect_says_where_to() -> None:
    found = answered({"302": {"description": ""}})
    assert (found.status, found.header("location")) == (302, "http://mock.test/a")


def test_a_declared_refusal_is_told_in_its_own_words() -> None:
    error = {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "additionalProperties": False,
                "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
            }
        },
    }
    mock = Talk(
        contract(
            {"/a": {"post": {"requestBody": body({"type": "object"}), "responses": answers(s200=None, s4XX=error)}}}
        )
    )
    refused = mock.ask("POST", "/a", [])
    assert refused.status == 400
    assert refused.header("content-type") == "application/json"
    assert refused.json["error"]["code"] == 400
    assert "/body" in refused.json["error"]["message"]


def test_what_cannot_be_made_is_told() -> None:
    impossible = {"type": "string", "minLength": 3, "maxLength": 2}
    found = Talk(contract({"/a": {"get": {"responses": answers(s200=impossible)}}})).ask("GET", "/a", undeclared=True)
    assert found.reply is not None
    assert "breaks the contract" in found.reply.notes[0]


def test_where_only_errors_are_declared_the_resource_is_shown_all_the_same() -> None:
    pet = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    named = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    mock = Talk(
        contract(
            {
                "/pets": {"post": {"requestBody": body(pet), "responses": answers(s405=None)}},
                "/pets/{id}": {
                    "parameters": [named],
                    "get": {"responses": answers(s200=pet, s404=None)},
                    "delete": {"responses": answers(s404=None)},
                },
            }
        )
    )
    made = mock.ask("POST", "/pets", {"name": "rex"}, undeclared=True)
    assert (made.status, made.json["name"]) == (200, "rex")
    assert mock.ask("GET", f"/pets/{made.json['id']}").json == made.json
    assert mock.ask("DELETE", f"/pets/{made.json['id']}", undeclared=True).response.body == b""
