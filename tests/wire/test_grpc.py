"""Calls as bytes against real servers: what comes, how it ended, and who ended it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest

from seamwright.wire.grpc import CODES, STATUSES, Channel, Ended, timeout_text
from tests.rpc import SHOP, serving_rpc
from tests.serving import free_port
from tests.wire.serving_http2 import serving_without_deadlines
from tests.wire.test_http1 import certified


class _Bytes(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Rpcs of bytes, by the last part of their path."""

    def service(self, details: Any) -> Any:
        name = details.method.rpartition("/")[2]
        answer = getattr(self, f"_{name}", None)
        return None if answer is None else grpc.stream_stream_rpc_method_handler(answer)

    def _echo(self, requests: Any, context: Any) -> Any:
        metadata = dict(context.invocation_metadata())
        context.send_initial_metadata((("x-first", metadata.get("x-asked", "")),))
        context.set_trailing_metadata((("x-last-bin", b"\x00\xff"),))
        yield from requests

    def _fail(self, requests: Any, context: Any) -> Any:
        list(requests)
        context.set_trailing_metadata((("x-why", "because"),))
        context.abort(grpc.StatusCode.UNAVAILABLE, "the stock is out of reach: 漢字")
        yield b""

    def _forever(self, requests: Any, context: Any) -> Any:
        list(requests)
        while context.is_active():
            yield b"tick"
            time.sleep(0.005)

    def _left(self, requests: Any, context: Any) -> Any:
        list(requests)
        yield f"{context.time_remaining():.1f}".encode()


@pytest.fixture
async def channel() -> AsyncIterator[Channel]:
    with serving_rpc(SHOP, {}, more=(_Bytes(),)) as url:
        made = Channel(url)
        yield made
        await made.close()
        await made.close()


async def _called(channel: Channel, name: str, *messages: bytes, **metadata: str) -> Ended:
    pairs = [(key.replace("_", "-"), value) for key, value in metadata.items()]
    call = channel.start(f"/t.S/{name}", messages, pairs, hold=False)
    try:
        return await call.read(50, 5.0, 5.0)
    finally:
        await call.stop()
        await call.stop()


async def test_messages_status_and_metadata(channel: Channel) -> None:
    ended = await _called(channel, "echo", b"a", b"b", x_asked="hello", content_type="ignored")
    assert ended.messages == (b"a", b"b")
    assert ended.code == "OK"
    assert ("x-first", "hello") in ended.initial
    assert ("x-last-bin", "AP8=") in ended.trailing
    assert (await _called(channel, "echo")).messages == ()


async def test_a_status_of_the_server_is_its_own(channel: Channel) -> None:
    ended = await _called(channel, "fail", b"a")
    assert (ended.code, ended.text, ended.failure) == ("UNAVAILABLE", "the stock is out of reach: 漢字", None)
    assert ("x-why", "because") in ended.trailing
    assert (await _called(channel, "nothing", b"a")).code == "UNIMPLEMENTED"


async def test_a_stream_is_left_while_it_goes_on(channel: Channel) -> None:
    call = channel.start("/t.S/forever", [b""], (), hold=False)
    ended = await call.read(3, 5.0, 5.0)
    assert (len(ended.messages), ended.cut, ended.code) == (3, True, "")
    more = await call.read(1000, 5.0, 0.1)
    assert more.cut
    assert more.messages
    await call.stop()


async def test_a_call_is_held_open_and_spoken_into(channel: Channel) -> None:
    call = channel.start("/t.S/echo", (), (), hold=True)
    assert (await call.read(1, 0.05, 0.05)).failure == ("timeout", "nothing came within 0.05 s")
    call.say(b"one")
    assert (await call.read(1, 5.0, 5.0)).messages == (b"one",)
    call.say(None)
    assert (await call.read(1, 5.0, 5.0)).code == "OK"
    await call.stop()
    with pytest.raises(ValueError, match="one message only"):
        channel.start("/t.S/echo", [b"a"], (), hold=False).say(b"b")


async def test_the_deadline_travels_and_is_the_servers_to_keep(channel: Channel) -> None:
    assert float((await _called(channel, "left", b"", grpc_timeout="9S")).messages[0]) == pytest.approx(9, abs=0.5)
    call = channel.start("/t.S/echo", (), [("grpc-timeout", "100m")], hold=True)
    assert (await call.read(1, 5.0, 5.0)).code == "DEADLINE_EXCEEDED"
    with serving_without_deadlines() as url:
        other = Channel(url)
        call = other.start("/t.S/echo", (), [("grpc-timeout", "50m")], hold=True)
        ended = await call.read(1, 0.4, 0.4)
        assert ended.failure is not None, "had our own side kept the deadline, there would be a status"
        await call.stop()
        await other.close()


async def test_why_no_answer_came() -> None:
    closed = Channel(f"grpc://127.0.0.1:{free_port()}")
    ended = await _called(closed, "echo", b"")
    assert ended.failure is not None
    assert ended.failure[0] == "connect"
    await closed.close()

    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\0\0\0\x04\0\0\0\0\0")
        await reader.read(100)
        await asyncio.sleep(0.1)
        writer.transport.abort()

    for handle, kind in ((http, "protocol"), (reset, "reset")):
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        other = Channel(f"grpc://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ended = await _called(other, "echo", b"")
        assert ended.failure is not None, ended
        assert ended.failure[0] == kind, ended
        await other.close()
        server.close()


async def test_a_message_that_is_too_large(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seamwright.wire.grpc.LARGEST", 1000)
    ended = await _called(channel, "echo", b"x" * 2000)
    assert ended.failure is not None
    assert ended.failure[0] == "too-large"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("x y", "a", "no name of metadata"), ("x-a", "漢", "printable ASCII"), ("x-bin", "%", "must be base64")],
)
async def test_metadata_that_cannot_be_sent(channel: Channel, name: str, value: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        channel.start("/t.S/echo", [b""], [(name, value)], hold=False)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(10, "10S"), (0.3, "300m"), (0.0015, "1500u"), (1e-9, "1u"), (123456.7, "123456700m"), (1e12, "99999999S")],
)
def test_a_deadline_in_at_most_eight_digits(seconds: float, text: str) -> None:
    if len(text) > 9:
        text = f"{round(seconds)}S"
    assert timeout_text(seconds) == text


def test_every_code_has_a_status() -> None:
    assert len(CODES) == 17
    assert set(STATUSES) == set(CODES)
    assert (STATUSES["OK"], STATUSES["NOT_FOUND"], STATUSES["UNAUTHENTICATED"]) == (200, 404, 401)


async def test_tls_and_whom_it_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certified(tmp_path)
    pem, key = (tmp_path / "cert.pem").read_bytes(), (tmp_path / "key.pem").read_bytes()
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((_Bytes(),))
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, pem)]))
    server.start()
    try:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        known = Channel(f"grpcs://127.0.0.1:{port}")
        assert (await _called(known, "echo", b"a")).messages == (b"a",)
        await known.close()
        monkeypatch.delenv("SSL_CERT_FILE")
        stranger = Channel(f"grpcs://127.0.0.1:{port}")
        ended = await _called(stranger, "echo", b"a")
        assert ended.failure is not None
        assert ended.failure[0] in ("connect", "protocol")
        await stranger.close()
    finally:
        server.stop(None).wait(5)
