"""Disposable accounts: signed up and logged in for one use, where a contract lets anybody do both.

Operations that change or end whoever calls them (a new password, the end of an account) are tried with these alone;
the identities of the manifest are lent, and stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import PrivateAttr

from seamwright.contracts.accounts import (
    TOKENS,
    Door,
    Role,
    account_fields,
    laid_at,
    log_in,
    repeated,
    sign_up,
    values_at,
)
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import path_parameters
from seamwright.engines.generate.requests import example_cases, valid_case
from seamwright.model.accounts import flat
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation
from seamwright.model.verdict import Cause
from seamwright.run.accounts import Fact, facts_in
from seamwright.run.credentials import picked

__all__ = ["Account", "Disposable", "signed_up"]

TRIES = 6
"""Bodies with which a sign-up is tried."""


@dataclass(frozen=True, slots=True)
class Account:
    """What an account was made with, by what it says, and the names that the service gave it."""

    said: Mapping[Role, str]
    names: tuple[Fact, ...] = ()


class Disposable(Identity):
    """An identity whose account was made for one use, and may be changed or ended."""

    _account: Account = PrivateAttr(default_factory=lambda: Account({}))

    def fills(self, contract: Contract, operation: Operation, case: Case) -> Case:
        """A call about this very account: its password where the present one is asked for, its own path."""
        said = self._account.said
        path = {**case.path, **{name: self._addressed(name) for name in path_parameters(operation.path)}}
        case = case.but(path={name: value for name, value in path.items() if value is not None})
        if not isinstance(case.body, Mapping):
            return case
        fields = account_fields(contract, operation)
        told = {field: said[fields[field]] for field in values_at(case.body, fields) if fields[field] in said}
        return case.but(body=repeated(fields, laid_at(case.body, told)))

    def _addressed(self, name: str) -> Any:
        """What a path parameter says of this account: its e-mail address, its user name, or its id."""
        spelt = flat(name)
        if "mail" in spelt:
            return self._account.said.get("email")
        if spelt.endswith(("name", "login")):
            return self._account.said.get("user")
        ids = [fact.value for fact in self._account.names if fact.value not in self._account.said.values()]
        return next(iter(ids), self._account.said.get("user"))


async def signed_up(bench: Bench, operation: Operation, conceal: Callable[[str], None]) -> Disposable:
    """Make an account and log in with it. Raises Undecided where the contract does not let anybody do both.

    `conceal` is told of every secret that is made here.
    """
    contract = bench.contract
    door = sign_up(contract)
    if door is None:
        raise Undecided(f"{operation.id}: the contract has no operation that signs up an account for it", Cause.USAGE)
    said, answer = await _made(bench, door, conceal)
    names = tuple(facts_in("", _json(answer)))
    token = await _token(bench, operation, said)
    conceal(token)
    identity = Disposable.model_validate({"token": token, "roles": _roles(bench, operation)})
    identity._name = f"disposable {said.get('user') or said.get('email')}"
    identity._account = Account(said, names)
    return identity


async def _made(bench: Bench, door: Door, conceal: Callable[[str], None]) -> tuple[dict[Role, str], Exchange]:
    create = door.operation
    caller = bench.subject.honest(create)
    if caller is None:
        raise Undecided(f"{create.id}: nobody who is here may sign up an account", Cause.USAGE)
    last: Exchange | None = None
    drawn = [*example_cases(bench.contract, create, bench.random)][:2]
    drawn += [valid_case(bench.contract, create, bench.random) for _ in range(TRIES)]
    for base in drawn:
        said = _new_names(bench, conceal)
        case = _said(bench.contract, door, base, said)
        last = await bench.call(case, caller if create.protected else None, note="signs up a disposable account")
        if last.ok:
            sent = {door.fields[field]: str(value) for field, value in values_at(case.body, door.fields).items()}
            # Where only one of the two was asked for, it is what the other means: an address is a user's name as well.
            told = sent.get("user") or sent.get("email") or said["user"]
            return {**said, "user": told, "email": sent.get("email") or told, **sent}, last
    raise Undecided(f"{create.id}: no disposable account could be signed up: {last}")


def _new_names(bench: Bench, conceal: Callable[[str], None]) -> dict[Role, str]:
    """A name, an address and a password that nobody has; the password has all that policies usually ask for."""
    name = bench.canary()
    password, another = (f"Sw-{bench.canary()[3:15]}-9Z!" for _ in range(2))
    conceal(password)
    conceal(another)
    # RFC 2606, section 3: a domain that is nobody's.
    address = f"{name}@example.com"
    return {"user": name, "email": address, "password": password, "repeated": password, "new password": another}


def _said(contract: Contract, door: Door, base: Case, said: Mapping[Role, str]) -> Case:
    """The case with these names in its fields, as far as the contract takes them there."""
    body = base.body if isinstance(base.body, Mapping) else {}
    for field, role in door.fields.items():
        # A name of a person is a name as well; only fields that tell the account must be new.
        for value in (said[role], said[role][:16], said[role][:10]) if role in said else ():
            tried = base.but(body=laid_at(body, {field: value}), media_type=door.media_type)
            if not any(
                v.place.startswith(f"/body/{field}") for v in request_violations(contract, door.operation, tried)
            ):
                body = tried.body
                break
    return base.but(body=repeated(door.fields, body), media_type=door.media_type)


async def _token(bench: Bench, operation: Operation, said: Mapping[Role, str]) -> str:
    """Log in as the new account, the way the identities of the manifest do where they log in here."""
    case, path = _login(bench, operation, said)
    exchange = await bench.call(case, None, note="logs in with a disposable account")
    shown = _json(exchange)
    found = picked(shown, path) if path else _searched(shown)
    if not exchange.ok or not isinstance(found, str) or not found:
        raise Undecided(f"{operation.id}: a disposable account was signed up, and cannot log in: {exchange}")
    return found


def _login(bench: Bench, operation: Operation, said: Mapping[Role, str]) -> tuple[Case, str]:
    contract, subject = bench.contract, bench.subject
    for identity in subject.manifest.identities.values():
        login = identity.login
        through = contract.operation(login.operation) if login else None
        if login is None or through is None or login.boundary not in (None, subject.boundary.name):
            continue
        roles = account_fields(contract, through)
        told = {field: said[roles[field]] for field in values_at(login.body, roles) if roles[field] in said}
        body = laid_at(login.body, told)
        media_type = next(iter(through.body.content), "application/json") if through.body else "application/json"
        return Case(through.id, body=body, media_type=media_type), login.token
    door = log_in(contract)
    if door is None:
        raise Undecided(f"{operation.id}: the contract has no operation that logs a new account in", Cause.USAGE)
    base = valid_case(contract, door.operation, bench.random)
    told = {field: said[role] for field, role in door.fields.items() if role in said}
    return base.but(body=laid_at(base.body, told), media_type=door.media_type), door.token


def _roles(bench: Bench, operation: Operation) -> list[str]:
    honest = bench.subject.honest(operation)
    return list(honest.roles) if honest else []


def _json(exchange: Exchange) -> Any:
    try:
        return exchange.response.json() if exchange.response else None
    except ValueError:
        return None


def _searched(value: Any) -> Any:
    """A token in an answer of which the contract tells nothing, at the top or one object below it."""
    objects = [value] if isinstance(value, Mapping) else []
    objects += [child for shown in objects for child in shown.values() if isinstance(child, Mapping)]
    for word in TOKENS:
        for shown in objects:
            for name, found in shown.items():
                if flat(str(name)) == word and isinstance(found, str):
                    return found
    return None
