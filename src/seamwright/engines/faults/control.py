"""One relay as a small process of its own, so that it can stand beside a long-running system:

    python -m seamwright.engines.faults.control --upstream 127.0.0.1:8802

It prints one line of JSON when everything is bound: {"relay": "host:port", "control": "http://…", "token": "…"}. The
control API takes and gives JSON and wants `Authorization: Bearer TOKEN`:

    GET /state                          upstream, listening, open connections, faults in force
    GET /log?since=N                    the entries after number N
    POST /faults {kind, params, where, ttl}   arm; answers with the id
    DELETE /faults/ID                   end one
    DELETE /faults                      end all
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Coroutine
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httptools

from seamwright.engines.faults.door import Armed
from seamwright.engines.faults.relay import Relay
from seamwright.engines.faults.rules import rule_of

__all__ = ["TOKEN_VARIABLE", "armed_as_json", "main", "serve"]

TOKEN_VARIABLE = "SEAMWRIGHT_FAULTS_TOKEN"
_MAX_REQUEST = 64 * 1024


def armed_as_json(armed: Armed) -> dict[str, Any]:
    """The JSON object that stands for an armed fault."""
    return {
        "id": armed.id,
        "kind": armed.fault.kind,
        "params": armed.fault.params(),
        "where": armed.where.params(),
        "expires_at": armed.expires_at,
    }


class _Refused(Exception):
    """A request of the control API that is not carried out."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class _Api(asyncio.Protocol):
    """One request of the control API, then the connection closes."""

    def __init__(self, relay: Relay, token: str, tasks: set[asyncio.Task[None]]) -> None:
        self._relay = relay
        self._token = token.encode()
        self._tasks = tasks
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._body = b""
        self._authorization = b""
        self._size = 0
        self._done = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._done:
            return
        self._size += len(data)
        if self._size > _MAX_REQUEST:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": f"at most {_MAX_REQUEST} bytes"})
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": f"not an HTTP/1.1 request: {error}"})

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"authorization":
            self._authorization = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if not self._done:
            self._done = True
            task = asyncio.get_running_loop().create_task(self._handle(self._parser.get_method().decode()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handle(self, method: str) -> None:
        try:
            status, value = HTTPStatus.OK, await self._route(method)
            if method == "POST":
                status = HTTPStatus.CREATED
        except _Refused as error:
            status, value = error.status, {"error": str(error)}
        except ValueError as error:
            status, value = HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)}
        except RuntimeError as error:  # the relay is being stopped
            status, value = HTTPStatus.CONFLICT, {"error": str(error)}
        self._answer(status, value)

    async def _route(self, method: str) -> dict[str, Any]:
        if not hmac.compare_digest(self._authorization, b"Bearer " + self._token):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "send 'Authorization: Bearer TOKEN' with the token of this relay")
        url = urlsplit(self._url.decode("ascii", "replace"))
        relay, path = self._relay, url.path
        if (method, path) == ("GET", "/state"):
            return {
                "upstream": _joined(relay.upstream),
                "relay": _joined(relay.address),
                "listening": relay.listening,
                "connections": relay.connections,
                "armed": [armed_as_json(armed) for armed in await relay.armed()],
            }
        if (method, path) == ("GET", "/log"):
            since = int(parse_qs(url.query).get("since", ["0"])[0])
            return {"entries": [asdict(entry) for entry in await relay.log(since)]}
        if (method, path) == ("POST", "/faults"):
            return await self._arm()
        if (method, path) == ("DELETE", "/faults"):
            return {"ended": await relay.clear()}
        if method == "DELETE" and path.startswith("/faults/"):
            for armed in await relay.armed():
                if path == f"/faults/{armed.id}":
                    return {"ended": await relay.disarm(armed)}
            return {"ended": False}
        raise _Refused(HTTPStatus.NOT_FOUND, f"there is no {method} {path} here")

    async def _arm(self) -> dict[str, Any]:
        asked = json.loads(self._body)  # its error is a ValueError
        return armed_as_json(await self._relay.arm(*rule_of(asked)))

    def _answer(self, status: HTTPStatus, value: dict[str, Any]) -> None:
        self._done = True
        if self._transport is None or self._transport.is_closing():
            return
        body = json.dumps(value).encode()
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self._transport.write(head.encode() + body)
        self._transport.close()


async def serve(relay: Relay, port: int, token: str, stop: asyncio.Event, *, announce: bool = True) -> None:
    """Start `relay` and its control API on 127.0.0.1, announce both on stdout, and serve until `stop` is set.

    Raises OSError when an address cannot be had; nothing is announced before everything is bound.
    """
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()
    async with relay:
        server = await loop.create_server(lambda: _Api(relay, token, tasks), "127.0.0.1", port)
        try:
            control = f"http://{_joined(server.sockets[0].getsockname())}"
            if announce:
                ready = {"relay": _joined(relay.address), "control": control, "token": token, "pid": os.getpid()}
                print(json.dumps(ready), flush=True)
            await stop.wait()
        finally:
            server.close()
            if tasks:
                await asyncio.wait(tasks, timeout=1.0)


def main(arguments: list[str] | None = None) -> int:
    """Serve one relay until SIGTERM, SIGINT or, with --lifeline, the end of stdin. 2 when it cannot start."""
    parser = argparse.ArgumentParser(
        prog="python -m seamwright.engines.faults.control",
        description="A TCP relay that shows faults on demand, each with a time to live.",
    )
    parser.add_argument("--upstream", required=True, type=_host_and_port, metavar="HOST:PORT", help="where to relay to")
    parser.add_argument(
        "--listen", default="127.0.0.1:0", type=_host_and_port, metavar="HOST:PORT", help="default: a free port"
    )
    parser.add_argument("--control-port", default=0, type=int, metavar="PORT", help="on 127.0.0.1; default: a free one")
    parser.add_argument(
        "--lifeline", action="store_true", help="exit when stdin ends, so that no relay outlives its parent"
    )
    options = parser.parse_args(arguments)
    # From the environment, because a command line can be read by everybody on the machine.
    token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(24)
    relay = Relay(*options.listen, *options.upstream)
    try:
        _run(_main(relay, options.control_port, token, options.lifeline))
    except OSError as error:
        print(f"the relay cannot start: {error}", file=sys.stderr)
        return 2
    return 0


async def _main(relay: Relay, port: int, token: str, lifeline: bool) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if lifeline:
        # A thread, because stdin may be a file, which no event loop can wait for.
        threading.Thread(target=_await_end_of_stdin, args=(loop, stop), daemon=True).start()
    await serve(relay, port, token, stop)


def _await_end_of_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(0, 4096):
        pass
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop.set)


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:  # it has no wheel for this platform; the relay is as right without it
        asyncio.run(work)
    else:
        uvloop.run(work)


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def _joined(address: tuple[Any, ...]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


if __name__ == "__main__":
    raise SystemExit(main())
