"""What an rpc answers to a valid call is what its contract promises: messages that can be read, and as many of them.

A client is generated from the `.proto` file; a field that has become another type on one side is silently empty on the
other. Each rpc is called with generated messages, with nothing optional and with everything set. An answer must be
decodable, exactly one where no stream is promised, its fields of the declared wire types, its enum values declared, and
required fields present.
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
    if subject.manifest.environment == "production":
        return DoesNotApply(
            "environment is production, where contract.grpc-safe-response-conforms looks at what is safe"
        )
    return these(subject, lambda operation: None, "its contract has no rpc")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in rpcs_conforming(bench):
        yield observation


CHECK = Check(
    id="contract.grpc-response-conforms",
    proves="every answer to a valid rpc conforms to the contract: messages that can be read, and as many as promised",
    oracle="an OK with bytes that the contract's message does not allow, or with too many messages or none",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    kinds=("grpc",),
)
