"""Input that can be decoded never makes a server fail: neither ordinary values nor ones at their limits.

UNKNOWN, INTERNAL and DATA_LOSS say "this is our fault": mostly an exception that nobody caught, for a field that is not
set, the largest number, a text in another script, an enum value of a newer client. UNIMPLEMENTED says that what the
contract declares is not there. A server error is made to happen again before it is told; a stack trace in any answer is
told too.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from itertools import islice

from seamwright.checks._cells import each_operation, excerpt, in_time, sent, these
from seamwright.checks._frames import frame
from seamwright.checks._honest import Caller, caller
from seamwright.checks.contract._cause import fingerprint
from seamwright.checks.contract._seen import Seen
from seamwright.checks.contract.grpc._calls import (
    SERVER_ERRORS,
    AcceptedRpc,
    MadeRpc,
    called,
    called_together,
    code_of,
    method_of,
    rpc_calls,
    still_there,
    strange_rpc_calls,
    with_first,
)
from seamwright.engines.generate.protobuf import Variant, edges
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

MOST = 60
"""Messages with something at its limit that are tried of one rpc, the outermost fields first."""

AT_ONCE = 8

NO_ANSWER = "no answer"
"""In place of a status where the server gave up the connection, and was there again afterwards."""

UNIMPLEMENTED = "UNIMPLEMENTED"
"""The status of an rpc that nobody has written."""

REPEATED = 12
"""Server errors of one rpc that are made to happen again; by then every kind of them has been seen."""


@dataclass(slots=True)
class _Tally:
    told: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)
    repeated: int = 0
    tried: int = 0


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: None, "its contract has no rpc")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide, writes_first=True):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    who = caller(bench.subject, operation)
    seen, tally = Seen(operation), _Tally()
    good: AcceptedRpc | None = None
    async with aclosing(_valid_calls(bench, operation, who, tally)) as calls:
        async for made in calls:
            seen.add(made.exchange)
            if good is None and made.exchange.ok:
                good = AcceptedRpc(who, made.case, made.exchange)
            async for finding in _looked_at(bench, operation, who, made.case, made.exchange, made.form, tally):
                yield Refuted(operation.id, finding)
            if UNIMPLEMENTED in tally.told:
                return  # It is so for whatever is sent.
    if good is not None and not bench.subject.logins(operation):
        variants = list(_at_limits(bench, operation, good.case))
        for start in range(0, len(variants), AT_ONCE):
            in_time(bench, seen.total + tally.tried, "calls")
            chosen = variants[start : start + AT_ONCE]
            fresh = [await replace(good, case=case).renewed(bench, operation) for case, _ in chosen]
            notes = [(variant.why, case) for (_, variant), case in zip(chosen, fresh, strict=True)]
            async for number, exchange in called_together(bench, operation, who, notes):
                why, case = notes[number]
                tally.tried += 1
                async for finding in _looked_at(bench, operation, who, case, exchange, why, tally):
                    yield Refuted(operation.id, finding)
    verdict = seen.verdict()
    if tally.doubts:
        yield Unknown(operation.id, "; ".join(dict.fromkeys(tally.doubts)), Cause.TARGET)
    elif isinstance(verdict, Proved) and not tally.told:
        yield Proved(operation.id, tried=seen.total + tally.tried)
    elif isinstance(verdict, Unknown):
        yield verdict


async def _valid_calls(bench: Bench, operation: Operation, who: Caller, tally: _Tally) -> AsyncGenerator[MadeRpc, None]:
    """Calls on real objects; where none can be had, on such that are not there: these are no reason to break."""
    made = 0
    try:
        async with aclosing(rpc_calls(bench, operation, who)) as calls:
            async for call in calls:
                made += 1
                yield call
        return
    except Undecided as reason:
        if made or bench.subject.logins(operation):
            raise
        tally.doubts.append(str(reason))
    async with aclosing(strange_rpc_calls(bench, operation, who)) as calls:
        async for call in calls:
            yield call


def _at_limits(bench: Bench, operation: Operation, base: Case) -> Iterator[tuple[Case, Variant]]:
    _, method = method_of(bench, operation)
    message = base.body[0] if method.takes_stream and base.body else base.body
    for variant in islice(edges(method.takes, message, bench.random_for(f"{operation.id} edges")), MOST):
        yield with_first(method, base, variant.value), variant


async def _looked_at(
    bench: Bench, operation: Operation, who: Caller, case: Case, exchange: Exchange, form: str, tally: _Tally
) -> AsyncIterator[Finding]:
    """What is wrong with one answer; a server error only where it comes again."""
    text = exchange.response.text if exchange.response else ""
    if not exchange.ok and "stack trace" not in tally.told and (found := frame(text)) is not None:
        tally.told.add("stack trace")
        yield _stack_trace(operation, bench.keep(exchange), *found)
    failed = _failed(exchange)
    if not failed or tally.repeated >= REPEATED:
        return
    tally.repeated += 1
    if exchange.response is None:
        await still_there(bench, operation, who, exchange)
    first = bench.keep(exchange)
    fresh = case
    with suppress(Undecided):
        fresh = await AcceptedRpc(who, case, exchange).renewed(bench, operation)
    again = await called(bench, operation, fresh, who, "the same values again")
    if not _failed(again) and fresh != case:
        again = await called(bench, operation, case, who, "the very same call again")
    if again.response is None:
        await still_there(bench, operation, who, again)
    if not _failed(again):
        tally.doubts.append(f"a valid call was answered {failed} once, and {code_of(again) or again} when repeated")
        return
    # What is left to be written is one thing to be told, however many rpcs it is.
    key = UNIMPLEMENTED if failed == UNIMPLEMENTED else f"{operation.id} {fingerprint(again)}"
    tally.told.add(key)
    yield _finding(operation, first, again, failed, form, key)


def _failed(exchange: Exchange) -> str:
    """How a server has failed: its status, or that it gave up the connection; empty where it has not."""
    if exchange.failure is not None:
        return NO_ANSWER if exchange.failure.kind in ("reset", "connect") else ""
    code = code_of(exchange)
    return code if code in SERVER_ERRORS else ""


def _finding(operation: Operation, first: Exchange, again: Exchange, code: str, form: str, key: str) -> Finding:
    missing = code == UNIMPLEMENTED
    answers = f"gives {code}" if code == NO_ANSWER else f"answers {code}"
    expected = (
        "an answer, since the contract declares this rpc" if missing else "no server error, since it can be decoded"
    )
    return Finding(
        title=f"{operation.label} {answers}" + ("" if missing else f" to input that can be decoded ({form})"),
        detail=(
            f"expected: {expected}: {sent(first)}\nseen: {excerpt(first)}\nonce more: {sent(again)}: {excerpt(again)}"
        ),
        severity=Severity.MEDIUM if missing else Severity.HIGH,
        operation=operation.id,
        key=key,
        exchanges=(first.number, again.number),
        facts={"code": code, "form": form},
    )


def _stack_trace(operation: Operation, exchange: Exchange, runtime: str, text: str) -> Finding:
    return Finding(
        title=f"{operation.label} answers with a stack trace",
        detail=(
            "expected: an error that says nothing of the inside\n"
            f"seen: {code_of(exchange)} with a frame of {runtime}: {text[:200]}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"stack-trace {runtime} {text[:80]}",
        exchanges=(exchange.number,),
        facts={"runtime": runtime, "frame": text[:300]},
    )


CHECK = Check(
    id="contract.grpc-server-error",
    proves="input that can be decoded never makes a declared rpc answer UNKNOWN, INTERNAL, DATA_LOSS or UNIMPLEMENTED",
    oracle="one of these statuses to a valid message, or to one with a value at its limit, twice",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    kinds=("grpc",),
    cwe=("CWE-248",),
)
