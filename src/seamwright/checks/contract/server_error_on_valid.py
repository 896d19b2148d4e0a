"""Valid input never leads to a server error.

A 5xx says "this is our fault", and on valid input it is: mostly an optional field that the code takes for granted, or
a combination that nobody tried. Each operation is called with examples, generated values, nothing optional and
everything optional, and then with as many drawn calls as the run is deep. A server error is made to happen again, and
narrowed down to what brings it about, before it is told; the same place is one finding, however often it fails.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from seamwright.checks._cells import LAST, each_operation, excerpt, sent, these
from seamwright.checks._honest import Accepted, Caller, caller, learn_accepted, renewed, succeeded
from seamwright.checks.contract._calls import Made, valid_calls
from seamwright.checks.contract._cause import blamed, root
from seamwright.checks.contract._culprit import Culprit, beside, culprit, rest
from seamwright.checks.contract._drawn import drawn_calls
from seamwright.checks.contract._seen import Seen
from seamwright.checks.contract._unaccepted import MOST as MOST_UNACCEPTED
from seamwright.checks.contract._unaccepted import crashes_unaccepted, drawn_only
from seamwright.checks.contract._unsteady import now_and_then
from seamwright.contracts.conformance import request_violations
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

NARROWED = 12
"""Server errors of one operation that are looked into; by then every place that fails easily has been found."""

UNAVAILABLE = 503
"""The status that tells of the state of the service and not of the call (RFC 9110, section 15.6.4)."""

AUTHORS = 3
"""Operations that are named where what they wrote may break another one."""

WRITES = 100
"""Accepted calls that may have changed something, of which the last are remembered."""

FEW = 4
"""Drawn calls of each operation in the first round."""

AT_ONCE = 6
"""Operations that are under way at a time in the first round."""


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: None, "its contract has no operation")


@dataclass(slots=True)
class _Tried:
    """What was tried of one operation so far, and what came of it."""

    who: Caller
    seen: Seen
    base: Case | None = None
    lacking: Undecided | None = None
    failed: list[Made] = field(default_factory=list)
    looked_into: int = 0
    told: set[str] = field(default_factory=set)
    once: list[Made] = field(default_factory=list)
    """Server errors that did not come again."""
    whole: bool = False
    """Whether its turn in the first round came to an end."""
    failing_since: float | None = None
    """When the first of its latest calls was sent that all met server errors; None where the last one did not."""
    fine_until: float = 0.0
    """When the last of its calls was sent that did not."""
    writes: deque[tuple[Operation, Exchange]] = field(default_factory=deque)
    """What was written of late, with whichever operation."""


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    """A few calls of every operation first, several operations at a time, and then as many as there is time for: where
    it is short, the crash that everybody meets is found before the one that hides."""
    tried: dict[str, _Tried] = {}
    writes: deque[tuple[Operation, Exchange]] = deque(maxlen=WRITES)

    async def first_round(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        tried[operation.id] = one = _Tried(caller(bench.subject, operation), Seen(operation), writes=writes)
        await _listened(one, _valid(bench, operation, one.who), operation, bench)
        async for observation in _looked_into(bench, operation, one):
            yield observation
        if one.base is None and not one.told:
            async for observation in _unaccepted(bench, operation, one, to=FEW):
                yield observation
        one.whole = True

    def deepen(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        return _deeper(bench, operation, tried[operation.id])

    async for observation in each_operation(bench, first_round, at_once=AT_ONCE, deepen=deepen):
        yield observation
    unsteady: set[str] = set()
    for refuted in now_and_then(
        bench, ((bench.operation(cell), made.exchange) for cell in tried for made in tried[cell].once)
    ):
        unsteady.add(refuted.cell)
        yield refuted
    for cell, one in tried.items():
        if cell in unsteady:
            continue
        verdict = _verdict(cell, one)
        if verdict is not None:
            yield verdict


def _verdict(cell: str, one: _Tried) -> Observation | None:
    """What all that was tried of an operation comes to; None where it is refuted already."""
    if one.failed and not one.told:
        status = one.failed[0].exchange.status
        return Unknown(
            cell, f"a valid call was answered {status}, and the time ended before it was repeated", Cause.USAGE
        )
    if one.once:
        seen = dict.fromkeys(made.exchange.status for made in one.once)
        why = f"a valid call was answered {', '.join(map(str, seen))} once, and not when it was repeated"
        return Unknown(cell, why, Cause.TARGET)
    if one.told:
        return None
    if not one.whole:
        return None  # Why not is told already.
    verdict = one.seen.verdict()
    if isinstance(verdict, Unknown) and one.lacking is not None:
        return Unknown(cell, str(one.lacking), one.lacking.cause)
    return verdict


async def _deeper(bench: Bench, operation: Operation, one: _Tried) -> AsyncGenerator[Observation, None]:
    try:
        if one.base is not None:
            await _listened(one, _drawn(bench, operation, one), operation, bench)
            async for observation in _looked_into(bench, operation, one):
                yield observation
        elif not one.told:
            async for observation in _unaccepted(bench, operation, one, start=FEW):
                yield observation
    except Undecided as error:
        one.lacking = one.lacking or error


async def _listened(
    one: _Tried, calls: AsyncGenerator[Made | Undecided, None], operation: Operation, bench: Bench
) -> None:
    """Take the answers in, and keep those that are server errors."""
    async with aclosing(calls):
        async for made in calls:
            if isinstance(made, Undecided):
                one.lacking = made
                continue
            one.seen.add(made.exchange)
            if made.exchange.status < 500:
                one.failing_since, one.fine_until = None, made.exchange.started
            elif one.failing_since is None:
                one.failing_since = made.exchange.started
            # What was answered with a server error may have been stored all the same.
            if not operation.safe and (made.exchange.ok or made.exchange.status >= 500):
                one.writes.append((operation, made.exchange))
            if one.base is None and succeeded(operation, made.exchange):
                one.base = made.case
                learn_accepted(bench, operation, one.who, made.case)
            if made.exchange.status >= 500 and one.looked_into + len(one.failed) < NARROWED:
                one.failed.append(replace(made, exchange=bench.keep(made.exchange)))


async def _looked_into(bench: Bench, operation: Operation, one: _Tried) -> AsyncIterator[Observation]:
    """Make the server errors happen again; refuted for those that do."""
    while one.failed and one.looked_into < NARROWED and (not one.told or bench.remaining > LAST):
        made = one.failed[0]
        found, lasting = await _narrowed(bench, operation, one.who, made, one.base)
        # Only now: what the end of the time cuts off has not been looked into.
        del one.failed[0]
        one.looked_into += 1
        if found.exchange.status < 500:
            one.once.append(made)
            continue
        key = " ".join((operation.id, str(found.exchange.status), *sorted(found.places)))
        finding = _finding(bench, operation, made, found, key)
        if lasting is not None:
            finding = _for_good(bench, operation, one, finding, lasting)
        yield Refuted(operation.id, finding if key not in one.told else replace(finding, exchanges=()))
        one.told.add(key)


async def _unaccepted(
    bench: Bench, operation: Operation, one: _Tried, *, start: int = 0, to: int = MOST_UNACCEPTED
) -> AsyncIterator[Observation]:
    """Server errors of an operation of which no call was accepted; why none was stays with `one`."""
    verdict = one.seen.verdict()
    why = one.lacking or (
        Undecided(verdict.why, verdict.cause) if isinstance(verdict, Unknown) else Undecided("no call was accepted")
    )
    calls = crashes_unaccepted(bench, operation, drawn_only, why, Severity.HIGH, start=start, to=to)
    async for observation in calls:
        if isinstance(observation, Refuted):
            one.told.add(observation.finding.key)
            yield observation


async def _valid(bench: Bench, operation: Operation, who: Caller) -> AsyncGenerator[Made | Undecided, None]:
    """Valid calls; at their end the reason, where no object could be had to make them on."""
    try:
        async with aclosing(valid_calls(bench, operation, who, drawn=FEW)) as calls:
            async for made in calls:
                yield made
    except Undecided as reason:
        yield reason


async def _drawn(bench: Bench, operation: Operation, one: _Tried) -> AsyncGenerator[Made | Undecided, None]:
    """The drawn calls that the first round has left."""
    assert one.base is not None
    try:
        async with aclosing(drawn_calls(bench, operation, one.who, one.base, start=FEW)) as calls:
            async for case, exchange in calls:
                yield Made(case, exchange, "drawn")
    except Undecided as reason:
        yield reason


async def _narrowed(
    bench: Bench, operation: Operation, who: Caller, made: Made, base: Case | None
) -> tuple[Culprit, Exchange | None]:
    """The failure once more, in its smallest form where something is accepted to compare with; and the answer to that,
    where it is a server error by now as well."""

    async def again(case: Case) -> Exchange:
        fresh = await renewed(bench, operation, Accepted(who, case, made.exchange))
        if base is not None and case.path != base.path and made.form == "drawn":
            fresh = fresh.but(path=case.path)  # It named an object that is not there, and that may be what fails.
        return await who.call(bench, fresh, note="the same values again")

    whole = Culprit(made.case, await again(made.case), ())
    if whole.exchange.status < 500 or whole.exchange.status == UNAVAILABLE or base is None:
        return whole, None
    # What was stored since may break every call by now, as one bad row does a listing: then no part of it is to blame.
    control = whole.exchange if base == made.case else await again(base)
    if control.status >= 500:
        # Unless it is its texts, of which one may be taken only once.
        texts = Accepted(who, base, made.exchange, once=not operation.safe and operation.body is not None)
        if texts.once:
            control = await who.call(bench, await renewed(bench, operation, texts), note="with other texts")
        return whole, control if control.status >= 500 else None
    found = await culprit(base, made.case, again, lambda exchange: exchange.status >= 500)
    blames = found is not None and await _to_blame(bench, operation, base, made.case, found, again)
    return found if found is not None and blames else whole, None


async def _to_blame(
    bench: Bench,
    operation: Operation,
    base: Case,
    bad: Case,
    found: Culprit,
    send: Callable[[Case], Awaitable[Exchange]],
) -> bool:
    """Whether it is what stands in these places that fails, and not the state in which the accepted call finds the
    service: it may be accepted only because what it asks for is there already, and any other value has it made."""
    if operation.safe or all(place.startswith("path/") for place in found.places):
        return True
    # Each failing call has another value beside it: the one before may be there by now.
    random = bench.random_for(f"{operation.id} beside {found.places} {bad.query} {bad.body}")
    other = beside(base, found.places, random)
    if other is not None and not request_violations(bench.contract, operation, other):
        exchange = await send(other)
        if exchange.status >= 500 or succeeded(operation, exchange):
            return exchange.status < 500
    without = rest(base, bad, found.places)
    return without is None or (await send(without)).status < 500


def _finding(bench: Bench, operation: Operation, made: Made, found: Culprit, key: str) -> Finding:
    first, status = made.exchange, found.exchange.status
    cause = f" because of {', '.join(found.places)}" if found.places and len(found.places) <= 3 else f" ({made.form})"
    places = f"\nwithout what stands at {', '.join(found.places)} the call is accepted" if found.places else ""
    return Finding(
        title=f"{operation.label} answers {status} to a valid call{cause}",
        detail=(
            f"expected: no server error, since the call keeps to the contract: {sent(first)}\n"
            f"seen: {excerpt(first)}\nonce more: {sent(found.exchange)}: {excerpt(found.exchange)}{places}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=key,
        # The same members mostly go through the same code, whichever operation takes them.
        root=root(bench, operation, found.exchange, *blamed(found.places)),
        exchanges=(found.exchange.number, first.number),
        facts={"status": status, "form": made.form, "places": list(found.places)},
    )


def _for_good(bench: Bench, operation: Operation, one: _Tried, finding: Finding, control: Exchange) -> Finding:
    """The finding, where a call that was accepted fails by now as well: what was written before is to be looked at."""
    since = control.started if one.failing_since is None else one.failing_since
    before = [written for written in one.writes if written[1].started <= since]
    between = [written for written in before if written[1].started >= one.fine_until] or before[-1:]
    title = f"{operation.label} answers {control.status} by now also to a call that it had accepted"
    detail = f"{finding.detail}\nwhat was accepted before: {sent(control)}: {excerpt(control)}"
    exchanges, facts = (*finding.exchanges, control.number), finding.facts
    authors: dict[str, tuple[Operation, Exchange]] = {}
    for author, written in reversed(between):
        authors.setdefault(author.id, (author, written))
    if authors:
        latest = list(authors.values())[:AUTHORS]
        names = " and ".join(author.label for author, _ in latest)
        kept = [bench.keep(written) for _, written in latest]
        title += f"; before that wrote {names}"
        told = "\n".join(f"written before: {sent(written)}: {excerpt(written)}" for written in kept)
        detail += f"\n{told}"
        exchanges = (*exchanges, *(written.number for written in kept))
        facts = {**facts, "written before": [author.id for author, _ in latest]}
    return replace(finding, title=title, detail=detail, exchanges=tuple(dict.fromkeys(exchanges)), facts=facts)


CHECK = Check(
    id="contract.server-error-on-valid",
    proves="valid input never leads to a server error, whatever optional parts are there or not",
    oracle="a 5xx to a valid call, twice",
    urgency=0,
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-248",),
)
