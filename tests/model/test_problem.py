"""Findings of one root cause are one problem."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seamwright.model.evidence import Evidence
from seamwright.model.finding import Finding, Severity
from seamwright.model.problem import problems
from seamwright.model.verdict import Verdict


def _row(check: str, *findings: Finding, boundary: str = "shop") -> Evidence:
    return Evidence(
        run="r",
        boundary=boundary,
        check=check,
        proves="it holds",
        verdict=Verdict.REFUTED,
        tried=1,
        cells=(),
        findings=findings,
        why="",
        cause=None,
        exchanges=1,
        exchanges_digest="",
        manifest_digest="",
        contract_digest="",
        environment="test",
        seed=1,
        started=0.0,
        seconds=1.0,
    )


def _found(title: str, operation: str = "placeOrder", **more: Any) -> Finding:
    return replace(Finding(title, "seen", Severity.HIGH, operation), **more)


def test_what_has_one_root_is_told_once_by_the_check_that_saw_it_first() -> None:
    valid = _row("contract.a", _found("it crashes", root="trace 1", count=2))
    broken = _row("contract.b", _found("it crashes on text", "cancelOrder", root="trace 1"), _found("it accepts text"))
    crash, accepts = problems([valid, broken])
    assert (crash.finding.title, crash.row.check, crash.also, crash.count) == (
        "it crashes",
        "contract.a",
        ("contract.b",),
        3,
    )
    assert crash.operations == ("placeOrder", "cancelOrder")
    assert (accepts.finding.title, accepts.also, accepts.count) == ("it accepts text", (), 1)


def test_what_has_no_root_stands_by_itself_however_alike() -> None:
    assert len(problems([_row("contract.a", _found("one"), _found("one")), _row("contract.b", _found("one"))])) == 3


def test_boundaries_do_not_share_a_root() -> None:
    rows = [_row("contract.a", _found("one", root="r")), _row("contract.a", _found("one", root="r"), boundary="pay")]
    assert len(problems(rows)) == 2
