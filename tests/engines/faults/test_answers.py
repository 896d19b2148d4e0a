"""Answers of the relay's own and spoiled ones, as a client sees them."""

from __future__ import annotations

import asyncio
import json

import pytest

from seamwright.engines.faults import Fault, Malformed, Oversize, Reset, Selection, Status
from seamwright.engines.faults.answers import LIE, spoiled_body, spoiled_head
from tests.engines.faults.clients import ASK, OK, Client, asking, fresh, relay_to
from tests.engines.servers import http, serving

SERVED = b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-A: b\r\n\r\n{"id": 7}'


async def test_a_status_is_answered_without_the_upstream_and_the_connection_goes_on() -> None:
    seen: list[bytes] = []
    with serving(http(OK, seen=seen)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(Status(429, retry_after=2), 30, Selection(nth=2))
            assert await client.ask() == OK
            head, _, body = (await client.ask()).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
            assert b"\r\nRetry-After: 2\r\n" in head + b"\r\n"
            assert b"X-Seamwright-Request: 2" in head
            assert json.loads(body)["status"] == 429
            assert await client.ask() == OK
            assert seen == [ASK] * 2


async def test_a_burst_of_5xx_strikes_one_operation_alone() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(Status(503), 30, Selection(operation="POST /orders/{id}", first=2))
            asked = [asking("GET /orders/7"), *[asking("POST /orders/7", b"body")] * 3]
            assert [(await client.ask(request))[9:12] for request in asked] == [b"200", b"503", b"503", b"200"]


async def test_answers_of_the_relay_keep_their_place_among_pipelined_requests() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(Status(500), 30, Selection(every=2))
            await client.send(ASK * 4 + asking(Connection="close"))
            got = b""
            while got.count(b"HTTP/1.1") < 5 or not got.endswith(OK):
                got += await client.receive()
            assert [part[1:4] for part in got.split(b"HTTP/1.1")[1:]] == [b"200", b"500", b"200", b"500", b"200"]


@pytest.mark.parametrize("body", [b"", b"body"])
@pytest.mark.parametrize("fault", [Status(503), Oversize(1000)])
async def test_an_answer_of_the_relay_is_the_last_where_the_client_wants_no_more(fault: Fault, body: bytes) -> None:
    asked = asking("POST /a", body, Connection="close")
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(fault, 30)
            await client.send(asked[: len(asked) - len(body)])
            await client.send(body)
            head = (await asyncio.wait_for(client.rest(), 5)).partition(b"\r\n\r\n")[0]
            assert b"Connection: close" in head.split(b"\r\n")


async def test_an_oversize_answer_is_as_long_as_it_says_and_waits_for_who_reads_slowly() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(Oversize(5_000_000), 30, Selection(first=1))
            await client.send(ASK)
            got = await client.receive()
            while len(got.partition(b"\r\n\r\n")[2]) < 5_000_000:
                got += await client.receive()
            assert len(json.loads(got.partition(b"\r\n\r\n")[2])) == 4_999_998
            assert await client.ask() == OK


async def test_the_end_of_an_oversize_fault_ends_its_answer() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            armed = await relay.arm(Oversize(10**12), 30)
            await client.send(ASK)
            await client.receive()
            await relay.disarm(armed)
            with pytest.raises(ConnectionResetError):
                await client.rest()
            assert await fresh(relay) == OK


async def test_head_requests_have_no_body_whoever_answers() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(Status(503), 30, Selection(first=1))
            assert (await client.ask(asking("HEAD /"))).endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Malformed(), SERVED.replace(b"{", b"<")),
        (Malformed("head"), SERVED.replace(b"200", b"2OO")),
        (Malformed("length"), SERVED.replace(b"9", str(9 + LIE).encode(), 1)),
    ],
)
async def test_a_malformed_answer_differs_only_where_it_should(fault: Malformed, expected: bytes) -> None:
    with serving(http(SERVED)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            await relay.arm(fault, 30, Selection(first=1))
            got = await client.ask()
            if fault.what == "length":
                assert got + await client.rest() == expected
            else:
                assert got.split() == expected.replace(b"2OO OK", b"2OO OK").split()
                assert await client.ask() == SERVED


def test_what_is_spoiled_is_as_long_as_before() -> None:
    assert [spoiled_body(body) for body in (b"{}", b"<a/>", b"")] == [b"<}", b"{a/>", b"<"]
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    assert spoiled_head(Malformed("length"), head) == head


@pytest.mark.parametrize("fault", [Status(), Oversize(), Malformed()])
async def test_what_answers_in_http_wants_a_relay_that_knows_it(fault: Fault) -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            with pytest.raises(ValueError, match="knows HTTP"):
                await relay.arm(fault, 30)
            with pytest.raises(ValueError, match="knows the protocol"):
                await relay.arm(Reset(), 30, Selection(operation="GET /"))
