"""The answers to GraphQL queries keep to the schema; nothing is changed to find that out.

The same sentence as `contract.graphql-response-conforms`, for production, where only looking is allowed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.contract.graphql._calls import applicable
from seamwright.checks.contract.graphql._conformance import conforming
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.evidence import Observation
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    environment = subject.manifest.environment
    if environment != "production":
        return DoesNotApply(
            f"environment is {environment}, where contract.graphql-response-conforms tries all operations"
        )

    def why_not(operation: Operation) -> str | None:
        return None if operation.safe else "is a mutation"

    return applicable(subject, why_not)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in conforming(bench):
        yield observation


CHECK = Check(
    id="contract.graphql-safe-response-conforms",
    proves="in production, the answers to valid queries keep to the schema, and to the form of a GraphQL response",
    oracle="an answer with a value that its type does not allow, or that has not the form of a response",
    applies=_applies,
    run=_run,
    dares=Dares.OBSERVE,
    kinds=("graphql",),
)
