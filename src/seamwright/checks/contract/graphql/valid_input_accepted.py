"""Requests that keep to the schema are not refused as if they broke it.

Where the schema in the repository and the server that runs are not the same, clients that were generated from the one
are refused by the other: "Cannot query field". Every operation is asked for all fields that its types have, with all
arguments that it takes; what is too deep or too costly for the server's liking is asked for in less.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from seamwright.checks.contract.graphql._calls import Answers, Made, applicable, asked, in_rounds, shown
from seamwright.checks.contract.graphql._cause import shape
from seamwright.checks.contract.graphql._errors import is_limit, is_validation
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


@dataclass(slots=True)
class _Seen:
    """What is known of one operation."""

    answers: Answers
    told: set[str] = field(default_factory=set)
    accepted: int = 0
    limited: int = 0


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    known: dict[str, _Seen] = {}

    def look(operation: Operation, made: Made) -> Iterator[Observation]:
        seen = known.setdefault(operation.id, _Seen(Answers(operation)))
        seen.answers.add(made.exchange)
        answer = answer_of(made.exchange)
        if answer is None:
            return
        wrong = [error for error in answer.errors if is_validation(error)]
        seen.limited += any(is_limit(error) for error in answer.errors)
        if answer.data is None and wrong:
            for error in wrong[:3]:
                if error.message not in seen.told:
                    seen.told.add(error.message)
                    yield Refuted(operation.id, _finding(operation, made, bench.keep(made.exchange), error))
        else:
            # An error with a path comes from a resolver, which ran.
            seen.accepted += answer.data is not None or any(error.path for error in answer.errors)

    def close(operation: Operation) -> Iterator[Observation]:
        seen = known[operation.id]
        verdict = seen.answers.verdict()
        if isinstance(verdict, Unknown) and seen.accepted > seen.limited:
            # It was executed, and refused for what the schema does not say; that decides this sentence too.
            verdict = seen.answers.proved()
        if not seen.told:
            yield verdict

    async for observation in in_rounds(bench, look, close):
        yield observation


def _finding(operation: Operation, made: Made, exchange: Exchange, error: FieldError) -> Finding:
    return Finding(
        title=f"{operation.label} refuses a request that keeps to the schema: {error.message}",
        detail=(
            f"expected: that a request which the schema allows is executed ({made.form})\n"
            f"seen: {error.message}\n{asked(exchange)}\nit was answered {shown(exchange)}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=shape(error.message),
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
