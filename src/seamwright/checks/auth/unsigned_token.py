"""A token without a signature is refused, however its header spells that it needs none.

RFC 7519 has an algorithm `none`, and libraries that take the algorithm from the token have accepted it, or one of its
spellings after somebody filtered the first (RFC 8725, section 3.1). The honest claims are presented unsigned, under
`none` in several spellings and under the algorithm that the honest token names.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation
from seamwright.checks.auth._door import Door, Wrong, all_refused, door_applies
from seamwright.checks.auth._jwt import read_jwt
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation
from seamwright.model.finding import Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

SPELLINGS = ("none", "None", "NONE", "nOnE")


def _applies(subject: Subject) -> Applicability:
    return door_applies(subject)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    door = await Door.found(bench, operation)
    token = read_jwt(door.token, door.identity.name)
    await door.keeps_out_garbage()
    wrong = [Wrong(f'an unsigned token with "alg": "{s}"', "none", token.with_algorithm(s)) for s in SPELLINGS]
    wrong += [
        Wrong('a token with "alg": "none" and a signature', "none", token.with_algorithm("none", token.written[2])),
        Wrong(f"a token under {token.header['alg']} whose signature is empty", "empty-signature", token.unsigned()),
    ]
    async for observation in all_refused(door, wrong, severity=Severity.CRITICAL):
        yield observation


CHECK = Check(
    id="auth.unsigned-token",
    proves="a token without a signature is refused, whatever algorithm its header names",
    oracle='an unsigned token (`"alg": "none"` in several spellings, or an empty signature) is let in, twice',
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-347", "CWE-327"),
    owasp=("API2:2023",),
)
