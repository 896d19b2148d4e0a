"""A dependency whose answer dribbles: its head comes at once, and then the body byte by byte.

Many clients count their timeout from one read to the next, and a byte now and then keeps them waiting for ever. The
time for the whole answer is what the boundary's own caller waits for.
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
"""Seconds beyond the deadline that the shortest body takes that is looked for."""

BYTES = 20
"""A body of so many bytes lasts beyond the deadline; most are longer."""


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    pause = (deadline_of(bench.subject) + LONGER) / BYTES
    fault = Fault("trickle", params={"size": 1, "seconds": pause, "spare_head": True})
    async for observation in under_fault(bench, fault, "sends its answer byte by byte"):
        yield observation


CHECK = Check(
    id="resilience.slow-body",
    proves="a dependency whose answer dribbles leads to a declared answer within the deadline",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-400", "CWE-1088"),
    alone=True,
)
