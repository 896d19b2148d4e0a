"""`seamwright contract coverage`: what a run exercised, what it did not and why, and how little is too little."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.run import RunRecord
from tests.faces.terminal import seamwright
from tests.reports import records


def _kept(here: Path, record: RunRecord, *, finished: bool = True) -> None:
    with Ledger.open(here / ".seamwright" / "ledger.db") as ledger:
        ledger.begin(record.run, record.plan, record.seams)
        if finished:
            ledger.finish(record.run.id, record.verdict, record.coverage, record.run.started + 1)


@pytest.fixture
def kept(here: Path) -> RunRecord:
    """A ledger with one run, in the folder of the test."""
    record = records.broken()
    _kept(here, record)
    return record


def test_before_any_run_it_names_the_command(here: Path) -> None:
    done = seamwright("contract", "coverage", cwd=here)
    assert done.status == 2
    assert "there is no run yet" in done.err
    assert "seamwright verify --proves contract" in done.err
    assert not (here / ".seamwright").exists()

    with Ledger.open(here / ".seamwright" / "ledger.db"):
        pass
    again = seamwright("contract", "coverage", cwd=here)
    assert (again.status, "seamwright verify --proves contract" in again.err) == (2, True)


def test_a_run_without_coverage_says_why(here: Path) -> None:
    _kept(here, replace(records.broken(), coverage=()))
    done = seamwright("contract", "coverage", cwd=here)
    assert done.status == 2
    assert "has no contract, so it has no coverage" in done.err

    _kept(here, replace(records.broken(), run=records.run(id="dead")), finished=False)
    assert "is interrupted" in seamwright("contract", "coverage", "dead", cwd=here).err


def test_it_shows_each_operation_and_the_sum(here: Path, kept: RunRecord) -> None:
    done = seamwright("contract", "coverage", cwd=here)
    assert done.status == 0
    assert "orders: 5 of 6 operations, 7 of 11 points" in done.out
    assert "status 1 of 2, parameter 2 of 2, keyword 3 of 5" in done.out
    line = next(line for line in done.out.splitlines() if "exportOrders" in line)
    assert "0 of 1" in line
    assert "never answered in its success class" in line
    assert f"run {kept.run.id}: 9 of 11 operations, 8 of 12 points" in done.out
    assert "payments: 2 of 3 operations\n" in done.out, "a contract without points is told by its operations"


def test_it_names_what_is_missing_and_why(here: Path, kept: RunRecord) -> None:
    words = ("contract", "coverage", kept.run.id[:8], "--boundary", "orders", "--missing")
    out = seamwright(*words, cwd=here).out
    assert "query/limit maximum: broken\n      no such value is made" in out
    assert "response success: answered\n      never called: the manifest excludes it" in out
    assert "the deepest are left out" in out
    assert "payments" not in out
    one = seamwright(*words, "--operation", "listOrders", cwd=here).out
    assert "exportOrders" not in one
    assert "1 of 1 operations, 7 of 10 points" in one


def test_names_that_are_not_there_are_refused_with_what_was_perhaps_meant(here: Path, kept: RunRecord) -> None:
    for words, meant in ((("--boundary", "order"), "'orders'"), (("--operation", "listOrder"), "'listOrders'")):
        done = seamwright("contract", "coverage", *words, cwd=here)
        assert done.status == 2
        assert f"did you mean {meant}" in done.err


@pytest.mark.parametrize(("percent", "status"), [("66.6", 0), ("66.7", 1)])
def test_too_little_fails(here: Path, kept: RunRecord, percent: str, status: int) -> None:
    done = seamwright("contract", "coverage", "--fail-under", percent, "--json", cwd=here)
    assert done.status == status
    assert done.json["points"]["done"] == 8
    if status == 1:
        assert f"66.6% of the points were exercised, and {percent}% are asked" in done.err


def test_json_holds_all_of_it(here: Path, kept: RunRecord) -> None:
    found = seamwright("contract", "coverage", "--json", cwd=here).json
    assert found["run"] == kept.run.id
    assert found["operations"] == {"done": 9, "total": 11}
    assert found["points"] == {"done": 8, "total": 12, "percent": 66.6}
    assert found["kinds"]["keyword"] == {"done": 3, "total": 5}
    (row,) = [row for row in found["coverage"] if row["operation"] == "listOrders"]
    assert row["points"][4] == {
        "kind": "keyword",
        "place": "query/limit",
        "keyword": "maximum",
        "done": ["valid", "limit"],
        "missing": {"broken": "no such value is made"},
    }


def test_hostile_names_do_not_reach_the_terminal(here: Path) -> None:
    _kept(here, records.hostile())
    done = seamwright("contract", "coverage", "--missing", cwd=here)
    assert done.status == 0
    assert "\x1b" not in done.out
