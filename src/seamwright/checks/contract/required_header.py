"""A header that the contract requires is required: a call without it is refused with a 4xx.

`Idempotency-Key` and `If-Match` are where this matters most: a client that forgets them must be told, or its retry is
charged twice and its change overwrites another one. Credentials are left to the checks of `auth`. Each required header
is left out of a call that is accepted with it, before and afterwards.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import answered, each_operation, excerpt, in_time, sent, these
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._cause import fingerprint
from seamwright.checks.contract._provoked import NO_DECISION, required_headers, without_header
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


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        if subject.logins(operation):
            return "identities log in through it, and broken logins could lock them out"
        return None if required_headers(subject, operation) else "requires no header beside credentials"

    return these(subject, why_not, "none of its operations requires a header beside credentials")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await repeatable(bench, operation, await accepted(bench, operation))
    tried, refuted = 0, False
    doubts: list[str] = []
    for name in required_headers(bench.subject, operation):
        in_time(bench, tried, "headers")
        seen = await _left_out(bench, operation, good, name)
        tried += 1
        honest = answered(
            await good.caller.call(bench, await renewed(bench, operation, good), note="honest call, with every header")
        )
        if not succeeded(operation, honest):
            raise Undecided(f"{operation.id}: the honest call was accepted at first and then not: {excerpt(honest)}")
        if 400 <= seen.status < 500:
            if seen.status in NO_DECISION:
                doubts.append(f"without {name} it was answered {seen.status}, which does not say whether it is refused")
            continue
        again = await _left_out(bench, operation, good, name)
        if again.status // 100 != seen.status // 100 or not (succeeded(operation, seen) or seen.status >= 500):
            doubts.append(f"without {name} it was answered {seen.status}, and then {again.status}")
            continue
        refuted = True
        yield Refuted(operation.id, _finding(operation, name, seen, again, honest))
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts), Cause.TARGET)
    elif not refuted:
        yield Proved(operation.id, tried=tried)


async def _left_out(bench: Bench, operation: Operation, good: Accepted, name: str) -> Exchange:
    case = without_header(await renewed(bench, operation, good), name)
    return answered(await good.caller.call(bench, case, note=f"without the required header {name}"))


def _finding(operation: Operation, name: str, seen: Exchange, again: Exchange, honest: Exchange) -> Finding:
    crashed = seen.status >= 500
    verb = f"answers {seen.status} to" if crashed else "accepts"
    cause = f"without {name.lower()}" if not crashed else f"without {name.lower()} {fingerprint(seen)}"
    return Finding(
        title=f"{operation.label} {verb} a call without {name}, which its contract requires",
        detail=(
            f"expected: a refusal (4xx) of {sent(seen)} without the header {name}\n"
            f"seen: {excerpt(seen)}\nonce more: {excerpt(again)}\nwith the header it was answered {honest.status}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=cause if crashed else f"{operation.id} {cause}",
        exchanges=(seen.number, again.number, honest.number),
        facts={"status": seen.status, "header": name, "accepted": not crashed},
    )


CHECK = Check(
    id="contract.required-header",
    proves="a call without a header that the contract requires is refused with a 4xx",
    oracle="a success or a 5xx to a call without a required header, twice, where the call with it is accepted",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-20",),
)
