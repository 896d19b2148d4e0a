"""An expired token is refused.

Expiry is what bounds the harm of a token that was lost. With the test issuer's key, a token is signed that ended an
hour ago, far beyond the skew that clocks may have. Without it, a real token of an identity whose tokens are
`short_lived` is kept until it has ended; it may be let in for two minutes more, and not longer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import LAST, each_operation
from seamwright.checks.auth._door import Door, Wrong, all_refused, door_applies, has_key
from seamwright.checks.auth._jwt import KEY_NEEDED, issuer_door, read_jwt
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.finding import Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

HOUR = 3600

SKEW = 120.0
"""Seconds by which clocks may differ; a token that is let in within them has not been let in for too long."""

PAUSE = 2.0
"""Seconds between two tries of a token that has ended."""


def _short_lived(identity: Identity) -> bool:
    return identity.short_lived is not None


def _applies(subject: Subject) -> Applicability:
    lacking = f"{KEY_NEEDED}; or say of one that its tokens are 'short_lived'"
    return door_applies(subject, lambda identity: has_key(identity) or _short_lived(identity), lacking)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    subject = bench.subject
    if any(has_key(i) and subject.allowed(i, operation) is not False for i in subject.identities):
        door, issuer = await issuer_door(bench, operation)
        begun = {name: issuer.now - 2 * HOUR for name in ("iat", "nbf") if name in issuer.claims}
        token = issuer.signed(**begun, exp=issuer.now - HOUR)
        async for observation in all_refused(door, [Wrong("a token that expired an hour ago", "exp", token)]):
            yield observation
        return
    yield await _waited(bench, operation)


async def _waited(bench: Bench, operation: Operation) -> Observation:
    door = await Door.found(bench, operation, _short_lived, fresh=True)
    ends = _end(door)
    if not door.let_in(await door.present(door.token, "before its end")):
        raise Undecided(f"{operation.id}: a fresh token of {door.identity.name} is not let in", Cause.USAGE)
    await door.keeps_out_garbage()
    last = time.time() + bench.remaining - 2 * LAST
    if ends + PAUSE > last:
        raise Undecided(
            f"the token of {door.identity.name} lives {ends - time.time():.0f} s more, and {bench.remaining:.0f} s are "
            "left of the check's time budget; give an identity with shorter tokens, or the issuer's 'signing_key_file'",
            Cause.USAGE,
        )
    at = ends + PAUSE
    tried = 0
    while at < last:
        await asyncio.sleep(max(0.0, at - time.time()))
        seen = await door.present(door.token, f"{at - ends:.0f} s after its end")
        tried += 1
        if not door.let_in(seen):
            door.refused(seen, "an expired token")
            await door.honest("a fresh token, afterwards")
            return Proved(operation.id, tried=tried)
        if time.time() > ends + SKEW:
            wrong = Wrong(f"a token {time.time() - ends:.0f} s after it has expired", "exp", door.token)
            again = await door.present(door.token, "once more")
            return Refuted(operation.id, door.finding(wrong, seen, again, severity=Severity.HIGH), tried=tried)
        at += PAUSE
    raise Undecided(
        f"{operation.id}: a token is let in {time.time() - ends:.0f} s after its end, which the skew of clocks may "
        f"excuse up to {SKEW:.0f} s; the time budget ended before",
        Cause.USAGE,
    )


def _end(door: Door) -> float:
    """When the token ends, seconds since the epoch: as it says itself, or else as the manifest says."""
    try:
        told = read_jwt(door.token, door.identity.name).claims.get("exp")
    except Undecided:  # An opaque token; its lifetime stands in the manifest.
        told = None
    return float(told) if isinstance(told, int | float) else time.time() + (door.identity.short_lived or 0.0)


CHECK = Check(
    id="auth.expired-token",
    proves="an expired token is refused",
    oracle="a token that ended longer ago than clocks may differ (120 s) is let in, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-613",),
    owasp=("API2:2023",),
)
