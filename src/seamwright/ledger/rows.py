"""Rows of the tables become nouns again; what was damaged is never given as evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, func, select

from seamwright.ledger import coverage, encoding, tables
from seamwright.ledger.trouble import Complaint
from seamwright.model.evidence import Evidence
from seamwright.model.exchange import Exchange
from seamwright.model.plan import Plan
from seamwright.model.run import Run, RunRecord, RunState, Seam
from seamwright.model.verdict import Verdict

__all__ = ["evidence", "exchange", "find", "record", "run"]

T = TypeVar("T")


def find(connection: Connection, wanted: str) -> Row[Any]:
    """Find the row of a run by its id, by the beginning of its id where only one begins so, or `last`."""
    runs = tables.runs
    query = select(runs).order_by(runs.c.number.desc()).limit(6)
    if wanted == "last":
        found = connection.execute(query.limit(1)).one_or_none()
        if found is None:
            raise Complaint("there is no run yet; `seamwright verify` makes one")
        return found
    found = connection.execute(query.where(runs.c.id == wanted)).one_or_none()
    if found is not None:
        return found
    # substr and not LIKE, which takes capitals for small letters on SQLite and gives % and _ a meaning.
    begins = func.substr(runs.c.id, 1, len(wanted)) == wanted
    several = connection.execute(query.where(begins)).all() if wanted else []
    if not several:
        raise Complaint(f"there is no run {wanted!r}; `seamwright runs` lists those that there are")
    if len(several) > 1:
        some = ", ".join(row.id for row in several[:5]) + (", …" if len(several) > 5 else "")
        raise Complaint(f"several runs begin with {wanted!r}: {some}; give more letters of the id")
    return several[0]


def run(row: Row[Any]) -> Run:
    """Read a run, as far as it is written: whether its process still lives is another question."""
    return replace(
        _decoded(Run, row.header, f"run {row.id}"),
        state=RunState(row.state),
        finished=row.finished,
        verdict=Verdict(row.verdict),
    )


def record(connection: Connection, row: Row[Any]) -> RunRecord:
    """Read all of a run. Raises Complaint where what it began with was changed."""
    what = f"run {row.id}"
    if encoding.digest(row.header, row.plan, row.seams) != row.opening:
        raise _damaged(what, "its beginning was changed after it was written")
    table = tables.evidence
    found = connection.execute(select(table).where(table.c.run_id == row.id).order_by(table.c.sequence))
    return RunRecord(
        run=run(row),
        plan=_decoded(Plan, row.plan, what),
        seams=_decoded(tuple[Seam, ...], row.seams, what),
        evidence=tuple(evidence(each) for each in found),
        coverage=_read(coverage.decoded, row.coverage, what),
        notices=_decoded(tuple[str, ...], row.notices, what),
    )


def evidence(row: Row[Any]) -> Evidence:
    """Read evidence. Raises Complaint where it does not fit its hash."""
    if encoding.digest(row.body) != row.hash:
        raise _damaged(f"evidence {row.sequence}", "it was changed after it was written")
    try:
        return encoding.read_evidence(row.body, row.hash)[0]
    except ValueError as error:
        raise _damaged(f"evidence {row.sequence}", str(error)) from error


def exchange(row: Row[Any]) -> Exchange:
    """Read an exchange. Raises Complaint where it does not fit its digest."""
    what = f"exchange {row.number} of run {row.run_id}"
    try:
        raw = encoding.unzipped(row.body)
        if encoding.digest_of(raw) != row.digest:
            raise _damaged(what, "it was changed after it was written")
        return encoding.unpack(raw)
    except ValueError as error:
        raise _damaged(what, str(error)) from error


def _decoded(of: type[T], text: str, what: str) -> T:
    return _read(lambda written: encoding.decoded(of, written), text, what)


def _read(reading: Callable[[str], T], text: str, what: str) -> T:
    try:
        return reading(text)
    except ValueError as error:
        raise _damaged(what, str(error)) from error


def _damaged(what: str, why: str) -> Complaint:
    return Complaint(
        f"{what} cannot be trusted: {why}. `seamwright ledger verify` shows all that is wrong; "
        "move this ledger away and run again to get new evidence."
    )
