"""A token whose signature does not hold is refused.

The signature is all that ties the claims to the issuer. One bit of it is flipped, and, apart from that, the claims are
changed under the old signature; a service that reads tokens without verifying them lets in both. Text that is no token
at all is tried as well: where that is let in, credentials are not looked at.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation
from seamwright.checks.auth._door import Door, Wrong, all_refused, door_applies
from seamwright.checks.auth._jwt import read_jwt
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation, Refuted
from seamwright.model.finding import Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    return door_applies(subject)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    door = await Door.found(bench, operation)
    garbage = Wrong("text that is no token", "any-token", f"{bench.canary()}.{bench.canary()}.{bench.canary()}")
    seen = await door.present(garbage.token, garbage.what)
    if door.let_in(seen):
        again = await door.present(garbage.token, f"{garbage.what}, once more")
        if door.let_in(again):
            yield Refuted(operation.id, door.finding(garbage, seen, again, severity=Severity.CRITICAL))
            return
    door.refused(seen, garbage.what)
    token = read_jwt(door.token, door.identity.name)
    wrong = (
        Wrong("a token with one bit of its signature flipped", "signature", token.with_flipped_bit()),
        Wrong(
            "a token with a changed subject under the old signature", "signature", token.with_claims(sub=bench.canary())
        ),
    )
    async for observation in all_refused(door, wrong, severity=Severity.CRITICAL):
        yield observation


CHECK = Check(
    id="auth.forged-token",
    proves="a token whose signature does not hold is refused",
    oracle="a token with a flipped bit in its signature, or changed claims under the old one, is let in, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-347",),
    owasp=("API2:2023",),
)
