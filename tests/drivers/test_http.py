"""The HTTP driver against real servers and sockets: what came back, or why nothing did."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from seamwright.drivers.http import DRIVER, LARGEST_BODY, HttpConnection
from seamwright.model.boundary import Boundary
from seamwright.model.exchange import Exchange, Request
from tests.serving import free_port, serving


async def send(url: str, method: str = "GET", *, timeout: float = 5.0, fresh: bool = False, **parts: Any) -> Exchange:
    connection: HttpConnection = DRIVER.open(Boundary(kind="http", url="http://127.0.0.1"))
    try:
        return await connection.send(Request(method, url, **parts), timeout=timeout, fresh=fresh)
    finally:
        await connection.close()


@contextlib.contextmanager
def talking(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that lets `answer` do with each connection what no HTTP server would."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(65536)
                    answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        # Waking the thread by a connection is surer than closing a socket that it waits on.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def kind(exchange: Exchange) -> str:
    assert exchange.response is None
    assert exchange.failure is not None
    assert exchange.failure.text
    return exchange.failure.kind


async def echo(request: Asked) -> Response:
    body = await request.body()
    told = f"{request.method} {request.url.path} {body.decode()} {request.headers.get('x-mine')}"
    answer = PlainTextResponse(told, 202)
    answer.headers.append("X-Two", "1")
    answer.headers.append("X-Two", "2")
    return answer


async def large(request: Asked) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 2**20 + 1):
            yield b"x" * 2**20

    return StreamingResponse(chunks())


async def elsewhere(request: Asked) -> Response:
    return RedirectResponse("http://192.0.2.1/")


async def hand_out(request: Asked) -> Response:
    answer = PlainTextResponse(request.headers.get("cookie", "no cookie"))
    answer.set_cookie("session", "of-alice")
    return answer


async def port(request: Asked) -> Response:
    assert request.client is not None
    return PlainTextResponse(str(request.client.port))


async def said(request: Asked) -> Response:
    return PlainTextResponse(f"{request.url.query} {request.headers.get('authorization')}")


APP = Starlette(
    routes=[
        Route("/said", said),
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/large", large),
        Route("/elsewhere", elsewhere),
        Route("/cookie", hand_out),
        Route("/port", port),
    ]
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(APP) as address:
        yield address


async def test_an_answer_is_told_whole(url: str) -> None:
    exchange = await send(f"{url}/echo", "POST", headers=(("X-Mine", "yes"),), body=b"hello")

    assert exchange.failure is None
    assert exchange.response is not None
    assert exchange.status == 202
    assert exchange.response.text == "POST /echo hello yes"
    assert [value for name, value in exchange.response.headers if name == "x-two"] == ["1", "2"]
    assert exchange.started > 1_500_000_000
    assert 0 < exchange.seconds < 5


async def test_a_redirect_is_not_followed(url: str) -> None:
    exchange = await send(f"{url}/elsewhere")

    assert exchange.status == 307
    assert exchange.response is not None
    assert exchange.response.header("location") == "http://192.0.2.1/"


async def test_proxies_of_the_environment_are_ignored(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")

    assert (await send(f"{url}/echo")).status == 202


async def test_no_cookie_of_one_caller_travels_with_the_next(url: str) -> None:
    connection = HttpConnection()
    try:
        for _ in range(2):
            exchange = await connection.send(Request("GET", f"{url}/cookie"), timeout=5)
            assert exchange.response is not None
            assert exchange.response.header("set-cookie") is not None
            assert exchange.response.text == "no cookie"
        own = Request("GET", f"{url}/cookie", (("cookie", "session=mine"),))
        sent = await connection.send(own, timeout=5)
        assert sent.response is not None
        assert sent.response.text == "session=mine"
    finally:
        await connection.close()


async def test_connections_are_kept_and_a_fresh_one_is_new(url: str) -> None:
    connection = HttpConnection()
    try:
        ports = [
            (await connection.send(Request("GET", f"{url}/port"), timeout=5, fresh=fresh)).response
            for fresh in (False, False, True, False)
        ]
    finally:
        await connection.close()
        await connection.close()
    first, second, fresh, last = (answer.text for answer in ports if answer is not None)
    assert first == second == last
    assert fresh != first


async def test_an_answer_that_is_too_large_is_not_taken(url: str) -> None:
    exchange = await send(f"{url}/large", timeout=20)

    assert kind(exchange) == "too-large"
    assert exchange.failure is not None
    assert str(LARGEST_BODY) in exchange.failure.text


async def test_nobody_listens() -> None:
    assert kind(await send(f"http://127.0.0.1:{free_port()}/")) == "connect"


async def test_a_name_that_does_not_resolve() -> None:
    assert kind(await send("http://no-such-host.invalid/")) == "connect"


async def test_no_answer_in_time_and_none_that_drips_beyond_it() -> None:
    release = threading.Event()

    def silent(connection: socket.socket) -> None:
        release.wait(5)

    def dripping(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not release.wait(0.05):
            connection.sendall(b"x")

    for answer in (silent, dripping):
        release.clear()
        with talking(answer) as address:
            exchange = await send(address, timeout=0.4)
            release.set()
        assert kind(exchange) == "timeout"
        assert 0.3 < exchange.seconds < 3


async def test_a_reset_is_told_from_garbage() -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def reset_midway(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx")
        reset(connection)

    def garbage(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")

    def cut_short(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx")

    def false_gzip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nxxxx")

    for answer, expected in (
        (reset, "reset"),
        (reset_midway, "reset"),
        (garbage, "protocol"),
        (cut_short, "protocol"),
        (false_gzip, "protocol"),
    ):
        with talking(answer) as address:
            assert kind(await send(address)) == expected, answer.__name__


@pytest.mark.parametrize("address", ["http://127.0.0.1:99999/", "gopher://127.0.0.1/", "http:///path", "http://[::1/"])
async def test_an_address_that_is_none_is_told_and_not_raised(address: str) -> None:
    assert kind(await send(address)) in ("protocol", "connect")


async def test_a_header_that_cannot_be_sent_is_told_and_not_raised(url: str) -> None:
    assert kind(await send(f"{url}/echo", headers=(("X-Bad", "a\r\nX-Smuggled: b"),))) == "protocol"


async def test_a_connection_on_which_the_server_failed_is_not_used_again() -> None:
    """Servers end it after the answer without saying so: the next call must not be taken for one that was reset."""

    def fails(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\noops")

    with talking(fails) as address:
        connection: HttpConnection = DRIVER.open(Boundary(kind="http", url=address))
        try:
            exchanges = [await connection.send(Request("POST", address), timeout=5) for _ in range(5)]
        finally:
            await connection.close()
    assert [(e.status, e.response and e.response.body) for e in exchanges] == [(500, b"oops")] * 5


def coded(coding: str, body: bytes) -> Callable[[socket.socket], None]:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        # Without a time in it the bytes, and with them the name of the test, are the same in every process.
        ("gzip", gzip.compress(b"plain", mtime=0)),
        ("deflate", zlib.compress(b"plain")),
        ("deflate", zlib.compress(b"plain")[2:-4]),
        ("identity", b"plain"),
        ("deflate, GZIP", gzip.compress(zlib.compress(b"plain"), mtime=0)),
    ],
)
async def test_a_content_coding_is_undone(coding: str, body: bytes) -> None:
    with talking(coded(coding, body)) as address:
        exchange = await send(address)

    assert exchange.response is not None, exchange.failure
    assert exchange.response.body == b"plain"


@pytest.mark.parametrize(
    ("coding", "body", "failure", "words"),
    [
        ("br", b"x", "protocol", "not asked for"),
        ("gzip", b"no gzip", "protocol", "no valid gzip"),
        ("gzip", gzip.compress(b"plain" * 100, mtime=0)[:-9], "protocol", "cut off"),
        ("gzip", gzip.compress(b"\0" * (LARGEST_BODY + 1), mtime=0), "too-large", "larger than"),
    ],
)
async def test_a_coding_that_cannot_be_undone_is_told(coding: str, body: bytes, failure: str, words: str) -> None:
    with talking(coded(coding, body)) as address:
        exchange = await send(address)

    assert kind(exchange) == failure
    assert exchange.failure is not None
    assert words in exchange.failure.text


async def test_what_a_target_may_not_hold_is_encoded_and_a_user_becomes_basic_authentication(url: str) -> None:
    told = await send(f"{url.replace('://', '://ann:s%3Ccret@')}/said?q=caf\u00e9 au lait#part")

    assert told.response is not None
    assert told.response.text == "q=caf%C3%A9%20au%20lait Basic YW5uOnM8Y3JldA=="
