"""A kind of change has a level on each side, by what it does to the values that are allowed."""

from __future__ import annotations

import pytest

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.kinds import SITES, Effect, Kind, rules_of


@pytest.mark.parametrize(
    ("effect", "request_level", "response_level"),
    [
        (Effect.NARROWED, Level.BREAKING, Level.INFO),
        (Effect.WIDENED, Level.INFO, Level.BREAKING),
        (Effect.CHANGED, Level.BREAKING, Level.BREAKING),
        (Effect.NONE, Level.INFO, Level.INFO),
    ],
)
def test_narrowing_breaks_callers_and_widening_breaks_clients(
    effect: Effect, request_level: Level, response_level: Level
) -> None:
    kind = Kind("moved", effect, "moved")
    assert kind.level(SITES["request-property"]) is request_level
    assert kind.level(SITES["response-property"]) is response_level
    assert kind.why(SITES["request-property"])


def test_a_kind_may_say_otherwise_for_a_side_or_a_site() -> None:
    kind = Kind(
        "moved",
        Effect.NARROWED,
        "moved",
        request=Level.POTENTIALLY,
        request_why="it depends",
        at={"request-body": (Level.INFO, "nobody minds")},
    )
    assert kind.rule(SITES["request-property"]).level is Level.POTENTIALLY
    assert kind.rule(SITES["request-property"]).why == "it depends"
    assert kind.rule(SITES["request-body"]).level is Level.INFO
    assert kind.rule(SITES["request-body"]).why == "nobody minds"


def test_the_table_holds_every_kind_where_it_can_happen() -> None:
    everywhere = Kind("moved", Effect.NONE, "moved")
    sent = Kind("sent", Effect.NONE, "is sent", inner=True, sides=("request",), request_id="new-{site}")
    ids = [rule.id for rule in rules_of((everywhere, sent))]
    assert ids[:3] == ["request-body-moved", "request-property-moved", "new-request-property"]
    assert "response-header-moved" in ids
    assert "new-request-body" not in ids
    assert "new-response-property" not in ids
