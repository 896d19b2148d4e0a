"""What is kept of objects when their schema changes."""

from __future__ import annotations

from graphql import build_schema

from seamwright.engines.mock.graphql.carrying import carry
from seamwright.engines.mock.graphql.objects import Ref
from seamwright.engines.mock.store import Store

OLD = """
type Query { a: A, b: B }
enum Colour { RED BLUE }
type A { id: ID!, name: String, size: Int, colour: Colour, shade: Colour2, friend: B, gone: String }
enum Colour2 { LIGHT }
type B { id: ID! }
type C { id: ID! }
"""
NEW = """
type Query { a: A, b: B }
enum Colour { RED }
type A { id: ID!, name: String, size: String, colour: Colour, shade: Colour2, friend: B, more: String! }
enum Colour2 { LIGHT }
type B { code: String! }
"""


def test_what_the_new_schema_has_a_place_for_stays() -> None:
    store = Store()
    value = {"id": "1", "name": "n", "size": 3, "colour": "BLUE", "shade": "LIGHT", "friend": Ref("B", "2"), "gone": ""}
    store.put("A", (), "1", value)
    store.put("B", (), "2", {"id": "2"})
    store.put("C", (), "3", {"id": "3"})
    carry(store, build_schema(OLD), build_schema(NEW))
    (a,) = store.seen("A", ())
    assert a.value == {"id": "1", "name": "n", "shade": "LIGHT", "friend": Ref("B", "2")}
    assert store.seen("B", ()) == [], "told apart by another field"
    assert store.seen("C", ()) == []


def test_the_same_schema_changes_nothing() -> None:
    store = Store()
    store.put("A", (), "1", {"id": "1", "colour": "RED"})
    carry(store, build_schema(OLD), build_schema(OLD))
    assert store.seen("A", ())[0].value == {"id": "1", "colour": "RED"}
