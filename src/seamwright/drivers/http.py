"""HTTP/1.1 and TLS for ordinary calls, through httpx2; never for load."""

from __future__ import annotations

import functools
import ssl
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from seamwright.model.boundary import Boundary
from seamwright.model.driver import Driver
from seamwright.model.exchange import Exchange, Failure, Request, Response

if TYPE_CHECKING:
    import httpx2

__all__ = ["DRIVER", "HttpConnection"]

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of an answer that are read; more is a failure of kind `too-large`."""

# Shorter than the keep-alive of common servers (uvicorn closes after 5 s), so that an idle connection is not
# used at the very moment in which the other side closes it.
_KEEP_ALIVE = 2.0


class HttpConnection:
    """Keeps connections to one boundary open; safe for concurrent calls."""

    def __init__(self) -> None:
        import httpx2

        self._httpx = httpx2
        self._client = self._made(keep=64)

    def _made(self, keep: int) -> httpx2.AsyncClient:
        limits = self._httpx.Limits(max_connections=256, max_keepalive_connections=keep, keepalive_expiry=_KEEP_ALIVE)
        # trust_env is off: a proxy from the environment would carry test traffic to a host nobody named.
        # No cookie is kept: the session of one caller must not travel with the requests of another.
        return self._httpx.AsyncClient(
            follow_redirects=False,
            limits=limits,
            trust_env=False,
            verify=_trust(),
            headers={"user-agent": "seamwright"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def send(self, request: Request, *, timeout: float, fresh: bool = False) -> Exchange:
        """Send one request within `timeout` seconds. Redirects are not followed; failures are told, not raised."""
        if fresh:
            async with self._made(keep=0) as client:
                return await self._sent(client, request, timeout)
        return await self._sent(self._client, request, timeout)

    async def _sent(self, client: httpx2.AsyncClient, request: Request, timeout: float) -> Exchange:
        import asyncio

        started, clock = time.time(), time.perf_counter()
        response: Response | None = None
        failure: Failure | None = None
        try:
            async with asyncio.timeout(timeout):
                _check_address(request.url)
                response, failure = await self._answer(client, request, timeout)
        except (TimeoutError, self._httpx.TimeoutException):
            failure = Failure("timeout", f"no complete answer within {timeout:g} s")
        except self._httpx.ConnectError as error:
            failure = Failure("connect", str(error) or "the connection was refused")
        except self._httpx.ReadError as error:
            failure = Failure("reset", str(error) or "the connection was reset before the answer was complete")
        except (self._httpx.WriteError, self._httpx.CloseError) as error:
            failure = Failure("reset", str(error) or "the connection was reset while sending")
        except (self._httpx.HTTPError, self._httpx.InvalidURL, _NoAddress, UnicodeError) as error:
            failure = Failure("protocol", str(error) or type(error).__name__)
        return Exchange(request, response, failure, started, time.perf_counter() - clock)

    async def _answer(
        self, client: httpx2.AsyncClient, request: Request, timeout: float
    ) -> tuple[Response | None, Failure | None]:
        async with client.stream(
            request.method,
            request.url,
            headers=[(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in request.headers],
            content=request.body or None,
            timeout=timeout,
        ) as answer:
            body = bytearray()
            length = answer.headers.get("content-length", "")
            whole = int(length) if answer.status_code >= 500 and length.isdigit() else None
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_BODY:
                    return None, Failure("too-large", f"the answer is larger than {LARGEST_BODY} bytes")
                if whole is not None and answer.num_bytes_downloaded >= whole:
                    # Many servers end the connection on which they failed, after the answer and without saying so; the
                    # next call on it would be reset. Left before its end, the connection is not used again.
                    break
            headers = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
            return Response(answer.status_code, headers, bytes(body)), None

    async def close(self) -> None:
        """Close every connection; may be called twice."""
        await self._client.aclose()


class _NoAddress(ValueError):
    """A URL whose port is no port; the client below would find out only while connecting, and not as its own error."""


def _check_address(url: str) -> None:
    try:
        _ = urlsplit(url).port
    except ValueError as error:
        raise _NoAddress(f"{url!r} is no address: {error}") from None


@functools.cache
def _trust() -> ssl.SSLContext:
    """The machine's certificate authorities, read once: that takes 20 ms. `SSL_CERT_FILE` names others."""
    import httpx2

    return httpx2.create_ssl_context()


def _open(boundary: Boundary) -> HttpConnection:
    return HttpConnection()


DRIVER = Driver(kind="http", speaks="HTTP/1.1, TLS", open=_open)
