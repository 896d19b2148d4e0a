"""Tells whether the process that began a run is still alive, by locks that die with it.

A process id alone would lie: ids are used again, and a store may be seen from another container or machine.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from seamwright.ledger.trouble import explained
from seamwright.model.errors import LedgerError

__all__ = ["AdvisoryLocks", "FileLocks", "Presence"]


class Presence(Protocol):
    """Holds a lock for each run of this process, and sees those of others."""

    def hold(self, run_id: str) -> None:
        """Take the lock of a run; raises LedgerError when another process has it. Call while no other run begins."""

    def release(self, run_id: str) -> None:
        """Give the lock of a run back; nothing happens when it is not held."""

    def held(self, run_ids: Iterable[str]) -> frozenset[str]:
        """Those of these runs whose lock some living process holds."""

    def close(self) -> None:
        """Give all locks back."""


class FileLocks:
    """One small file for each run beside a SQLite store, locked with flock(2) by the process that runs it.

    The kernel drops such a lock when the process ends, however it ends, and child programs do not inherit it.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the files in `folder`, which is made when it is first needed."""
        self._folder = folder
        self._mine: dict[str, int] = {}

    def hold(self, run_id: str) -> None:
        """Take the lock of a run, and sweep away the files of runs whose processes are gone."""
        with explained(str(self._folder), f"hold the lock of run {run_id}"):
            self._folder.mkdir(exist_ok=True)
            for path in self._folder.iterdir():
                if not self._locked(path):
                    path.unlink(missing_ok=True)
            descriptor = os.open(self._path(run_id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                raise _taken(run_id) from None
        self._mine[run_id] = descriptor

    def release(self, run_id: str) -> None:
        """Give the lock back and remove its file."""
        descriptor = self._mine.pop(run_id, None)
        if descriptor is not None:
            with explained(str(self._folder), f"give back the lock of run {run_id}"):
                try:
                    self._path(run_id).unlink(missing_ok=True)
                finally:
                    os.close(descriptor)

    def held(self, run_ids: Iterable[str]) -> frozenset[str]:
        """Those of these runs whose file is locked."""
        with explained(str(self._folder), "see which runs are alive"):
            return frozenset(run_id for run_id in run_ids if self._locked(self._path(run_id)))

    def close(self) -> None:
        """Give all locks back."""
        for run_id in list(self._mine):
            self.release(run_id)

    def _path(self, run_id: str) -> Path:
        # An id may hold what no file name may.
        return self._folder / hashlib.sha256(run_id.encode()).hexdigest()[:32]

    @staticmethod
    def _locked(path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            # Shared, so that two who look at once do not take each other for the run.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False


class AdvisoryLocks:
    """One session-level advisory lock of PostgreSQL for each run, held by a connection that does nothing else."""

    def __init__(self, engine: Engine, where: str) -> None:
        """Take connections from `engine`; `where` names the store in messages."""
        self._engine = engine
        self._where = where
        self._connection: Connection | None = None
        self._mine: set[str] = set()

    def hold(self, run_id: str) -> None:
        """Take the lock of a run."""
        with explained(self._where, f"hold the lock of run {run_id}"):
            try:
                taken = self._take(run_id)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The server was restarted since the last run began, and its locks went with it: take them anew.
                self._drop()
                taken = self._take(run_id)
        if not taken:
            raise _taken(run_id)
        self._mine.add(run_id)

    def release(self, run_id: str) -> None:
        """Give the lock back."""
        if run_id in self._mine and self._connection is not None:
            self._mine.discard(run_id)
            with explained(self._where, f"give back the lock of run {run_id}"):
                try:
                    self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _key(run_id)})
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        raise
                    # The lock went with the connection.
                    self._drop()

    def held(self, run_ids: Iterable[str]) -> frozenset[str]:
        """Those of these runs whose lock some session of the same database holds."""
        with explained(self._where, "see which runs are alive"), self._engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT classid::bigint, objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
            # A bigint key is shown as two unsigned halves (PostgreSQL manual, pg_locks).
            locked = {(high << 32) | low for high, low in rows}
        return frozenset(run_id for run_id in run_ids if _key(run_id) % 2**64 in locked)

    def close(self) -> None:
        """Give all locks back and end the connection for good (back in the pool it would keep its locks)."""
        self._mine.clear()
        self._drop()

    def _take(self, run_id: str) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            # So that the server soon learns of a machine that is gone without a word.
            self._connection.execute(text("SET tcp_keepalives_idle = 30"))
            self._connection.execute(text("SET tcp_keepalives_interval = 10"))
            for mine in self._mine:
                self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(mine)})
        return bool(self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(run_id)}))

    def _drop(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            if not connection.invalidated:
                connection.invalidate()
            connection.close()


def _taken(run_id: str) -> LedgerError:
    return LedgerError(f"run {run_id} is being run by another process; begin a run with an id of its own")


def _key(run_id: str) -> int:
    return int.from_bytes(hashlib.sha256(f"seamwright run {run_id}".encode()).digest()[:8], signed=True)
