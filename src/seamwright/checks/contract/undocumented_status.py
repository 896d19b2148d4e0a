"""Whatever happens to a valid call, its status is one that the contract declares.

Clients decide by status: one that nobody wrote down falls through to "something went wrong". The usual places are the
second call (deleted twice, cancelled twice) and an object that is not there; both are tried beside ordinary calls.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks._cells import each_operation, excerpt, sent, statuses, these
from seamwright.checks._honest import caller, succeeded
from seamwright.checks.contract._calls import Made, valid_calls
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        if not operation.answers:
            return "declares no answers"
        return "declares `default`, so that every status is declared" if "default" in operation.answers else None

    return these(subject, why_not, "none of its operations says which statuses it answers with")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
    calls: list[Made] = []
    told: set[int] = set()
    async for made in _calls(bench, operation):
        calls.append(made)
        status = made.exchange.status
        if status and operation.answer(status) is None and status not in told:
            told.add(status)
            yield Refuted(operation.id, _finding(operation, made))
    seen = [made.exchange for made in calls]
    failed = next((exchange for exchange in seen if exchange.failure), None)
    if failed is not None:
        yield Unknown(operation.id, f"no answer came to a valid call: {failed}", Cause.TARGET)
    elif not any(succeeded(operation, exchange) for exchange in seen):
        yield Unknown(operation.id, f"no valid call was answered in the success class ({statuses(seen)})", Cause.TARGET)
    elif not told:
        yield Proved(operation.id, tried=len(seen))


async def _calls(bench: Bench, operation: Operation) -> AsyncIterator[Made]:
    """Valid calls; the first that succeeds is made once more, as it was, where that changes something."""
    who = caller(bench.subject, operation)
    repeated = operation.safe
    async for made in valid_calls(bench, operation, who, unknown=True):
        yield made
        if not repeated and succeeded(operation, made.exchange):
            repeated = True
            yield Made(made.case, await who.call(bench, made.case, note="the same call again"), "the same call again")


def _finding(operation: Operation, made: Made) -> Finding:
    status = made.exchange.status
    return Finding(
        title=f"{operation.label} answers {status}, which its contract does not declare",
        detail=(
            f"expected: one of {', '.join(operation.answers)}\n"
            f"seen: {excerpt(made.exchange)}\nthe call was valid ({made.form}): {sent(made.exchange)}"
        ),
        severity=Severity.MEDIUM if status >= 500 else Severity.LOW,
        operation=operation.id,
        key=f"{operation.id} {status}",
        exchanges=(made.exchange.number,),
        facts={"status": status, "declared": list(operation.answers), "form": made.form},
    )


CHECK = Check(
    id="contract.undocumented-status",
    proves="valid calls, repeated ones and ones on unknown objects are answered with a declared status only",
    oracle="a status that the contract declares neither itself nor by its range or `default`",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
)
