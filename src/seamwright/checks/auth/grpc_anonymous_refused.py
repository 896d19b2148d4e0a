"""An rpc that the policy gives to some callers only refuses a call without credentials.

A `.proto` file does not say who may call what; the policy of the manifest does. Each rpc that it gives to identities
with credentials is called by nobody, on a connection of its own and with no metadata, and then in the very same way by
somebody who may: a refusal (UNAUTHENTICATED, PERMISSION_DENIED) counts only where the honest call works.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

from seamwright.checks._cells import each_operation, these
from seamwright.checks.auth._refusal import Stranger, refuses
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.evidence import Observation, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    if not subject.manifest.policy:
        return DoesNotApply("the manifest has no policy that says who may call what")
    return these(subject, lambda operation: _why_not(subject, operation), "the policy keeps none of its rpcs to some")


def _why_not(subject: Subject, operation: Operation) -> str | None:
    if subject.logins(operation):
        return "identities log in through it"
    able = [i for i in subject.manifest.identities.values() if subject.allowed(i, operation)]
    if any(identity.anonymous for identity in able):
        return "the policy lets somebody without credentials call it"
    return None if able else "the policy gives it to nobody who is here"


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    async for observation in refuses(bench, operation, Stranger("a caller without credentials", _anonymous)):
        if isinstance(observation, Refuted):
            finding = observation.finding
            title = finding.title.replace("although the contract asks", "although the policy asks")
            observation = replace(observation, finding=replace(finding, title=title))
        yield observation


async def _anonymous(bench: Bench, case: Case) -> Exchange:
    return await bench.call(case, None, fresh=True, note="without credentials")


CHECK = Check(
    id="auth.grpc-anonymous-refused",
    proves="every rpc that the policy keeps to some callers refuses a call without credentials",
    oracle="a call without credentials gets what its honest caller gets, or changes what its honest caller reads",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    kinds=("grpc",),
    cwe=("CWE-306",),
    owasp=("API2:2023",),
)
