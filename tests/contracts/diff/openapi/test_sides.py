"""The two documents stand side by side."""

from __future__ import annotations

from seamwright.contracts.diff.openapi.schemas import Where
from seamwright.contracts.diff.openapi.sides import Sides, Twin
from seamwright.contracts.diff.policy import Policy
from tests.contracts.diff.versions import operation, shop


def test_a_missing_schema_allows_everything() -> None:
    sides = Sides(shop(operation()), shop(operation()), Policy())
    where = Where("POST /orders", "request-body", "the request body")
    narrowed = sides.compare(None, {"type": "string"}, where, direction="request", textual=False, grace=0)
    assert [change.text for change in narrowed] == ["the request body: the type was any and is string now"]
    assert list(sides.compare(None, {}, where, direction="request", textual=False, grace=0)) == []


def test_parts_are_told_to_be_the_same() -> None:
    sides = Sides(shop(operation()), shop(operation()), Policy())
    assert sides.same(*sides.parts({"type": "string"}, {"type": "string"}))
    assert not sides.same(*sides.parts({"type": "string"}, {"type": "integer"}))


def test_an_operation_is_placed_where_it_is_now_and_gives_the_notice_of_its_stability() -> None:
    old = shop(operation(), path="/orders/{id}", method="get")
    new = shop(operation(**{"x-stability-level": "beta"}), path="/orders/{order}", method="get")
    sides = Sides(old, new, Policy(days=100, beta_days=10))
    twin = Twin(sides, sides.old.entries()[0], sides.new.entries()[0])
    assert twin.place == "GET /orders/{order}"
    assert twin.grace == 10
