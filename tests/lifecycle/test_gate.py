"""The gate opens on evidence alone, and fails closed in every way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from seamwright.lifecycle.gate import Decision, Reason, Situation, decide
from seamwright.lifecycle.phases import PHASES, Requirements
from seamwright.model.check import Dares
from seamwright.model.evidence import CellResult, Evidence
from seamwright.model.finding import Finding, Severity
from seamwright.model.plan import Plan, Planned, Skipped
from seamwright.model.run import Covered
from seamwright.model.verdict import Verdict
from tests.run.rows import evidence

P, R, U = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN
ITEM = Planned("api", "contract.x", "it holds", Dares.OBSERVE, ("getItem",))
OTHER = Planned("api", "auth.y", "it holds", Dares.OBSERVE, ("getItem",))
ASKED = Requirements(families=("contract",))


def covered(*statuses: int) -> tuple[Covered, ...]:
    return tuple(Covered("api", f"o{n}", "GET", f"/{n}", 1, {str(s): 1}) for n, s in enumerate(statuses))


def decided(
    rows: Iterable[Evidence],
    *,
    asked: Requirements = ASKED,
    planned: tuple[Planned, ...] = (ITEM,),
    skipped: tuple[Skipped, ...] = (),
    coverage: tuple[Covered, ...] = (),
    **situation: Any,
) -> Decision:
    given = {"manifest_digest": "m" * 64, "contract_digests": {"api": "c" * 64}, "now": 1000.0, **situation}
    return decide(5, asked, Situation("s.yaml", plan=Plan(planned, skipped), coverage=coverage, **given), rows)


def reason(decision: Decision) -> tuple[Reason, str]:
    (missing,) = decision.missing
    assert missing.command.startswith("seamwright ")
    return missing.reason, missing.text


def test_it_opens_when_all_that_is_asked_is_proved() -> None:
    decision = decided([evidence(P)])
    assert (decision.open, decision.verdict, decision.missing, decision.met) == (True, P, (), 1)


def test_it_is_pure_and_takes_rows_in_any_order() -> None:
    rows = [evidence(R, sequence=1), evidence(P, sequence=3), evidence(U, sequence=2)]
    assert decided(rows).open
    assert decided(reversed(rows)).open
    assert not decided([replace(rows[1], sequence=0), *rows]).missing


def test_what_was_refuted_last_keeps_it_closed() -> None:
    finding = Finding("it leaks", "d", Severity.HIGH, reproduce="seamwright verify s.yaml api --check contract.x")
    decision = decided([evidence(P, sequence=1), evidence(R, sequence=2, findings=(finding,))])

    assert (decision.open, decision.verdict) == (False, R)
    assert reason(decision) == (Reason.REFUTED, "contract.x on api is refuted: it leaks")
    assert decision.missing[0].command == finding.reproduce


def test_what_is_unknown_keeps_it_closed() -> None:
    decision = decided([evidence(U)])
    assert (decision.open, decision.verdict) == (False, U)
    assert reason(decision) == (Reason.UNKNOWN, "contract.x on api is unknown: it was cut off")


def test_what_has_no_evidence_keeps_it_closed_and_names_the_command() -> None:
    decision = decided([evidence(P, boundary="other"), evidence(P, check="contract.z")])
    assert reason(decision) == (Reason.ABSENT, "contract.x on api has no evidence")
    assert decision.missing[0].command == "seamwright verify s.yaml api --check contract.x"


def test_evidence_about_a_part_does_not_speak_for_the_whole() -> None:
    wide = replace(ITEM, cells=("getItem", "putItem", "deleteItem"))
    decision = decided([evidence(P)], planned=(wide,))
    assert not decision.open
    kind, text = reason(decision)
    assert kind is Reason.UNKNOWN
    assert "unknown for putItem, deleteItem" in text

    cells = tuple(CellResult(cell, P, 1) for cell in ("deleteItem", "putItem", "getItem", "more"))
    assert decided([evidence(P, cells=cells)], planned=(wide,)).open


@pytest.mark.parametrize(
    ("row", "situation", "text"),
    [
        ({"manifest_digest": "old"}, {}, "the manifest has changed since"),
        ({"contract_digest": "old"}, {}, "the contract of api has changed since"),
        ({}, {"contract_digests": {}}, "the contract of api has changed since"),
        ({}, {"now": 1000.0 + 8 * 86400}, "it is 8.0 days old, and at most 7.0 are allowed"),
        ({}, {"now": 1000.0 - 3600}, "it is dated in the future; is the clock right?"),
    ],
)
@pytest.mark.parametrize("verdict", [P, R])
def test_stale_evidence_keeps_it_closed_and_says_why(row: Any, situation: Any, text: str, verdict: Verdict) -> None:
    decision = decided([evidence(verdict, **row)], **situation)
    assert reason(decision) == (Reason.STALE, f"contract.x on api is stale: {text}")
    assert decision.verdict is U


def test_evidence_is_fresh_to_the_second_and_clocks_may_differ_a_little() -> None:
    assert decided([evidence(P)], now=1000.0 + 7 * 86400).open
    assert decided([evidence(P)], now=1000.0 - 30).open
    assert not decided([evidence(P)], asked=Requirements(families=("contract",), max_age=10), now=1011.0).open


@pytest.mark.parametrize("how", ["applicable", "forbidden"])
def test_what_applies_and_may_not_run_keeps_it_closed(how: str) -> None:
    blocked = Skipped("api", "contract.z", "it holds", "not here", **{how: True})
    decision = decided([evidence(P)], skipped=(blocked,))
    assert reason(decision) == (Reason.UNKNOWN, "contract.z on api cannot run: not here")


def test_what_does_not_apply_is_not_asked_for() -> None:
    skipped = Skipped("db", "contract.z", "it holds", "speaks about http")
    assert decided([evidence(P)], skipped=(skipped,)).open


def test_families_that_are_not_asked_for_do_not_matter() -> None:
    assert decided([evidence(P), evidence(R, check="auth.y")], planned=(ITEM, OTHER)).open


def test_a_family_of_which_nothing_applies_keeps_it_closed() -> None:
    skipped = Skipped("api", "load.rate", "it holds", "no rate is promised")
    decision = decided([evidence(P)], asked=Requirements(families=("contract", "load")), skipped=(skipped,))
    assert reason(decision)[0] is Reason.NOTHING
    assert "no check of the family load applies" in decision.missing[0].text
    assert decision.missing[0].command == "seamwright verify s.yaml --plan --proves load"


def test_a_check_is_asked_for_by_its_id() -> None:
    asked = Requirements(checks=("auth.y",))
    rows = [evidence(R), evidence(P, check="auth.y")]
    assert decided(rows, asked=asked, planned=(ITEM, OTHER)).open
    assert decided([evidence(P)], asked=asked, planned=(ITEM, OTHER)).verdict is U


def test_a_check_that_there_is_not_keeps_it_closed() -> None:
    decision = decided([evidence(P)], asked=Requirements(families=("contract",), checks=("auth.z",)))
    assert reason(decision) == (Reason.ABSENT, "auth.z is asked for, and there is no such check")


def test_a_check_that_applies_nowhere_keeps_it_closed() -> None:
    skipped = Skipped("api", "auth.z", "it holds", "there is no login")
    asked = Requirements(families=("contract",), checks=("auth.z",))
    decision = decided([evidence(P)], asked=asked, skipped=(skipped,))
    assert reason(decision)[0] is Reason.NOTHING
    assert "auth.z is asked for, and applies to no boundary" in decision.missing[0].text


@pytest.mark.parametrize(
    ("coverage", "asked", "opens"),
    [
        (covered(200, 204), 1.0, True),
        (covered(200, 404), 0.5, True),
        (covered(200, 404), 0.51, False),
        (covered(*[200] * 9, 500), 0.9, True),
        (covered(*[200] * 999, 500), 1.0, False),
        (covered(*[200] + [500] * 9), 0.1, True),
        ((), 0.1, False),
        ((), 0.0, True),
    ],
)
def test_coverage(coverage: tuple[Covered, ...], asked: float, opens: bool) -> None:
    decision = decided([evidence(P)], asked=Requirements(families=("contract",), coverage=asked), coverage=coverage)
    assert decision.open is opens
    if not opens:
        assert reason(decision)[0] is (Reason.COVERAGE if coverage else Reason.ABSENT)


def test_what_was_never_answered_is_named_with_how_it_was_and_the_command() -> None:
    rows = (
        Covered("api", "list", "GET", "/a", 3, {"200": 3}),
        Covered("api", "make", "POST", "/a", 3, {"401": 2, "reset": 1}),
        Covered("api", "drop", "DELETE", "/a", 0, {}),
        Covered("other", "ask", "GET", "/b", 1, {"404": 1}),
    )
    decision = decided([evidence(P)], asked=Requirements(families=("contract",), coverage=0.5), coverage=rows)
    assert [(m.requirement, m.text, m.command) for m in decision.missing] == [
        (
            "coverage of api",
            (
                "never answered in its success class on api: make (POST /a; answered 2 times 401, once reset), "
                "drop (DELETE /a; never called); 25% of all operations were, 50% are asked"
            ),
            "seamwright verify s.yaml api --operation make --operation drop",
        ),
        (
            "coverage of other",
            (
                "never answered in its success class on other: ask (GET /b; answered once 404); "
                "25% of all operations were, 50% are asked"
            ),
            "seamwright verify s.yaml other --operation ask",
        ),
    ]


def test_by_default_phase_5_asks_that_every_operation_was_answered() -> None:
    asked = Requirements(families=("contract",), coverage=PHASES[5].requirements.coverage)
    assert decided([evidence(P)], asked=asked, coverage=covered(*[200] * 400)).open
    decision = decided([evidence(P)], asked=asked, coverage=covered(*[200] * 400, 401))
    assert not decision.open
    assert "o400 (GET /400; answered once 401); 99.7% of all operations were, 100% are asked" in reason(decision)[1]


def test_many_operations_that_were_not_answered_are_not_all_named() -> None:
    asked = Requirements(families=("contract",), coverage=1.0)
    decision = decided([evidence(P)], asked=asked, coverage=covered(*[500] * 20))
    assert "o7 (GET /7; answered once 500) …; 0% of all" in decision.missing[0].text
    assert decision.missing[0].command == "seamwright verify s.yaml api"


@pytest.mark.parametrize("coverage", [(), covered(200)])
def test_a_gate_that_asks_for_nothing_never_opens(coverage: tuple[Covered, ...]) -> None:
    decision = decided([evidence(P)], asked=Requirements(), coverage=coverage)
    assert (decision.open, decision.verdict, decision.met) == (False, U, 0)
    assert reason(decision)[0] is Reason.NOTHING
    assert "gates.5" in decision.missing[0].text


def test_coverage_alone_opens_nothing() -> None:
    assert not decided([], asked=Requirements(coverage=0.5), planned=(), coverage=covered(200)).open


def test_without_any_boundary_that_is_spoken_about_it_stays_closed() -> None:
    assert not decided([], planned=()).open


def test_all_that_is_missing_is_told_at_once() -> None:
    asked = Requirements(families=("contract", "auth", "load"), checks=("no.such",), coverage=1.0)
    decision = decided([evidence(R)], asked=asked, planned=(ITEM, OTHER), coverage=covered(404))
    assert [m.reason for m in decision.missing] == [
        Reason.REFUTED,
        Reason.ABSENT,
        Reason.ABSENT,
        Reason.NOTHING,
        Reason.COVERAGE,
    ]
    assert decision.verdict is R


@pytest.mark.parametrize("number", PHASES)
def test_no_phase_closes_without_evidence(number: int) -> None:
    asked = PHASES[number].requirements
    situation = Situation("s.yaml", "m" * 64, {"api": "c" * 64}, Plan((ITEM, OTHER), ()), (), 1000.0)
    assert not decide(number, asked, situation, []).open
