"""A token that was issued for another service is refused.

A token is a letter to one reader. Where a service takes letters to others, whoever gets a token for the least of them
may use it at all of them (RFC 8725, section 3.9; RFC 9068, section 4). Tried are real tokens of identities whose
`audience` the manifest says is another one, and, with the test issuer's key, tokens signed for these audiences and
for one that nobody has.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation
from seamwright.checks.auth._door import Door, Wrong, all_refused, door_applies, has_bearer, has_key
from seamwright.checks.auth._jwt import Issuer, issuer_door
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    lacking = (
        "there is no token for another audience: give an identity an 'audience', or one the test issuer's "
        "'signing_key_file'"
    )
    if any(has_bearer(i) for i in subject.misdirected):
        return door_applies(subject)
    return door_applies(subject, has_key, lacking)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    wrong: list[Wrong] = []
    subject = bench.subject
    if any(has_key(i) and subject.allowed(i, operation) is not False for i in subject.identities):
        door, issuer = await issuer_door(bench, operation)
        wrong += _signed(bench, issuer)
    else:
        door = await Door.found(bench, operation)
        await door.keeps_out_garbage()
    for identity in subject.misdirected:
        if has_bearer(identity):
            what = f"the token of {identity.name}, which is meant for {identity.audience}"
            wrong.append(Wrong(what, "aud", await bench.token(identity)))
    if not wrong:
        raise Undecided("honest tokens name no audience, so a wrong one cannot be told from it", Cause.USAGE)
    async for observation in all_refused(door, wrong):
        yield observation


def _signed(bench: Bench, issuer: Issuer) -> list[Wrong]:
    """Tokens signed for others, in the form (text or list) in which honest ones name their audience."""
    if "aud" not in issuer.claims:
        return []
    known = [i.audience for i in bench.subject.misdirected if i.audience]
    others = [f"https://{bench.canary()}.invalid", *dict.fromkeys(known)]
    as_list = isinstance(issuer.claims["aud"], list)
    return [
        Wrong(f"a token that is meant for {other}", "aud", issuer.signed(aud=[other] if as_list else other))
        for other in others
    ]


CHECK = Check(
    id="auth.wrong-audience",
    proves="a token that was issued for another audience is refused",
    oracle="a valid token for another audience is let in, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-345",),
    owasp=("API2:2023",),
)
