"""A long text is taken or refused, and the service goes on answering.

The time that some regular expressions take doubles with each character (CWE-1333), and some services hold whatever they
are sent (CWE-400). It is the last thing that a run tries: it may well end with nobody being answered any more.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from itertools import islice

from seamwright.checks._cells import each_operation, excerpt, in_time, sent
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._calls import limit_over
from seamwright.checks.contract._cause import fingerprint, kind, root
from seamwright.checks.contract._unaccepted import crashes_unaccepted
from seamwright.checks.contract._varying import where_there_is
from seamwright.engines.generate.requests import Varied, long_cases
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MOST = 12
"""Places of one operation that get a long text."""

PATIENCE = 4.0
"""Seconds within which a call with a long text is answered; the same call with a short one has been answered."""

RECOVERY = 12.0
"""Seconds for which honest calls are made, to see whether the service answers anybody at all."""


@dataclass(slots=True)
class _State:
    """What became of the service."""

    silent: str = ""
    """After what it answered nobody any more; empty as long as it answers."""


def _applies(subject: Subject) -> Applicability:
    return where_there_is(
        subject,
        long_cases,
        "no text that {} may be long",
        logins="identities log in through it, and made-up logins could lock them out",
    )


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    state = _State()

    def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        return _decide(bench, operation, state)

    async for observation in each_operation(bench, decide):
        yield observation


async def _decide(bench: Bench, operation: Operation, state: _State) -> AsyncGenerator[Observation, None]:
    if state.silent:
        raise Undecided(f"the service has answered nobody since {state.silent}", Cause.TARGET)
    try:
        good = await repeatable(bench, operation, await accepted(bench, operation))
    except Undecided as why:
        async for observation in crashes_unaccepted(bench, operation, long_cases, why, Severity.MEDIUM):
            yield observation
        return
    tried, refuted, failures = 0, False, set[str]()
    for varied in islice(long_cases(bench.contract, operation, bench.random), MOST):
        in_time(bench, tried, "long texts")
        case = await _case(bench, operation, good, varied)
        if case is None:
            continue
        first = await _send(bench, good, case, f"{varied.place}: {varied.why}")
        tried += 1
        if first.failure is not None:
            finding = await _unanswered(bench, operation, good, varied, first, state)
        elif first.status >= 500 and fingerprint(first) not in failures:
            failures.add(fingerprint(first))
            finding = await _failed(bench, operation, good, varied, first)
        else:
            continue
        refuted = True
        yield Refuted(operation.id, finding)
        if state.silent:
            return
    if not tried:
        yield Unknown(operation.id, "no long text fits into a call that is accepted otherwise", Cause.USAGE)
    elif not refuted:
        yield Proved(operation.id, tried=tried)


async def _case(bench: Bench, operation: Operation, good: Accepted, varied: Varied) -> Case | None:
    return limit_over(bench.contract, operation, await renewed(bench, operation, good), varied)


async def _send(bench: Bench, good: Accepted, case: Case, note: str) -> Exchange:
    return await bench.call(case, good.caller.identity, timeout=PATIENCE, note=note)


async def _failed(bench: Bench, operation: Operation, good: Accepted, varied: Varied, first: Exchange) -> Finding:
    """A server error that comes again, in a call that is accepted otherwise. Raises Undecided where it is not so."""
    case = await _case(bench, operation, good, varied)
    again = await _send(bench, good, case, f"once more: {varied.place}") if case is not None else first
    honest = await _send(bench, good, await renewed(bench, operation, good), "honest call, afterwards")
    if again.failure is not None or again.status < 500 or not succeeded(operation, honest):
        raise Undecided(
            f"{varied.place} with {varied.why} was answered {first.status} once, and {excerpt(again)} when repeated "
            f"(the honest call: {excerpt(honest)})",
            Cause.TARGET,
        )
    return Finding(
        title=f"{operation.label} answers {again.status} when {varied.place} holds a long text",
        detail=(
            f"expected: that it is taken, or refused with a 4xx, since the contract sets it no limit: {sent(first)}\n"
            f"seen: {excerpt(first)}, for {varied.why}\nonce more: {excerpt(again)}\n"
            f"the same call with an ordinary value was answered {honest.status}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"{operation.id} {fingerprint(again)}",
        root=root(bench, operation, again, kind(varied), varied.where),
        exchanges=(first.number, again.number, honest.number),
        facts={"status": again.status, "places": [varied.place], "value": varied.why},
    )


async def _unanswered(
    bench: Bench, operation: Operation, good: Accepted, varied: Varied, first: Exchange, state: _State
) -> Finding:
    """A long text that no answer comes to: twice, or nobody is answered any more. Raises Undecided for once."""
    began = time.monotonic()
    until = began + min(RECOVERY, max(PATIENCE, bench.remaining - 2 * PATIENCE))
    # Any answer will do, so the call that was accepted is sent as it was: to make it anew would take calls of its own.
    honest = await _send(bench, good, good.case, "the ordinary call, afterwards")
    while honest.failure is not None and time.monotonic() < until:
        honest = await _send(bench, good, good.case, "the ordinary call, once more")
    silence = time.monotonic() - began
    label = f"{operation.label} gives no answer when {varied.place} holds a long text"
    if honest.failure is not None:
        state.silent = f"{varied.place} of {operation.label} held {varied.why}"
        told = f"{label}, and the service answers nobody any more"
        seen, witnesses = f"for {silence:.0f} s the ordinary call was not answered either: {honest}", (first, honest)
    else:
        case = await _case(bench, operation, good, varied)
        again = await _send(bench, good, case, f"once more: {varied.place}") if case is not None else honest
        if again.failure is None:
            raise Undecided(
                f"no answer came to {varied.place} with {varied.why} once, and {excerpt(again)} when it was repeated",
                Cause.TARGET,
            )
        told, witnesses = label, (first, again)
        seen = f"so it was twice, and between them the ordinary call was answered {honest.status}"
    return Finding(
        title=told,
        detail=(
            f"expected: that it is taken, or refused with a 4xx, since the contract sets it no limit: {sent(first)}\n"
            f"seen: {first}, for {varied.why}\n{seen}\n"
            f"before, the same call with an ordinary value was accepted"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"{operation.id} silent",
        root=f"{operation.path} silent on a long text",
        exchanges=tuple(exchange.number for exchange in witnesses),
        facts={"places": [varied.place], "value": varied.why, "silence": round(silence, 1)},
    )


CHECK = Check(
    id="contract.long-input",
    proves="a long text where the contract sets no limit is taken or refused, and the service goes on answering",
    oracle="a 5xx to it twice, or no answer twice, or none to it and to honest calls afterwards; honest calls before",
    urgency=9,
    alone=True,
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-400", "CWE-1333"),
    owasp=("API4:2023",),
)
