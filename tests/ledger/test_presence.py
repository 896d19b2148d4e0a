"""Whether the process of a run lives is told by its lock, and by nothing that could be somebody else's."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from seamwright.ledger.presence import FileLocks
from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError
from seamwright.model.run import RunState
from seamwright.model.verdict import Verdict
from tests.ledger.conftest import Worker
from tests.ledger.making import COVERAGE, begun, some_evidence


def test_a_lock_is_seen_by_its_own_process_and_by_others(store: str, worker: Worker) -> None:
    process = worker("holds", store, "theirs")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    with Ledger.open(store) as ledger:
        begun(ledger, "mine")
        presence = ledger.database.presence
        assert presence.held(["mine", "theirs", "nobody's"]) == {"mine", "theirs"}
        with pytest.raises(LedgerError, match="run theirs is being run by another process"):
            presence.hold("theirs")
        presence.release("theirs")  # not ours to give back
        assert presence.held(["theirs"]) == {"theirs"}
        process.communicate("", timeout=30)
        assert presence.held(["mine", "theirs"]) == {"mine"}
        assert {run.id: run.state for run in ledger.runs()} == {
            "mine": RunState.RUNNING,
            "theirs": RunState.INTERRUPTED,
        }
        ledger.finish("mine", Verdict.UNKNOWN, COVERAGE, 1.0)
        assert presence.held(["mine"]) == frozenset()


def test_one_run_does_not_free_another(store: str) -> None:
    with Ledger.open(store) as ledger:
        one, two = begun(ledger), begun(ledger)
        ledger.finish(one, Verdict.UNKNOWN, (), 1.0)
        assert ledger.database.presence.held([one, two]) == {two}
        with Ledger.open(store) as other:
            assert other.database.presence.held([one, two]) == {two}
        assert ledger.database.presence.held([one, two]) == {two}


def test_a_database_server_that_was_restarted_loses_no_run(postgres_store: str) -> None:
    with Ledger.open(postgres_store) as ledger:
        one, two = begun(ledger, rows=1), begun(ledger)
        with create_engine(make_url(postgres_store).set(drivername="postgresql+psycopg")).connect() as connection:
            ended = connection.scalars(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            ).all()
        assert len(ended) >= 2
        assert ledger.append(some_evidence(one)).sequence == 2
        ledger.finish(two, Verdict.UNKNOWN, (), 1.0)
        three = begun(ledger)
        assert ledger.database.presence.held([one, two, three]) == {one, three}
        ledger.finish(one, Verdict.REFUTED, COVERAGE, 1.0)
        assert ledger.verify().ok


def test_files_of_the_dead_are_swept_away_and_those_of_the_living_stay(path: Path, worker: Worker) -> None:
    locks = path.with_name("ledger.db-runs")
    processes = [worker("holds", str(path), name) for name in ("killed", "alive")]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
    processes[0].send_signal(signal.SIGKILL)
    processes[0].wait()
    assert len(list(locks.iterdir())) == 2
    with Ledger.open(path) as ledger:
        run_id = begun(ledger)
        assert len(list(locks.iterdir())) == 2
        assert ledger.database.presence.held(["killed", "alive", run_id]) == {"alive", run_id}
        ledger.finish(run_id, Verdict.UNKNOWN, (), 1.0)
        assert len(list(locks.iterdir())) == 1
        assert [run.state for run in ledger.runs() if run.id == "alive"] == [RunState.RUNNING]


def test_a_run_whose_beginning_failed_holds_nothing(store: str) -> None:
    with Ledger.open(store) as ledger:
        begun(ledger, "r1")
        ledger.finish("r1", Verdict.UNKNOWN, (), 1.0)
        with pytest.raises(LedgerError, match="already"):
            begun(ledger, "r1")
        assert ledger.database.presence.held(["r1"]) == frozenset()


def test_an_id_that_is_no_file_name_does_no_harm(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path / "runs")
    locks.hold("../../etc/passwd\n" + "x" * 500)
    assert len(list((tmp_path / "runs").iterdir())) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["runs"]
    locks.close()
    assert list((tmp_path / "runs").iterdir()) == []
