"""A dependency whose answers are broken: a body that does not parse, a head that is no HTTP, a length that is a lie.

Between the boundary and its dependency stand proxies, balancers and deploys that went half way. What comes from there
is input like any other (CWE-20), and code that parses it without a thought answers 500 for the fault of somebody else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks.resilience._crossing import applies_to_http_dependencies
from seamwright.checks.resilience._faulty import under_fault
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Observation

__all__ = ["CHECK"]


_BODY = Fault("malformed", params={"what": "body"})
_HEAD = Fault("malformed", params={"what": "head"})
_LENGTH = Fault("malformed", params={"what": "length"})


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    more = (
        (_HEAD, "answers with a head that is no HTTP"),
        (_LENGTH, "ends its answers before their length"),
    )
    async for observation in under_fault(bench, _BODY, "answers with a body that does not parse", *more):
        yield observation


CHECK = Check(
    id="resilience.malformed-answer",
    proves="a dependency whose answers are broken leads to a declared answer within the deadline",
    oracle="two of three calls that cross it are answered late, not at all, with 500, or as the contract does not say",
    applies=applies_to_http_dependencies,
    run=_run,
    dares=Dares.FAULT,
    cwe=(
        "CWE-20",
        "CWE-755",
    ),
    alone=True,
)
