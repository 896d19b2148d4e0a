"""Whatever happens to a valid call, its status is one that the contract declares.

Clients decide by status: one that nobody wrote down falls through to "something went wrong". The usual places are the
second call (deleted twice, cancelled twice) and an object that is not there; both are tried beside ordinary calls. A
server error is told by the checks of server errors, declared or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from seamwright.checks._cells import each_operation, excerpt, sent, these
from seamwright.checks._honest import caller, succeeded
from seamwright.checks.contract._calls import Made, valid_calls
from seamwright.checks.contract._cause import kind_of_answer, undocumented_root
from seamwright.checks.contract._seen import Seen
from seamwright.contracts.conformance import request_violations
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

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


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    seen = Seen(operation)
    told: Counter[int] = Counter()
    async with aclosing(_calls(bench, operation)) as calls:
        async for made in calls:
            seen.add(made.exchange)
            status = made.exchange.status
            undeclared = 0 < status < 500 and operation.answer(status) is None
            # An example may break the schema beside it, and then nobody owes it a declared answer.
            if undeclared and not request_violations(bench.contract, operation, made.case):
                told[status] += 1
                if told[status] == 1:
                    yield Refuted(operation.id, _finding(operation, made, bench.keep(made.exchange)))
    verdict = seen.verdict()
    if not told or isinstance(verdict, Unknown):
        yield verdict


async def _calls(bench: Bench, operation: Operation) -> AsyncGenerator[Made, None]:
    """Valid calls; the first that succeeds is made once more, as it was, where that changes something."""
    who = caller(bench.subject, operation)
    repeated = operation.safe
    async with aclosing(valid_calls(bench, operation, who, unknown=True)) as calls:
        async for made in calls:
            yield made
            if not repeated and succeeded(operation, made.exchange):
                repeated = True
                form = "the same call again"
                yield Made(made.case, await who.call(bench, made.case, note=form), form)


def _finding(operation: Operation, made: Made, exchange: Exchange) -> Finding:
    status = exchange.status
    return Finding(
        title=f"{operation.label} answers {status}, which its contract does not declare",
        detail=(
            f"expected: one of {', '.join(operation.answers)}\n"
            f"seen: {excerpt(exchange)}\nthe call was valid ({made.form}): {sent(exchange)}"
        ),
        severity=Severity.LOW,
        operation=operation.id,
        key=kind_of_answer(exchange),
        root=undocumented_root(exchange),
        exchanges=(exchange.number,),
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
