"""What a caller accepts is looked at: an answer comes in a type that was asked for or declared, or as a clean 406.

A service may overlook `Accept` and answer in its usual type, or refuse with 406 (RFC 9110, sections 12.5.1 and 15.5.7);
it must not crash, nor fall back to a page for people. Where the contract declares several representations of one
answer (JSON and CSV, say), each is asked for by itself and must come as such: nothing else says how to get it. Images,
documents and other stored files are left out of that, since they come as they were stored; and so is an operation with
a parameter that chooses the format.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass

from seamwright.checks._cells import answered, each_operation, excerpt, sent, these
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._provoked import NO_DECISION
from seamwright.contracts.media import declared
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

UNOFFERED = "application/vnd.seamwright.unoffered"
"""A media type that nobody offers."""

_REPRESENTATION = re.compile(
    r"application/(json|xml|yaml|x-yaml|cbor|msgpack|x-msgpack|protobuf|x-protobuf|.*\+(json|xml|yaml|cbor))"
    r"|text/(plain|csv|html|xml|json|yaml|markdown|calendar)"
)
"""Media types into which a service turns data by itself; others are mostly those of stored files."""

_CHOOSES = re.compile(r"(format|fmt|alt|output|accept|mime|export|contenttype|mediatype|filetype)")
"""Parameters that choose a format by name; then `Accept` need not."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong with an answer: for the root cause, within a sentence, what was expected, and how bad it is."""

    key: str
    text: str
    expected: str
    severity: Severity


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        successes = [answer for status, answer in operation.answers.items() if status.startswith("2")]
        return None if any(answer.content for answer in successes) else "declares no media type for its success"

    return these(subject, why_not, "none of its operations declares a media type for its success")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await repeatable(bench, operation, await accepted(bench, operation))
    if not _usual(operation, good.exchange):
        raise Undecided(
            f"{operation.id}: an ordinary call is answered in a type that is not declared already "
            f"({excerpt(good.exchange)}): contract.response-conforms"
        )
    tried, refuted = 0, False
    doubts: list[str] = []
    for wanted in (UNOFFERED, *_alternatives(operation, good.exchange.status)):
        seen = await _asked(bench, operation, good, wanted)
        tried += 1
        wrong = _judged(operation, wanted, seen)
        if wrong is None:
            if seen.status in NO_DECISION or (wanted != UNOFFERED and not seen.ok):
                doubts.append(f"asked for {wanted}, it answered {seen.status}, which does not say why")
            continue
        honest = answered(
            await good.caller.call(bench, await renewed(bench, operation, good), note="honest call, once more")
        )
        again = await _asked(bench, operation, good, wanted)
        lasting = _judged(operation, wanted, again)
        if lasting is None or lasting.key != wrong.key or not succeeded(operation, honest):
            doubts.append(
                f"asked for {wanted}, it answered {seen.status}, then {again.status}; usually {honest.status}"
            )
            continue
        refuted = True
        yield Refuted(operation.id, _finding(operation, wanted, wrong, seen, again))
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts), Cause.TARGET)
    elif not refuted:
        yield Proved(operation.id, tried=tried)


async def _asked(bench: Bench, operation: Operation, good: Accepted, wanted: str) -> Exchange:
    case = await renewed(bench, operation, good)
    note = f"accepts {wanted} alone"
    return answered(await bench.call(case, good.caller.identity, headers={"accept": wanted}, note=note))


def _alternatives(operation: Operation, status: int) -> Iterator[str]:
    """The representations of one answer that the contract leaves to the caller, where there are several."""
    answer = operation.answer(status)
    offered = [key for key in (answer.content if answer else ()) if "*" not in key]
    offered = [key for key in offered if _REPRESENTATION.fullmatch(key.partition(";")[0].strip().lower())]
    names = [re.sub(r"[^a-z]", "", p.name.lower()) for p in operation.parameters if p.location in ("query", "path")]
    if len(offered) > 1 and not any(_CHOOSES.search(name) for name in names):
        yield from offered


def _usual(operation: Operation, exchange: Exchange) -> bool:
    """Whether an answer has no body, or one of a type that is declared for its status."""
    response = exchange.response
    if response is None or not response.body:
        return response is not None
    answer = operation.answer(exchange.status)
    if answer is None or not answer.content:
        return True  # Nothing is promised of it; that its status is not declared is told elsewhere.
    return declared(answer.content, response.header("content-type") or "") is not None


def _judged(operation: Operation, wanted: str, seen: Exchange) -> _Wrong | None:
    told = seen.response.media_type if seen.response else ""
    shown = told or "no media type"
    if seen.status >= 500:
        return _Wrong(
            f"{seen.status} {told}",
            f"answers {seen.status} to a caller that accepts {wanted} alone",
            "406, or the usual representation",
            Severity.MEDIUM,
        )
    if wanted == UNOFFERED:
        if not seen.ok or _usual(operation, seen) or told == wanted:
            return None
        text = f"answers in {shown}, neither asked for nor declared, to a caller that accepts {wanted} alone"
        return _Wrong(f"other {told}", text, "406, or a representation that the contract declares", Severity.LOW)
    if seen.status == 406:
        text = f"refuses (406) a caller that accepts {wanted} alone, which its contract declares"
        return _Wrong(f"refused {wanted}", text, f"the answer as {wanted}", Severity.MEDIUM)
    if not seen.ok or declared({wanted: None}, (seen.response.header("content-type") or "") if seen.response else ""):
        return None
    text = f"answers in {shown} to a caller that accepts {wanted} alone, which its contract declares"
    return _Wrong(f"{wanted} as {told}", text, f"the answer as {wanted}", Severity.LOW)


def _finding(operation: Operation, wanted: str, wrong: _Wrong, seen: Exchange, again: Exchange) -> Finding:
    return Finding(
        title=f"{operation.label} {wrong.text}",
        detail=(
            f"expected: {wrong.expected}: {sent(seen)} with Accept: {wanted}\n"
            f"seen: {excerpt(seen)}\nonce more: {excerpt(again)}"
        ),
        severity=wrong.severity,
        operation=operation.id,
        key=f"accept {wrong.key}",  # Content is negotiated at one place of a service.
        exchanges=(seen.number, again.number),
        facts={
            "status": seen.status,
            "accept": wanted,
            "answered_as": seen.response.media_type if seen.response else "",
        },
    )


CHECK = Check(
    id="contract.not-acceptable",
    proves="an answer comes in a media type that is declared or asked for, or as a 406; declared ones can be had",
    oracle="a 5xx, a type neither asked for nor declared, or another type than the declared one asked for, twice",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
)
