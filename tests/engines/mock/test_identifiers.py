"""Which member is the id, and how an id stands in a path."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.identifiers import id_names, id_way, placed, text_of, value_at
from seamwright.model.operation import Parameter
from tests.contracts.documents import contract

FOUND = contract({})


def parameter(name: str, kind: str = "string") -> Parameter:
    return Parameter(name, "path", True, {"type": kind}, "simple", False)


def thing(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {n: {"type": t} if isinstance(t, str) else t for n, t in members.items()}}


@pytest.mark.parametrize(
    ("name", "word", "schema", "expected"),
    [
        ("orderId", "orders", thing(id="string", orderId="string"), ("orderId",)),
        ("orderId", "orders", thing(name="string", id="string"), ("id",)),
        ("order_id", "orders", thing(uuid="string", orderUuid="string"), ()),
        ("id", "orders", thing(_id="string"), ("_id",)),
        ("Sid", "calls", thing(sid="string"), ("sid",)),
        ("issue_number", "issues", thing(id="string", number="integer"), ("number",)),
        ("username", "users", thing(id="string", name="string", username="string"), ("username",)),
        ("username", "users", thing(name="string"), ()),
        ("model", "models", thing(id="string"), ("id",)),
        ("ssh_key_identifier", "keys", thing(id="string"), ("id",)),
        ("name", "pods", thing(kind="string", metadata=thing(name="string")), ("metadata", "name")),
        ("id", "things", thing(id=thing(x="string")), ()),
    ],
)
def test_the_member_that_is_the_id(name: str, word: str, schema: Any, expected: tuple[str, ...]) -> None:
    assert id_way(FOUND, schema, id_names(parameter(name), word), {"type": "string"}) == expected


def test_a_number_is_needed_where_the_path_takes_one() -> None:
    schema = thing(id="string", petId="integer")
    assert id_way(FOUND, schema, id_names(parameter("petId", "integer"), "pets"), {"type": "integer"}) == ("petId",)
    assert id_way(FOUND, thing(id="string"), id_names(parameter("petId"), "pets"), {"type": "integer"}) == ()


def test_without_a_parameter_only_an_id_is_one() -> None:
    assert id_way(FOUND, thing(name="string"), id_names(None, "pets")) == ()
    assert id_way(FOUND, thing(name="string", id="string"), id_names(None, "pets")) == ("id",)


def test_values_are_read_and_put_where_the_way_leads() -> None:
    value = {"metadata": {"name": "a"}, "x": 1}
    assert value_at(value, ("metadata", "name")) == "a"
    assert value_at(value, ("metadata", "uid")) is None
    assert value_at(value, ()) is None
    assert placed(value, ("metadata", "name"), "b") == {"metadata": {"name": "b"}, "x": 1}
    assert placed({}, ("metadata", "name"), "b") == {"metadata": {"name": "b"}}
    assert placed("text", ("id",), 1) == "text"
    assert value == {"metadata": {"name": "a"}, "x": 1}


def test_ids_as_texts() -> None:
    assert [text_of(value) for value in ("a", 7, 7.0, True)] == ["a", "7", "7", "true"]
