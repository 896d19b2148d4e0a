"""A dependency that answers every request with an error of its own: 500, and 503 without a word on when to come back.

The boundary has to say in its own words what that means for its caller. Handing the status on tells the caller of a
bug that is somewhere else, and taking whatever came for a success is worse.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.resilience._crossing import applies_to_http_dependencies
from seamwright.checks.resilience._faulty import under_fault
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Observation

__all__ = ["CHECK"]


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    more = ((Fault("status", params={"code": 503}), "answers 503"),)
    async for observation in under_fault(bench, Fault("status", params={"code": 500}), "answers 500", *more):
        yield observation


CHECK = Check(
    id="resilience.failing-dependency",
    proves="a dependency that answers 5xx leads to a declared answer within the deadline",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_http_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-755",),
    alone=True,
)
