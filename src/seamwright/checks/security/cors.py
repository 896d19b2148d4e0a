"""Cross-origin resource sharing: which web pages may read answers with the visitor's own credentials.

A browser lets a script read an answer with credentials only when the answer names exactly the script's origin in
Access-Control-Allow-Origin and says Access-Control-Allow-Credentials: true (Fetch standard, CORS check). So that pair
is what is looked for, on a body that is private, for origins that nobody declared: random ones, `null`, and those
that a sloppy comparison takes for a declared one. `*` together with credentials looks bad and grants nothing:
browsers refuse it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from seamwright.checks._cells import by_operation, excerpt, these, undecidable
from seamwright.checks._honest import nobody_may
from seamwright.checks._reading import json_of, lean
from seamwright.checks.security._objects import holds, plant
from seamwright.model.bench import Bench, Owned
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

ANY = "any origin"


def _applies(subject: Subject) -> Applicability:
    return these(subject, lambda operation: _why_not(subject, operation), "it has no private answers to a GET")


def _why_not(subject: Subject, operation: Operation) -> str | None:
    if operation.method != "GET":
        return "it is not a GET: what a page may read is asked here"
    if not operation.protected:
        return "its answers are public, so any page may read them"
    return nobody_may(subject, operation)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    identity = bench.subject.honest(operation)
    assert identity is not None
    case = await _private(bench, operation, identity)
    await _declared_may(bench, operation, identity, case)
    tried = 0
    wildcard = False
    for why, origin in _foreign(bench):
        for cookie in (False, True) if _cookie_free(bench, operation) else (False,):
            tried += 1
            exchange = await _from(bench, case, identity, origin, cookie)
            wildcard = wildcard or _allowed(exchange) == "*"
            if _grants(exchange, origin):
                second = f"https://{bench.canary()}.example" if why == ANY else origin
                again = await _from(bench, case, identity, second, cookie, fresh=True)
                if _grants(again, second):
                    return Refuted(operation.id, _finding(operation, why, origin, exchange, again), tried=tried)
                raise Undecided(f"{operation.id}: the origin {origin} was granted once and not the next time")
            if told := undecidable(exchange):
                raise Undecided(f"{operation.id}: called from {origin}, {told}")
    return Proved(operation.id, tried=tried, measures={f"{operation.id} allows *": wildcard})


def _foreign(bench: Bench) -> Iterator[tuple[str, str]]:
    """Origins that nobody declared, each with what it would show."""
    for _ in range(2):
        yield ANY, f"https://{bench.canary()}.example"
    yield "the origin null, which sandboxed pages and files have", "null"
    for declared in bench.subject.boundary.origins:
        parts = urlsplit(declared)
        word = bench.canary()
        yield "an origin that begins like a declared one", f"{parts.scheme}://{parts.netloc}.{word}.example"
        yield "an origin that ends like a declared one", f"{parts.scheme}://{word}{parts.netloc}"
        yield "any subdomain of a declared origin", f"{parts.scheme}://{word}.{parts.netloc}"


def _cookie_free(bench: Bench, operation: Operation) -> bool:
    """Whether a cookie can be added without replacing the credentials; some frameworks answer otherwise with one."""
    names = {name for alternative in operation.security for name in alternative}
    return not any(scheme.location == "cookie" for name, scheme in bench.contract.schemes.items() if name in names)


async def _private(bench: Bench, operation: Operation, identity: Identity) -> Case:
    """A call whose answer is private: it shows a canary, or nobody gets the same without credentials."""
    case = lean(operation, await bench.case(operation, identity))
    owned = await _planted(bench, operation, identity)
    if owned is not None and operation.at("path"):
        case = case.but(path={**case.path, **owned.values})
    control = await bench.call(case, identity, note="control: with credentials, from no page")
    if not control.ok:
        raise Undecided(f"{operation.id}: no honest call was answered 2xx: {excerpt(control)}")
    if owned is not None and holds(control, owned.canary):
        return case
    anonymous = await bench.call(case, None, note="control: without credentials")
    if anonymous.ok and json_of(anonymous) == json_of(control):
        raise Undecided(f"{operation.id}: the same is answered without credentials, so its answers are not private")
    return case


async def _planted(bench: Bench, operation: Operation, identity: Identity) -> Owned | None:
    """An object with a canary; None where none can be had, and the call without credentials has to decide."""
    try:
        return await plant(bench, operation, identity)
    except Undecided:
        return None


async def _declared_may(bench: Bench, operation: Operation, identity: Identity, case: Case) -> None:
    """Positive control: pages of declared origins may read."""
    for origin in bench.subject.boundary.origins:
        exchange = await _from(bench, case, identity, origin, cookie=False)
        if _allowed(exchange) not in (origin, "*"):
            raise Undecided(
                f"{operation.id}: the declared origin {origin} is not allowed either "
                f"(Access-Control-Allow-Origin: {_allowed(exchange) or 'absent'}), so nothing shows that origins "
                "are told apart; mend the service or 'origins' of the manifest",
                Cause.TARGET,
            )


async def _from(
    bench: Bench, case: Case, identity: Identity, origin: str, cookie: bool, *, fresh: bool = False
) -> Exchange:
    headers = {"Origin": origin} | ({"Cookie": "visited=1"} if cookie else {})
    return await bench.call(case, identity, headers=headers, fresh=fresh, note=f"from a page of {origin}")


def _allowed(exchange: Exchange) -> str:
    return (exchange.response.header("access-control-allow-origin") or "").strip() if exchange.response else ""


def _grants(exchange: Exchange, origin: str) -> bool:
    """The CORS check of a browser for a request with credentials (Fetch standard, section 4.10)."""
    if exchange.response is None or not exchange.ok:
        return False
    credentials = (exchange.response.header("access-control-allow-credentials") or "").strip()
    return _allowed(exchange) == origin and credentials == "true"


def _finding(operation: Operation, why: str, origin: str, first: Exchange, again: Exchange) -> Finding:
    return Finding(
        title=f"{operation.label} lets pages of {why} read private answers",
        detail=(
            "expected: no origin but the declared ones may read with credentials\n"
            f"seen: to Origin: {origin} it answers {first.status} with Access-Control-Allow-Origin: {origin} and "
            "Access-Control-Allow-Credentials: true"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        # The comparison of origins is one piece of code for the whole boundary.
        key=f"cors:{why}",
        exchanges=(first.number, again.number),
        facts={"origin": origin, "why": why},
    )


CHECK = Check(
    id="security.cors",
    proves="pages of undeclared origins cannot read private answers with the visitor's credentials",
    oracle="a private answer names an undeclared origin and allows credentials, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-942", "CWE-346"),
    owasp=("API8:2023",),
)
