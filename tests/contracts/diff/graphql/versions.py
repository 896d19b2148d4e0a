"""Compares two versions of a schema, for the tests of this room."""

from __future__ import annotations

from seamwright.contracts.diff import diff
from seamwright.contracts.diff.change import Change
from seamwright.contracts.graphql import load_sdl

__all__ = ["BASE", "between", "told"]

BASE = """
type Query { order(id: ID!, full: Boolean = true): Order find(by: Filter): [Order!] state: Status seen: Seen }
type Order implements Node { id: ID! total: Int note: String @deprecated(reason: "use notes") lines: [Line!]! }
type Line { sku: String! }
interface Node { id: ID! }
interface Priced { total: Int }
union Found = Order | Line
type Unused { x: Int }
enum Status { OPEN PAID }
enum Seen { NEW OLD }
input Filter { status: Status text: String = "a" limit: Int! = 5 old: Int @deprecated }
scalar When @specifiedBy(url: "https://example.com/a")
directive @cached(seconds: Int) repeatable on FIELD | QUERY
directive @inside on OBJECT
type Mutation { pay(id: ID!): Order }
"""


def between(old: str, new: str) -> tuple[Change, ...]:
    """What changed."""
    return diff(load_sdl(old, source="old.graphql", digest="o"), load_sdl(new, source="new.graphql", digest="n"))


def told(change: str, to: str) -> list[tuple[str, str, str]]:
    """Rule, level and place of each change that comes of one replacement in the schema."""
    assert change in BASE, change
    return [(c.id, str(c.level), c.place) for c in between(BASE, BASE.replace(change, to))]
