"""A dependency that breaks off: the request is on its way, and the connection ends with a reset.

This is not a refusal: the caller cannot know whether its request was processed. Code that handles "cannot connect"
often forgets "connected, and then nothing", and lets that error out as a 500.
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
    async for observation in under_fault(bench, Fault("reset"), "resets connections"):
        yield observation


CHECK = Check(
    id="resilience.reset-dependency",
    proves="a dependency that resets connections leads to a declared answer within the deadline",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-755",),
    alone=True,
)
