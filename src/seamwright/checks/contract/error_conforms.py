"""Error answers keep to the contract, too: their statuses, media types, headers and bodies.

Clients read errors far less often than other answers, so nobody notices that one looks different from what was promised
until something goes wrong. Broken input, missing headers, unknown objects and missing credentials bring errors about
in calls that are accepted otherwise, and each 4xx is held against what is declared for its status. Broken input that is
answered with a 4xx of its own, where other ones are declared, is told too. Problem details that are sent as another
media type are left to `contract.problem-details`, server errors to the checks that provoke them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation, excerpt, in_time, sent, these
from seamwright.checks._honest import accepted, repeatable
from seamwright.checks.contract._cause import breach_root, shape
from seamwright.checks.contract._provoked import (
    BROKEN_INPUT,
    NO_DECISION,
    Provocation,
    error_answers,
    provocations,
    provokable,
)
from seamwright.model.bench import Bench, Violation
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        if next(error_answers(operation), None) is None:
            return "declares no error answer"
        return provokable(subject, operation)

    return these(subject, why_not, "none of its operations declares an error answer")


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
        if not 400 <= seen.status < 500:
            continue  # Whether it had to be refused is what other checks ask.
        violations = _concerning(bench, operation, provocation, seen)
        tried += operation.answer(seen.status) is not None
        if not violations:
            continue
        again = await provocation.sent(bench, operation, good)
        lasting = {_key(seen, v) for v in _concerning(bench, operation, provocation, again)}
        for violation in violations:
            if again.status == seen.status and _key(again, violation) in lasting:
                refuted = True
                yield Refuted(operation.id, _finding(bench, operation, provocation, violation, seen, again))
            else:
                doubts.append(f"{provocation.what}: {violation.place} once, and not when it was repeated")
    if doubts:
        yield Unknown(operation.id, "; ".join(dict.fromkeys(doubts)), Cause.TARGET)
    elif not tried and not refuted:
        yield Unknown(operation.id, "no error that the contract declares could be brought about", Cause.TARGET)
    elif not refuted:
        yield Proved(operation.id, tried=tried)


def _concerning(
    bench: Bench, operation: Operation, provocation: Provocation, exchange: Exchange
) -> tuple[Violation, ...]:
    """How an error breaks the contract, as far as it is this check that tells it."""
    answer = operation.answer(exchange.status)
    if answer is None:
        refusal = provocation.kind == BROKEN_INPUT and exchange.status not in NO_DECISION
        # A contract that declares none but 401 or 429 says nothing of how broken input is answered.
        told = refusal and any(s.startswith("4") and s not in map(str, NO_DECISION) for s in operation.answers)
        return tuple(v for v in bench.violations(exchange) if v.keyword == "status") if told else ()
    problem = any(key.startswith("application/problem+") for key in answer.content)
    return tuple(v for v in bench.violations(exchange) if not (problem and v.keyword == "content-type"))


def _key(exchange: Exchange, violation: Violation) -> str:
    """Errors are told at one place of a service, so the same flaw in many operations is one."""
    if violation.keyword == "status":
        return f"undeclared {exchange.status}"
    media_type = exchange.response.media_type if exchange.response else ""
    return f"{exchange.status} {media_type} {violation.keyword} {shape(violation.place)}"


def _finding(
    bench: Bench, operation: Operation, provocation: Provocation, violation: Violation, seen: Exchange, again: Exchange
) -> Finding:
    undeclared = violation.keyword == "status"
    if undeclared:
        declared = ", ".join(status for status in operation.answers if status.startswith("4"))
        title = f"{operation.label} answers {seen.status} to broken input; its contract declares {declared}"
        expected = f"one of {declared}"
    else:
        title = f"{operation.label} answers {seen.status} with what its contract does not allow at {violation.place}"
        expected = f"an error as the contract declares it for {seen.status}"
    return Finding(
        title=title,
        detail=(
            f"expected: {expected}\nseen: {violation.place}: {violation.text}\n"
            f"it was brought about by {provocation.kind} ({provocation.what}): {sent(seen)}\n"
            f"it was answered {excerpt(seen)}\nonce more: {excerpt(again)}"
        ),
        severity=Severity.LOW if undeclared else Severity.MEDIUM,
        operation=operation.id,
        key=_key(seen, violation),
        root=f"undocumented {seen.status // 100}xx"
        if undeclared
        else breach_root(bench, operation, violation, seen.status),
        exchanges=(seen.number, again.number),
        facts={
            "status": seen.status,
            "place": violation.place,
            "keyword": violation.keyword,
            "provoked_by": provocation.kind,
        },
    )


CHECK = Check(
    id="contract.error-conforms",
    proves="error answers conform to the contract: to broken input, unknown objects and missing credentials",
    oracle="an error that its declared schema, headers or media types do not allow, or an undeclared 4xx, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
)
