"""Values come from the seed and their place; what was sent is looked at before it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLID, GraphQLInt, GraphQLString, build_schema

from seamwright.engines.mock.graphql.values import Values, fits

SCHEMA = build_schema("""
scalar Any
enum Kind { A B @deprecated }
type Query { kind: Kind! kinds: [Kind!]! any: Any n: Int! ns: [Int] text: String! maybe: String
  "A word, e.g. `yes`" word: String! flag: Boolean }
""")
FIELDS: Any = SCHEMA.query_type.fields  # type: ignore[union-attr]


def test_one_place_has_one_value() -> None:
    values = Values(3)
    assert values.field(FIELDS["text"], "text", "Order", 1) == values.field(FIELDS["text"], "text", "Order", 1)
    assert values.field(FIELDS["text"], "text", "Order", 1) != values.field(FIELDS["text"], "text", "Order", 2)
    assert values.field(FIELDS["word"], "word", 1) == "yes"
    assert values.field(FIELDS["kind"], "kind", 1) == "A", "deprecated values are left out"
    assert set(values.field(FIELDS["kinds"], "kinds", 1)) == {"A"}
    assert isinstance(values.leaf(SCHEMA.type_map["Any"], "any", 1), dict)


def test_what_may_be_null_sometimes_is() -> None:
    values = Values(3)
    found = {values.field(FIELDS["maybe"], "maybe", n, sparse=True) is None for n in range(60)}
    assert found == {True, False}
    assert all(values.field(FIELDS["text"], "text", n, sparse=True) is not None for n in range(60))


def test_ids_are_small_and_differ_where_they_have_to() -> None:
    apart, together = Values(1, ["Order", "Line"]), Values(1)
    assert [together.ident("Order", GraphQLID, n) for n in range(2)] == ["1", "2"]
    assert together.ident("Order", GraphQLInt, 0) == 1
    assert apart.ident("Order", GraphQLID, 0) != apart.ident("Line", GraphQLID, 0)
    texts = {together.ident("Tag", GraphQLString, n) for n in range(5)}
    assert len(texts) == 5


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("kind", "A", True),
        ("kind", "C", False),
        ("n", 5, True),
        ("n", "five", False),
        ("n", None, False),
        ("ns", [1, None], True),
        ("ns", [1, "x"], False),
        ("ns", 1, False),
        ("text", 5, False),
        ("maybe", None, True),
        ("flag", "yes", False),
        ("any", {"a": 1}, True),
    ],
)
def test_what_fits(name: str, value: Any, right: bool) -> None:
    assert fits(FIELDS[name].type, value) is right
