"""Stores are made and migrated by themselves, by several processes at once, and say plainly when they cannot be."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

import seamwright
from seamwright.ledger.database import Database
from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError
from seamwright.model.verdict import Cause, Verdict
from tests.ledger.conftest import Worker
from tests.ledger.making import COVERAGE, an_exchange, begun, some_evidence


def test_the_folder_is_private_and_kept_out_of_git(path: Path) -> None:
    Ledger.open(path).close()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    lines = (path.parent / ".gitignore").read_text().splitlines()
    assert lines[0] == "*"
    assert "!/checks/" in lines, "checks of a project's own are there to be committed"


def test_what_lies_in_the_folder_already_is_left_alone(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    (path.parent / ".gitignore").write_text("mine\n")
    Ledger.open(path).close()
    assert (path.parent / ".gitignore").read_text() == "mine\n"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755


def test_a_folder_of_another_name_gets_no_gitignore(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "new" / "deep" / "evidence.db").close()
    assert [entry.name for entry in (tmp_path / "new" / "deep").iterdir()] == ["evidence.db"]


@pytest.mark.parametrize("form", ["path", "text", "url"])
def test_a_store_is_opened_by_path_and_by_url(path: Path, form: str) -> None:
    forms: dict[str, str | Path] = {"path": path, "text": str(path), "url": f"sqlite:///{path}"}
    with Ledger.open(forms[form]) as ledger:
        begun(ledger, "r1")
    assert path.is_file()


def test_a_path_may_hold_any_letters(tmp_path: Path) -> None:
    path = tmp_path / "a b?c#d%20e&f=g;ü" / "ledger.db"
    with Ledger.open(path) as ledger:
        begun(ledger, "r1", rows=1)
    with Ledger.open(path, create=False) as ledger:
        assert ledger.runs()[0].id == "r1"
    assert path.is_file()


def test_without_create_a_missing_store_is_not_made(path: Path) -> None:
    with pytest.raises(LedgerError, match=r"there is none yet.*seamwright verify") as caught:
        Ledger.open(path, create=False)
    assert caught.value.cause is Cause.USAGE
    assert not path.parent.exists()


def test_writes_are_on_the_disk_when_they_return(path: Path) -> None:
    with Ledger.open(path) as ledger, ledger.database.reading("look") as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_readers_see_one_moment_while_somebody_writes(ledger: Ledger, store: str) -> None:
    run_id = begun(ledger, rows=1)
    with Ledger.open(store) as other, other.database.reading("look") as connection:
        count = text("SELECT count(*) FROM evidence")
        assert connection.scalar(count) == 1
        ledger.append(some_evidence(run_id))
        assert connection.scalar(count) == 1
    assert ledger.verify().rows == 2


def test_a_store_that_is_up_to_date_opens_without_alembic(store: str, worker: Worker) -> None:
    for expected in ("True", "False", "False"):
        out, err = worker("quick", store, cold=True).communicate(timeout=30)
        assert out.strip() == expected, err


def test_processes_that_open_a_new_store_at_once_make_it_once(store: str, worker: Worker) -> None:
    processes = [worker("opens", store) for _ in range(6)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [out.strip() for out, _ in outputs] == ["rows 0"] * 6, outputs
    with Ledger.open(store) as ledger:
        begun(ledger, rows=1)
        assert ledger.verify().ok


def test_it_works_from_a_copy_that_holds_only_modules(tmp_path: Path) -> None:
    source = Path(seamwright.__file__).parent
    for folder in ("ledger", "model"):
        shutil.copytree(
            source / folder, tmp_path / "seamwright" / folder, ignore=lambda at, names: _not_modules(at, names)
        )
    shutil.copy(source / "__init__.py", tmp_path / "seamwright")
    script = "import sys, seamwright.ledger.store as s; print(s.__file__); s.Ledger.open(sys.argv[1]).close()"
    out = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "ledger.db")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (out.returncode, out.stderr) == (0, "")
    assert out.stdout.startswith(str(tmp_path))


def _not_modules(at: str, names: list[str]) -> list[str]:
    return [name for name in names if not (Path(at) / name).is_dir() and not name.endswith(".py")]


# -- what cannot be opened, and is left alone ------------------------------------------------------------------------


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"these are my notes, and no database at all\n" * 50)
    before = path.read_bytes()
    with pytest.raises(
        LedgerError, match=r"notes\.txt: cannot open it: this file is no SQLite database\. Move it away"
    ):
        Ledger.open(path)
    assert path.read_bytes() == before


def test_a_database_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (id INTEGER)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=r"database of something else \(it has the tables customers\)"):
        Ledger.open(path)
    assert path.read_bytes() == before


def test_a_ledger_of_a_newer_version(ledger: Ledger, store: str) -> None:
    begun(ledger, rows=1)
    with ledger.database.writing("pretend to be newer") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE meta SET value = '42.0' WHERE key = 'written_by'"))
    with pytest.raises(LedgerError, match=r"newer Seamwright \(42\.0, revision 9999; this is .* left alone\. Upgrade"):
        Ledger.open(store)
    with ledger.database.reading("look") as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
        assert connection.scalar(text("SELECT count(*) FROM evidence")) == 1


def test_tables_of_others_in_a_postgres_database_are_no_matter(postgres_store: str) -> None:
    with Ledger.open(postgres_store) as ledger:
        with ledger.database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE public.runs (id integer)"))
        begun(ledger, rows=1)
        assert ledger.verify().ok


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"it is a folder; name a file in it"):
        Ledger.open(tmp_path)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / ".seamwright").write_text("")
    with pytest.raises(LedgerError, match=r"cannot open it: .*(file lies where|is a file, no folder)"):
        Ledger.open(tmp_path / ".seamwright" / "ledger.db")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "cannot lie in memory"),
        ("sqlite:///:memory:", "cannot lie in memory"),
        ("mysql://root@127.0.0.1/x", "cannot lie in mysql"),
        ("://nonsense", "URL cannot be read"),
    ],
)
def test_urls_that_name_no_store(url: str, says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        Ledger.open(url)


def test_postgres_without_its_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LedgerError, match=r"pip install 'seamwright\[postgres\]'"):
        Ledger.open("postgresql://postgres@127.0.0.1/test")


def test_a_postgres_that_is_not_there_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(LedgerError, match="cannot be reached") as caught:
        Ledger.open("postgresql://someone:hunter2@127.0.0.1:1/shop")
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1:1/shop" in str(caught.value)


def test_a_postgres_database_that_is_not_there(postgres_store: str) -> None:
    with pytest.raises(
        LedgerError, match=r"does not let it in .*_missing.* does not exist.*Mend user, password and database"
    ):
        Ledger.open(f"{postgres_store}_missing")


# -- disks and permissions -------------------------------------------------------------------------------------------


def test_a_full_disk_writes_nothing_and_the_ledger_goes_on_when_there_is_room(path: Path) -> None:
    with Ledger.open(path) as ledger:
        run_id = begun(ledger, rows=3, exchanges=[1, 2])
        allowed = [0]

        def limit(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {allowed[0] or 1_000_000}")

        event.listen(ledger.database.engine, "checkout", limit)
        with ledger.database.reading("count") as connection:
            allowed[0] = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one()) + 2
        incompressible = os.urandom(40_000).hex()
        with pytest.raises(LedgerError, match=r"ledger\.db: cannot append evidence: the disk .* is full\. Nothing"):
            ledger.append(some_evidence(run_id), [an_exchange(3, note=incompressible), an_exchange(4)])
        assert len(ledger.evidence()) == 3
        assert ledger.verify().problems == ()
        allowed[0] = 0
        assert ledger.append(some_evidence(run_id), [an_exchange(3, note=incompressible)]).sequence == 4
        ledger.finish(run_id, Verdict.REFUTED, COVERAGE, 1.0)
        assert ledger.verify().ok


def test_a_file_that_may_not_grow_leaves_nothing_half_written(path: Path, worker: Worker) -> None:
    out, err = worker("fills", str(path), "500000").communicate(timeout=60)
    refusal, _, counts = out.strip().partition("\n")
    assert "cannot append evidence: the disk" in refusal, (out, err)
    assert "Nothing of this was written" in refusal
    good, sequence, problems = (int(word) for word in counts.split())
    assert good > 0
    assert (sequence, problems) == (good + 1, 0)


@pytest.mark.parametrize("limit", [1_000, 20_000])
def test_a_new_store_where_there_is_no_room(path: Path, worker: Worker, limit: int) -> None:
    out, err = worker("cramped", str(path), str(limit)).communicate(timeout=60)
    refusal, _, later = out.strip().partition("\n")
    assert "ledger.db: cannot m" in refusal, (out, err)
    assert "the disk" in refusal
    assert later == "rows 0", (out, err)


def test_a_process_killed_while_it_makes_a_store_leaves_one_that_can_be_made(store: str, worker: Worker) -> None:
    for wait in (0.3, 0.4, 0.5, 0.6, 0.7):
        process = worker("opens", store, cold=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(wait)
        process.kill()
        process.wait()
    with Ledger.open(store) as ledger:
        begun(ledger, rows=1)
        assert ledger.verify().ok


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user of the machine can reach (that of pytest is private)."""
    folder = Path(tempfile.mkdtemp(prefix="seamwright-test-"))
    folder.chmod(0o755)
    yield folder
    for at, _, _ in os.walk(folder):
        Path(at).chmod(0o755)
    shutil.rmtree(folder)


def test_a_new_store_in_a_read_only_folder(shared: Path, worker: Worker) -> None:
    shared.chmod(0o555)
    out, err = worker("stranger", str(shared / ".seamwright" / "ledger.db")).communicate(timeout=30)
    assert "cannot open it: this user may not write there. Give it permission, or choose another ledger" in out, err
    assert list(shared.iterdir()) == []


def test_a_store_in_a_read_only_folder_can_be_read_and_not_written(shared: Path, worker: Worker) -> None:
    path = shared / "ledger.db"
    with Ledger.open(path) as ledger:
        begun(ledger, rows=2, exchanges=[1])
    path.chmod(0o444)
    shared.chmod(0o555)
    out, err = worker("stranger", str(path)).communicate(timeout=30)
    first, second = out.strip().splitlines()
    assert first == "runs 1 rows 2", err
    assert "cannot begin run" in second
    assert "may not be written" in second


def test_a_writer_that_never_ends_is_told_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seamwright.ledger.database.LOCK_SECONDS", 0.1)
    with Ledger.open(path) as ledger:
        run_id = begun(ledger)
        stuck = sqlite3.connect(path, isolation_level=None)
        stuck.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match=r"cannot append evidence: another process has been writing"):
            ledger.append(some_evidence(run_id))
        stuck.rollback()
        stuck.close()
        assert ledger.append(some_evidence(run_id)).sequence == 1


def test_an_error_inside_a_transaction_takes_it_back(store: str) -> None:
    database = Database.open(store)

    def fail() -> None:
        with database.writing("try") as connection:
            connection.execute(text("INSERT INTO meta (key, value) VALUES ('x', 'y')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading("look") as connection:
        assert connection.scalar(text("SELECT count(*) FROM meta WHERE key = 'x'")) == 0
    database.close()
