"""An operation that declares security refuses a call without credentials.

The commonest hole is the route that was added without its guard. Each protected operation is called by nobody on a
connection of its own, and then in the very same way by somebody who may. A read is decided on what came back (a text
that only its owner has stored, or the answer that the contract promises), a write on what is read afterwards.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation, these
from seamwright.checks.auth._refusal import Stranger, refuses
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    return these(
        subject,
        lambda o: None if o.protected else "is open: the contract asks for no credentials",
        "none of its operations asks for credentials",
    )


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    async for observation in refuses(bench, operation, Stranger("a caller without credentials", _anonymous)):
        yield observation


async def _anonymous(bench: Bench, case: Case) -> Exchange:
    return await bench.call(case, None, fresh=True, note="without credentials")


CHECK = Check(
    id="auth.anonymous-refused",
    proves="every operation that declares security refuses a call without credentials",
    oracle="a call without credentials gets what its honest caller gets, or changes what its honest caller reads",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-306",),
    owasp=("API2:2023",),
)
