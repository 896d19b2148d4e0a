"""The ledger: begins runs, appends evidence with its exchanges, and gives them back. Nothing in it is ever changed."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, func, insert, select, update

from seamwright.ledger import chain, encoding, rows, verification
from seamwright.ledger.coverage import encoded as covered_text
from seamwright.ledger.database import Database
from seamwright.ledger.tables import evidence as evidence_table
from seamwright.ledger.tables import exchanges as exchanges_table
from seamwright.ledger.tables import runs as runs_table
from seamwright.ledger.trouble import our_fault
from seamwright.ledger.verification import Broken, Verification
from seamwright.model.errors import LedgerError
from seamwright.model.evidence import Evidence
from seamwright.model.exchange import Exchange
from seamwright.model.plan import Plan
from seamwright.model.run import Covered, Run, RunRecord, RunState, Seam
from seamwright.model.verdict import Verdict

__all__ = ["DEFAULT_PATH", "Broken", "Ledger", "Verification"]

DEFAULT_PATH = ".seamwright/ledger.db"

T = TypeVar("T")

_MANY = 500
"""More numbers than this are picked out after reading; databases take only so many parameters."""


class Ledger:
    """An append-only store of runs, evidence and exchanges; a context manager.

    Each row of evidence carries the hash of the one before it, over all runs, so that a row that was changed, removed,
    added or moved shows in `verify`. This protects against accident and against edits by hand; whoever may write the
    file and knows the rule can make a new chain, as with any file of one's own.

    Every method raises LedgerError with what happened, where, and what to do next; then nothing was written.
    """

    def __init__(self, database: Database) -> None:
        """Take an open store; see `open`."""
        self.database = database
        """The store itself, for other rooms that keep their data in the same one."""
        self._mine: dict[str, tuple[str, str]] = {}

    @classmethod
    def open(cls, url_or_path: str | Path = DEFAULT_PATH, *, create: bool = True) -> Ledger:
        """Open the ledger at a path, `sqlite:///path` or `postgresql://user@host/name`; make or migrate it if needed.

        With `create` False, a SQLite file that is not there is an error. A ledger that lies where it cannot be written
        opens for reading.
        """
        return cls(Database.open(url_or_path, create=create))

    def close(self) -> None:
        """Close it. Runs that this ledger began and did not finish are interrupted from now on."""
        self._mine.clear()
        self.database.close()

    def __enter__(self) -> Ledger:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    # -- writing ---------------------------------------------------------------------------------------------------

    def begin(self, run: Run, plan: Plan, seams: Sequence[Seam]) -> None:
        """Write that a run begins, and hold its lock until `finish`, `close`, or the end of this process."""
        header = encoding.encoded(Run, replace(run, finished=None, state=RunState.RUNNING, verdict=Verdict.UNKNOWN))
        plan_text = encoding.encoded(Plan, plan)
        seams_text = encoding.encoded(tuple[Seam, ...], tuple(seams))
        opening = encoding.digest(header, plan_text, seams_text)
        held = False
        try:
            with self.database.writing(f"begin run {run.id}") as connection:
                links = chain.take(connection)
                if connection.scalar(select(runs_table.c.number).where(runs_table.c.id == run.id)) is not None:
                    raise LedgerError(f"ledger {self.database.where}: there is a run {run.id} already; give a new id")
                # Inside the transaction: whoever sees the row of a run that lives finds its lock taken.
                self.database.presence.hold(run.id)
                held = True
                connection.execute(
                    insert(runs_table).values(
                        number=links.runs + 1,
                        id=run.id,
                        system=run.system,
                        state=RunState.RUNNING.value,
                        owner=f"{socket.gethostname()}:{os.getpid()}",
                        header=header,
                        plan=plan_text,
                        seams=seams_text,
                        opening=opening,
                        notices="[]",
                        coverage="[]",
                        verdict=Verdict.UNKNOWN.value,
                    )
                )
                chain.put(connection, replace(links, runs=links.runs + 1))
        except BaseException:
            if held:
                self.database.presence.release(run.id)
            raise
        self._mine[run.id] = (run.system, opening)

    def append(self, evidence: Evidence, exchanges: Sequence[Exchange] = ()) -> Evidence:
        """Write evidence with its exchanges, both or neither, and give it with `sequence`, `previous` and `hash`.

        An empty `exchanges_digest` is filled in, with the count; one that does not fit the exchanges is refused.
        """
        system, opening = self._own(evidence.run)
        packed = encoding.pack(exchanges)
        summed = encoding.chain_digests(item.digest for item in packed)
        if not evidence.exchanges_digest:
            evidence = replace(evidence, exchanges=len(packed), exchanges_digest=summed)
        if (evidence.exchanges, evidence.exchanges_digest) != (len(packed), summed):
            raise our_fault(
                f"evidence of {evidence.check} on {evidence.boundary} says {evidence.exchanges} exchanges with digest "
                f"{evidence.exchanges_digest[:12]}…, but {len(packed)} with {summed[:12]}… came along; nothing written"
            )
        with self.database.writing("append evidence") as connection:
            links = chain.take(connection)
            self._still_running(connection, evidence.run)
            row = replace(evidence, sequence=links.count + 1, previous=links.head, hash="")
            body = encoding.evidence_body(row, opening)
            row = replace(row, hash=encoding.digest(body))
            connection.execute(
                insert(evidence_table).values(
                    sequence=row.sequence,
                    run_id=row.run,
                    system=system,
                    boundary=row.boundary,
                    check_id=row.check,
                    verdict=row.verdict.value,
                    body=body,
                    previous=row.previous,
                    hash=row.hash,
                )
            )
            if packed:
                connection.execute(
                    insert(exchanges_table),
                    [
                        {
                            "sequence": row.sequence,
                            "position": position,
                            "run_id": row.run,
                            "number": item.number,
                            "digest": item.digest,
                            "body": item.body,
                        }
                        for position, item in enumerate(packed)
                    ],
                )
            chain.put(connection, replace(links, count=row.sequence, head=row.hash))
        return row

    def notice(self, run_id: str, text: str) -> None:
        """Write something that the reader of a run must be told."""
        self._own(run_id)
        with self.database.writing("write a notice") as connection:
            chain.take(connection)
            notices = json.loads(self._still_running(connection, run_id).notices)
            connection.execute(
                update(runs_table).where(runs_table.c.id == run_id).values(notices=encoding.canonical([*notices, text]))
            )

    def finish(self, run_id: str, verdict: Verdict, coverage: Sequence[Covered], finished: float) -> None:
        """Write that a run is over, and seal it with the length and the head of the chain."""
        _, opening = self._own(run_id)
        covered = covered_text(coverage)
        with self.database.writing(f"finish run {run_id}") as connection:
            links = chain.take(connection)
            row = self._still_running(connection, run_id)
            connection.execute(
                update(runs_table)
                .where(runs_table.c.id == run_id)
                .values(
                    state=RunState.FINISHED.value,
                    verdict=verdict.value,
                    coverage=covered,
                    finished=float(finished),
                    chain_rows=links.count,
                    chain_head=links.head,
                    seal=chain.seal(
                        opening=opening,
                        notices=row.notices,
                        coverage=covered,
                        verdict=verdict.value,
                        finished=float(finished),
                        count=links.count,
                        head=links.head,
                    ),
                )
            )
        del self._mine[run_id]
        self.database.presence.release(run_id)

    def _own(self, run_id: str) -> tuple[str, str]:
        try:
            return self._mine[run_id]
        except KeyError:
            raise our_fault(
                f"ledger {self.database.where}: run {run_id} was not begun here or is over; nothing written"
            ) from None

    def _still_running(self, connection: Connection, run_id: str) -> Row[Any]:
        row = connection.execute(select(runs_table).where(runs_table.c.id == run_id)).one_or_none()
        if row is None or row.state != RunState.RUNNING:
            raise LedgerError(
                f"ledger {self.database.where}: run {run_id} was {'removed' if row is None else 'finished'} by "
                "somebody else while it ran; nothing written. Run `seamwright ledger verify`, then run again."
            )
        return row

    # -- reading ---------------------------------------------------------------------------------------------------

    def runs(self, limit: int | None = 20) -> list[Run]:
        """Give runs, the newest first. One whose process is gone without finishing is `interrupted`."""

        def read() -> list[Run]:
            with self.database.reading("read runs") as connection:
                query = select(runs_table).order_by(runs_table.c.number.desc()).limit(limit)
                return [rows.run(row) for row in connection.execute(query)]

        found, dead = self._with_dead(read, lambda runs: runs)
        return [replace(run, state=RunState.INTERRUPTED) if run.id in dead else run for run in found]

    def record(self, run: str = "last") -> RunRecord:
        """Give all of a run by its id, the beginning of its id where only one begins so, or `last`."""

        def read() -> RunRecord:
            with self.database.reading(f"read run {run}") as connection:
                return rows.record(connection, rows.find(connection, run))

        found, dead = self._with_dead(read, lambda record: [record.run])
        if dead:
            return replace(found, run=replace(found.run, state=RunState.INTERRUPTED))
        return found

    def evidence(
        self,
        *,
        boundary: str | None = None,
        check: str | None = None,
        run: str | None = None,
        verdict: Verdict | None = None,
        limit: int | None = 100,
    ) -> list[Evidence]:
        """Give evidence that fits all that is asked, the newest first; `run` as in `record`."""
        with self.database.reading("read evidence") as connection:
            query = select(evidence_table).order_by(evidence_table.c.sequence.desc()).limit(limit)
            if boundary is not None:
                query = query.where(evidence_table.c.boundary == boundary)
            if check is not None:
                query = query.where(evidence_table.c.check_id == check)
            if run is not None:
                query = query.where(evidence_table.c.run_id == rows.find(connection, run).id)
            if verdict is not None:
                query = query.where(evidence_table.c.verdict == verdict.value)
            return [rows.evidence(row) for row in connection.execute(query)]

    def latest(self, system: str) -> list[Evidence]:
        """Give the latest evidence of each check on each boundary of a system, in the order they were written.

        Latest is what was appended last, whatever the clocks said.
        """
        newest = (
            select(func.max(evidence_table.c.sequence))
            .where(evidence_table.c.system == system)
            .group_by(evidence_table.c.boundary, evidence_table.c.check_id)
        )
        query = select(evidence_table).where(evidence_table.c.sequence.in_(newest)).order_by(evidence_table.c.sequence)
        with self.database.reading("read evidence") as connection:
            return [rows.evidence(row) for row in connection.execute(query)]

    def exchanges(self, run: str, numbers: Sequence[int] | None = None) -> list[Exchange]:
        """Give the exchanges of a run in the order of their numbers, all of them or those asked for."""
        wanted = None if numbers is None else frozenset(numbers)
        with self.database.reading("read exchanges") as connection:
            query = (
                select(exchanges_table)
                .where(exchanges_table.c.run_id == rows.find(connection, run).id)
                .order_by(exchanges_table.c.number, exchanges_table.c.sequence, exchanges_table.c.position)
            )
            if wanted is not None and len(wanted) <= _MANY:
                query = query.where(exchanges_table.c.number.in_(wanted))
            return [rows.exchange(row) for row in connection.execute(query) if wanted is None or row.number in wanted]

    def verify(self) -> Verification:
        """Read everything and compare it with its digests and with the chain."""
        with self.database.reading("verify it") as connection:
            return verification.verify(connection)

    def _with_dead(self, read: Callable[[], T], runs_of: Callable[[T], Sequence[Run]]) -> tuple[T, frozenset[str]]:
        """Read something with runs in it, and tell which of them run no more though nothing says so."""
        found = read()
        running = _running(runs_of(found))
        alive = self.database.presence.held(running) if running else frozenset()
        if running <= alive:
            return found, frozenset()
        # A run gives its lock back after it has written its end: look again, lest one that has just finished is
        # taken for dead.
        found = read()
        return found, (running - alive) & _running(runs_of(found))


def _running(runs: Sequence[Run]) -> frozenset[str]:
    return frozenset(run.id for run in runs if run.state is RunState.RUNNING)
