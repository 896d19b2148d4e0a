"""OAuth 2.0 access tokens verified by the service that they are meant for (RFC 6750, RFC 9068 in spirit)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from seamwright.kit.problems import Problem

__all__ = ["AccessDenied", "JwksCache", "KeysUnavailable", "Principal", "TokenVerifier", "bearer_token"]


class AccessDenied(Problem):
    """Refused as RFC 6750 section 3 says: a 401 or 403 with its `WWW-Authenticate` challenge."""

    def __init__(
        self, status: int, error: str | None, detail: str, *, realm: str = "api", scope: str | None = None
    ) -> None:
        parts = [f'realm="{realm}"']
        if error is not None:  # a request without credentials is told no error code (section 3.1)
            parts += [f'error="{error}"', f'error_description="{detail}"']
        if scope is not None:
            parts.append(f'scope="{scope}"')
        super().__init__(status, detail, headers={"WWW-Authenticate": "Bearer " + ", ".join(parts)})
        self.error = error


class KeysUnavailable(Problem):
    """The issuer's keys could not be fetched, so nobody can be let in for now."""

    def __init__(self, detail: str) -> None:
        super().__init__(503, detail, headers={"Retry-After": "1"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, as its token says."""

    subject: str
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def require_scope(self, *scopes: str) -> None:
        """Raises `AccessDenied` 403 `insufficient_scope` unless the token has every one of them."""
        if not self.scopes.issuperset(scopes):
            wanted = " ".join(scopes)
            raise AccessDenied(403, "insufficient_scope", f"This needs the scope {wanted}.", scope=wanted)

    def require_role(self, *roles: str) -> None:
        """Raises `AccessDenied` 403 unless the caller has one of them."""
        if self.roles.isdisjoint(roles):
            raise AccessDenied(403, "insufficient_scope", f"This needs the role {' or '.join(roles)}.")


def bearer_token(authorization: str | None) -> str:
    """The token in an `Authorization` header (RFC 6750 section 2.1). Raises `AccessDenied` 401."""
    if not authorization:
        raise AccessDenied(401, None, "This operation needs a bearer token in the Authorization header.")
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or " " in token:
        raise AccessDenied(401, "invalid_request", "The Authorization header must be: Bearer TOKEN.")
    return token


class JwksCache:
    """The issuer's public keys (RFC 7517), fetched when first needed and kept for `max_age` seconds.

    A key id that is not among them makes it fetch again, but not more often than every `cooldown` seconds: a forged
    `kid` cannot make this service flood the issuer. Keys that are at hand outlive an issuer that is away.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 2.0,
        max_age: float = 300.0,
        cooldown: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self._timeout = timeout
        self._max_age = max_age
        self._cooldown = cooldown
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()

    async def key_set(self, kid: str | None = None) -> KeySet:
        """The keys, fresh enough, and fetched anew where `kid` is not among them. Raises `KeysUnavailable`."""
        if self._suffices(kid):
            assert self._keys is not None
            return self._keys
        async with self._lock:
            if not self._suffices(kid):
                await self._fetch()
        if self._keys is None:
            raise KeysUnavailable("The keys that tokens are verified with cannot be fetched at the moment.")
        return self._keys

    def _suffices(self, kid: str | None) -> bool:
        now = self._clock()
        cooling = self._tried_at is not None and now - self._tried_at < self._cooldown
        if self._keys is None:
            return False
        fresh = now - self._fetched_at < self._max_age
        known = kid is None or any(key.kid == kid for key in self._keys)
        return (fresh and known) or cooling

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            # the timeout bounds the whole fetch: an issuer that trickles bytes holds nobody up
            async with asyncio.timeout(self._timeout), httpx2.AsyncClient(trust_env=False) as client:
                answer = await client.get(self.url, timeout=self._timeout)
                answer.raise_for_status()
                self._keys = KeySet.import_key_set(answer.json())
                self._fetched_at = self._clock()
        except (httpx2.HTTPError, TimeoutError, JoseError, ValueError, KeyError, TypeError) as error:
            if self._keys is None:
                raise KeysUnavailable("The keys that tokens are verified with cannot be fetched.") from error


class TokenVerifier:
    """Lets in exactly the tokens that `issuer` signed for `audience` and that hold now.

    Checks, in this order: an algorithm of `algorithms` (never what the token asks for; symmetric and `none` are
    refused even if listed), a known `kid`, the signature, `iss`, `aud`, `exp` (required), `nbf`, `iat`, `sub`.
    `leeway` is the clock skew forgiven, in seconds. Roles are read from the claim `roles`, scopes from `scope`.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str | Sequence[str],
        keys: JwksCache,
        algorithms: Sequence[str] = ("RS256",),
        leeway: float = 30.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        unfit = [name for name in algorithms if name.lower() == "none" or name.upper().startswith("HS")]
        if unfit or not algorithms:
            raise ValueError(f"a resource server verifies with public keys: {list(algorithms)} cannot be allowed")
        self.issuer = issuer
        self.audiences = frozenset([audience] if isinstance(audience, str) else audience)
        self.algorithms = tuple(algorithms)
        self.leeway = leeway
        self._keys = keys
        self._clock = clock

    async def verify(self, token: str) -> Principal:
        """Who the token speaks for. Raises `AccessDenied` 401 `invalid_token`, or `KeysUnavailable` 503."""
        kid = _kid_of(token)
        keys = await self._keys.key_set(kid)
        if not any(key.kid == kid for key in keys):
            raise _invalid("The token is signed with a key that is not the issuer's.")
        try:
            claims = jwt.decode(token, keys, algorithms=list(self.algorithms)).claims
        except (JoseError, ValueError, RecursionError) as error:
            raise _invalid("The token's signature does not hold.") from error
        self.check_claims(claims)
        scope, roles = claims.get("scope", ""), claims.get("roles", [])
        return Principal(
            subject=claims["sub"],
            scopes=frozenset(scope.split()) if isinstance(scope, str) else frozenset(),
            roles=frozenset(r for r in roles if isinstance(r, str)) if isinstance(roles, list) else frozenset(),
            claims=claims,
        )

    def check_claims(self, claims: Mapping[str, Any]) -> None:
        """Raises `AccessDenied` 401 unless the claims of a token hold here and now; says nothing of its signature."""
        now = self._clock()
        if claims.get("iss") != self.issuer:
            raise _invalid("The token comes from another issuer.")
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience
        if not isinstance(audiences, list) or self.audiences.isdisjoint(a for a in audiences if isinstance(a, str)):
            raise _invalid("The token is meant for another audience.")
        expires = _seconds(claims, "exp")
        if expires is None:
            raise _invalid("The token has no expiry.")
        if now >= expires + self.leeway:
            raise _invalid("The token has expired.")
        for name in ("nbf", "iat"):
            begins = _seconds(claims, name)
            if begins is not None and now < begins - self.leeway:
                raise _invalid("The token is not valid yet.")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise _invalid("The token names no subject.")


def _invalid(detail: str) -> AccessDenied:
    return AccessDenied(401, "invalid_token", detail)


def _kid_of(token: str) -> str:
    """The key id that the token's header names; nothing else of an unverified token is looked at."""
    from joserfc.jws import extract_compact

    try:
        kid = extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, RecursionError) as error:
        raise _invalid("The token is malformed.") from error
    if not isinstance(kid, str):
        raise _invalid("The token's header names no key.")
    return kid


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise _invalid(f"The token's {name} is not a number.")
    return float(value)
