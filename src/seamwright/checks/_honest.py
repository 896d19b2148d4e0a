"""Honest calls: who may make them, which ones an operation accepts, and the same call once more with fresh objects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from seamwright.checks._cells import answered, excerpt, statuses
from seamwright.engines.generate.requests import example_cases, valid_case
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = [
    "Accepted",
    "Caller",
    "accepted",
    "caller",
    "candidates",
    "logs_in",
    "renewed",
    "succeeded",
    "unknown_object",
]

GENERATED = 3
"""Generated cases that are tried after those that people wrote down."""

EXAMPLES = 2

# The objects of open operations are created and found by nobody in particular, and that is an identity too.
_NOBODY = Identity()
_MEANT = frozenset({"if-match", "idempotency-key"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes honest calls of an operation; without an identity, anybody may."""

    identity: Identity | None

    @property
    def name(self) -> str:
        """The identity's name, or `nobody in particular`."""
        return self.identity.name if self.identity else "nobody in particular"

    async def case(self, bench: Bench, operation: Operation) -> Case:
        """A valid call on objects of this caller."""
        return await bench.case(operation, self.identity or _NOBODY)

    async def call(self, bench: Bench, case: Case, note: str = "") -> Exchange:
        """Send it with this caller's credentials, if it has any."""
        return await bench.call(case, self.identity, note=note)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A valid call that was answered in the operation's success class, and who made it."""

    caller: Caller
    case: Case
    exchange: Exchange


def caller(subject: Subject, operation: Operation) -> Caller:
    """Who may call this operation. Raises Undecided where it needs credentials and nobody has them.

    A login, and an open operation of a contract that asks for credentials elsewhere, is called without: a login that
    answers 401 must not be taken for credentials that have died.
    """
    identity = subject.honest(operation)
    if operation.protected:
        if identity is None:
            raise Undecided(
                f"{operation.id} needs credentials, and no identity of the manifest has them and may call it; "
                "add one under 'identities'",
                Cause.USAGE,
            )
        return Caller(identity)
    declares = subject.contract is not None and bool(subject.contract.schemes)
    if logs_in(subject, operation) or (declares and not operation.security):
        return Caller(None)
    return Caller(identity)


def logs_in(subject: Subject, operation: Operation) -> bool:
    """Whether identities of the manifest log in through this operation."""
    return any(True for _ in _logins(subject, operation))


def succeeded(operation: Operation, exchange: Exchange) -> bool:
    """Whether an answer is of the success class: 2xx, or a redirect that the contract declares by its status."""
    status = exchange.status
    return exchange.ok or (300 <= status < 400 and bool({str(status), "3XX"} & set(operation.answers)))


async def candidates(bench: Bench, operation: Operation, who: Caller) -> AsyncIterator[tuple[Case, str]]:
    """Valid cases, the likeliest to be accepted first, each with where it comes from.

    First what the manifest says (a login), then examples of the contract, then generated ones. An operation that takes
    nothing gives two equal ones.
    """
    for body in _logins(bench.subject, operation):
        yield (await who.case(bench, operation)).but(body=body), "the login of the manifest"
    if operation.body is not None:
        for number, example in enumerate(example_cases(bench.contract, operation, bench.random)):
            if number == EXAMPLES:
                break
            case = await who.case(bench, operation)
            yield case.but(body=example.body, media_type=example.media_type), "an example of the contract"
    if logs_in(bench.subject, operation):
        return  # A password that is made up tells nothing, and too many of them lock an account.
    takes = operation.parameters or operation.body
    for _ in range(GENERATED if takes else 2):
        yield await who.case(bench, operation), "generated"


async def accepted(bench: Bench, operation: Operation) -> Accepted:
    """Find a valid call that is answered in the success class: the positive control of whatever is tried next.

    Raises Undecided when none is, or no answer came.
    """
    who = caller(bench.subject, operation)
    seen: list[Exchange] = []
    async for case, origin in candidates(bench, operation, who):
        exchange = answered(await who.call(bench, case, note=f"honest call: {origin}"))
        if succeeded(operation, exchange):
            return Accepted(who, case, exchange)
        seen.append(exchange)
    raise Undecided(
        f"{operation.id}: no valid call was answered in its success class ({statuses(seen)}), so there is nothing to "
        f"compare with; last: {excerpt(seen[-1])}"
    )


async def renewed(bench: Bench, operation: Operation, good: Accepted) -> Case:
    """The accepted call once more: a fresh object in its path, a fresh Idempotency-Key, the present entity tag."""
    meant = any(p.name.lower() in _MEANT for p in operation.at("header"))
    if not operation.at("path") and not meant:
        return good.case
    fresh = await good.caller.case(bench, operation)
    headers = {name: value for name, value in good.case.headers.items() if name.lower() not in _MEANT}
    headers |= {name: value for name, value in fresh.headers.items() if name.lower() in _MEANT}
    return good.case.but(path=fresh.path, headers=headers)


def unknown_object(bench: Bench, operation: Operation, case: Case) -> Case | None:
    """The same call on an object that does not exist; None where the path names none, or only known values."""
    if not operation.at("path"):
        return None
    for _ in range(4):
        path = valid_case(bench.contract, operation, bench.random).path
        if all(str(path[name]) != str(value) for name, value in case.path.items() if name in path):
            return case.but(path=path)
    return None


def _logins(subject: Subject, operation: Operation) -> Iterator[Mapping[str, object]]:
    """The bodies with which identities of the manifest log in through this operation."""
    for identity in subject.manifest.identities.values():
        login, client = identity.login, identity.oauth2
        if login and login.operation == operation.id and login.boundary in (None, subject.boundary.name):
            yield login.body
        elif client and client.token_url == subject.boundary.url.rstrip("/") + operation.path:
            secret = client.client_secret.get_secret_value()
            form = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
            yield form | ({"scope": client.scope} if client.scope else {})
