"""The client against real servers: framing, keeping alive, ending, and the class of each failure."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from seamwright.wire.http1 import Answering, ExchangeError, Response, dial, render_request
from tests.engines.servers import Behaviour, free_port, http, read_request, reset, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: a\r\nX-Two: b\r\n\r\nhello"


def get(target: str = "/", method: str = "GET") -> bytes:
    return render_request(method, target, {"Host": "test"})


async def ask(
    port: int, *requests: bytes, max_body: int = 2**20, timeout: float = 5
) -> tuple[Answering, list[Response]]:
    connection = await dial(Answering(max_body), "127.0.0.1", port, timeout=5)
    return connection, [await connection.exchange(request, timeout=timeout) for request in requests]


async def failure(behave: Behaviour, *, timeout: float = 5, max_body: int = 2**20) -> ExchangeError:
    with serving(behave) as port, pytest.raises(ExchangeError) as raised:
        await ask(port, get(), timeout=timeout, max_body=max_body)
    return raised.value


def raw(answer: bytes) -> Behaviour:
    """Answer one request with these bytes and close."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    return behave


async def test_a_kept_connection_carries_one_request_after_the_other() -> None:
    with serving(http(OK, OK.replace(b"hello", b"again"))) as port:
        connection, (first, second) = await ask(port, get(), get())
        assert (first.status, first.body, second.body) == (200, b"hello", b"again")
        assert first.header(b"content-length") == b"5"
        assert [value for name, value in first.headers if name == b"X-Two"] == [b"a", b"b"]
        assert connection.usable
        connection.close()


async def test_chunks_are_joined_however_they_arrive() -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\nTrailer: t\r\n\r\n"
    )

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            for i in range(len(answer)):
                writer.write(answer[i : i + 1])
                await writer.drain()

    with serving(drip) as port:
        connection, answers = await ask(port, get(), get())
        assert [answer.body for answer in answers] == [b"Wikipedia", b"Wikipedia"]
        connection.close()


async def test_connection_close_is_obeyed() -> None:
    with serving(http(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) as port:
        connection, (answer,) = await ask(port, get())
        assert answer.body == b"ok"
        assert not connection.usable


async def test_an_answer_without_length_ends_with_the_connection() -> None:
    with serving(raw(b"HTTP/1.1 200 OK\r\n\r\nto the end")) as port:
        connection, (answer,) = await ask(port, get())
        assert answer.body == b"to the end"
        assert not connection.usable


async def test_no_body_follows_head_204_and_304() -> None:
    answers = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        OK,
    )
    with serving(http(*answers)) as port:
        connection, got = await ask(port, get(method="HEAD"), get(), get(), get())
        assert [(answer.status, answer.body) for answer in got] == [(200, b""), (204, b""), (304, b""), (200, b"hello")]
        connection.close()


async def test_content_after_a_head_is_handed_up_and_ends_the_connection() -> None:
    with serving(http(OK, OK)) as port:
        connection, [answer] = await ask(port, get(method="HEAD"))
        assert (answer.status, answer.body) == (200, b"hello")
        assert not connection.usable


async def test_an_interim_answer_is_not_the_answer() -> None:
    with serving(http(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK)) as port:
        connection, (answer,) = await ask(port, get())
        assert answer.status == 200
        assert answer.header(b"link") is None
        assert connection.usable
        connection.close()


async def test_bytes_beyond_the_answer_never_become_the_next_answer() -> None:
    with serving(http(OK + b"HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n")) as port:
        connection, (answer,) = await ask(port, get())
        assert answer.body == b"hello"
        assert not connection.usable


async def test_a_refused_port_is_a_connect_failure() -> None:
    with pytest.raises(ExchangeError, match="refused") as raised:
        await ask(free_port(), get())
    assert raised.value.failure == "connect"


async def test_a_reset_is_a_reset() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        reset(writer)

    error = await failure(behave)
    assert error.failure == "reset"
    assert "before any answer" in error.detail


async def test_a_connection_closed_without_a_word_is_a_reset() -> None:
    assert (await failure(raw(b""))).failure == "reset"


async def test_no_answer_in_time_is_a_timeout() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    assert (await failure(behave, timeout=0.1)).failure == "timeout"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "not a valid HTTP/1.1 answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "in the middle of the answer, after 5 body bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not a valid HTTP/1.1 answer"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "switched protocols"),
    ],
)
async def test_what_is_not_http_is_a_protocol_failure(answer: bytes, words: str) -> None:
    error = await failure(raw(answer), max_body=1000)
    assert error.failure == "protocol"
    assert words in error.detail


async def test_tls_is_spoken_and_an_unknown_certificate_is_a_connect_failure(tmp_path: Path) -> None:
    server, client = certified(tmp_path)
    with serving(http(OK), tls=server) as port:
        connection = await dial(Answering(), "127.0.0.1", port, tls=client, timeout=5)
        assert (await connection.exchange(get(), timeout=5)).body == b"hello"
        connection.close()
        with pytest.raises(ExchangeError, match="TLS") as raised:
            await dial(Answering(), "127.0.0.1", port, tls=ssl.create_default_context(), timeout=5)
        assert raised.value.failure == "connect"


def test_a_request_is_rendered_with_its_length() -> None:
    request = render_request("POST", "/orders?x=%20", [("Host", "h"), ("X", "1")], b'{"a":1}')
    assert request == b'POST /orders?x=%20 HTTP/1.1\r\nHost: h\r\nX: 1\r\nContent-Length: 7\r\n\r\n{"a":1}'
    assert b"Content-Length: 0" in render_request("POST", "/", {"Host": "h"})
    assert b"Content-Length" not in render_request("GET", "/", {"Host": "h"})


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/a b", {"Host": "h"}),
        ("GET", "/", {"Host": "h", "X": "1\r\nY: 2"}),
        ("GET", "/", {"Host": "h", "X: 1\r\nY": "2"}),
        ("GE T", "/", {"Host": "h"}),
    ],
)
def test_a_request_that_could_smuggle_is_not_rendered(method: str, target: str, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"Host|target|header|method"):
        render_request(method, target, headers)


def certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for 127.0.0.1, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))


async def test_a_body_beyond_what_is_taken_is_a_failure_of_its_own() -> None:
    error = await failure(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000), max_body=1000)

    assert error.failure == "too-large"
    assert "larger than 1000 bytes" in error.detail
