"""Valid input never leads to a server error.

A 5xx says "this is our fault", and on valid input it is: mostly an optional field that the code takes for granted, or
a combination that nobody tried. Each operation is called with examples, generated values, nothing optional and
everything optional, and then with as many drawn calls as the run is deep. A server error is made to happen again, and
narrowed down to what brings it about, before it is told; the same place is one finding, however often it fails.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from seamwright.checks._cells import LAST, each_operation, excerpt, sent, these
from seamwright.checks._honest import Accepted, Caller, caller, renewed, succeeded
from seamwright.checks.contract._calls import Made, valid_calls
from seamwright.checks.contract._culprit import Culprit, culprit
from seamwright.checks.contract._seen import Seen
from seamwright.checks.contract._unaccepted import crashes_unaccepted, drawn_only
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


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: None, "its contract has no operation")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
    who = caller(bench.subject, operation)
    seen = Seen(operation)
    failed: list[Made] = []
    base: Case | None = None
    lacking: Undecided | None = None
    async with aclosing(_valid(bench, operation, who)) as calls:
        async for made in calls:
            if isinstance(made, Undecided):
                lacking = made
                continue
            seen.add(made.exchange)
            if base is None and succeeded(operation, made.exchange):
                base = made.case
            if made.exchange.status >= 500 and len(failed) < NARROWED:
                failed.append(replace(made, exchange=bench.keep(made.exchange)))
    told: set[str] = set()
    doubts: list[str] = []
    for made in failed:
        if told and bench.remaining < LAST:
            break
        found = await _narrowed(bench, operation, who, made, base)
        if found.exchange.status < 500:
            again = found.exchange.status or found.exchange
            doubts.append(f"a valid call was answered {made.exchange.status} once, and {again} when repeated")
            continue
        key = " ".join((operation.id, str(found.exchange.status), *sorted(found.places)))
        finding = _finding(operation, made, found, key)
        yield Refuted(operation.id, finding if key not in told else replace(finding, exchanges=()))
        told.add(key)
    verdict = seen.verdict()
    if doubts:
        yield Unknown(operation.id, "; ".join(dict.fromkeys(doubts)), Cause.TARGET)
    elif isinstance(verdict, Unknown) and not told:
        why = lacking or Undecided(verdict.why, verdict.cause)
        async for observation in crashes_unaccepted(bench, operation, drawn_only, why, Severity.HIGH):
            yield observation
    elif not told or isinstance(verdict, Unknown):
        yield verdict


async def _valid(bench: Bench, operation: Operation, who: Caller) -> AsyncGenerator[Made | Undecided, None]:
    """Valid calls; at their end the reason, where no object could be had to make them on."""
    try:
        async with aclosing(valid_calls(bench, operation, who)) as calls:
            async for made in calls:
                yield made
    except Undecided as reason:
        yield reason


async def _narrowed(bench: Bench, operation: Operation, who: Caller, made: Made, base: Case | None) -> Culprit:
    """The failure once more, in its smallest form where something is accepted to compare with."""

    async def again(case: Case) -> Exchange:
        fresh = await renewed(bench, operation, Accepted(who, case, made.exchange))
        if base is not None and case.path != base.path and made.form == "drawn":
            fresh = fresh.but(path=case.path)  # It named an object that is not there, and that may be what fails.
        return await who.call(bench, fresh, note="the same values again")

    whole = Culprit(made.case, await again(made.case), ())
    if whole.exchange.status < 500 or base is None or base == made.case:
        return whole
    return await culprit(base, made.case, again, lambda exchange: exchange.status >= 500) or whole


def _finding(operation: Operation, made: Made, found: Culprit, key: str) -> Finding:
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
        exchanges=(found.exchange.number, first.number),
        facts={"status": status, "form": made.form, "places": list(found.places)},
    )


CHECK = Check(
    id="contract.server-error-on-valid",
    proves="valid input never leads to a server error, whatever optional parts are there or not",
    oracle="a 5xx to a valid call, twice",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-248",),
)
