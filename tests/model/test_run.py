"""The record of a run: its verdict fails closed."""

from __future__ import annotations

import pytest

from seamwright.model.check import Dares
from seamwright.model.plan import Plan, Planned, Skipped
from seamwright.model.run import Covered, Exercised, RunRecord
from seamwright.model.verdict import Verdict
from tests.run.rows import RUN, evidence

ITEM = Planned("api", "contract.x", "it holds", Dares.OBSERVE, ("getItem",))
NOT_HERE = Skipped("api", "auth.y", "it holds", "nothing to say")
BLOCKED = Skipped("api", "auth.z", "it holds", "environment", applicable=True)


@pytest.mark.parametrize(
    ("planned", "skipped", "verdicts", "whole"),
    [
        ((ITEM,), (NOT_HERE,), (Verdict.PROVED,), Verdict.PROVED),
        ((ITEM,), (), (Verdict.REFUTED,), Verdict.REFUTED),
        ((ITEM,), (BLOCKED,), (Verdict.PROVED,), Verdict.UNKNOWN),
        ((ITEM,), (BLOCKED,), (Verdict.REFUTED,), Verdict.REFUTED),
        ((ITEM, ITEM), (), (Verdict.PROVED,), Verdict.UNKNOWN),
        ((), (NOT_HERE,), (), Verdict.UNKNOWN),
    ],
)
def test_what_was_planned_and_not_tried_is_unknown(
    planned: tuple[Planned, ...], skipped: tuple[Skipped, ...], verdicts: tuple[Verdict, ...], whole: Verdict
) -> None:
    rows = tuple(evidence(verdict) for verdict in verdicts)
    assert RunRecord(RUN, Plan(planned, skipped), (), rows).verdict is whole


@pytest.mark.parametrize(
    ("statuses", "answered"),
    [
        *[({"200": 1}, True), ({"204": 2, "500": 1}, True)],
        *[({"401": 3}, False), ({"200": 0}, False), ({}, False), ({"200 errors": 3}, False)],
    ],
)
def test_an_operation_counts_as_answered_in_its_success_class_alone(statuses: dict[str, int], answered: bool) -> None:
    assert Covered("api", "getItem", "GET", "/items", sum(statuses.values()), statuses).answered is answered


def test_a_success_that_only_the_contract_knows_of_counts_too() -> None:
    told = Exercised("operation", "response", "success", ("answered",))
    assert Covered("api", "jump", "GET", "/jump", 1, {"302": 1}, (told,)).answered
    never = Exercised("operation", "response", "success", (), {"answered": "never called"})
    row = Covered("api", "jump", "GET", "/jump", 1, {"302": 1}, (never, told))
    assert (row.exercised, row.total) == (1, 2)
    assert not Covered("api", "jump", "GET", "/jump", 1, {"302": 1}, (never,)).answered
