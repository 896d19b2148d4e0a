"""The HTTP face of identity: an OAuth 2.0 authorization server for tests."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from joserfc import jwt
from joserfc.jwk import RSAKey
from jsonschema_rs import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seamwright.demo.defect import Defect, compose
from seamwright.demo.identity.contract import LOGIN, openapi
from seamwright.demo.settings import Settings
from seamwright.demo.shell import Bodies, Shell, json_response, route, service, validated
from seamwright.kit.problems import Problem

__all__ = ["Identity", "identity_app"]

_EXPIRES_IN = 3600


@dataclass(frozen=True, slots=True)
class _Account:
    secret: str
    roles: tuple[str, ...]
    audience: str


class _OAuthError(Exception):
    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


class Identity:
    """Users log in with a password, clients with their secret; both get an access token signed with RS256."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.urls["identity"]
        self.document = openapi(self.issuer)
        self.key = _signing_key(settings.signing_key)
        secrets = settings.secrets
        self.users = {
            "alice": _Account(secrets["SHOP_ALICE_PASSWORD"], ("customer",), "orders"),
            "bob": _Account(secrets["SHOP_BOB_PASSWORD"], ("customer",), "orders"),
            "root": _Account(secrets["SHOP_ROOT_PASSWORD"], ("admin",), "orders"),
        }
        self.clients = {"reports": _Account(secrets["SHOP_REPORTS_SECRET"], ("customer",), "payments")}
        self.bodies = Bodies()
        self._login = Draft202012Validator(LOGIN)

    @contextlib.asynccontextmanager
    async def running(self, app: Starlette) -> AsyncIterator[None]:
        yield

    async def login(self, request: Request) -> Response:
        body = validated(await self.bodies.read(request), self._login)
        account = _authenticated(self.users, body["user"], body["password"])
        if account is None:
            raise Problem(401, "The user or the password is wrong.", headers={"WWW-Authenticate": "Login"})
        return self._token(body["user"], account)

    async def token(self, request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise Problem(415, "Send the form as application/x-www-form-urlencoded.")
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > Bodies.size_limit:
                raise Problem(413, f"The form is larger than {Bodies.size_limit} bytes.")
        try:
            return self._client_token(request.headers.get("authorization"), bytes(raw))
        except _OAuthError as error:
            headers = {"WWW-Authenticate": 'Basic realm="identity"'} if error.status == 401 else {}
            described = {"error": error.error, "error_description": error.description}
            return json_response(described, error.status, headers)

    def _client_token(self, authorization: str | None, raw: bytes) -> Response:
        form = parse_qs(raw.decode("latin-1"))
        if any(len(values) > 1 for values in form.values()):
            raise _OAuthError(400, "invalid_request", "A parameter is given twice.")
        if "grant_type" not in form:
            raise _OAuthError(400, "invalid_request", "grant_type is missing.")
        if form["grant_type"] != ["client_credentials"]:
            raise _OAuthError(400, "unsupported_grant_type", "Only client_credentials is supported.")
        if authorization is not None:
            client, secret = _basic(authorization)
        else:
            client, secret = form.get("client_id", [""])[0], form.get("client_secret", [""])[0]
        account = _authenticated(self.clients, client, secret)
        if account is None:
            raise _OAuthError(401, "invalid_client", "The client or its secret is wrong.")
        return self._token(client, account)

    def _token(self, subject: str, account: _Account) -> Response:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": subject,
            "aud": account.audience,
            "iat": now,
            "nbf": now,
            "exp": now + _EXPIRES_IN,
            "jti": str(uuid.uuid4()),
            "roles": list(account.roles),
        }
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid, "typ": "at+jwt"}, claims, self.key)
        return json_response({"access_token": token, "token_type": "Bearer", "expires_in": _EXPIRES_IN})

    async def keys(self, request: Request) -> Response:
        public = self.key.as_dict(private=False) | {"use": "sig", "alg": "RS256", "kid": self.key.kid}
        return json_response({"keys": [public]}, headers={"Cache-Control": "public, max-age=60"})

    async def metadata(self, request: Request) -> Response:
        return json_response(
            {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer}/.well-known/jwks.json",
                "token_endpoint": f"{self.issuer}/token",
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )


def identity_app(settings: Settings, defects: list[Defect]) -> ASGIApp:
    """The service."""
    identity = compose(Identity, defects)(settings)
    routes = [
        route("/login", "POST", identity.login),
        route("/token", "POST", identity.token),
        route("/.well-known/jwks.json", "GET", identity.keys),
        route("/.well-known/openid-configuration", "GET", identity.metadata),
    ]
    return Shell(service(routes, identity.running, identity.document), settings.folder("identity"))


def _signing_key(path: Path) -> RSAKey:
    """The key in the service's folder, made at its first start, readable by its owner alone."""
    if not path.exists():
        pem = RSAKey.generate_key(2048).as_pem(private=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    key = RSAKey.import_key(path.read_bytes())
    key.ensure_kid()
    return key


def _authenticated(accounts: dict[str, _Account], name: str, secret: str) -> _Account | None:
    account = accounts.get(name)
    # compared even where there is no such account, so that the time taken does not tell
    right = hmac.compare_digest((account.secret if account else "").encode(), secret.encode())
    return account if account is not None and right else None


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        decoded = ""
    if ":" not in decoded:
        raise _OAuthError(401, "invalid_client", "Authenticate with HTTP Basic.")
    client, _, secret = decoded.partition(":")
    return unquote_plus(client), unquote_plus(secret)
