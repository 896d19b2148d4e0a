"""A dependency that is away: connections to it are refused, as while it restarts or after it has crashed.

The boundary's caller must be told so by an answer that the contract declares (503 and the like), and soon. A 500 says
"we have a bug" where the truth is "try again later", and an undeclared answer is one that no client knows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.resilience._crossing import applies_to_dependencies
from seamwright.checks.resilience._faulty import under_fault
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Observation

__all__ = ["CHECK"]


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in under_fault(bench, Fault("refuse"), "refuses connections"):
        yield observation


CHECK = Check(
    id="resilience.refused-dependency",
    proves="a dependency that refuses connections leads to a declared answer within the deadline",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-755",),
    alone=True,
)
