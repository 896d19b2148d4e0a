"""The ledger as the run and its readers use it, on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import signal
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import text

from seamwright.ledger.encoding import GENESIS, exchanges_digest
from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError
from seamwright.model.run import RunState
from seamwright.model.verdict import Verdict
from tests.ledger.conftest import Worker
from tests.ledger.making import COVERAGE, PLAN, SEAMS, an_exchange, begun, some_evidence, some_run


def test_a_run_comes_back_whole(ledger: Ledger) -> None:
    run = some_run("r1")
    exchanges = [an_exchange(1), an_exchange(2, failure=("reset", "connection reset"))]
    ledger.begin(run, PLAN, SEAMS)
    assert ledger.record("r1").run == run
    row = ledger.append(some_evidence("r1"), exchanges)
    ledger.notice("r1", "a redirect to elsewhere.example was not followed")
    ledger.notice("r1", "second")
    ledger.finish("r1", Verdict.REFUTED, COVERAGE, 2_000_000_000.125)

    record = ledger.record("last")
    assert record.run == replace(run, finished=2_000_000_000.125, state=RunState.FINISHED, verdict=Verdict.REFUTED)
    assert (record.plan, record.seams, record.coverage) == (PLAN, SEAMS, COVERAGE)
    assert record.evidence == (row,)
    assert record.notices == ("a redirect to elsewhere.example was not followed", "second")
    assert ledger.runs() == [record.run]
    assert ledger.exchanges("r1") == exchanges
    assert ledger.verify().ok


def test_append_fills_in_the_chain_and_the_digest(ledger: Ledger) -> None:
    run_id = begun(ledger)
    exchanges = [an_exchange(5), an_exchange(3)]
    first = ledger.append(some_evidence(run_id, "auth.a"), exchanges)
    second = ledger.append(some_evidence(run_id, "auth.b"))
    assert (first.sequence, first.previous) == (1, GENESIS)
    assert (second.sequence, second.previous) == (2, first.hash)
    assert (first.exchanges, first.exchanges_digest) == (2, exchanges_digest(exchanges))
    with ledger.database.reading("look") as connection:
        body, row_hash = connection.execute(text("SELECT body, hash FROM evidence WHERE sequence = 2")).one()
    assert row_hash == second.hash == hashlib.sha256(body.encode()).hexdigest()
    assert json.loads(body)["previous"] == first.hash


def test_a_digest_that_does_not_fit_is_refused_and_nothing_written(ledger: Ledger) -> None:
    run_id = begun(ledger)
    with pytest.raises(LedgerError, match="nothing written"):
        ledger.append(some_evidence(run_id, exchanges=1, exchanges_digest="0" * 64), [an_exchange()])
    assert ledger.evidence() == []
    assert ledger.exchanges(run_id) == []


def test_evidence_and_exchanges_are_written_both_or_neither(ledger: Ledger) -> None:
    run_id = begun(ledger)
    with ledger.database.writing("make room for a clash") as connection:
        # The second exchange of the next row cannot be inserted.
        connection.execute(text("CREATE UNIQUE INDEX one_number ON exchanges (run_id, number)"))
    with pytest.raises(LedgerError, match="cannot append evidence"):
        ledger.append(some_evidence(run_id), [an_exchange(1), an_exchange(1)])
    assert ledger.evidence() == []
    assert ledger.exchanges(run_id) == []
    assert ledger.append(some_evidence(run_id), [an_exchange(1)]).sequence == 1
    assert ledger.verify().ok


def test_exchanges_are_given_in_the_order_of_their_numbers(ledger: Ledger) -> None:
    run_id = begun(ledger)
    ledger.append(some_evidence(run_id, "auth.a"), [an_exchange(4), an_exchange(2)])
    ledger.append(some_evidence(run_id, "auth.b"), [an_exchange(3), an_exchange(1)])
    other = begun(ledger, rows=1, exchanges=[1, 2])
    assert [e.number for e in ledger.exchanges(run_id)] == [1, 2, 3, 4]
    assert [e.number for e in ledger.exchanges(run_id, [4, 1, 99])] == [1, 4]
    assert [e.number for e in ledger.exchanges(run_id, range(3, 2000))] == [3, 4]
    assert ledger.exchanges(run_id, []) == []
    assert len(ledger.exchanges(other)) == 2


def test_evidence_is_found_by_what_it_is(ledger: Ledger) -> None:
    one, two = begun(ledger), begun(ledger)
    ledger.append(some_evidence(one, "auth.a", verdict=Verdict.PROVED))
    ledger.append(some_evidence(one, "auth.b", boundary="payments"))
    ledger.append(some_evidence(two, "auth.a"))
    assert [e.sequence for e in ledger.evidence()] == [3, 2, 1]
    assert [e.sequence for e in ledger.evidence(limit=2)] == [3, 2]
    assert [e.sequence for e in ledger.evidence(check="auth.a")] == [3, 1]
    assert [e.sequence for e in ledger.evidence(boundary="payments")] == [2]
    assert [e.sequence for e in ledger.evidence(run=one)] == [2, 1]
    assert [e.sequence for e in ledger.evidence(verdict=Verdict.PROVED)] == [1]
    assert ledger.evidence(check="auth.a", boundary="payments") == []


def test_latest_goes_by_what_was_written_last_and_not_by_clocks(ledger: Ledger) -> None:
    mine, other = begun(ledger), begun(ledger, system="another")
    ledger.append(some_evidence(mine, "auth.a", started=2_000.0))
    ledger.append(some_evidence(mine, "auth.b"))
    ledger.append(some_evidence(other, "auth.a"))
    ledger.append(some_evidence(mine, "auth.a", started=1_000.0))
    ledger.append(some_evidence(mine, "auth.a", boundary="payments"))
    assert [e.sequence for e in ledger.latest("shop")] == [2, 4, 5]
    assert [e.sequence for e in ledger.latest("another")] == [3]
    assert ledger.latest("unheard of") == []


def test_runs_are_given_newest_first_whatever_their_clocks_said(ledger: Ledger) -> None:
    for run_id, started in (("a", 3_000.0), ("b", 1_000.0), ("c", 2_000.0)):
        begun(ledger, run_id, started=started)
    assert [run.id for run in ledger.runs()] == ["c", "b", "a"]
    assert [run.id for run in ledger.runs(limit=2)] == ["c", "b"]
    assert ledger.record().run.id == "c"


def test_a_run_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    for run_id in ("ab1", "ab2", "AB3", "x%y", "ab"):
        begun(ledger, run_id)
    assert ledger.record("ab1").run.id == "ab1"
    assert ledger.record("ab").run.id == "ab"
    assert ledger.record("AB").run.id == "AB3"
    assert ledger.record("x").run.id == "x%y"
    with pytest.raises(LedgerError, match=r"several runs begin with 'a'.*ab, ab2, ab1"):
        ledger.record("a")
    for missing in ("nope", "%", "_b", ""):
        with pytest.raises(LedgerError, match="there is no run"):
            ledger.record(missing)


def test_last_of_an_empty_ledger_says_what_to_do(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="seamwright verify"):
        ledger.record("last")
    assert ledger.runs() == []
    assert ledger.verify().rows == 0
    assert ledger.verify().ok


def test_only_who_began_a_run_writes_to_it_and_only_until_it_is_over(ledger: Ledger, store: str) -> None:
    run_id = begun(ledger)
    with Ledger.open(store) as other:
        with pytest.raises(LedgerError, match="was not begun here"):
            other.append(some_evidence(run_id))
        with pytest.raises(LedgerError, match="was not begun here"):
            other.finish(run_id, Verdict.PROVED, (), 1.0)
    ledger.finish(run_id, Verdict.UNKNOWN, (), 1.0)
    for write in (
        lambda: ledger.append(some_evidence(run_id)),
        lambda: ledger.notice(run_id, "late"),
        lambda: ledger.finish(run_id, Verdict.PROVED, (), 2.0),
    ):
        with pytest.raises(LedgerError, match="is over"):
            write()
    assert ledger.record(run_id).run.verdict is Verdict.UNKNOWN


def test_a_run_id_is_taken_only_once(ledger: Ledger, store: str) -> None:
    begun(ledger, "r1")
    with Ledger.open(store) as other, pytest.raises(LedgerError, match="there is a run r1 already"):
        begun(other, "r1")
    assert ledger.runs()[0].state is RunState.RUNNING
    ledger.append(some_evidence("r1"))
    assert ledger.verify().ok


def test_to_begin_a_run_twice_does_not_end_the_one_that_runs(ledger: Ledger) -> None:
    begun(ledger, "r1")
    with pytest.raises(LedgerError, match="there is a run r1 already"):
        begun(ledger, "r1")
    assert ledger.runs()[0].state is RunState.RUNNING
    assert ledger.append(some_evidence("r1")).sequence == 1


def test_a_run_that_was_closed_without_finishing_is_interrupted(ledger: Ledger, store: str) -> None:
    with Ledger.open(store) as other:
        run_id = begun(other, rows=1)
        assert ledger.runs()[0].state is RunState.RUNNING
    assert ledger.runs()[0].state is RunState.INTERRUPTED
    record = ledger.record(run_id)
    assert (record.run.state, record.run.verdict, len(record.evidence)) == (RunState.INTERRUPTED, Verdict.UNKNOWN, 1)


def test_a_killed_process_leaves_whole_rows_and_an_interrupted_run(ledger: Ledger, store: str, worker: Worker) -> None:
    process = worker("appends", store, "doomed", "100000")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    told = 0
    for _ in range(25):
        told = int(process.stdout.readline())
    assert ledger.runs()[0].state is RunState.RUNNING
    process.send_signal(signal.SIGKILL)
    process.wait()
    # What was told is kept; at most the row that was just being told may come on top.
    told = max([told, *(int(line) for line in process.stdout if line.endswith("\n"))])
    _until_interrupted(ledger)
    rows = ledger.record("doomed").evidence
    assert told <= len(rows) <= told + 1
    assert len(ledger.exchanges("doomed")) == 5 * len(rows)
    assert ledger.verify().problems == ()
    # Life goes on after it.
    run_id = begun(ledger, rows=1)
    ledger.finish(run_id, Verdict.REFUTED, COVERAGE, 1.0)
    assert ledger.verify().ok
    assert [run.state for run in ledger.runs()] == [RunState.FINISHED, RunState.INTERRUPTED]


def test_runs_at_once_make_one_chain(store: str, worker: Worker) -> None:
    processes = [worker("appends", store, f"run-{number}", "50") for number in range(4)]
    for process in processes:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, outputs
    with Ledger.open(store) as ledger:
        rows = ledger.evidence(limit=None)[::-1]
        assert [row.sequence for row in rows] == list(range(1, 201))
        assert all(after.previous == before.hash for before, after in pairwise(rows))
        assert sum(one.run != two.run for one, two in pairwise(rows)) > 3, "the runs did not overlap"
        assert {run.state for run in ledger.runs()} == {RunState.FINISHED}
        assert ledger.verify().problems == ()


def _until_interrupted(ledger: Ledger) -> None:
    """The server of PostgreSQL learns of a dead client a moment later; the kernel frees a file lock at once."""
    for _ in range(2000):
        if ledger.runs()[0].state is RunState.INTERRUPTED:
            return
    raise AssertionError("the run of a killed process is still shown as running")
