"""A dependency whose answer breaks off: the head has come and some of the body, and then the connection is reset.

It has done what it was asked for, and half of its answer says so. Clients that guard the request and read the body
somewhere else let this error out, or believe the status line alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.resilience._crossing import applies_to_dependencies
from seamwright.checks.resilience._faulty import under_fault
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Observation

__all__ = ["CHECK"]


AFTER = 7
"""Bytes of the body that come through: too few for any that parses and says something."""


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    fault = Fault("truncate", params={"after": AFTER, "end": "reset"})
    async for observation in under_fault(bench, fault, "breaks off amid its answers"):
        yield observation


CHECK = Check(
    id="resilience.cut-answer",
    proves="a dependency that breaks off amid its answer leads to a declared answer within the deadline",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=("CWE-755",),
    alone=True,
)
