"""An identity: somebody who calls, with credentials and roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, StringConstraints, model_validator

from seamwright.model.boundary import Noun
from seamwright.model.operation import SecurityScheme
from seamwright.model.units import Seconds

__all__ = ["ANYONE", "ApiKey", "Basic", "ClientCredentials", "Identity", "Login", "parted"]


_WAYS = ("login", "token", "basic", "api_key", "oauth2")

_PREFIXED = re.compile(r"(?P<prefix>[A-Za-z][A-Za-z-]{0,19}) (?P<value>\S+)")

Prefix = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]*$")]
"""An authentication scheme (RFC 9110, section 11.1); empty where a credential stands by itself."""

_BEFORE = "Word before it in the Authorization header, such as Token; empty for none."
_FOUND = "Bearer by default; where the contract calls it a key in that header, what its description or a trial tells."


def parted(credential: str) -> tuple[str | None, str]:
    """The word before a credential (`Token abc`) and the credential itself; None where no word stands before it."""
    found = _PREFIXED.fullmatch(credential)
    return (found["prefix"], found["value"]) if found else (None, credential)


def _apart(data: Any, field: str) -> Any:
    """What was given, with the word that its credential begins with told as `prefix`."""
    if not isinstance(data, Mapping) or not isinstance(data.get(field), str | SecretStr):
        return data
    given = data[field]
    word, value = parted(given.get_secret_value() if isinstance(given, SecretStr) else given)
    if word is None:
        return data
    said = data.get("prefix")
    if said is not None and said != word:
        raise ValueError(f"gives the prefix {said!r}, and a {field} that begins with another word; write one of them")
    return {**data, field: value, "prefix": word}


class Login(Noun):
    """Log in by calling an operation, and take the token out of its answer."""

    operation: str
    boundary: str | None = Field(None, description="Boundary of the operation; found by itself when only one has it.")
    body: dict[str, Any] = Field({})
    token: str = Field("$.access_token", description="JSON path of the token in the answer.")
    lifetime: str = Field("$.expires_in", description="JSON path of the token's lifetime in seconds, where told.")
    prefix: Prefix | None = Field(None, description=f"{_BEFORE} {_FOUND}")


class Basic(Noun):
    """HTTP Basic authentication (RFC 7617)."""

    user: str
    password: SecretStr


class ApiKey(Noun):
    """An API key; name and place come from the contract's security scheme unless told here."""

    value: SecretStr
    name: str | None = None
    location: Literal["header", "query", "cookie"] | None = None
    prefix: Prefix | None = Field(
        None,
        description="Word before it, such as Token; empty for none. In the header Authorization, " + _FOUND.lower(),
    )

    @model_validator(mode="before")
    @classmethod
    def _parted(cls, data: Any) -> Any:
        return _apart(data, "value")


class ClientCredentials(Noun):
    """OAuth 2.0 client credentials grant (RFC 6749, section 4.4)."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    scope: str | None = None
    audience: str | None = None
    client_auth: Literal["basic", "post"] = "basic"
    prefix: Prefix | None = Field(None, description=f"{_BEFORE} {_FOUND}")


class Identity(Noun):
    """Somebody who calls. At most one way to authenticate; none makes an anonymous caller."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {"anyOf": [{"required": [*pair]} for pair in combinations(_WAYS, 2)]},
            "dependentRequired": {"prefix": ["token"]},
        }
    )

    _name: str = PrivateAttr("")

    roles: tuple[str, ...] = ()
    login: Login | None = None
    token: SecretStr | None = Field(None, description="A bearer token that is already there.")
    prefix: Prefix | None = Field(None, description=f"Of `token`: {_BEFORE[0].lower()}{_BEFORE[1:]} {_FOUND}")
    basic: Basic | None = None
    api_key: ApiKey | None = None
    oauth2: ClientCredentials | None = None
    boundaries: tuple[str, ...] | None = Field(
        None, description="Boundaries that the credentials are for and may be sent to; all by default."
    )
    audience: str | None = Field(
        None, description="Set on an identity whose tokens are valid, but meant for another audience."
    )
    signing_key: SecretStr | None = Field(
        None,
        description="Private key (PEM or JWK) of the test issuer, so that tokens with validly signed but wrong claims "
        "can be made. Never give the key of a production issuer.",
    )
    signing_key_file: str | None = Field(None, description="The same, as a path (from the manifest) to a file.")
    short_lived: Seconds | None = Field(None, description="Lifetime of this identity's tokens where it is short.")
    in_production: bool = Field(
        False,
        description="Whether this identity may log in (an unsafe request) where environment is production.",
    )

    def has(self, scheme: SecurityScheme) -> bool:
        """Whether its credentials are of the kind that a security scheme of a contract asks for."""
        bearer = self.token is not None or self.login is not None or self.oauth2 is not None
        if scheme.type == "apiKey":
            named = self.api_key.name if self.api_key else None
            if self.api_key is not None:
                return named is None or named.lower() == scheme.parameter.lower()
            # Many a contract writes a bearer token down as a key in this header.
            return bearer and scheme.location == "header" and scheme.parameter.lower() == "authorization"
        if scheme.type == "http" and scheme.scheme.lower() == "basic":
            return self.basic is not None
        return bearer and (scheme.type in ("oauth2", "openIdConnect") or scheme.scheme.lower() == "bearer")

    @model_validator(mode="before")
    @classmethod
    def _parted(cls, data: Any) -> Any:
        return _apart(data, "token")

    @model_validator(mode="after")
    def _one_way(self) -> Identity:
        ways = [way for way in _WAYS if getattr(self, way) is not None]
        if len(ways) > 1:
            raise ValueError(f"gives {' and '.join(ways)}; an identity has one way to authenticate")
        if self.prefix is not None and self.token is None:
            raise ValueError("gives a prefix, and no token beside it; write it inside login, api_key or oauth2")
        return self

    @property
    def stated_prefix(self) -> str | None:
        """The word that the manifest wants before its credential, empty for none; None where nothing is said."""
        inner = self.login or self.api_key or self.oauth2
        return inner.prefix if inner is not None else self.prefix

    @property
    def name(self) -> str:
        """The key of this identity in the manifest."""
        return self._name

    @property
    def anonymous(self) -> bool:
        """Whether this identity has no credentials."""
        return not any((self.login, self.token, self.basic, self.api_key, self.oauth2))


def _anyone() -> Identity:
    identity = Identity()
    identity._name = "anyone"
    return identity


ANYONE = _anyone()
"""Whoever calls an operation that is open to all, where the manifest names nobody."""
