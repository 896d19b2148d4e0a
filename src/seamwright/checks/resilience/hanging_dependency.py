"""A dependency that takes the request and never answers: the other half of the connection is gone, and nobody says so.

It is what a frozen process, a full disk or a firewall that drops packets looks like. No error ever comes, so that only
a clock of the caller's own ends the wait; and a clock for each attempt is none for the whole: three attempts of a
second each are three seconds.
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
    async for observation in under_fault(bench, Fault("hang"), "takes requests and never answers"):
        yield observation


CHECK = Check(
    id="resilience.hanging-dependency",
    proves="a dependency that never answers leads to a declared answer within the deadline, retries included",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-400", "CWE-1088"),
    alone=True,
)
