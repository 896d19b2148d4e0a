"""The answers of a GraphQL endpoint keep to its schema.

Clients are generated from the schema: a null where it says `!`, an enum value that it does not list, or a number where
it says String breaks them far from the cause. Every operation is called with as little and as much as it takes and
asked for little and for much, so that fields deep inside are looked at too; also the form of the response and of its
errors is held against the specification.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.contract.graphql._calls import applicable
from seamwright.checks.contract.graphql._conformance import conforming
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    return applicable(subject)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in conforming(bench):
        yield observation


CHECK = Check(
    id="contract.graphql-response-conforms",
    proves="the answers to valid queries and mutations keep to the schema, and to the form of a GraphQL response",
    oracle="an answer with a value that its type does not allow, or that has not the form of a response",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    kinds=("graphql",),
)
