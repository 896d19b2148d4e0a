"""The fold from observations to a verdict fails closed in every way."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.model.check import Dares
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity
from seamwright.model.plan import Planned
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.judging import NOT_REACHED, NOTHING, Fold, Judgement, reproduction

P, R, U = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN
ITEM = Planned("api", "contract.x", "it holds", Dares.OBSERVE, ("a", "b"))


def finding(title: str = "broken", **rest: Any) -> Finding:
    return Finding(title, "detail", Severity.HIGH, **rest)


def judged(*observations: Observation, exchanges: int = 5, end: tuple[str, Cause] | None = None) -> Judgement:
    fold = Fold(ITEM)
    for observation in observations:
        fold.add(observation)
    if end is not None:
        fold.end(*end)
    return fold.judge(exchanges)


def cells(judgement: Judgement) -> dict[str, Verdict]:
    return {cell.cell: cell.verdict for cell in judgement.cells}


def test_all_cells_proved_prove() -> None:
    result = judged(Proved("a", 3, {"n": 1}), Proved("b"), Proved("b", 2))
    assert (result.verdict, result.tried, result.why, result.cause) == (P, 6, "", None)
    assert result.measures == {"n": 1}
    assert [(c.cell, c.tried, c.why) for c in result.cells] == [("a", 3, ""), ("b", 3, "")]


def test_a_cell_that_was_not_reached_is_unknown() -> None:
    result = judged(Proved("a"))
    assert (result.verdict, result.why, result.cause) == (U, NOT_REACHED, Cause.TARGET)
    assert cells(result) == {"a": P, "b": U}


def test_no_observation_at_all_is_unknown() -> None:
    result = judged()
    assert (result.verdict, result.why) == (U, NOT_REACHED)


def test_without_cells_nothing_is_proved() -> None:
    empty = Fold(Planned("api", "contract.x", "it holds", Dares.OBSERVE, ()))
    assert (empty.judge(5).verdict, empty.judge(5).why) == (U, NOTHING)


@pytest.mark.parametrize("observation", [Proved("a"), Refuted("a", finding())])
def test_without_an_exchange_nothing_is_proved_or_refuted(observation: Observation) -> None:
    result = judged(observation, Proved("b"), exchanges=0)
    assert (result.verdict, result.why, result.findings, result.tried) == (U, NOTHING, (), result.tried)
    assert cells(result) == {"a": U, "b": U}


def test_proved_with_nothing_tried_is_unknown() -> None:
    result = judged(Proved("a", 0), Proved("b"))
    assert (result.verdict, result.why) == (U, NOTHING)


def test_an_unknown_of_a_cell_takes_its_proof_back() -> None:
    result = judged(Proved("a", 9), Unknown("a", "it stopped answering"), Proved("b"))
    assert (result.verdict, result.why, result.cause) == (U, "it stopped answering", Cause.TARGET)


def test_refuted_stays_refuted_whatever_else_is_seen() -> None:
    result = judged(Unknown("a", "hm"), Refuted("a", finding()), Proved("a"), Unknown("b", "no", Cause.USAGE))
    assert (result.verdict, result.why, result.cause) == (R, "", Cause.USAGE)
    assert cells(result) == {"a": R, "b": U}


def test_a_check_that_ended_early_has_proved_nothing() -> None:
    result = judged(Proved("a"), Proved("b"), end=("the budget ended", Cause.USAGE))
    assert (result.verdict, result.why, result.cause) == (U, "the budget ended", Cause.USAGE)
    assert cells(result) == {"a": U, "b": U}


def test_a_check_that_ended_early_keeps_what_it_refuted() -> None:
    result = judged(Proved("a"), Refuted("b", finding()), end=("crashed", Cause.OURS))
    assert (result.verdict, result.cause) == (R, Cause.OURS)
    assert cells(result) == {"a": U, "b": R}


def test_our_own_fault_weighs_most() -> None:
    result = judged(Unknown("a", "x", Cause.TARGET), Unknown("b", "y", Cause.USAGE))
    assert (result.cause, result.why) == (Cause.USAGE, "x; y")
    assert judged(Unknown("a", "x", Cause.USAGE), end=("bug", Cause.OURS)).cause is Cause.OURS


def test_a_cell_that_nobody_planned_counts_too() -> None:
    result = judged(Proved("a"), Proved("b"), Unknown("c", "found on the way"))
    assert (result.verdict, cells(result)["c"]) == (U, U)


def test_findings_of_one_cause_are_one_with_their_count_and_witnesses() -> None:
    result = judged(
        Refuted("a", finding("a is broken", key="same", exchanges=(1, 2))),
        Refuted("b", finding("b is broken", key="same", exchanges=(2, 3), count=4)),
        Refuted("b", finding("something else", operation="b")),
        Refuted("a", finding("something else", operation="a")),
    )
    assert [(f.title, f.count, f.exchanges) for f in result.findings] == [
        ("a is broken", 5, (1, 2, 3)),
        ("something else", 1, ()),
        ("something else", 1, ()),
    ]


@pytest.mark.parametrize(
    ("source", "operation", "command"),
    [
        (
            "shop/seamwright.yaml",
            "a",
            "seamwright verify shop/seamwright.yaml api --check contract.x --seed 7 --operation a",
        ),
        ("a b.yaml", "", "seamwright verify 'a b.yaml' api --check contract.x --seed 7"),
        ("http://h/openapi.json", "c", "seamwright verify http://h/openapi.json --check contract.x --seed 7"),
    ],
)
def test_the_command_that_shows_it_again(source: str, operation: str, command: str) -> None:
    assert reproduction(source, ITEM, finding(operation=operation), 7, ITEM.cells) == command


def test_a_reason_that_many_cells_share_is_said_once() -> None:
    result = judged(Unknown("a", "a needs credentials", Cause.USAGE), Unknown("b", "b needs credentials", Cause.USAGE))
    assert result.why == "a needs credentials (and so with 1 more)"
    assert [c.why for c in result.cells] == ["a needs credentials", "b needs credentials"]
