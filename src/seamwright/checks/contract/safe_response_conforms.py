"""What a safe operation answers conforms to its contract, tried where nothing may be written.

In production the objects to read are those that a listing shows; nothing is created, nothing is invalid. Elsewhere
`contract.response-conforms` tries every operation, the safe ones included, and this check has nothing to add.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks._cells import these
from seamwright.checks.contract._conformance import conforming
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.evidence import Observation
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    environment = subject.manifest.environment
    if environment != "production":
        return DoesNotApply(f"environment is {environment}, where contract.response-conforms tries all operations")

    def why_not(operation: Operation) -> str | None:
        if operation.method not in ("GET", "HEAD"):
            return "is not safe"
        return None if operation.answers else "declares no answers"

    return these(subject, why_not, "none of its safe operations declares an answer")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in conforming(bench, unknown=False):
        yield observation


CHECK = Check(
    id="contract.safe-response-conforms",
    proves="in production, every answer of a safe operation conforms to the contract: headers, media type and body",
    oracle="an answer that the contract's schema, headers or media types do not allow",
    applies=_applies,
    run=_run,
    dares=Dares.OBSERVE,
)
