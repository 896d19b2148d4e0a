"""Requests that keep to the schema are not refused as if they broke it.

Where the schema in the repository and the server that runs are not the same, clients that were generated from the one
are refused by the other: "Cannot query field". Every operation is asked for all fields that its types have, with all
arguments that it takes; what is too deep or too costly for the server's liking is asked for in less.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from seamwright.checks._cells import each_operation
from seamwright.checks._honest import caller
from seamwright.checks.contract._graphql import Answers, Made, applicable, asked, shown, valid_calls
from seamwright.checks.contract._graphql_errors import is_limit, is_validation
from seamwright.contracts.graphql.answers import FieldError, answer_of
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    return applicable(subject)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide, writes_first=True):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
    seen = Answers(operation)
    told: set[str] = set()
    accepted = limited = 0
    last: Exchange | None = None
    async with aclosing(valid_calls(bench, operation, caller(bench.subject, operation))) as calls:  # type: ignore[type-var]
        async for made in calls:
            seen.add(made.exchange)
            last = made.exchange
            answer = answer_of(made.exchange)
            wrong = [error for error in answer.errors if is_validation(error)] if answer is not None else []
            limited += answer is not None and any(is_limit(error) for error in answer.errors)
            if answer is not None and answer.data is None and wrong:
                for error in wrong[:3]:
                    if error.message not in told:
                        told.add(error.message)
                        yield Refuted(operation.id, _finding(operation, made, bench.keep(made.exchange), error))
            else:
                # An error with a path comes from a resolver, which ran.
                accepted += answer is not None and (answer.data is not None or any(e.path for e in answer.errors))
    verdict = seen.verdict()
    if isinstance(verdict, Unknown) and accepted > limited:
        # It was executed, and refused for what the schema does not say; that decides this sentence too.
        verdict = seen.proved()
    if not told:
        yield verdict if last is not None else Unknown(operation.id, "nothing was sent")


def _finding(operation: Operation, made: Made, exchange: Exchange, error: FieldError) -> Finding:
    return Finding(
        title=f"{operation.label} refuses a request that keeps to the schema: {error.message}",
        detail=(
            f"expected: that a request which the schema allows is executed ({made.form})\n"
            f"seen: {error.message}\n{asked(exchange)}\nit was answered {shown(exchange)}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=error.message,
        exchanges=(exchange.number,),
        facts={"status": exchange.status, "code": error.code},
    )


CHECK = Check(
    id="contract.graphql-valid-input-accepted",
    proves="requests that keep to the schema are executed, not refused as invalid",
    oracle="a request that the schema allows, answered without data and with an error of validation",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    kinds=("graphql",),
)
