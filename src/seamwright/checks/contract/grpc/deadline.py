"""A call ends by its deadline, whoever is slow, and the connection goes on.

A client that waits for half a second has given up by then; a server that does not know it works for nobody, holds
memory and connections for nobody, and under load does little else. gRPC therefore sends the deadline along
(`grpc-timeout`), and the server is to cancel the call once it has passed (grpc.io, guide "Deadlines"). Each rpc is
begun and its message held back, so that the call is slow for certain; a stream, and an rpc that was seen to be slow,
are also called in the ordinary way. Our own side keeps no deadline meanwhile: what ends the call is the server.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from seamwright.checks._cells import LAST, excerpt, these
from seamwright.checks._honest import Caller, caller
from seamwright.checks.contract.grpc._calls import NOWHERE, code_of
from seamwright.contracts.protobuf.operations import reads
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

DEADLINE = 0.3
"""Seconds that calls are given."""

GRACE = 1.5
"""Seconds after its deadline by which a call must have ended; a machine may be busy."""

SLOW = 0.6
"""Seconds from which an honest call counts as slow."""

AT_ONCE = 6

_ENDS = frozenset({"DEADLINE_EXCEEDED", "CANCELLED"})


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: None, "its contract has no rpc")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    places = asyncio.Semaphore(AT_ONCE)

    async def placed(cell: str) -> Observation:
        async with places:
            return await _decided(bench, bench.operation(cell))

    for done in await asyncio.gather(*(placed(cell) for cell in bench.cells)):
        yield done


async def _decided(bench: Bench, operation: Operation) -> Observation:
    if bench.remaining < LAST + 2 * (DEADLINE + GRACE):
        return Unknown(operation.id, "not reached: the time budget of the check ended before it", Cause.USAGE)
    try:
        who = caller(bench.subject, operation)
        refuted, tried = await _held(bench, operation, who)
        if refuted is None:
            refuted, more = await _slow(bench, operation, who)
            tried += more
        await _goes_on(bench, operation, who)
    except Undecided as error:
        return Unknown(operation.id, str(error), error.cause)
    return Proved(operation.id, tried=tried) if refuted is None else Refuted(operation.id, refuted)


async def _held(bench: Bench, operation: Operation, who: Caller) -> tuple[Finding | None, int]:
    """Begin a call, hold its message back, and see whether it is ended."""
    outlived: list[Exchange] = []
    for _ in range(2):
        began = time.perf_counter()
        async with bench.dialogue(
            operation, who.identity, headers=_within(DEADLINE), note="the message is held back"
        ) as dialogue:
            exchange = await dialogue.say(wait=DEADLINE + GRACE, most=1000)
        took = time.perf_counter() - began
        if exchange.status == 206 or (exchange.failure is not None and exchange.failure.kind == "timeout"):
            outlived.append(exchange)
            continue
        if outlived:
            raise Undecided(f"{operation.id}: a call outlived its deadline once, and then ended after {took:.1f} s")
        ended = code_of(exchange) in _ENDS or (exchange.failure is not None and exchange.failure.kind == "reset")
        if not ended or took < 0.8 * DEADLINE:
            raise Undecided(
                f"{operation.id}: a call that was held back was answered after {took:.1f} s already, so its deadline "
                f"was not met: {excerpt(exchange)}"
            )
        return None, 1
    seen = f"no end within {DEADLINE + GRACE:g} s"
    return _finding(operation, "a call whose message is held back", seen, outlived), 2


async def _slow(bench: Bench, operation: Operation, who: Caller) -> tuple[Finding | None, int]:
    """Call what takes its time by itself: a stream, or an rpc that only reads and is slow."""
    streams = operation.method in ("SERVER_STREAM", "BIDI_STREAM")
    if not streams and not (operation.method == "UNARY" and reads(operation)):
        return None, 0
    try:
        case = await who.case(bench, operation)
    except Undecided:
        return None, 0
    deadline = DEADLINE
    if not streams:
        honest = await bench.call(case, who.identity, note="how long does it take?")
        if not honest.ok or honest.seconds < SLOW:
            return None, 0
        deadline = honest.seconds / 3
    outlived: list[Exchange] = []
    for _ in range(2):
        note = f"with a deadline of {deadline:.1f} s"
        exchange = await bench.call(
            case, who.identity, headers=_within(deadline), timeout=deadline + GRACE + 1.0, note=note
        )
        # A server may stop in the middle of a message; that it goes on for long afterwards is what counts.
        if not exchange.ok or exchange.seconds < deadline + min(GRACE, 0.5):
            return None, 1
        outlived.append(exchange)
    seen = f"{excerpt(outlived[0])} after {outlived[0].seconds:.1f} s"
    return _finding(operation, f"a call with a deadline of {deadline:.1f} s", seen, outlived), 2


async def _goes_on(bench: Bench, operation: Operation, who: Caller) -> None:
    """Raise Undecided where the connection is of no use after a deadline has passed."""
    alive = await bench.request("GRPC", NOWHERE, who.identity, timeout=5.0, note="does the connection go on?")
    if alive.response is None:
        raise Undecided(f"{operation.id}: after a deadline had passed, the connection was of no use: {alive}")


def _within(seconds: float) -> dict[str, str]:
    return {"grpc-timeout": f"{round(seconds * 1000)}m"}


def _finding(operation: Operation, what: str, seen: str, exchanges: list[Exchange]) -> Finding:
    return Finding(
        title=f"{operation.label} goes on after its deadline",
        detail=(
            f"expected: the server ends {what} by about its deadline, with DEADLINE_EXCEEDED or CANCELLED\n"
            f"seen: {seen}, and so once more"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        # Whoever ignores the deadline of one call, in a framework or before it, ignores those of all.
        key=f"deadline {what.split(' of ')[0]}",
        exchanges=tuple(exchange.number for exchange in exchanges),
        facts={"deadline": DEADLINE, "grace": GRACE},
    )


CHECK = Check(
    id="contract.grpc-deadline",
    proves="a call is ended by the server by about its deadline, and the connection goes on",
    oracle="a call, its message held back or its stream going on, that is still open long after its deadline, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    kinds=("grpc",),
    cwe=("CWE-400",),
)
