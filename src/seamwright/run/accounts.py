"""Knows whom the identities of a run speak for, so that nothing is ever done to their own accounts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import unquote
from weakref import WeakKeyDictionary, proxy

from seamwright.contracts.links import singulars
from seamwright.model.accounts import ACCESS, ACCOUNTS, flat, words_of
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case
from seamwright.model.identity import Identity
from seamwright.model.operation import SAFE_METHODS, Operation

__all__ = ["Accounts", "Fact", "facts_in", "facts_of_login", "facts_of_token", "noun_of", "path_nouns"]

_WHO = ACCOUNTS | {"me", "self", "myself", "whoami", "userinfo", "currentuser", "current"}
"""Last words of the paths that tell who calls: `/me`, `/user`, `/users/current`."""

_NAMES = frozenset(
    {"sub", "subject", "username", "user", "login", "email", "mail", "emailaddress", "preferredusername", "nickname"}
    | {"upn", "userid", "uid", "id", "uuid", "guid", "accountid", "principal", "handle", "phone", "phonenumber", "name"}
)
"""Fields and claims that name the account itself, in any spelling."""

_SECRET = re.compile(r"pass|pwd|secret|pin|otp|token|code|grant|scope")


@dataclass(frozen=True, slots=True)
class Fact:
    """One name of what an identity is, or belongs to: `noun` is what it names, empty for the account itself."""

    identity: str
    noun: str
    value: str

    @property
    def telling(self) -> bool:
        """Whether the value alone tells it from the id of anything else; small numbers and short words do not."""
        return len(self.value) >= 8 and not self.value.isdigit()


class Accounts:
    """The accounts of all identities of a manifest, as far as they can be known; asked lazily, and once a bench."""

    _of: ClassVar[WeakKeyDictionary[Bench, Accounts]] = WeakKeyDictionary()

    @classmethod
    def known_to(cls, bench: Bench) -> Accounts:
        """The accounts as this bench knows them: the same for all who ask with it."""
        if bench not in cls._of:
            cls._of[bench] = cls(proxy(bench))
        return cls._of[bench]

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._free: tuple[Fact, ...] | None = None
        self._told: tuple[Fact, ...] | None = None

    async def whose(self, operation: Operation, path: Mapping[str, Any]) -> str | None:
        """The identity whose own account, or what it came in with, these path values address; None for others'.

        Asked only of what an operation may change: reading oneself is no harm.
        """
        nouns = path_nouns(operation)
        for name, value in path.items():
            whose = await self.of(nouns.get(name, ""), value)
            if whose is not None:
                return whose
        return None

    async def spare(self, operation: Operation, path: Mapping[str, Any]) -> None:
        """Raise Undecided where a call may change the own account of an identity that was lent to us."""
        whose = None if operation.safe or not path else await self.whose(operation, path)
        if whose is not None:
            raise Undecided(f"{operation.id} was about to be called on the own account of {whose}; it was not sent")

    async def spare_at(self, method: str, path: str) -> None:
        """As `spare`, for a request that is no operation of the contract: any method on the path of one."""
        contract = self._bench.subject.contract
        if contract is None or method in SAFE_METHODS:
            return
        parts = path.partition("?")[0].strip("/").split("/")
        for operation in contract.operations:
            template = operation.path.strip("/").split("/")
            pairs = list(zip(template, parts, strict=False))
            if len(template) == len(parts) and all("{" in name or name == part for name, part in pairs):
                values = {name.strip("{}"): unquote(part) for name, part in pairs if "{" in name}
                await self.spare(replace(operation, method=method), values)

    async def of(self, noun: str, value: Any) -> str | None:
        """The identity that this value names, where it stands for such a thing; None for others' and other things."""
        about = noun in ACCOUNTS or noun in ACCESS
        for fact in await self._facts(asks=about):
            meant = noun == fact.noun if fact.noun else about
            if _same(fact.value, value) and (fact.telling or meant):
                return fact.identity
        return None

    async def _facts(self, *, asks: bool) -> tuple[Fact, ...]:
        if self._free is None:
            self._free = tuple([fact async for fact in self._from_credentials()])
        if asks and self._told is None:
            self._told = ()  # The reading of oneself is a call as well: it must not ask again.
            self._told = tuple([fact async for fact in self._from_readings()])
        return self._free + (self._told or ())

    async def _from_credentials(self) -> AsyncIterator[Fact]:
        for identity in self._bench.subject.manifest.identities.values():
            for fact in facts_of_login(identity):
                yield fact
            if not identity.anonymous and identity in self._bench.subject.identities:
                for fact in facts_of_token(identity.name, await self._token(identity)):
                    yield fact

    async def _token(self, identity: Identity) -> str:
        if not (identity.token or identity.login or identity.oauth2):
            return ""
        try:
            return await self._bench.token(identity)
        except Undecided:
            return ""  # Whoever cannot come in has no account that could be harmed through it.

    async def _from_readings(self) -> AsyncIterator[Fact]:
        subject = self._bench.subject
        about = [o for o in subject.operations if o.method == "GET" and _tells_who(o)]
        for operation in about[:1]:
            for identity in subject.identities:
                if subject.allowed(identity, operation) is False:
                    continue
                try:
                    exchange = await self._bench.call(Case(operation.id), identity, note="who is calling?")
                    shown = exchange.response.json() if exchange.ok and exchange.response else None
                except (Undecided, ValueError):
                    continue
                for fact in facts_in(identity.name, shown):
                    yield fact


def noun_of(path: str) -> str:
    """What a path is full of, in the singular: its last fixed part."""
    parts = [flat(part) for part in path.split("/") if part and "{" not in part]
    return singulars(parts[-1])[0] if parts else ""


def path_nouns(operation: Operation) -> dict[str, str]:
    """What each path parameter names, in the singular: the collection before it, or its own name."""
    found: dict[str, str] = {}
    before = ""
    for part in operation.path.split("/"):
        match = re.fullmatch(r"{([^{}]+)}", part)
        if match is None:
            before = noun_of(part) or before
            continue
        own = re.sub(r"(id|uuid|guid)$", "", flat(match[1]))
        found[match[1]] = own if own in ACCOUNTS or own in ACCESS or not before else before
    return found


def facts_of_login(identity: Identity) -> Iterator[Fact]:
    """What an identity logs in with, but for what is secret."""
    for name, value in (identity.login.body if identity.login else {}).items():
        if isinstance(value, str | int) and not _SECRET.search(flat(name)):
            yield _fact(identity.name, "", value)
    if identity.basic is not None:
        yield _fact(identity.name, "", identity.basic.user)
    if identity.oauth2 is not None:
        yield _fact(identity.name, "", identity.oauth2.client_id)


def facts_of_token(identity: str, token: str) -> Iterator[Fact]:
    """The claims of a JWT (RFC 7519, section 4) that name somebody or something; none of an opaque token.

    The signature is not looked at: whoever made the token, the claims are what the service will read.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return
    yield from facts_in(identity, claims)


def facts_in(identity: str, shown: Any) -> Iterator[Fact]:
    """What an object tells of the account that it is about: its names, and the ids of what it belongs to."""
    if not isinstance(shown, Mapping):
        return
    for name, value in shown.items():
        spelt = flat(str(name))
        if isinstance(value, Mapping) and (spelt in ACCOUNTS or spelt in ("data", "me", "result", "attributes")):
            yield from facts_in(identity, value)
        if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
            continue
        if spelt in _NAMES:
            yield _fact(identity, "", value)
        elif spelt in ("jti", "sid"):
            yield _fact(identity, "session", value)
        elif spelt.endswith(("id", "uuid")):
            noun = re.sub(r"(id|uuid)$", "", spelt)
            yield _fact(identity, "" if noun in ACCOUNTS else noun, value)


def _fact(identity: str, noun: str, value: str | int) -> Fact:
    return Fact(identity, noun, str(value))


def _same(known: str, value: Any) -> bool:
    """Names and addresses are mostly taken without regard to case."""
    return known.strip().casefold() == str(value).strip().casefold()


def _tells_who(operation: Operation) -> bool:
    words = words_of(operation)
    return not operation.at("path") and bool(words) and words[-1] in _WHO
