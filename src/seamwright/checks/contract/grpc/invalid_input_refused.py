"""What is no valid message is refused.

Bytes that no parser can read are refused by every framework, each with a status of its own (INTERNAL mostly), so any
refusal will do, a connection that is given up included; only an OK says that something was done with them. What breaks
an annotation of the contract (`google.api.field_behavior`, `buf.validate`, `validate.rules`) is for the service to
refuse, and that is the caller's fault: INVALID_ARGUMENT, FAILED_PRECONDITION or OUT_OF_RANGE; an OK, or a server error,
is none. Each is tried in a call that is accepted otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, in_time, sent, these
from seamwright.checks.contract.grpc._calls import (
    AcceptedRpc,
    accepted_rpc,
    called,
    code_of,
    method_of,
    still_there,
    with_first,
)
from seamwright.engines.generate.protobuf import Variant, broken
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MOST = 60

_NO_DECISION = frozenset({"UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED"})
"""Refusals that say nothing of the message: they would have come to the honest call too."""

_OUR_FAULT = frozenset({"UNKNOWN", "INTERNAL", "DATA_LOSS"})

_BY_PARSERS = frozenset({"undecodable", "utf8"})
"""What is refused before the service sees it, in whatever way its framework does that."""


@dataclass(slots=True)
class _Tally:
    tried: int = 0
    told: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)


def _applies(subject: Subject) -> Applicability:
    return these(
        subject,
        lambda operation: (
            "identities log in through it, and broken logins could lock them out" if subject.logins(operation) else None
        ),
        "its contract has no rpc",
    )


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await accepted_rpc(bench, operation)
    tally = _Tally()
    for variant in islice(_variants(bench, operation, good.case), MOST):
        in_time(bench, tally.tried, "broken messages")
        exchange = await _sent(bench, operation, good, variant)
        tally.tried += 1
        finding = await _judged(bench, operation, good, variant, exchange, tally)
        if finding is not None:
            yield Refuted(operation.id, finding)
    control = answered(await _honest(bench, operation, good, "honest call, at the end"))
    if not control.ok:
        tally.doubts.append(f"the honest call is no longer accepted at the end: {excerpt(control)}")
    if tally.doubts:
        yield Unknown(operation.id, "; ".join(dict.fromkeys(tally.doubts)), Cause.TARGET)
    elif not tally.told:
        yield Proved(operation.id, tried=tally.tried)


def _variants(bench: Bench, operation: Operation, base: Case) -> Iterator[Variant]:
    told, method = method_of(bench, operation)
    message = base.body[0] if method.takes_stream and base.body else base.body

    def encode(value: Any) -> bytes:
        return told.encode(method.takes, value)

    return broken(method.takes, message, encode, bench.random_for(f"{operation.id} broken"))


async def _sent(bench: Bench, operation: Operation, good: AcceptedRpc, variant: Variant) -> Exchange:
    """Send the accepted call with one thing broken, on fresh objects where it names some that it may have changed."""
    _, method = method_of(bench, operation)
    if variant.raw is not None:
        case = good.case.but(body=None, raw=variant.raw)
    else:
        changed = with_first(method, good.case, variant.value)
        case = await AcceptedRpc(good.caller, changed, good.exchange).renewed(bench, operation)
    return await called(bench, operation, case, good.caller, variant.why)


async def _honest(bench: Bench, operation: Operation, good: AcceptedRpc, note: str) -> Exchange:
    return await called(bench, operation, await good.renewed(bench, operation), good.caller, note)


async def _judged(
    bench: Bench, operation: Operation, good: AcceptedRpc, variant: Variant, first: Exchange, tally: _Tally
) -> Finding | None:
    """A finding where the message was accepted, or broke the service, and did so again; doubts go to the tally."""
    if variant.cause in tally.told:
        return None
    if first.response is None:
        # A connection that is given up over it is a refusal too, as long as the server goes on.
        await still_there(bench, operation, good.caller, first)
        return None
    wrong = _wrong(variant, first)
    if not wrong:
        if code_of(first) in _NO_DECISION:
            tally.doubts.append(f"{variant.why}: answered {code_of(first)}, which does not say whether it is refused")
        return None
    honest = await _honest(bench, operation, good, "honest call, once more")
    again = await _sent(bench, operation, good, variant)
    if _wrong(variant, again) != wrong or not honest.ok:
        tally.doubts.append(f"{variant.why}: not the same twice ({first}; {again}; the honest call: {honest})")
        return None
    tally.told.add(variant.cause)
    return _finding(operation, variant, first, again, honest, wrong)


def _wrong(variant: Variant, exchange: Exchange) -> str:
    """What is wrong with an answer to a broken message; empty where it is a refusal as it should be."""
    code = code_of(exchange)
    if code == "OK":
        return "accepted"
    return code if code in _OUR_FAULT and variant.cause not in _BY_PARSERS and not variant.by_parser else ""


def _finding(
    operation: Operation, variant: Variant, first: Exchange, again: Exchange, honest: Exchange, wrong: str
) -> Finding:
    what = "accepts" if wrong == "accepted" else f"answers {wrong} to"
    shared = variant.cause in _BY_PARSERS
    return Finding(
        title=f"{operation.label} {what} a message that is none: {variant.why}"
        if shared
        else f"{operation.label} {what} a message that breaks the contract: {variant.why}",
        detail=(
            f"expected: a refusal of {sent(first)}, since {variant.why}\nseen: {excerpt(first)}\n"
            f"once more: {excerpt(again)}\nthe same call with a valid message was answered {excerpt(honest)}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        # Bytes are read by the same parser for every rpc; a rule is enforced, or not, by each.
        key=f"{variant.cause} {wrong}" if shared else f"{operation.id} {variant.cause} {wrong}",
        exchanges=(first.number, again.number, honest.number),
        facts={"keyword": variant.keyword, "place": variant.place, "wrong": wrong},
    )


CHECK = Check(
    id="contract.grpc-invalid-input-refused",
    proves="bytes that are no message, and messages that break an annotation of the contract, are refused",
    oracle="an OK to them twice, or a server error to a broken annotation, in a call that is accepted otherwise",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    kinds=("grpc",),
    cwe=("CWE-20",),
)
