"""What a safe rpc answers conforms to its contract, tried where nothing may be written.

Safe is what the contract declares to have no side effects (`idempotency_level = NO_SIDE_EFFECTS`); a name such as
`GetOrder` is no promise. Elsewhere than in production `contract.grpc-response-conforms` tries every rpc, the safe ones
included, and this check has nothing to add.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks._cells import these
from seamwright.checks.contract.grpc._conformance import rpcs_conforming
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.evidence import Observation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    environment = subject.manifest.environment
    if environment != "production":
        return DoesNotApply(f"environment is {environment}, where contract.grpc-response-conforms tries all rpcs")
    return these(
        subject,
        lambda operation: None if operation.safe else "is not declared to have no side effects",
        "none of its rpcs is declared to have no side effects (idempotency_level = NO_SIDE_EFFECTS)",
    )


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in rpcs_conforming(bench):
        yield observation


CHECK = Check(
    id="contract.grpc-safe-response-conforms",
    proves="in production, every answer of a safe rpc conforms to the contract: messages that can be read",
    oracle="an OK with bytes that the contract's message does not allow, or with too many messages or none",
    applies=_applies,
    run=_run,
    dares=Dares.OBSERVE,
    kinds=("grpc",),
)
