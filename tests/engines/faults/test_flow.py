"""Bytes that come late, slowly and in pieces: all of them, in order, and at once when the fault ends."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from seamwright.engines.faults import Bandwidth, Fault, Latency, Selection, SlowClose, Trickle
from seamwright.engines.faults.flow import Flow, Shape
from tests.engines.faults.clients import ASK, Client, relay_to
from tests.engines.servers import echo, http, read_request, serving

BODY = os.urandom(20_000)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + BODY


class Pipe:
    """Keeps what is written, with when."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.written: list[tuple[float, bytes]] = []

    def write(self, data: bytes) -> None:
        self.written.append((time.monotonic() - self.began, data))

    @property
    def data(self) -> bytes:
        return b"".join(data for _, data in self.written)


def shape(*faults: Fault) -> Shape:
    made = Shape()
    for number, fault in enumerate(faults, 1):
        made.add(number, fault, getattr(fault, "seconds", 0.0))
    return made


async def drained(flow: Flow) -> None:
    done = asyncio.Event()
    flow.then(done.set)
    await asyncio.wait_for(done.wait(), 5)


async def test_without_a_shape_it_goes_at_once() -> None:
    flow = Flow(pipe := Pipe(), lambda: None)
    flow.send(b"a", None)
    assert pipe.data == b"a"
    assert flow.idle


@pytest.mark.parametrize(("fault", "full"), [(Latency(0.05), False), (Bandwidth(1000), True), (Trickle(10, 1), True)])
async def test_a_delay_is_no_limit_of_what_goes_through(fault: Fault, full: bool) -> None:
    flow = Flow(Pipe(), lambda: None)
    for _ in range(16):
        flow.send(bytes(64 * 1024), shape(fault))
    assert flow.full is full
    for _ in range(128):
        flow.send(bytes(64 * 1024), shape(fault))
    assert flow.full
    flow.drop()


async def test_what_comes_behind_what_is_late_waits_for_it() -> None:
    flow = Flow(pipe := Pipe(), lambda: None)
    flow.send(b"a", shape(Latency(0.05)))
    flow.send(b"b", None)
    assert pipe.data == b""
    await drained(flow)
    assert pipe.data == b"ab"
    assert pipe.written[0][0] >= 0.045


async def test_delays_add_up_and_the_least_bandwidth_holds() -> None:
    made = shape(Latency(0.1), Latency(0.2), Bandwidth(500), Bandwidth(200))
    assert made.delay == pytest.approx(0.3)
    assert made.rate == 200


async def test_bandwidth_is_kept_over_the_whole() -> None:
    flow = Flow(pipe := Pipe(), lambda: None)
    made = shape(Bandwidth(50_000))
    for at in range(0, 10_000, 2_000):
        flow.send(BODY[at : at + 2_000], made)
    await drained(flow)
    assert pipe.data == BODY[:10_000]
    assert 0.17 <= pipe.written[-1][0] < 0.5


async def test_a_trickle_comes_in_pieces_of_its_size() -> None:
    flow = Flow(pipe := Pipe(), lambda: None)
    flow.send(b"0123456789", shape(Trickle(3, 0.01)))
    await drained(flow)
    assert [data for _, data in pipe.written] == [b"012", b"345", b"678", b"9"]
    assert pipe.written[-1][0] >= 0.028
    flow.send(bytes(100), shape(Trickle(10, 0, variation=4)))
    await drained(flow)
    assert {6 <= len(data) <= 14 for _, data in pipe.written[4:-1]} == {True}


async def test_it_says_when_it_is_full_and_when_no_more() -> None:
    told: list[bool] = []
    flow = Flow(Pipe(), lambda: told.append(flow.full))
    flow.send(bytes(100_000), shape(Latency(0.02)))
    await drained(flow)
    assert told == [True, False]


async def test_the_end_of_the_fault_lets_everything_go() -> None:
    flow = Flow(pipe := Pipe(), lambda: None)
    flow.send(b"ab", shape(Latency(60), Trickle(1, 60)))
    flow.send(b"c", None)
    flow.release(1)
    assert pipe.data == b"a"
    flow.release(2)
    assert pipe.data == b"abc"
    assert flow.idle


async def test_a_slow_close_is_late_and_nothing_else_is() -> None:
    flow = Flow(pipe := Pipe(), lambda: None)
    made = shape(SlowClose(0.05))
    flow.send(b"a", made)
    assert pipe.data == b"a"
    flow.then(lambda: pipe.write(b"."), made)
    assert pipe.data == b"a"
    await drained(flow)
    assert pipe.written[-1][0] >= 0.045


# as a client sees it


@pytest.mark.parametrize("protocol", ["tcp", "http"])
async def test_a_slow_body_arrives_whole(protocol: str) -> None:
    with serving(http(ANSWER)) as port:
        async with relay_to(port, protocol=protocol) as relay, Client(relay) as client:
            await relay.arm(Bandwidth(100_000), 30)
            await relay.arm(Latency(0.05), 30)
            began = time.monotonic()
            await client.send(ASK)
            got = b""
            while len(got) < len(ANSWER):
                got += await client.receive()
            assert got == ANSWER
            assert time.monotonic() - began > 0.2


async def test_a_head_that_is_spared_comes_at_once_and_its_body_does_not() -> None:
    head = ANSWER.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    with serving(http(ANSWER)) as port:
        async with relay_to(port, protocol="http") as relay, Client(relay) as client:
            armed = await relay.arm(Trickle(1, 60, spare_head=True), 30)
            await client.send(ASK)
            got = b""
            while len(got) <= len(head):
                got += await client.receive()
            assert got == ANSWER[: len(head) + 1]
            await relay.disarm(armed)
            while len(got) < len(ANSWER):
                got += await client.receive()
            assert got == ANSWER


async def test_a_request_can_be_held_back_too() -> None:
    with serving(echo) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(Latency(0.1, direction="request"), 30, Selection(nth=2))
            for number, least in ((1, 0.0), (2, 0.095), (3, 0.0)):
                began = time.monotonic()
                assert await client.ask(b"x") == b"x"
                assert time.monotonic() - began >= least, number


async def test_a_fault_that_ends_lets_a_slow_answer_go_on_at_full_speed() -> None:
    with serving(http(ANSWER)) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(Bandwidth(1000), 0.2)
            began = time.monotonic()
            await client.send(ASK)
            got = b""
            while len(got) < len(ANSWER):
                got += await client.receive()
            assert got == ANSWER
            assert time.monotonic() - began < 2


async def test_an_open_connection_is_slowed_amid_its_answer() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"first")
        await reader.readexactly(2)
        writer.write(b"second")
        await writer.drain()

    with serving(behave) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            assert await client.ask() == b"first"
            await relay.arm(Latency(0.1), 30, Selection(open=True))
            began = time.monotonic()
            await client.send(b"go")
            assert await client.receive() == b"second"
            assert time.monotonic() - began > 0.095
