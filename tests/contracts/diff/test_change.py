"""A change has the level of its rule unless it says otherwise, and levels are ordered."""

from __future__ import annotations

import pytest

from seamwright.contracts.diff.change import Change, Level, Rule, worst

RULE = Rule("operation-gone", Level.BREAKING, "", "an operation is gone", "callers get an error")


def test_a_change_takes_what_its_rule_says() -> None:
    change = RULE.change("GET /orders", "the operation was removed")
    assert change == Change(
        "operation-gone", Level.BREAKING, "", "GET /orders", "the operation was removed", "callers get an error"
    )


def test_a_change_may_be_of_another_level_for_a_reason_of_its_own() -> None:
    change = RULE.change("GET /orders", "the operation was removed", level=Level.INFO, why="nobody called it")
    assert (change.level, change.why) == (Level.INFO, "nobody called it")


@pytest.mark.parametrize(
    ("level", "least", "reaches"),
    [
        (Level.BREAKING, Level.INFO, True),
        (Level.BREAKING, Level.BREAKING, True),
        (Level.POTENTIALLY, Level.BREAKING, False),
        (Level.INFO, Level.POTENTIALLY, False),
    ],
)
def test_levels_are_ordered(level: Level, least: Level, reaches: bool) -> None:
    assert level.reaches(least) is reaches


def test_the_worst_level_among_changes() -> None:
    minor = RULE.change("a", "b", level=Level.INFO)
    assert worst(()) is None
    assert worst((minor,)) is Level.INFO
    assert worst((minor, RULE.change("a", "b"))) is Level.BREAKING
