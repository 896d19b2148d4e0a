"""A token of another issuer is refused, even where its signature can be verified.

One key may serve several issuers (tenants of one identity provider, a test and a live realm), so a valid signature
does not yet say who issued a token; the claim `iss` does (RFC 8725, section 3.8). The test issuer's key signs a token
that names somebody else.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation
from seamwright.checks.auth._door import Wrong, all_refused, door_applies, has_key
from seamwright.checks.auth._jwt import KEY_NEEDED, issuer_door
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    return door_applies(subject, has_key, KEY_NEEDED)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    door, issuer = await issuer_door(bench, operation)
    if "iss" not in issuer.claims:
        raise Undecided("honest tokens name no issuer, so a wrong one cannot be told from it", Cause.USAGE)
    token = issuer.signed(iss=f"https://{bench.canary()}.invalid")
    async for observation in all_refused(door, [Wrong("a token of another issuer", "iss", token)]):
        yield observation


CHECK = Check(
    id="auth.wrong-issuer",
    proves="a token that names another issuer is refused",
    oracle="a validly signed token with another `iss` is let in, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-345",),
    owasp=("API2:2023",),
)
