"""An operation that declares security refuses credentials that nobody was ever given.

Some guards look only at whether there are credentials: a header that is there, a cookie that is not empty. A made-up
token, password or key is presented in the very place where the contract asks for one, and then the honest call is made.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, AsyncIterator

from seamwright.checks._cells import each_operation, these
from seamwright.checks.auth._refusal import Stranger, refuses
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.evidence import Observation
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation, SecurityScheme
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    contract = subject.contract

    def why_not(operation: Operation) -> str | None:
        if contract is None or not operation.protected:
            return "is open: the contract asks for no credentials"
        return None if _asked(contract, operation) else "asks for credentials of a kind that is not known here"

    return these(subject, why_not, "none of its operations asks for credentials")


def _asked(contract: Contract, operation: Operation) -> list[SecurityScheme]:
    """The schemes of the first alternative for which something can be made up."""
    for alternative in operation.security:
        schemes = [contract.schemes[name] for name in sorted(alternative)]
        if schemes and all(s.type in ("oauth2", "openIdConnect", "http", "apiKey") for s in schemes):
            return schemes
    return []


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    async for observation in refuses(bench, operation, Stranger("a caller with made-up credentials", _made_up)):
        yield observation


async def _made_up(bench: Bench, case: Case) -> Exchange:
    headers: dict[str, str] = {}
    token: str | None = None
    for scheme in _asked(bench.contract, bench.operation(case.operation)):
        secret = bench.canary()
        if scheme.type == "http" and scheme.scheme == "basic":
            headers["authorization"] = f"Basic {base64.b64encode(f'{secret}:{secret}'.encode()).decode()}"
        elif scheme.type != "apiKey" or scheme.in_authorization:
            token = secret
        elif scheme.location == "query":
            case = case.but(query={**case.query, scheme.parameter: secret})
        elif scheme.location == "cookie":
            case = case.but(cookies={**case.cookies, scheme.parameter: secret})
        else:
            headers[scheme.parameter] = secret
    return await bench.call(case, None, token=token, headers=headers, fresh=True, note="with made-up credentials")


CHECK = Check(
    id="auth.unknown-credential-refused",
    proves="every operation that declares security refuses credentials that nobody was given",
    oracle="a call with made-up credentials gets what its honest caller gets, or changes what its honest caller reads",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-287",),
    owasp=("API2:2023",),
)
