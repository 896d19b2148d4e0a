"""What is said of a pair of schemas is kept in order."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.compare import Comparison
from seamwright.contracts.diff.schemas.kinds import SITES, Effect, Kind
from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.pair import Lens, Pair
from tests.contracts.diff.versions import operation, shop

GONE = Kind("gone", Effect.NARROWED, "is gone")
CAME = Kind("came", Effect.WIDENED, "came")


def _pair(old: Any, new: Any) -> Pair:
    known = Schemas(shop(operation(), openapi="3.1.0")), Schemas(shop(operation(), openapi="3.1.0"))
    one, other = known[0].part(old), known[1].part(new)
    shapes = known[0].shape(one), known[1].shape(other)
    return Pair(one, other, *shapes, Lens("request", textual=True, repeats=True), Comparison(*known))


def test_a_keyword_that_holds_one_schema_comes_goes_or_is_gone_into() -> None:
    none, some = {"type": "array"}, {"type": "array", "contains": {"type": "string"}}
    for old, new, said, edges in ((none, some, [CAME], 0), (some, none, [GONE], 0), (some, some, [], 1)):
        pair = _pair(old, new)
        pair.single("contains", CAME, GONE, "an item")
        assert [delta.kind for delta in pair.deltas] == said
        assert len(pair.edges) == edges


def test_below_values_travel_in_the_same_way_but_are_not_repeated() -> None:
    pair = _pair({}, {})
    pair.into("[]", ({},), ({},))
    (edge,) = pair.edges
    assert (edge.lens.textual, edge.lens.repeats) == (True, False)


def test_a_delta_has_the_level_of_its_kind_unless_it_says_otherwise() -> None:
    pair = _pair({}, {})
    pair.say(GONE, "it is gone")
    pair.say(GONE, "it is gone", level=Level.INFO)
    site = SITES["request-body"]
    assert [delta.level_at(site) for delta in pair.deltas] == [Level.BREAKING, Level.INFO]


def test_keywords_count_for_types_that_both_allow() -> None:
    assert _pair({}, {"type": "array"}).may_be("array")
    assert not _pair({"type": "string"}, {"type": "array"}).may_be("array")
    assert _pair({"type": "string"}, {"type": "string"}).may_be("array"), "somebody meant it"
