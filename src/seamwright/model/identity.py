"""An identity: somebody who calls, with credentials and roles."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Literal

from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, model_validator

from seamwright.model.boundary import Noun
from seamwright.model.operation import SecurityScheme
from seamwright.model.units import Seconds

__all__ = ["ANYONE", "ApiKey", "Basic", "ClientCredentials", "Identity", "Login"]


_WAYS = ("login", "token", "basic", "api_key", "oauth2")


class Login(Noun):
    """Log in by calling an operation, and take the token out of its answer."""

    operation: str
    boundary: str | None = Field(None, description="Boundary of the operation; found by itself when only one has it.")
    body: dict[str, Any] = Field({})
    token: str = Field("$.access_token", description="JSON path of the token in the answer.")
    lifetime: str = Field("$.expires_in", description="JSON path of the token's lifetime in seconds, where told.")


class Basic(Noun):
    """HTTP Basic authentication (RFC 7617)."""

    user: str
    password: SecretStr


class ApiKey(Noun):
    """An API key; name and place come from the contract's security scheme unless told here."""

    value: SecretStr
    name: str | None = None
    location: Literal["header", "query", "cookie"] | None = None


class ClientCredentials(Noun):
    """OAuth 2.0 client credentials grant (RFC 6749, section 4.4)."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    scope: str | None = None
    audience: str | None = None
    client_auth: Literal["basic", "post"] = "basic"


class Identity(Noun):
    """Somebody who calls. At most one way to authenticate; none makes an anonymous caller."""

    model_config = ConfigDict(
        json_schema_extra={"not": {"anyOf": [{"required": [*pair]} for pair in combinations(_WAYS, 2)]}}
    )

    _name: str = PrivateAttr("")

    roles: tuple[str, ...] = ()
    login: Login | None = None
    token: SecretStr | None = Field(None, description="A bearer token that is already there.")
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

    @model_validator(mode="after")
    def _one_way(self) -> Identity:
        ways = [way for way in _WAYS if getattr(self, way) is not None]
        if len(ways) > 1:
            raise ValueError(f"gives {' and '.join(ways)}; an identity has one way to authenticate")
        return self

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
