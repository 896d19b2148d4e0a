"""Takes secrets out of everything before it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.run.literals import Literals

__all__ = ["MASK", "Redaction", "secret_field", "secret_header"]

T = TypeVar("T")

MASK = "[redacted]"
_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token"}
)
_FIELDS = ("access_token", "refresh_token", "id_token", "client_secret", "password", "api_key", "secret")

_SECRET_NAME = re.compile(
    r"(?:^|[-_])(?:auth|token|secret|api[-_]?key|session|csrf|xsrf)(?:$|[-_])|(?:token|secret|password|passwd)s?$"
)


def secret_header(name: str) -> bool:
    """Whether the value of a header of this name, in lower case, is a credential by what it is called."""
    return name in _HEADERS or _SECRET_NAME.search(name) is not None


def secret_field(name: str) -> bool:
    """Whether the value of a field of this name, in lower case, is a credential by what it is called."""
    return name in _FIELDS or _SECRET_NAME.search(name) is not None


class Redaction:
    """Knows the secrets of a run, those that it meets on the way included."""

    def __init__(self, secrets: Iterable[str], names: Iterable[str] = ()) -> None:
        names = tuple(names)
        self._headers = _HEADERS | {name.lower() for name in names}
        self._secrets = Literals()
        words = "|".join(re.escape(name) for name in (*_FIELDS, *names))
        self._json = re.compile(rf'("(?:{words})"\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)', re.IGNORECASE)
        self._form = re.compile(rf"((?:^|[?&])(?:{words})=)([^&\s]+)", re.IGNORECASE)
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Remember one more secret; values under four characters are left out, they would blot out every text."""
        if len(secret) < 4:
            return
        for spelling in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]):
            self._secrets.add(spelling)

    def text(self, text: str) -> str:
        """Mask the known secrets, and the values of fields that are secret by name.

        Lone surrogates, which no store can hold, become escapes.
        """
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
        text = self._secrets.replaced(text, MASK)
        if '"' in text:
            text = self._json.sub(rf'\1"{MASK}"', text)
        if "=" in text:
            text = self._form.sub(rf"\1{MASK}", text)
        return text

    def _bytes(self, body: bytes) -> bytes:
        try:
            return self.text(body.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return self.text(body.decode("latin-1")).encode("latin-1", "replace")

    def _pairs(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._header(name, value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        low = name.lower()
        if low == "set-cookie":
            # The flags of a cookie are evidence, its value is a secret.
            cookie, separator, attributes = value.partition(";")
            return f"{cookie.partition('=')[0]}={MASK}{separator}{attributes}"
        if low in self._headers:
            scheme, space, rest = value.partition(" ")
            return f"{scheme} {MASK}" if space and rest else MASK
        return self.text(value)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Give the exchange as it may be kept."""
        request = exchange.request
        response = exchange.response
        return replace(
            exchange,
            request=Request(
                request.method, self.text(request.url), self._pairs(request.headers), self._bytes(request.body)
            ),
            response=response and Response(response.status, self._pairs(response.headers), self._bytes(response.body)),
            failure=exchange.failure and Failure(exchange.failure.kind, self.text(exchange.failure.text)),
            note=self.text(exchange.note),
        )

    def deep(self, value: T) -> T:
        """Mask every text inside a value of frozen dataclasses, mappings and sequences."""
        return self._deep(value)  # type: ignore[no-any-return]

    def _deep(self, value: Any) -> Any:
        if type(value) is str:
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._deep(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._deep(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: self._deep(getattr(value, f.name)) for f in fields(value) if f.init})
        return value
