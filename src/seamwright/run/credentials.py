"""Credentials of identities: logs in, keeps tokens, logs in again when one has died."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange, Request
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation, SecurityScheme
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.prefixes import WORDS, Trial, hint, prefixed

__all__ = ["Applied", "Credentials", "picked"]

_EARLY = 5.0
"""Seconds before its end at which a token is no longer used."""


@dataclass(frozen=True, slots=True)
class Applied:
    """How credentials go on a request."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()

    def onto(self, request: Request, headers: Mapping[str, str] | None = None) -> Request:
        """The request with them, and with extra headers, which replace those of the same name."""
        if not (self.query or self.cookies or headers):
            pairs = (*request.headers, *self.headers)
            return Request(request.method, request.url, pairs, request.body) if self.headers else request
        url = request.url
        if self.query:
            from urllib.parse import urlencode

            url += ("&" if "?" in url else "?") + urlencode(self.query)
        whole = [*request.headers, *self.headers]
        if self.cookies:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies)
            old = next((value for name, value in whole if name.lower() == "cookie"), None)
            whole = [(n, v) for n, v in whole if n.lower() != "cookie"]
            whole.append(("cookie", f"{old}; {cookies}" if old else cookies))
        extra = headers or {}
        replaced = {name.lower() for name in extra}
        whole = [(n, v) for n, v in whole if n.lower() not in replaced] + list(extra.items())
        return Request(request.method, url, tuple(whole), request.body)


@dataclass(slots=True)
class _Token:
    value: str
    until: float | None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


Send = Callable[[str, Any, bool], Awaitable[Exchange]]
"""Sends a login: name of the boundary, the Case, Request or Trial, and whether production allows it."""


class Credentials:
    """The credentials of every identity of a run."""

    def __init__(self, subjects: dict[str, Subject], send: Send, learn: Callable[[str], None]) -> None:
        self._subjects = subjects
        self._send = send
        self._learn = learn
        self._tokens: dict[str, _Token] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._prefixes: dict[tuple[str, ...], str] = {}
        self._trials: dict[tuple[str, ...], asyncio.Lock] = {}

    @staticmethod
    def renewable(identity: Identity) -> bool:
        """Whether this identity can log in again."""
        return identity.login is not None or identity.oauth2 is not None

    def conceal(self, secret: str) -> None:
        """Have a secret that was made on the way masked in whatever is written."""
        self._learn(secret)

    async def token(self, identity: Identity, *, fresh: bool = False, instead_of: str | None = None) -> str:
        """The bearer token of an identity.

        `instead_of` asks for another than a token that was refused, given by itself or with the word before it; when
        someone else has renewed it meanwhile, that one is given. Raises Undecided.
        """
        if identity.token is not None:
            self._learn(identity.token.get_secret_value())
            return identity.token.get_secret_value()
        if not self.renewable(identity):
            raise Undecided(f"identity {identity.name} has no bearer token", Cause.USAGE)
        if fresh:
            return (await self._logged_in(identity)).value
        lock = self._locks.setdefault(identity.name, asyncio.Lock())
        async with lock:
            kept = self._tokens.get(identity.name)
            usable = kept is not None and (kept.until is None or kept.until - _EARLY > time.time())
            refused = instead_of is not None and kept is not None and instead_of.rpartition(" ")[2] == kept.value
            if kept is not None and usable and not refused:
                return kept.value
            made = await self._logged_in(identity)
            self._tokens[identity.name] = made
            return made.value

    async def applied(self, identity: Identity, contract: Contract | None, operation: Operation | None) -> Applied:
        """What to add to a request so that it is this identity's."""
        if identity.basic is not None:
            pair = f"{identity.basic.user}:{identity.basic.password.get_secret_value()}"
            encoded = base64.b64encode(pair.encode()).decode()
            self._learn(encoded)
            return Applied(headers=(("authorization", f"Basic {encoded}"),))
        if identity.api_key is not None:
            return await self._api_key(identity, contract, operation)
        if identity.anonymous:
            return Applied()
        token = await self.token(identity)
        word = await self._word(identity, contract, operation)
        return Applied(headers=(("authorization", prefixed(word, token)),))

    async def presented(self, token: str, subject: Subject, operation: Operation | None) -> Applied:
        """What to add to a request so that it comes with any token, with the word before it that this boundary takes.

        A made-up token in another form than the honest ones would be refused for its form alone.
        """
        for identity in subject.identities:
            if identity.token is not None or self.renewable(identity):
                word = await self._word(identity, subject.contract, operation)
                return Applied(headers=(("authorization", prefixed(word, token)),))
            if identity.api_key is not None:
                key = identity.api_key.value.get_secret_value()
                for name, value in (await self._api_key(identity, subject.contract, operation)).headers:
                    if name.lower() == "authorization":
                        word = value.removesuffix(key).strip()
                        return Applied(headers=(("authorization", prefixed(word, token)),))
        return Applied(headers=(("authorization", prefixed("Bearer", token)),))

    async def _word(self, identity: Identity, contract: Contract | None, operation: Operation | None) -> str:
        """The word before an identity's token: what the manifest says, else what the contract or a trial tells."""
        if identity.stated_prefix is not None:
            return identity.stated_prefix
        scheme = _asks_for_token(contract, operation)
        if contract is None or scheme is None:
            return "Bearer"
        return await self._prefix(identity, await self.token(identity), contract, scheme, "Bearer")

    async def _api_key(self, identity: Identity, contract: Contract | None, operation: Operation | None) -> Applied:
        key = identity.api_key
        assert key is not None
        name, location, prefix = key.name, key.location, key.prefix
        value = key.value.get_secret_value()
        self._learn(value)
        if contract is not None and (name is None or location is None):
            wanted = {scheme for alternative in (operation.security if operation else ()) for scheme in alternative}
            schemes = [s for s in contract.schemes.values() if s.type == "apiKey"]
            schemes.sort(key=lambda s: s.name not in wanted)
            if schemes:
                name, location = name or schemes[0].parameter, location or schemes[0].location  # type: ignore[assignment]
        if prefix is None and contract is not None and location == "header" and (name or "").lower() == "authorization":
            asking = next((s for s in contract.schemes.values() if s.in_authorization), None)
            prefix = await self._prefix(identity, value, contract, asking, "") if asking is not None else None
        pair = (name or "x-api-key", prefixed(prefix or "", value))
        if location == "query":
            return Applied(query=(pair,))
        if location == "cookie":
            return Applied(cookies=(pair,))
        return Applied(headers=(pair,))

    async def _prefix(
        self, identity: Identity, credential: str, contract: Contract, scheme: SecurityScheme, usual: str
    ) -> str:
        """The word before a credential that goes into the Authorization header as a key.

        What the contract tells is tried first, then the usual forms, once for each scheme. Where none is let in, it is
        what the contract tells, else what is usual, and tried once more as each other identity.
        """
        told = hint(contract, scheme)
        likeliest = usual if told is None else told
        boundary = next((name for name, s in self._subjects.items() if s.contract is contract), None)
        if boundary is None:
            return likeliest
        key = (boundary, scheme.name)
        async with self._trials.setdefault(key, asyncio.Lock()):
            found = self._prefixes.get(key, self._prefixes.get((*key, identity.name)))
            if found is not None:
                return found
            if identity.audience is not None:
                return likeliest  # Its tokens are refused whatever stands before them.
            words = dict.fromkeys(WORDS if told is None else (told, *WORDS))
            forms = {word: prefixed(word, credential) for word in words}
            try:
                exchange = await self._send(boundary, Trial(identity.name, scheme.name, forms, told, likeliest), False)
            except Undecided:
                self._prefixes[*key, identity.name] = likeliest
                return likeliest
            sent = exchange.request.header("authorization")
            self._prefixes[key] = next(word for word, value in forms.items() if value == sent)
            return self._prefixes[key]

    async def _logged_in(self, identity: Identity) -> _Token:
        exchange, path, lifetime_path = await self._login(identity)
        if not exchange.ok or exchange.response is None:
            seen = exchange.failure.text if exchange.failure else f"it answered {exchange.status}"
            raise Undecided(
                f"identity {identity.name} cannot log in at {exchange.request.method} {exchange.request.url}: {seen}",
                Cause.TARGET if exchange.failure else Cause.USAGE,
            )
        try:
            answer = exchange.response.json()
        except ValueError:
            raise Undecided(f"identity {identity.name}: the answer to the login is no JSON", Cause.USAGE) from None
        token = picked(answer, path)
        if not isinstance(token, str) or not token:
            raise Undecided(f"identity {identity.name}: the answer to the login has no text at {path}", Cause.USAGE)
        self._learn(token)
        lifetime = picked(answer, lifetime_path)
        until = time.time() + float(lifetime) if isinstance(lifetime, int | float) else None
        return _Token(token, until)

    async def _login(self, identity: Identity) -> tuple[Exchange, str, str]:
        if identity.oauth2 is not None:
            return await self._client_credentials(identity), "$.access_token", "$.expires_in"
        login = identity.login
        assert login is not None
        subject = self._login_subject(identity)
        operation = subject.contract.operation(login.operation) if subject.contract else None
        if operation is None:
            raise Undecided(
                f"identity {identity.name}: the contract of {subject.boundary.name} "
                f"has no operation {login.operation!r}",
                Cause.USAGE,
            )
        media_type = next(iter(operation.body.content), "application/json") if operation.body else "application/json"
        case = Case(operation.id, body=login.body, media_type=media_type)
        return await self._send(subject.boundary.name, case, identity.in_production), login.token, login.lifetime

    def _login_subject(self, identity: Identity) -> Subject:
        login = identity.login
        assert login is not None
        if login.boundary is not None:
            return self._subjects[login.boundary]
        having = [s for s in self._subjects.values() if s.contract and s.contract.operation(login.operation)]
        if len(having) == 1:
            return having[0]
        found = (
            "no boundary's contract has it" if not having else "several boundaries have it; name one with 'boundary'"
        )
        raise Undecided(f"identity {identity.name} logs in through {login.operation!r}: {found}", Cause.USAGE)

    async def _client_credentials(self, identity: Identity) -> Exchange:
        """RFC 6749, section 4.4; client authentication as in section 2.3.1."""
        client = identity.oauth2
        assert client is not None
        secret = client.client_secret.get_secret_value()
        form = {"grant_type": "client_credentials"}
        if client.scope:
            form["scope"] = client.scope
        if client.audience:
            form["audience"] = client.audience
        headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")]
        if client.client_auth == "basic":
            pair = f"{quote(client.client_id, safe='')}:{quote(secret, safe='')}"
            encoded = base64.b64encode(pair.encode()).decode()
            self._learn(encoded)
            headers.append(("authorization", f"Basic {encoded}"))
        else:
            form |= {"client_id": client.client_id, "client_secret": secret}
        request = Request("POST", client.token_url, tuple(headers), urlencode(form).encode())
        return await self._send("", request, identity.in_production)


def _asks_for_token(contract: Contract | None, operation: Operation | None) -> SecurityScheme | None:
    """The scheme that calls a token a key in the Authorization header, where none asks for a bearer token by name."""
    if contract is None:
        return None
    named = {name for alternative in (operation.security if operation else ()) for name in alternative}
    asked = [scheme for name, scheme in contract.schemes.items() if not named or name in named]
    if any(scheme.takes_bearer for scheme in asked):
        return None
    return next((scheme for scheme in asked if scheme.in_authorization), None)


def picked(value: Any, path: str) -> Any:
    """Pick a value out of JSON by a path such as `$.data.tokens[0].value`; None when nothing lies there."""
    for step in path.removeprefix("$").replace("[", ".").replace("]", "").split("."):
        if not step:
            continue
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
