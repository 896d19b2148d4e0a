"""A token that is not valid yet is refused.

The claim `nbf` says from when on a token counts (RFC 7519, section 4.1.5). The test issuer's key signs one that begins
in an hour, far beyond the skew that clocks may have; all else in it is as in an honest token.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation
from seamwright.checks.auth._door import Wrong, all_refused, door_applies, has_key
from seamwright.checks.auth._jwt import KEY_NEEDED, issuer_door
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation
from seamwright.model.finding import Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

HOUR = 3600


def _applies(subject: Subject) -> Applicability:
    return door_applies(subject, has_key, KEY_NEEDED)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    door, issuer = await issuer_door(bench, operation)
    token = issuer.signed(nbf=issuer.now + HOUR, exp=issuer.now + 2 * HOUR)
    wrong = [Wrong("a token that is valid only in an hour", "nbf", token)]
    async for observation in all_refused(door, wrong, severity=Severity.MEDIUM):
        yield observation


CHECK = Check(
    id="auth.not-before",
    proves="a token that is not valid yet is refused",
    oracle="a validly signed token whose `nbf` lies an hour ahead is let in, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-613",),
    owasp=("API2:2023",),
)
