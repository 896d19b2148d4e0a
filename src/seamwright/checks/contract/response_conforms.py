"""What an operation answers to a valid call has the status, headers, media type and body that its contract promises.

A client is generated from the contract, or written by somebody who read it; an answer that strays from it breaks that
client in production, and nowhere else. Each operation is called with examples of the contract, with generated values,
with nothing optional and with everything optional, and once for an object that does not exist.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks._cells import these
from seamwright.checks.contract._conformance import conforming
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.evidence import Observation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    if subject.manifest.environment == "production":
        return DoesNotApply("environment is production, where contract.safe-response-conforms looks at what is safe")
    return these(
        subject, lambda o: None if o.answers else "declares no answers", "none of its operations declares an answer"
    )


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in conforming(bench, unknown=True):
        yield observation


CHECK = Check(
    id="contract.response-conforms",
    proves="every answer to a valid call conforms to the contract: headers, media type and body",
    oracle="an answer that the contract's schema, headers or media types do not allow",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
)
