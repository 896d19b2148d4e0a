"""Errors that are declared as problem details are problem details (RFC 9457).

A client that was written for `application/problem+json` looks at the media type first and then at `type` and `status`.
Where the contract declares that media type for an error, broken input, unknown objects, missing headers and missing
credentials bring errors about, and each is held against section 3 of the RFC: sent as that media type, an object,
`type` and `instance` URI references, `status` the status of the answer itself, `title` and `detail` texts. Its schema
in the contract is left to `contract.error-conforms`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import each_operation, excerpt, in_time, sent, these
from seamwright.checks._honest import accepted, repeatable
from seamwright.checks._reading import json_of
from seamwright.checks.contract._provoked import Provocation, error_answers, provocations, provokable
from seamwright.contracts.media import declared
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Answer, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

PROBLEM = "application/problem+json"

_TEXT_MEMBERS = ("title", "detail")
_REFERENCES = ("type", "instance")

_URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=\[\]]|%[0-9A-Fa-f]{2})*(?:#[^#\s\"<>\\^`{|}]*)?")
"""The characters of a URI reference, percent-encoding and a single fragment (RFC 3986, section 4.1 and appendix A)."""


@dataclass(frozen=True, slots=True)
class _Flaw:
    """One thing that is wrong with a problem: in a word for the root cause, and in words for people."""

    key: str
    text: str
    severity: Severity = Severity.LOW


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        if not any(declared(answer.content, PROBLEM) for answer in error_answers(operation) if _names_problem(answer)):
            return f"declares no error as {PROBLEM}"
        return provokable(subject, operation)

    return these(subject, why_not, f"none of its operations declares an error as {PROBLEM}")


def _names_problem(answer: Answer) -> bool:
    """Whether an answer names the media type itself: `*/*` promises nothing."""
    return any(key.partition(";")[0].strip().lower() == PROBLEM for key in answer.content)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await repeatable(bench, operation, await accepted(bench, operation))
    tried, refuted = 0, False
    doubts: list[str] = []
    for provocation in provocations(bench, operation, good):
        in_time(bench, tried, "errors")
        seen = await provocation.sent(bench, operation, good)
        if not _concerned(operation, seen):
            continue
        tried += 1
        flaws = list(_flaws(operation, seen))
        if not flaws:
            continue
        again = await provocation.sent(bench, operation, good)
        lasting = {flaw.key for flaw in _flaws(operation, again)} if _concerned(operation, again) else set()
        for flaw in flaws:
            if flaw.key in lasting:
                refuted = True
                yield Refuted(operation.id, _finding(operation, provocation, flaw, seen, again))
            else:
                doubts.append(f"{provocation.what}: {flaw.text} once, and not when it was repeated")
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts), Cause.TARGET)
    elif not tried:
        yield Unknown(operation.id, f"no error that is declared as {PROBLEM} could be brought about", Cause.TARGET)
    elif not refuted:
        yield Proved(operation.id, tried=tried)


def _concerned(operation: Operation, exchange: Exchange) -> bool:
    """Whether an answer is an error that is declared as a problem, or says itself that it is one."""
    if exchange.response is None or exchange.status < 400:
        return False
    answer = operation.answer(exchange.status)
    return exchange.response.media_type == PROBLEM or (answer is not None and _names_problem(answer))


def _flaws(operation: Operation, exchange: Exchange) -> Iterator[_Flaw]:
    assert exchange.response is not None
    answer = operation.answer(exchange.status)
    media_type = exchange.response.media_type
    if media_type != PROBLEM:
        # Other media types may be declared beside it.
        if answer is None or declared(answer.content, exchange.response.header("content-type") or "") is None:
            told = media_type or "without a media type"
            yield _Flaw(f"sent as {told}", f"it came as {told}, and not as {PROBLEM}", Severity.MEDIUM)
        return
    problem = json_of(exchange)
    if not isinstance(problem, dict):
        yield _Flaw("no object", "its body is no JSON object", Severity.MEDIUM)
        return
    yield from _members(problem, exchange.status)


def _members(problem: dict[str, Any], status: int) -> Iterator[_Flaw]:
    """What is wrong with the members of a problem (section 3.1); each of them may be left out."""
    told = problem.get("status")
    if "status" in problem and told != status:
        if isinstance(told, int) and not isinstance(told, bool):
            text = f"its member status is {told}, and the answer's own status is {status}"
            yield _Flaw("status differs", text, Severity.MEDIUM)
        else:
            yield _Flaw("status type", f"its member status is {told!r}, and no number")
    for name in _TEXT_MEMBERS:
        if name in problem and not isinstance(problem[name], str):
            yield _Flaw(f"{name} type", f"its member {name} is {_shown(problem[name])}, and no text")
    for name in _REFERENCES:
        value = problem.get(name)
        if name in problem and not (isinstance(value, str) and _URI_REFERENCE.fullmatch(value)):
            yield _Flaw(f"{name} type", f"its member {name} is {_shown(value)}, and no URI reference")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


def _finding(operation: Operation, provocation: Provocation, flaw: _Flaw, seen: Exchange, again: Exchange) -> Finding:
    return Finding(
        title=f"{operation.label} answers {seen.status} with no correct problem details: {flaw.text}",
        detail=(
            f"expected: {PROBLEM} as the contract declares it, with members as in RFC 9457, section 3\n"
            f"seen: {flaw.text}: {excerpt(seen)}\nonce more: {excerpt(again)}\n"
            f"it was brought about by {provocation.kind} ({provocation.what}): {sent(seen)}"
        ),
        severity=flaw.severity,
        operation=operation.id,
        key=f"problem {flaw.key}",  # Errors are told at one place of a service.
        exchanges=(seen.number, again.number),
        facts={"status": seen.status, "provoked_by": provocation.kind, "flaw": flaw.key},
    )


CHECK = Check(
    id="contract.problem-details",
    proves="errors that are declared as problem details are sent as such, with correct members (RFC 9457)",
    oracle=f"an error in another media type than {PROBLEM}, or with a member of a wrong type or status, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
)
