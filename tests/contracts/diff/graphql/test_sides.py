"""What the reference implementation calls breaking is found here too, each by its place."""

from __future__ import annotations

import random

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.graphql.sides import Sides, default_of
from tests.contracts.diff.graphql.versions import BASE, between

CHANGES = (
    ("type Unused { x: Int }", ""),
    ("enum Status { OPEN PAID }", "enum Status { OPEN }"),
    ("= Order | Line", "= Order"),
    ("implements Node", ""),
    ("total: Int note", "note"),
    ("sku: String!", "sku: String"),
    ("sku: String!", "sku: [String!]!"),
    ("(id: ID!, full", "(id: ID!, more: Int!, full"),
    ("(by: Filter)", ""),
    ("by: Filter", "by: Filter!"),
    ("limit: Int! = 5", "limit: Int!"),
    ("status: Status text", "text"),
    ("directive @cached(seconds: Int) repeatable on FIELD | QUERY", ""),
)


def test_nothing_that_the_reference_implementation_finds_is_missed() -> None:
    draw = random.Random(7)
    for _ in range(60):
        new = BASE
        for change, to in draw.sample(CHANGES, 4):
            new = new.replace(change, to)
        ours = between(BASE, new)
        places = {c.place for c in ours if c.level is not Level.INFO}
        theirs = find_breaking_changes(build_schema(BASE), build_schema(new))
        missed = [c for c in theirs if "Unused" not in c.description and not _named(c.description, places)]
        assert missed == [], new


def _named(description: str, places: set[str]) -> bool:
    return any(place.split("(")[0] in description or place in description for place in places)


def test_which_way_types_travel() -> None:
    schema = build_schema(BASE)
    sides = Sides(schema, schema)
    assert {"Filter", "Status", "ID"} <= sides.sent
    assert "Order" not in sides.sent
    assert {"Order", "Status", "Seen"} <= sides.received
    assert sides.gone == sides.come == ()


def test_a_default_is_told_as_it_is_written() -> None:
    schema = build_schema(BASE)
    fields = schema.type_map["Filter"].fields  # type: ignore[attr-defined]
    assert default_of(fields["text"]) == '"a"'
    assert default_of(fields["status"]) is None
