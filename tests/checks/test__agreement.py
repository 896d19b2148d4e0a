"""What is shown agrees with what was sent, or a field is named that does not."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.checks._agreement import agree, compared_fields, differing
from seamwright.model.operation import Contract
from tests.contracts.documents import contract, operation


@pytest.mark.parametrize(
    ("shown", "sent", "expected"),
    [
        ("a b", " A b ", True),
        ("é", "é", True),
        ("12.50", 12.5, True),
        (12.5, "12.50", True),
        ("12.5", "12.50", False),
        ("x", 3, False),
        (3, 3, True),
        (None, "a", False),
        (True, False, False),
    ],
)
def test_services_may_settle_values_in_their_own_way(shown: Any, sent: Any, expected: bool) -> None:
    assert agree(shown, sent) is expected


def _contract() -> Contract:
    def js(**properties: Any) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}

    text = {"type": "string"}
    date = {"type": "string", "format": "date-time"}
    sent = js(
        note=text,
        count={"type": "integer"},
        secret={**text, "writeOnly": True},
        day=date,
        only_sent=text,
        tags={},
        role={"oneOf": [{"type": "integer"}, text]},
        size={"type": "integer"},
    )
    shown = js(
        note=text,
        count={"type": "integer"},
        secret=text,
        day=date,
        tags={},
        only_shown=text,
        role={"type": "integer"},
        size={"type": "number"},
    )
    return contract(
        {
            "/a/{id}": {
                "put": {"operationId": "put", "requestBody": sent, "responses": {"204": {"description": ""}}},
                "get": {"operationId": "get", "responses": {"200": {"description": "", **shown}}},
            }
        }
    )


def test_only_plain_fields_that_are_sent_and_shown_are_compared() -> None:
    found = _contract()
    put, get = operation(found, "put"), operation(found, "get")
    assert compared_fields(found, put, get) == ("note", "count", "tags", "size"), "no name of a role can be shown"
    sent = {"note": "a", "count": 3, "secret": "x", "day": "2024-01-01T00:00:00Z", "only_sent": "y", "tags": ["t"]}
    assert [*differing(found, put, get, sent, {"note": "A", "count": 4})] == ["count"]
    assert [*differing(found, put, get, sent, ["no object"])] == []
    assert compared_fields(found, get, get) == ()


def test_what_addresses_an_object_and_what_cannot_be_shown_is_not_compared() -> None:
    text = {"type": "string"}
    listed = {"type": "string", "enum": ["a", "b"]}
    sent = {"id": text, "name": text, "kind": text, "size": listed, "note": text}
    shown = {**sent, "kind": listed}

    def js(properties: dict[str, Any]) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}

    where = [{"name": "idOrName", "in": "path", "required": True, "schema": text}]
    put = {"operationId": "put", "requestBody": js(sent), "responses": {"204": {"description": ""}}}
    get = {"operationId": "get", "responses": {"200": {"description": "", **js(shown)}}}
    found = contract({"/a/{idOrName}": {"parameters": where, "put": put, "get": get}})
    assert compared_fields(found, operation(found, "put"), operation(found, "get")) == ("id", "size", "note")
