"""What a body carries for a resource."""

from __future__ import annotations

from typing import Any

from seamwright.engines.mock.http import Routed
from seamwright.engines.mock.sendings import Sent, sent
from seamwright.model.exchange import Request
from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body, operation

PET = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "item": {"type": "object", "properties": {"id": {"type": "string"}}},
    },
}


def carried(schema: Any, value: bytes) -> Sent:
    """What POST /pets carries, whose body has this schema."""
    talk = Talk(
        contract(
            {
                "/pets": {"post": {"operationId": "add", "requestBody": body(schema), "responses": answers(s201=PET)}},
                "/pets/{id}": {"get": {"responses": answers(s200=PET)}},
            }
        )
    )
    found = operation(talk.contract, "add")
    request = Request("POST", "/pets", (("content-type", "application/json"),), value)
    return sent(talk.contract, talk.mock.resources.part(found), talk.arrival(Routed(found, {}), request, "/pets"))


def test_only_what_a_client_may_send_is_taken() -> None:
    told = carried(PET, b'{"id": 7, "name": "rex", "rank": 1}')
    assert told == Sent({"name": "rex"}, frozenset({"name", "item"}))
    assert told.bodies == [{"name": "rex"}]


def test_a_wrapper_is_taken_off_and_a_member_is_not() -> None:
    assert carried({"type": "object", "properties": {"pet": PET}}, b'{"pet": {"name": "rex"}}').value == {"name": "rex"}
    assert carried(PET, b'{"item": {"id": "x"}}').value == {"item": {"id": "x"}}


def test_lists_are_taken_one_by_one() -> None:
    told = carried({"type": "array", "items": PET}, b'[{"name": "a"}, {"name": "b"}]')
    assert told.bodies == [{"name": "a"}, {"name": "b"}]


def test_where_nothing_is_named_everything_is_taken() -> None:
    told = carried({"type": "object"}, b'{"name": "rex", "rank": 1}')
    assert told == Sent({"name": "rex", "rank": 1}, frozenset({"id", "name", "item"}))
