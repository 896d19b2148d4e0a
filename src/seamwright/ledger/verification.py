"""Proves that a ledger is as it was written: every digest, every link of the chain, every seal of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from seamwright.ledger import chain, encoding, tables

__all__ = ["Broken", "Verification", "verify"]

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as it was written: at which sequence of evidence (0: at none), and what."""

    sequence: int
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How many rows of evidence there are, and all that is wrong with them, in the order of the sequence."""

    rows: int
    problems: tuple[Broken, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(slots=True)
class _Sum:
    """What the exchanges of one evidence add up to."""

    count: int = 0
    digests: Any = field(default_factory=hashlib.sha256)
    problems: list[str] = field(default_factory=list)


def verify(connection: Connection) -> Verification:
    """Read everything once, in one transaction, and compare.

    Shows evidence that was changed, removed, added or moved; exchanges that were changed, removed or added; runs whose
    beginning or end was changed; and a cut tail, by the chain's end and by what each finished run says of it. It can't
    show that somebody wrote a whole new store, or all of its end anew: nothing outside of the store is compared.
    """
    runs = {row.id: row for row in connection.execute(select(tables.runs).order_by(tables.runs.c.number))}
    sums = _sums(connection)
    problems: list[Broken] = []
    hashes = {0: encoding.GENESIS}
    rows, last, head = 0, 0, encoding.GENESIS
    query = select(tables.evidence).order_by(tables.evidence.c.sequence)
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        rows += 1
        if row.sequence != last + 1:
            gone = f"row {last + 1} is" if row.sequence == last + 2 else f"rows {last + 1} to {row.sequence - 1} are"
            problems.append(Broken(row.sequence, f"{gone} missing before this one"))
        elif row.previous != head:
            problems.append(Broken(row.sequence, "it does not follow the row before it: one of them was replaced"))
        problems += [Broken(row.sequence, what) for what in _row(row, runs, sums.pop(row.sequence, _Sum()))]
        last, head = row.sequence, row.hash
        hashes[last] = head
    problems += [Broken(sequence, "there are exchanges of it, but it is missing") for sequence in sorted(sums)]
    problems += [Broken(0, what) for what in _runs(runs, hashes)]
    problems += [Broken(0, what) for what in _end(chain.look(connection), last, head, len(runs))]
    return Verification(rows, tuple(sorted(problems, key=lambda broken: broken.sequence)))


def _sums(connection: Connection) -> dict[int, _Sum]:
    table = tables.exchanges
    sums: dict[int, _Sum] = {}
    query = select(table).order_by(table.c.sequence, table.c.position)
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        summed = sums.setdefault(row.sequence, _Sum())
        try:
            raw = encoding.unzipped(row.body)
            found, number = encoding.digest_of(raw), encoding.unpack(raw).number
        except ValueError:
            summed.problems.append(f"exchange {row.number} is damaged")
            found, number = "", row.number
        else:
            if found != row.digest:
                summed.problems.append(f"exchange {row.number} was changed")
            if number != row.number:
                summed.problems.append(f"exchange {number} was given the number {row.number}")
        summed.count += 1
        # What lies there counts, and not the digest beside it, which could have been changed along.
        summed.digests.update(found.encode("ascii"))
    return sums


def _row(row: Row[Any], runs: dict[str, Row[Any]], summed: _Sum) -> Iterator[str]:
    if encoding.digest(row.body) != row.hash:
        yield "it was changed after it was written: its content does not fit its hash"
    try:
        evidence, opening = encoding.read_evidence(row.body, row.hash)
    except ValueError as error:
        yield f"its content cannot be read: {str(error).splitlines()[0]}"
        return
    columns = {
        "sequence": (row.sequence, evidence.sequence),
        "previous": (row.previous, evidence.previous),
        "run": (row.run_id, evidence.run),
        "boundary": (row.boundary, evidence.boundary),
        "check": (row.check_id, evidence.check),
        "verdict": (row.verdict, evidence.verdict.value),
    }
    for name, (beside, inside) in columns.items():
        if beside != inside:
            yield f"its {name} was changed: {beside!r} beside the content, {inside!r} in it"
    run = runs.get(row.run_id)
    if run is None:
        yield f"its run {row.run_id} is missing"
    else:
        if run.opening != opening:
            yield f"its run {row.run_id} did not begin as the row says: plan, seams or what was asked were changed"
        if run.system != row.system:
            yield f"its system was changed: {row.system!r}, and {run.system!r} in its run"
    yield from summed.problems
    if summed.count != evidence.exchanges:
        yield f"it stands on {evidence.exchanges} exchanges, and {summed.count} are there"
    elif summed.digests.hexdigest() != evidence.exchanges_digest:
        yield "its exchanges do not fit their digest: one was changed, or their order"


def _runs(runs: dict[str, Row[Any]], hashes: dict[int, str]) -> Iterator[str]:
    for expected, row in enumerate(runs.values(), start=1):
        what = f"run {row.id}"
        if row.number != expected:
            yield f"{what} is number {row.number}, and {expected - 1} are there before it: a run is missing"
        if encoding.digest(row.header, row.plan, row.seams) != row.opening:
            yield f"{what}: plan, seams or what was asked were changed"
        if row.state != "finished":
            if row.seal is not None or row.finished is not None or row.verdict != "unknown":
                yield f"{what}: it is not finished, and yet has an end"
            continue
        if None in (row.finished, row.chain_rows, row.chain_head, row.seal):
            yield f"{what}: it is finished, and its end is missing"
            continue
        sealed = chain.seal(
            opening=row.opening,
            notices=row.notices,
            coverage=row.coverage,
            verdict=row.verdict,
            finished=row.finished,
            count=row.chain_rows,
            head=row.chain_head,
        )
        if sealed != row.seal:
            yield f"{what}: verdict, coverage, notices or end were changed"
        if hashes.get(row.chain_rows) != row.chain_head:
            yield f"{what}: when it finished, the chain had {row.chain_rows} rows and another end: evidence was cut off"


def _end(end: chain.Links | None, last: int, head: str, runs: int) -> Iterator[str]:
    if end is None:
        yield "the end of the chain is not written down any more"
        return
    if (end.count, end.head) != (last, head):
        yield f"the chain ends at row {last}, and {end.count} were written: its tail was cut off or added to"
    if end.runs != runs:
        yield f"there are {runs} runs, and {end.runs} were begun"
