"""A store: a SQLite file or a PostgreSQL database, opened, migrated, read and written in whole transactions."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from seamwright.ledger.migrations import HEAD
from seamwright.ledger.presence import AdvisoryLocks, FileLocks, Presence
from seamwright.ledger.trouble import LOCK_SECONDS, explained
from seamwright.model.errors import LedgerError

__all__ = ["Database"]

_SCHEMA = "seamwright"
"""The schema of PostgreSQL that holds the tables, so that they can live in a database with others."""

_WRITES = "seamwright_writes"
_OURS = frozenset({"alembic_version", "meta", "runs", "evidence", "exchanges"})

# What the checks of a project's own are is meant to be committed; all else in the folder is not.
_GITIGNORE = "*\n!/checks/\n!/checks/**\n__pycache__/\n"


class Database:
    """A store whose tables are up to date. Use `reading` and `writing`; both see one consistent state.

    SQLite runs in WAL mode, so that readers never wait for the writer, with synchronous=FULL: a commit is on the disk
    before `append` returns. That costs one fsync for each check (which itself takes far longer), and what a gate has
    once seen survives a power cut; synchronous=NORMAL could lose the newest rows then.
    """

    def __init__(self, engine: Engine, where: str, presence: Presence, file: Path | None, *, read_only: bool) -> None:
        """Take an engine that is set up; see `open`."""
        self.engine = engine
        self.where = where
        self.presence = presence
        self._file = file
        self._read_only = read_only

    @classmethod
    def open(cls, url_or_path: str | Path, *, create: bool = True) -> Database:
        """Open a store by path, `sqlite:///path` or `postgresql://user@host/name`, and bring its tables up to date.

        With `create` False, a SQLite file that is not there is an error instead of being made. Raises LedgerError.
        """
        given = str(url_or_path)
        if "://" not in given:
            database = _sqlite(Path(given).expanduser(), create)
        else:
            try:
                url = make_url(given)
            except (ArgumentError, ValueError):
                raise LedgerError(
                    "the ledger's URL cannot be read; write it like sqlite:///path or postgresql://user@host/name"
                ) from None
            kind = url.drivername.partition("+")[0]
            if kind in ("postgresql", "postgres"):
                database = _postgres(url)
            elif kind == "sqlite" and url.database and url.database != ":memory:":
                database = _sqlite(Path(url.database), create)
            elif kind == "sqlite":
                raise LedgerError("a ledger outlives its process and cannot lie in memory; write sqlite:///path")
            else:
                raise LedgerError(
                    f"a ledger cannot lie in {url.drivername}; write a path, sqlite:///path or postgresql://…"
                )
        try:
            database._bring_up_to_date()
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def reading(self, doing: str) -> Iterator[Connection]:
        """Give a connection inside one read transaction; all its reads see the store at one moment.

        `doing` completes "cannot …" in the message of the LedgerError that it raises.
        """
        with explained(self.where, doing), self.engine.connect() as connection:
            if self._file is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, doing: str) -> Iterator[Connection]:
        """Give a connection inside one write transaction: all or nothing. Raises LedgerError.

        On SQLite it is the only writer from its start on; on PostgreSQL, take a row lock first where order matters.
        """
        if self._read_only:
            raise LedgerError(
                f"ledger {self.where}: cannot {doing}: it, or the folder that it lies in, may not be written by this "
                "user. Give it permission and open it again, or choose another ledger."
            )
        with (
            explained(self.where, doing),
            self.engine.connect() as connection,
            connection.execution_options(**{_WRITES: True}).begin(),
        ):
            yield connection

    def close(self) -> None:
        """Close all connections and give back the locks of runs."""
        try:
            self.presence.close()
        finally:
            self.engine.dispose()

    def _bring_up_to_date(self) -> None:
        with self.reading("open it") as connection:
            current = self._is_current(connection)
        if current:
            return
        if self._read_only:
            raise LedgerError(
                f"ledger {self.where}: it is older than this Seamwright and lies where it cannot be written, so it "
                "cannot be migrated. Copy it to a folder that this user may write, and open the copy."
            )
        with self._only_migrator(), self.writing("migrate it") as connection:
            if self._file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(7309465218473042796)"))
                if not connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": _SCHEMA}):
                    connection.execute(text(f"CREATE SCHEMA {_SCHEMA}"))
            if not self._is_current(connection):
                _upgrade(connection, self.where)

    def _is_current(self, connection: Connection) -> bool:
        """Whether the tables are those of this version; raises LedgerError where they are somebody else's."""
        if self._file is None:
            names = connection.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = :name"), {"name": _SCHEMA}
            )
        else:
            names = connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
            )
        tables = set(names)
        if not tables:
            return False
        if not tables >= _OURS:
            raise LedgerError(
                f"ledger {self.where}: it is a database of something else (it has the tables "
                f"{', '.join(sorted(tables)[:5])}) and was left alone. Choose another path or database."
            )
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD)

    @contextmanager
    def _only_migrator(self) -> Iterator[None]:
        """Let one process at a time make or migrate a SQLite store; PostgreSQL has its own lock for that."""
        if self._file is None:
            yield
            return
        with explained(self.where, "make or migrate it"):
            # The folder itself is the lock: no further file, and the kernel frees it when its holder dies.
            descriptor = os.open(self._file.parent, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                # Kept in the file; it cannot be switched inside a transaction, nor by two at once.
                with self.engine.connect() as connection:
                    pooled = connection.connection.dbapi_connection
                    assert isinstance(pooled, sqlite3.Connection)
                    pooled.execute("PRAGMA journal_mode = WAL")
                yield
            finally:
                os.close(descriptor)


def _upgrade(connection: Connection, where: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from seamwright import __version__

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "seamwright.ledger:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = connection.scalar(text("SELECT version_num FROM alembic_version")) if _has_revision(connection) else None
    if revision is not None and revision not in known:
        by = connection.scalar(text("SELECT value FROM meta WHERE key = 'written_by'"))
        raise LedgerError(
            f"ledger {where}: it was written by a newer Seamwright ({by or 'unknown version'}, revision {revision}; "
            f"this is {__version__}, revision {HEAD}) and was left alone. Upgrade Seamwright "
            "(pip install --upgrade seamwright), or choose another ledger."
        )
    command.upgrade(config, "head")
    connection.execute(text("DELETE FROM meta WHERE key = 'written_by'"))
    connection.execute(text("INSERT INTO meta (key, value) VALUES ('written_by', :v)"), {"v": __version__})


def _has_revision(connection: Connection) -> bool:
    from sqlalchemy import inspect

    return inspect(connection).has_table("alembic_version")


def _sqlite(path: Path, create: bool) -> Database:
    where = str(path)
    with explained(where, "open it"):
        path = path.resolve()
        if path.is_dir():
            raise LedgerError(f"ledger {where}: it is a folder; name a file in it, like {path / 'ledger.db'}")
        there = path.exists()
        if not there:
            if not create:
                raise LedgerError(f"ledger {where}: there is none yet; `seamwright verify` makes it with its first run")
            _make_folder(path.parent)
        read_only = there and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))

    address = f"file:{quote(str(path))}"
    if read_only:
        log = path.with_name(f"{path.name}-wal")
        # In a folder that cannot be written, WAL mode works only on a file that nobody changes (sqlite.org/wal.html).
        address += "?mode=ro" if log.exists() and log.stat().st_size else "?mode=ro&immutable=1"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, uri=True, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver is told to begin nothing by itself, so that a writer takes its lock at once and never has to
        # turn a read into a write, which fails when somebody else wrote in between.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    locks = FileLocks(path.with_name(f"{path.name}-runs"))
    return Database(engine, where, locks, path, read_only=read_only)


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Exchanges of a private system lie here: nobody else of this machine shall read them.
        folder.mkdir(mode=0o700, exist_ok=True)
    ignore = folder / ".gitignore"
    if folder.name == ".seamwright" and not ignore.exists():
        ignore.write_text(_GITIGNORE, encoding="utf-8")


def _postgres(url: URL) -> Database:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise LedgerError(
            f"a ledger in PostgreSQL needs its driver ({error}): pip install 'seamwright[postgres]'"
        ) from error
    where = url.render_as_string(hide_password=True)
    arguments: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), connect_args=arguments, pool_pre_ping=True, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO {_SCHEMA}")
            cursor.execute(f"SET lock_timeout TO '{LOCK_SECONDS}s'")
        connection.commit()

    return Database(engine, where, AdvisoryLocks(engine, where), None, read_only=False)
