"""TLS that the proxy ends and begins anew: trusted by one file, and with faults in between."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from seamwright.engines.faults import Reset, Selection, Status
from seamwright.engines.faults.authority import authority_in, client_context
from tests.engines.faults.clients import ASK, OK, asking, relay_to, until
from tests.engines.servers import http, serving


async def ask(port: int, trusted: Path, request: bytes = ASK, name: str = "localhost") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context(trusted), server_hostname=name)
    try:
        writer.write(request)
        return await reader.read(1000)
    finally:
        writer.close()


def test_it_is_made_once_and_its_key_is_for_its_owner(tmp_path: Path) -> None:
    made = authority_in(tmp_path / "tls")
    before = made.certificate.read_bytes()
    assert made.key.stat().st_mode & 0o077 == 0
    assert authority_in(tmp_path / "tls").certificate.read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "tls").iterdir()) == ["ca.key", "ca.pem"]


async def test_tls_is_ended_and_requests_are_known_inside(tmp_path: Path) -> None:
    authority = authority_in(tmp_path)
    server = authority.server_context(["localhost", "127.0.0.1", "shop.test"])
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http", tls=server) as relay:
            for name in ("localhost", "127.0.0.1", "shop.test"):
                assert await ask(relay.address[1], authority.certificate, name=name) == OK
            with pytest.raises(ssl.SSLCertVerificationError):
                await ask(relay.address[1], authority.certificate, name="other.test")
            await relay.arm(Status(503), 30, Selection(operation="GET /x"))
            assert (await ask(relay.address[1], authority.certificate, asking("GET /x"))).startswith(b"HTTP/1.1 503")
            await relay.arm(Reset(), 30)
            with pytest.raises(ConnectionResetError):
                await ask(relay.address[1], authority.certificate)
            await relay.clear()
            assert await ask(relay.address[1], authority.certificate) == OK


async def test_an_answer_that_lasts_until_the_end_ends_for_a_caller_over_tls(tmp_path: Path) -> None:
    async def until_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 300_000)
        await writer.drain()

    authority = authority_in(tmp_path)
    with serving(until_close) as port:
        async with relay_to(port, tls=authority.server_context(["localhost"])) as relay:
            reader, writer = await asyncio.open_connection(
                *relay.address, ssl=client_context(authority.certificate), server_hostname="localhost"
            )
            writer.write(ASK)
            assert len(await asyncio.wait_for(reader.read(), 5)) == 300_019
            writer.close()
            await until(lambda: relay.connections == 0)


async def test_the_upstream_is_spoken_to_over_tls_and_must_be_who_it_says(tmp_path: Path) -> None:
    authority = authority_in(tmp_path / "theirs")
    stranger = authority_in(tmp_path / "others")
    with serving(http(OK), tls=authority.server_context(["127.0.0.1"])) as port:
        async with relay_to(port, protocol="http", upstream_tls=client_context(authority.certificate)) as relay:
            reader, writer = await asyncio.open_connection(*relay.address)
            writer.write(ASK)
            assert await reader.read(1000) == OK
            writer.close()
        async with relay_to(port, upstream_tls=client_context(stranger.certificate)) as relay:
            reader, writer = await asyncio.open_connection(*relay.address)
            with pytest.raises(ConnectionResetError):
                await reader.read(1000)
            (entry,) = await relay.log()
            assert "certificate verify failed" in entry.done


async def test_a_caller_that_speaks_no_tls_leaves_nothing_behind(tmp_path: Path) -> None:
    authority = authority_in(tmp_path)
    with serving(http(OK)) as port:
        async with relay_to(port, tls=authority.server_context(["localhost"])) as relay:
            reader, writer = await asyncio.open_connection(*relay.address)
            writer.write(ASK)
            assert OK not in await reader.read(1000)
            writer.close()
            assert await ask(relay.address[1], authority.certificate) == OK
