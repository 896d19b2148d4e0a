"""HTTP/1.1 and TLS: connections that are kept, answers decoded, failures told."""

from __future__ import annotations

import base64
import functools
import re
import ssl
import time
import zlib
from collections import deque
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from seamwright.model.boundary import Boundary
from seamwright.model.driver import Driver
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.wire.http1 import Answering, ExchangeError, dial, render_request
from seamwright.wire.http1 import Response as Answer

__all__ = ["DRIVER", "HttpConnection"]

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of an answer that are read; more is a failure of kind `too-large`."""

# Shorter than the keep-alive of common servers (uvicorn closes after 5 s), so that an idle connection is not
# used at the very moment in which the other side closes it.
_KEEP_ALIVE = 2.0

_ENCODED = re.compile(r"[^\x21-\x7e]")
"""What a target may not hold as it is."""

_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))


class _Origin(NamedTuple):
    """Where a connection leads to; connections are kept by it."""

    tls: bool
    host: str
    port: int


class HttpConnection:
    """Keeps connections open to whatever hosts it is sent to; safe for concurrent calls.

    No proxy of the environment is used: it would carry test traffic to a host that nobody named. No cookie is kept: the
    session of one caller must not travel with the requests of another.
    """

    def __init__(self) -> None:
        self._idle: dict[_Origin, deque[tuple[Answering, float]]] = {}

    async def send(self, request: Request, *, timeout: float, fresh: bool = False) -> Exchange:
        """Send one request within `timeout` seconds. Redirects are not followed; failures are told, not raised."""
        started, clock = time.time(), time.perf_counter()
        response: Response | None = None
        failure: Failure | None = None
        try:
            origin, data = _rendered(request)
            answer = await self._answer(origin, data, timeout, fresh)
            response = _decoded(answer, head=request.method == "HEAD")
        except ExchangeError as error:
            failure = Failure(error.failure, error.detail)
        except (ValueError, UnicodeError) as error:
            failure = Failure("protocol", str(error) or type(error).__name__)
        return Exchange(request, response, failure, started, time.perf_counter() - clock)

    async def _answer(self, origin: _Origin, data: bytes, timeout: float, fresh: bool) -> Answer:
        connection = None if fresh else self._kept(origin)
        if connection is None:
            clock = time.perf_counter()
            connection = await _connected(origin, timeout)
            timeout = max(0.001, timeout - (time.perf_counter() - clock))
        try:
            answer = await connection.exchange(data, timeout=timeout)
        except BaseException:
            connection.close()
            raise
        # Many servers end the connection on which they failed, after the answer and without saying so; the next call
        # on it would be reset.
        if fresh or answer.status >= 500 or not connection.usable:
            connection.close()
        else:
            self._idle.setdefault(origin, deque()).append((connection, time.monotonic()))
        return answer

    def _kept(self, origin: _Origin) -> Answering | None:
        idle = self._idle.get(origin)
        oldest = time.monotonic() - _KEEP_ALIVE
        while idle:
            connection, since = idle.pop()
            if connection.usable and since >= oldest:
                return connection
            connection.close()
        return None

    async def close(self) -> None:
        """Close every connection; may be called twice."""
        for idle in self._idle.values():
            for connection, _ in idle:
                connection.close()
        self._idle.clear()


async def _connected(origin: _Origin, timeout: float) -> Answering:
    tls = _trust() if origin.tls else None
    return await dial(Answering(LARGEST_BODY), origin.host, origin.port, tls=tls, timeout=timeout)


def _rendered(request: Request) -> tuple[_Origin, bytes]:
    """Where a request goes and its bytes. Raises ValueError for what is no address or cannot be sent."""
    origin, host, target, user = _address(request.url)
    return origin, render_request(request.method, target, _whole(request.headers, host, user), request.body or None)


@functools.lru_cache(maxsize=64)
def _whole(given: tuple[tuple[str, str], ...], host: str, user: str) -> tuple[tuple[str, str], ...]:
    """The headers of a request with those that every request has, as they are sent."""
    headers = [("Host", host), *given]
    names = {name.lower() for name, _ in given}
    if "host" in names:
        headers = list(given)
    if "user-agent" not in names:
        headers.append(("User-Agent", "seamwright"))
    if user and "authorization" not in names:
        headers.append(("Authorization", f"Basic {user}"))
    return tuple((name, _latin(value)) for name, value in headers)


def _address(url: str) -> tuple[_Origin, str, str, str]:
    """The origin of a URL, its Host header, the request target (RFC 9112, section 3.2.1), and its user for Basic."""
    base, _, rest = url.partition("#")[0].partition("?")
    cut = base.find("/", base.find("://") + 3)
    path = base[cut:] if cut >= 0 else "/"
    origin, host, user = _authority(base[:cut] if cut >= 0 else base)
    target = path + (f"?{rest}" if "?" in url else "")
    if _ENCODED.search(target):
        target = quote(target, safe=_PRINTABLE)
    return origin, host, target, user


@functools.lru_cache(maxsize=256)
def _authority(base: str) -> tuple[_Origin, str, str]:
    parts = urlsplit(base)
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{base!r} is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{base!r} is no address: it must be like http://host:port")
    tls = parts.scheme == "https"
    user = ""
    if parts.username is not None:
        told = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        user = base64.b64encode(told.encode()).decode("ascii")
    name = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode("ascii")
    shown = f"[{name}]" if ":" in name else name
    host = shown if port is None else f"{shown}:{port}"
    return _Origin(tls, name, port or (443 if tls else 80)), host, user


def _latin(value: str) -> str:
    """Header values are sent as Latin-1 (RFC 9110, section 5.5); what has no place in it is replaced."""
    return value if value.isascii() else value.encode("latin-1", "replace").decode("latin-1")


def _decoded(answer: Answer, *, head: bool) -> Response:
    """The answer with names in lower case and its content coding removed. Raises ExchangeError."""
    headers = tuple([_field(name, value) for name, value in answer.headers])
    body = answer.body
    if not head and body:
        for name, value in headers:
            if name == "content-encoding" and value.strip().lower() not in ("", "identity"):
                body = _inflated(body, value)
                break
    return Response(answer.status, headers, body)


@functools.lru_cache(maxsize=256)
def _field(name: bytes, value: bytes) -> tuple[str, str]:
    """One header as text; most of them are the same in every answer of a server."""
    return name.decode("latin-1").lower(), value.decode("latin-1")


def _inflated(body: bytes, codings: str) -> bytes:
    """Undo content codings (RFC 9110, section 8.4.1), the last one first."""
    for coding in reversed([part.strip().lower() for part in codings.split(",")]):
        if coding in ("gzip", "x-gzip"):
            body = _unpacked(body, 16 + zlib.MAX_WBITS, coding)
        elif coding == "deflate":
            # RFC 9110 means the zlib format; some servers send raw deflate.
            wrapped = body[:1] and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
            body = _unpacked(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, coding)
        elif coding != "identity":
            raise ExchangeError(
                "protocol", f"the answer comes in the content coding {coding!r}, which was not asked for"
            )
    return body


def _unpacked(body: bytes, window: int, coding: str) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        plain = stream.decompress(body, LARGEST_BODY)
    except zlib.error as error:
        raise ExchangeError("protocol", f"the answer is no valid {coding}: {error}") from None
    if stream.unconsumed_tail:
        raise ExchangeError("too-large", f"the answer is larger than {LARGEST_BODY} bytes")
    if not stream.eof:
        raise ExchangeError("protocol", f"the answer is cut off in the middle of its {coding}")
    return plain


@functools.cache
def _trust() -> ssl.SSLContext:
    """The machine's certificate authorities, read once: that takes 20 ms. `SSL_CERT_FILE` names others."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _open(boundary: Boundary) -> HttpConnection:
    return HttpConnection()


DRIVER = Driver(kind="http", speaks="HTTP/1.1, TLS", open=_open)
