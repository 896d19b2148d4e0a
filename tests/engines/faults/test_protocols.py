"""What a connection speaks is told from its first bytes."""

from __future__ import annotations

import pytest

from seamwright.engines.faults import Relay, Reset, Selection, Status
from seamwright.engines.faults.protocols import framing_of
from tests.engines.faults.clients import OK, Client, asking, fresh, relay_to
from tests.engines.servers import echo, http, serving


@pytest.mark.parametrize(
    ("begin", "operation"),
    [(b"GET /a HTTP/1.1\r\n\r\n", "GET /a"), (b"\x16\x03\x01", ""), (b"PRI * HTTP/2.0\r\n\r\n", ""), (b"hello", "")],
)
def test_first_bytes(begin: bytes, operation: str) -> None:
    (piece,) = framing_of("auto").requests(begin)[0]
    assert piece[0] is not None
    assert piece[0].operation == operation


def test_too_few_bytes_are_waited_for() -> None:
    framing = framing_of("auto")
    assert framing.requests(b"GE") == ([], 0)
    assert framing.requests(b"GET / HTTP/1.1\r\n\r\n")[0][0][0] is not None


def test_a_name_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="there are tcp, http"):
        Relay("127.0.0.1", 0, "127.0.0.1", 1, protocol="smtp")


async def test_each_connection_is_taken_for_what_it_is() -> None:
    with serving(http(OK)) as web, serving(echo) as other:
        async with relay_to(web, protocol="auto") as relay:
            await relay.arm(Status(503), 30, Selection(operation="GET /x"))
            assert (await fresh(relay, asking("GET /x"))).startswith(b"HTTP/1.1 503")
            assert await fresh(relay) == OK
        async with relay_to(other, protocol="auto") as relay, Client(relay) as client:
            assert await client.ask(b"\x00\x01") == b"\x00\x01"


async def test_what_turns_out_to_be_no_http_is_passed_on_and_told_by_turns() -> None:
    with serving(echo) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            assert await client.ask(b"\x00\x01\x02") == b"\x00\x01\x02"
            (entry,) = await relay.log()
            assert "told by turns from here on" in entry.done
            await relay.arm(Reset(), 30)
            with pytest.raises(ConnectionResetError):
                await client.ask(b"\x03")
