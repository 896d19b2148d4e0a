"""Who calls what changes or ends an account: somebody made for it, or nobody who exists.

Signing up is slow, since a password is hashed with care. Somebody whom a call left as he was makes the next one too, of
whatever operation. What is open to all, as a forgotten password is, can be asked for in the name of somebody made up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from seamwright.checks._cells import answered
from seamwright.checks._honest import succeeded
from seamwright.contracts.accounts import Role, account_fields, laid_at, repeated, values_at
from seamwright.contracts.conformance import request_violations
from seamwright.model.accounts import own_account
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import ANYONE, Identity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["Caller", "Callers", "names_nobody", "names_nobody_else", "open_to_nobody"]

REFUSED = frozenset({400, 409, 413, 415, 422})
"""Statuses that say that the values were not taken, and leave the account as it was."""

GONE = frozenset({401, 403, 404, 410})
"""Statuses that may say that the session, or the account, ended with what its owner called before."""


class Caller:
    """Who makes one call, and the call that is his own: with his names, and the password that he really has."""

    def __init__(self, identity: Identity, own: Case, *, used: bool) -> None:
        self.identity = identity
        self.own = own
        self.used = used
        """Whether he has made a call before."""


class Callers:
    """The accounts that are made for the calls of a check; one that is as it was is used again."""

    def __init__(self) -> None:
        self._spare: Identity | None = None
        self._closed: set[str] = set()
        self._coming: asyncio.Future[Identity] | None = None

    @property
    def waiting(self) -> bool:
        """Whether somebody is signing up. He goes on with it when the time of the operation that asked for him ends,
        and calls for the next one."""
        return self._coming is not None

    async def close(self) -> None:
        """End a signing up that nobody waits for any more."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
            self._coming = None

    async def somebody(self, bench: Bench, operation: Operation, *, new: bool = False) -> Caller:
        """Somebody who may call, by himself where `new`. Raises Undecided where nobody can be had."""
        if self._spare is not None and not new and operation.id not in self._closed:
            spare, self._spare = self._spare, None
            return Caller(spare, await bench.case(operation, spare), used=True)
        if operation.id not in self._closed:
            try:
                identity = await self._signed_up(bench, operation)
            except Undecided:
                if not open_to_nobody(bench.contract, operation):
                    raise
                self._closed.add(operation.id)
            else:
                return Caller(identity, await bench.case(operation, identity), used=False)
        return await self.nobody(bench, operation)

    async def _signed_up(self, bench: Bench, operation: Operation) -> Identity:
        if self._coming is None:
            self._coming = asyncio.ensure_future(bench.disposable(operation))
        coming = self._coming
        done = False
        try:
            identity = await asyncio.shield(coming)
            done = True
        finally:
            # Whoever stops waiting leaves him to the next one who asks.
            if done or (coming.done() and not coming.cancelled() and coming.exception() is not None):
                self._coming = None
        return identity

    async def nobody(self, bench: Bench, operation: Operation) -> Caller:
        """Somebody made up, who signs up for nothing. Raises Undecided where none can be."""
        return Caller(ANYONE, _made_up(bench, operation, await bench.case(operation, ANYONE)), used=False)

    async def call(
        self, bench: Bench, operation: Operation, who: Caller, case: Case, note: str, *, broken: bool = False
    ) -> Exchange | None:
        """Make a call; None where what he called before seems to have ended his session, and somebody new must make it.

        Whoever has what is `broken` taken from him calls nothing else. Raises Undecided where no answer came, and where
        the case names somebody who was lent to us.
        """
        if who.identity is ANYONE:
            _spare(bench, operation, case)
        exchange = answered(await bench.call(case, who.identity, note=note))
        if who.used and exchange.status in GONE:
            return None
        taken = succeeded(operation, exchange) and not broken and _as_he_was(bench, operation, who, case)
        if exchange.status in REFUSED or taken:
            self.back(who)
        return exchange

    def back(self, who: Caller) -> None:
        """Keep somebody for the next call."""
        if who.identity is not ANYONE:
            self._spare = who.identity


def names_nobody_else(bench: Bench, operation: Operation, who: Caller, case: Case, place: str) -> bool:
    """Whether a case, but for a special value in one place, names its caller and nobody else.

    A generated body may hold an example of the contract, which may be somebody's name.
    """
    fields = account_fields(bench.contract, operation)
    own = values_at(who.own.body, fields)
    told = values_at(case.body, [field for field, role in fields.items() if role in ("user", "email")])
    return all(own.get(field) == value or f"{place}/".startswith(f"body/{field}/") for field, value in told.items())


def names_nobody(contract: Contract, operation: Operation, place: str) -> bool:
    """Whether a call that is open to all has no name of anybody left once a value in this place is broken."""
    named = [
        f"body/{field}" for field, role in account_fields(contract, operation).items() if role in ("user", "email")
    ]
    about = [name for name in named if f"{place}/".startswith(f"{name}/") or f"{name}/".startswith(f"{place}/")]
    return open_to_nobody(contract, operation) and bool(named) and about == named


def open_to_nobody(contract: Contract, operation: Operation) -> bool:
    """Whether it takes no credentials and is told whose account it is about, so that made-up people can call it."""
    if operation.protected or operation.method == "DELETE" or operation.at("path") or own_account(operation):
        return False
    return bool({"user", "email"} & set(account_fields(contract, operation).values()))


def _as_he_was(bench: Bench, operation: Operation, who: Caller, case: Case) -> bool:
    """Whether a call that was accepted left its caller with his session, his names and his password."""
    fields = account_fields(bench.contract, operation)
    if open_to_nobody(bench.contract, operation):
        # Whoever is only named, as in asking for a new password, has his old one until he comes with what he was sent.
        return set(fields.values()) <= {"user", "email"}
    if operation.method not in ("PUT", "PATCH") or not own_account(operation):
        return False
    own = values_at(who.own.body, fields)
    told = values_at(case.body, fields)
    return "new password" not in fields.values() and all(own.get(field) == value for field, value in told.items())


def _made_up(bench: Bench, operation: Operation, case: Case) -> Case:
    """The case in the name of somebody who does not exist. Raises Undecided where none can be made up."""
    name = bench.canary()
    password = f"Sw-{bench.canary()[3:15]}-9Z!"
    # RFC 2606, section 3: a domain that is nobody's.
    said: Mapping[Role, str] = {
        "user": name,
        "email": f"{name}@example.com",
        "password": password,
        "new password": password,
    }
    fields = account_fields(bench.contract, operation)
    body = case.body
    for field, role in fields.items():
        for value in (said[role], said[role][:16], said[role][:10]) if role in said else ():
            tried = case.but(body=laid_at(body, {field: value}))
            if not any(
                v.place.startswith(f"/body/{field}") for v in request_violations(bench.contract, operation, tried)
            ):
                body = tried.body
                break
        else:
            if role in ("user", "email"):
                raise Undecided(f"{operation.id}: no {field} could be made up that its contract allows", Cause.USAGE)
    return case.but(body=repeated(fields, body))


def _spare(bench: Bench, operation: Operation, case: Case) -> None:
    """Raise Undecided where a call would name somebody who was lent to us."""
    told = values_at(case.body, account_fields(bench.contract, operation)).values()
    if _lent(bench.subject) & {_compared(value) for value in told}:
        raise Undecided(f"{operation.id} was about to be called in the name of a lent identity; it was not sent")


def _lent(subject: Subject) -> set[str]:
    """What logins of the manifest hold, as services compare it."""
    found: set[str] = set()
    waiting: list[object] = [i.login.body for i in subject.manifest.identities.values() if i.login]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, str) and value.strip():
            found.add(_compared(value))
    return found


def _compared(value: object) -> str:
    return str(value).strip().casefold()
