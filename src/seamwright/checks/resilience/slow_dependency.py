"""A dependency that is slow: the failure that spreads, because everybody who waits holds something.

The dependency's answers are held back for longer than the boundary's deadline. Its caller must have a declared answer
by then: an error such as 503 or 504, or something good enough in its place. Operations that wait for the dependency
are found by holding it back a little first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.resilience._crossing import applies_to_dependencies, deadline_of
from seamwright.checks.resilience._faulty import under_fault
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Observation

__all__ = ["CHECK"]

LONGER = 2.0
"""Seconds beyond the deadline, so that waiting for the dependency cannot be taken for keeping the deadline."""


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    fault = Fault("slow", seconds=deadline_of(bench.subject) + LONGER)
    async for observation in under_fault(bench, fault, "is slow"):
        yield observation


CHECK = Check(
    id="resilience.slow-dependency",
    proves="a slow dependency leads to a declared answer within the deadline",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-400", "CWE-1088"),
    alone=True,
)
