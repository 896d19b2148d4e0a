"""The relay on real sockets: invisible with nothing armed, exact with a fault, and healthy again by itself."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import threading
import time

import pytest

from seamwright.engines.faults import DropAnswer, Hang, Latency, Refuse, Reset, Selection
from tests.engines.faults.clients import ASK, OK, Client, fresh, relay_to, until
from tests.engines.servers import echo, free_port, http, read_request, serving

# nothing armed


async def test_it_changes_no_byte_in_either_direction() -> None:
    sent = os.urandom(1_000_000)
    with serving(echo) as port:
        async with relay_to(port) as relay:
            reader, writer = await asyncio.open_connection(*relay.address)
            for _ in range(2):
                writer.write(sent)
                assert await reader.readexactly(len(sent)) == sent
            writer.close()
            assert await relay.log() == ()
            await until(lambda: relay.connections == 0)


async def test_a_half_close_goes_through_and_the_answer_still_comes_back() -> None:
    async def answers_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = await reader.read()
        await asyncio.sleep(0.05)
        writer.write(str(len(body)).encode() + body[-3:])
        await writer.drain()

    with serving(answers_at_the_end) as port:
        async with relay_to(port) as relay:
            reader, writer = await asyncio.open_connection(*relay.address)
            writer.write(b"x" * 1_000_000 + b"end")
            writer.write_eof()
            assert await reader.read() == b"1000003end"
            writer.close()
            await until(lambda: relay.connections == 0)


async def test_a_client_that_does_not_read_holds_the_upstream_back() -> None:
    written = [0]

    async def pours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(400):
            writer.write(bytes(100_000))
            await writer.drain()
            written[0] += 100_000

    with serving(pours) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            last = -1
            while written[0] != last:
                last = written[0]
                await asyncio.sleep(0.2)
            assert 0 < last < 40_000_000
            total = 0
            while data := await asyncio.to_thread(client.socket.recv, 1_000_000):
                total += len(data)
            assert total == 40_000_000


async def test_a_reset_by_the_upstream_arrives_as_a_reset() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    with serving(behave) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            with pytest.raises(ConnectionResetError):
                await client.ask()


async def test_an_upstream_that_is_not_there_is_told_in_the_log() -> None:
    port = free_port()
    async with relay_to(port) as relay:
        with pytest.raises(ConnectionResetError):
            await fresh(relay)
        (entry,) = await relay.log()
        assert (entry.fault, entry.kind, entry.connection) == (None, "upstream", 1)
        assert str(port) in entry.done


async def test_stopping_closes_everything_and_frees_the_port() -> None:
    with serving(echo) as port:
        relay = relay_to(port)
        await relay.start()
        address = relay.address
        async with Client(relay) as client:
            await client.send(b"x")
            assert await client.receive() == b"x"
            await relay.stop()
            assert await client.receive() == b""
        with socket.socket() as heir:
            heir.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            heir.bind(address)
        with pytest.raises(RuntimeError, match="does not run"):
            await relay.arm(Reset(), 1)


# faults


async def test_refused_is_refused_by_the_kernel_and_open_connections_close() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay, Client(relay) as before:
            assert await before.ask() == OK
            armed = await relay.arm(Refuse(), 30)
            with pytest.raises(ConnectionRefusedError):
                await fresh(relay)
            assert await before.receive() == b""
            assert not relay.listening
            assert await relay.disarm(armed)
            assert await fresh(relay) == OK
            assert not await relay.disarm(armed)


async def test_reset_reaches_a_connection_that_was_open_before_and_the_upstream_sees_nothing() -> None:
    seen: list[bytes] = []
    with serving(http(OK, seen=seen)) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            assert await client.ask() == OK
            armed = await relay.arm(Reset(), 30)
            with pytest.raises(ConnectionResetError):
                await client.ask()
            assert seen == [ASK]
            struck = [entry for entry in await relay.log() if entry.turn]
            assert [(entry.fault, entry.kind, entry.connection, entry.turn) for entry in struck] == [
                (armed.id, "reset", 1, 2)
            ]


async def test_slow_delays_each_answer_by_the_amount_and_keeps_its_bytes_in_order() -> None:
    body = os.urandom(500_000)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\nConnection: close\r\n\r\n" + body

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer[:100])
        await writer.drain()
        writer.write(answer[100:])
        await writer.drain()

    with serving(behave) as port:
        async with relay_to(port) as relay:
            await relay.arm(Latency(0.2), 30)
            for _ in range(2):
                reader, writer = await asyncio.open_connection(*relay.address)
                began = time.monotonic()
                writer.write(ASK)
                first = await reader.read(1)
                assert 0.19 < time.monotonic() - began < 0.6
                assert first + await reader.read() == answer
                writer.close()


async def test_hang_takes_the_request_and_answers_nothing_until_it_ends() -> None:
    seen: list[bytes] = []
    with serving(http(OK, seen=seen)) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            armed = await relay.arm(Hang(), 30)
            client.socket.settimeout(0.2)
            with pytest.raises(TimeoutError):
                await client.ask()
            assert seen == []
            client.socket.settimeout(5)
            await relay.disarm(armed)
            with pytest.raises(ConnectionResetError):
                await client.receive()
            assert await fresh(relay) == OK


async def test_hang_holds_when_the_upstream_loses_patience() -> None:
    async def impatient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)

    with serving(impatient) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(Hang(), 30)
            client.socket.settimeout(0.3)
            with pytest.raises(TimeoutError):
                await client.ask()


async def test_a_dropped_answer_was_done_by_the_upstream_and_reset_for_the_client() -> None:
    seen: list[bytes] = []
    with serving(http(OK, seen=seen)) as port:
        async with relay_to(port) as relay, Client(relay) as client:
            await relay.arm(DropAnswer(), 30, Selection(first=1))
            with pytest.raises(ConnectionResetError):
                await client.ask()
            assert seen == [ASK]
            assert await fresh(relay) == OK
            done = [entry.done for entry in await relay.log() if entry.connection == 1]
            assert len(done) == 2
            assert "passed on" in done[0]
            assert "dropped" in done[1]


async def test_first_n_strikes_that_many_turns_of_whatever_connection() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            await relay.arm(Reset(), 30, Selection(first=2))
            for _ in range(2):
                with pytest.raises(ConnectionResetError):
                    await fresh(relay)
            async with Client(relay) as client:
                assert [await client.ask() for _ in range(3)] == [OK] * 3


async def test_the_fault_armed_first_strikes_first() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            await relay.arm(Reset(), 30, Selection(first=1))
            await relay.arm(Latency(0.1), 30)
            with pytest.raises(ConnectionResetError):
                await fresh(relay)
            began = time.monotonic()
            assert await fresh(relay) == OK
            assert time.monotonic() - began >= 0.095


async def test_a_server_that_speaks_first_is_struck_in_its_greeting() -> None:
    async def greets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        await reader.read()

    with serving(greets) as port:
        async with relay_to(port) as relay:
            async with Client(relay) as client:
                assert await client.receive() == b"220 ready\r\n"
            await relay.arm(Reset(), 30)
            async with Client(relay) as client:
                with pytest.raises(ConnectionResetError):
                    await client.receive()


@pytest.mark.parametrize("fault", [Refuse(), Reset(), Hang(), Latency(5), DropAnswer()])
async def test_every_fault_ends_by_itself(fault: Refuse | Reset | Hang | Latency | DropAnswer) -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            armed = await relay.arm(fault, 0.15)
            assert armed.expires_at == pytest.approx(time.time() + 0.15, abs=0.1)
            assert await relay.armed() == (armed,)
            async with asyncio.timeout(5):
                while await relay.armed():
                    await asyncio.sleep(0.01)
                await until(lambda: relay.listening)
                assert await fresh(relay) == OK
            assert (await relay.log())[-1].done == "ended: its time to live ran out"


async def test_clear_ends_all_faults() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            for fault in (Refuse(), Refuse(), Hang(), Latency(5)):
                await relay.arm(fault, 30)
            assert await relay.clear() == 4
            assert await relay.armed() == ()
            assert await fresh(relay) == OK
            assert await relay.clear() == 0


async def test_refusal_lasts_until_the_last_of_its_faults_has_ended() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            one, two = await relay.arm(Refuse(), 30), await relay.arm(Refuse(), 30)
            await relay.disarm(one)
            with pytest.raises(ConnectionRefusedError):
                await fresh(relay)
            await relay.disarm(two)
            assert await fresh(relay) == OK


async def test_the_log_is_numbered_and_can_be_read_from_a_point() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            before = time.time()
            await relay.arm(Latency(0.01), 30, Selection(first=1))
            await fresh(relay)
            await relay.clear()
            log = await relay.log()
            assert [entry.number for entry in log] == [1, 2, 3]
            assert [entry.kind for entry in log] == ["latency"] * 3
            assert before <= log[0].at <= log[1].at <= log[2].at <= time.time()
            assert await relay.log(since=2) == log[2:]


async def test_refuse_armed_amid_connections_being_made_leaves_none_served() -> None:
    with serving(http(OK)) as port:
        async with relay_to(port) as relay:
            outcomes: list[str] = []

            def hammer() -> None:
                for _ in range(100):
                    try:
                        with socket.create_connection(relay.address, 5) as connection:
                            connection.sendall(ASK)
                            outcomes.append("answered" if connection.recv(100) == OK else "closed")
                    except OSError as error:
                        outcomes.append(type(error).__name__)

            thread = threading.Thread(target=hammer)
            thread.start()
            await until(lambda: len(outcomes) > 10)
            await relay.arm(Refuse(), 30)
            await asyncio.to_thread(thread.join, 10)
            assert "ConnectionRefusedError" in outcomes
            last_answer = max(i for i, outcome in enumerate(outcomes) if outcome == "answered")
            assert "ConnectionRefusedError" not in outcomes[:last_answer]
            await until(lambda: relay.connections == 0)
