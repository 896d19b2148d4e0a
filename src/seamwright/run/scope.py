"""What a run may send, and where to: the hosts that were named, and what the environment allows."""

from __future__ import annotations

import functools
import re
from urllib.parse import urljoin, urlsplit

from seamwright.model.check import Dares
from seamwright.model.errors import RefusedByScope
from seamwright.model.exchange import Exchange, Request
from seamwright.model.manifest import Environment, Manifest

__all__ = ["ALLOWED", "Scope", "origin_of", "port_of"]

ALLOWED: dict[Environment, frozenset[Dares]] = {
    "test": frozenset(Dares),
    "staging": frozenset({Dares.OBSERVE, Dares.WRITE, Dares.ATTACK}),
    "production": frozenset({Dares.OBSERVE}),
}
"""What checks may dare in each environment."""

_READING = frozenset({"GET", "HEAD", "QUERY"})

_BASE = re.compile(r"[^/?#]*://[^/?#]*")
"""All of a URL that its origin can be read from (RFC 3986, section 3)."""

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "grpc": 80, "grpcs": 443}


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, in one spelling, so that origins compare."""
    base = _BASE.match(url)
    return _origin(base.group() if base else url)


def port_of(url: str) -> int:
    """The port of a URL, or that of its scheme; 0 where neither says one. Raises ValueError where it is no number."""
    parts = urlsplit(url)
    return parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


@functools.lru_cache(maxsize=256)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port_of(url)}"


def _shown(url: str) -> str:
    try:
        return origin_of(url)
    except ValueError:
        return repr(url)


class Scope:
    """Decides for every request whether it may be sent. Every other host is refused, redirects included."""

    def __init__(self, manifest: Manifest) -> None:
        self.environment: Environment = manifest.environment
        named = [b.url for b in manifest.boundaries.values() if b.kind != "sql"]
        named += [i.oauth2.token_url for i in manifest.identities.values() if i.oauth2]
        self._origins = frozenset(origin_of(url) for url in named)

    def names(self, url: str) -> bool:
        """Whether the manifest or the command line names the host of this URL."""
        try:
            return origin_of(url) in self._origins
        except ValueError:
            return False

    def admit(self, request: Request, *, declared: bool, method: str | None = None, login: bool = False) -> None:
        """Let a request pass or raise RefusedByScope.

        `declared` says that the request is an operation of a contract, with valid values; `method` is that of the
        operation, where it is not that of the request (a GraphQL query travels in a POST, and QUERY stands for a safe
        rpc). `login` marks a login for which the manifest gave leave in production (`in_production`).
        """
        if not self.names(request.url):
            raise RefusedByScope(
                f"{_shown(request.url)} is not named by the manifest or the command line; nothing was sent to it"
            )
        if self.environment != "production" or login:
            return
        if (method or request.method) not in _READING or not declared:
            raise RefusedByScope(
                f"environment is production: {request.method} {urlsplit(request.url).path} was not sent, "
                "only safe, declared operations are"
            )

    def redirect(self, exchange: Exchange) -> str | None:
        """Tell in a sentence of a redirect to a host that nobody named; None for everything else."""
        if exchange.response is None or not 300 <= exchange.response.status < 400:
            return None
        location = exchange.response.header("location")
        if not location:
            return None
        target = urljoin(exchange.request.url, location)
        if self.names(target):
            return None
        return (
            f"{exchange.request.method} {exchange.request.url} redirects to {target}, a host that was not named; "
            "it was not followed"
        )
