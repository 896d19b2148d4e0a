"""Whatever the checks of a run have sent, no operation answers with a server error that comes again.

Checks look at what they ask about. A call that was meant to create an object, or to be refused, and was answered 500 on
the way is no less of a crash: each of those is sent again here, at the end of the run, when it is quiet. Calls that
differ in more than their case (forged tokens, headers of their own) are left to the checks that make them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import answered, each_operation, excerpt, sent, statuses, these
from seamwright.checks._honest import caller, fresh_key, likely, succeeded
from seamwright.checks.contract._cause import fingerprint, root
from seamwright.checks.contract._unsteady import now_and_then
from seamwright.engines.generate.requests import STRANGE_TAG
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.met import Met
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

GONE = frozenset({403, 404, 410, 412})
"""Statuses that say that the object is not there any more, or is another one by now: they repeat nothing."""

AT_ONCE = 4
"""Operations that are under way at a time."""


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        return "identities log in through it" if subject.logins(operation) else None

    return these(subject, why_not, "its contract has no operation")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    once: dict[str, list[tuple[Operation, Exchange]]] = {}
    told: set[str] = set()
    gone: dict[str, Exchange] = {}

    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        met = _of_one_cause(Met.of(bench.learned, operation.id))
        for one in met:
            again = answered(await bench.call(_fresh(one), one.identity, note="sent again, at the end"))
            if again.status in GONE and operation.at("path"):
                other = await _on_another(bench, operation, one)
                again = other if other is not None and other.status >= 500 else again
            if again.status >= 500:
                told.add(operation.id)
                yield Refuted(operation.id, _finding(bench, operation, one, again))
            elif again.status in GONE:
                gone[operation.id] = again
            else:
                once.setdefault(operation.id, []).append((operation, one.exchange))
        if not met:
            yield await _control(bench, operation)

    # Those that have failed come first, in case time is short.
    cells = sorted(bench.cells, key=lambda cell: not Met.of(bench.learned, cell))
    async for observation in each_operation(bench, decide, at_once=AT_ONCE, cells=cells):
        yield observation
    for refuted in now_and_then(bench, (pair for pairs in once.values() for pair in pairs)):
        told.add(refuted.cell)
        yield refuted
    for cell, exchange in gone.items():
        if cell not in told:
            why = f"a call met a server error, and its object is gone by now: {excerpt(exchange)}"
            yield Unknown(cell, why, Cause.TARGET)
    for cell, pairs in once.items():
        if cell not in told and cell not in gone:
            seen = ", ".join(dict.fromkeys(str(exchange.status) for _, exchange in pairs))
            yield Unknown(cell, f"a call was answered {seen} once, and not when it was sent again", Cause.TARGET)


async def _on_another(bench: Bench, operation: Operation, one: Met) -> Exchange | None:
    """The same call on an object that is there; None where none can be had."""
    if one.identity is None:
        return None
    try:
        there = await bench.case(operation, one.identity)
    except Undecided:
        return None
    case = _fresh(one)
    case = case.but(path={**case.path, **there.path})
    if one.kind != STRANGE_TAG:
        tags = {name: value for name, value in there.headers.items() if name.lower() == "if-match"}
        kept = {name: value for name, value in case.headers.items() if name.lower() != "if-match"}
        case = case.but(headers={**kept, **tags})
    return answered(await bench.call(case, one.identity, note="sent again, on an object that is there"))


async def _control(bench: Bench, operation: Operation) -> Observation:
    """An operation that has failed nowhere is proved only where an honest call of it is accepted."""
    who = caller(bench.subject, operation)
    seen: list[Exchange] = []
    async for case, origin in likely(bench, operation, who):
        exchange = answered(await who.call(bench, case, note=f"honest call: {origin}"))
        if exchange.status >= 500:
            raise Undecided(f"an honest call was answered {exchange.status}, and only now: {excerpt(exchange)}")
        if succeeded(operation, exchange):
            return Proved(operation.id)
        seen.append(exchange)
    raise Undecided(f"no valid call was answered in its success class ({statuses(seen)})")


def _of_one_cause(met: list[Met]) -> list[Met]:
    """The first of each cause: by the stack trace or the text of the answer."""
    first: dict[str, Met] = {}
    for one in met:
        first.setdefault(fingerprint(one.exchange), one)
    return list(first.values())


def _fresh(one: Met) -> Case:
    """The same call, with a key of its own where it takes one."""
    headers = {n: fresh_key() if n.lower() == "idempotency-key" else v for n, v in one.case.headers.items()}
    return one.case.but(headers=headers)


def _finding(bench: Bench, operation: Operation, one: Met, again: Exchange) -> Finding:
    first = one.exchange
    return Finding(
        title=f"{operation.label} answers {again.status} to a call of {one.check}",
        detail=(
            f"expected: no server error, whatever is sent: {sent(first)}\nseen: {excerpt(first)}\n"
            f"once more: {excerpt(again)}\nit was sent for this: {first.note or 'an ordinary call'}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"{operation.id} {fingerprint(first)}",
        root=root(bench, operation, again, one.kind),
        exchanges=tuple(n for n in (first.number, again.number) if n),
        facts={"status": again.status, "sent by": one.check},
    )


CHECK = Check(
    id="contract.server-error-anywhere",
    proves="no call that the checks of a run make of an operation is answered with a server error that comes again",
    oracle="a 5xx to a call of any check, and again when it is sent once more at the end, or the same 5xx to several",
    urgency=9,
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-248",),
)
