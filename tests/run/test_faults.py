"""Doors: relays that a run opens, and that are gone afterwards."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import httpx2
import pytest

from seamwright.engines.faults import Armed, Relay
from seamwright.model.bench import Fault
from seamwright.model.errors import Undecided, UsageError
from seamwright.run.faults import Doors, armed
from tests.run.shelf import Shelf
from tests.run.trial import manifest_of
from tests.serving import free_port, serving


async def ask(port: int, timeout: float = 5) -> str:
    """What a new connection through the relay gets: a status, or the kind of failure."""
    async with httpx2.AsyncClient(trust_env=False, timeout=timeout) as client:
        try:
            return str((await client.get(f"http://127.0.0.1:{port}/echo")).status_code)
        except httpx2.TransportError as error:
            return type(error).__name__


def manifest(url: str, port: int | str) -> object:
    return manifest_of({"api": {"kind": "http", "url": url, "relay": {"listen": f"127.0.0.1:{port}"}}, "other": url})


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault("refuse"), {"ConnectError"}),
        (Fault("reset"), {"ReadError", "RemoteProtocolError"}),
        (Fault("hang"), {"ReadTimeout"}),
        (Fault("slow", seconds=2.0), {"ReadTimeout"}),
        (Fault("drop-answer"), {"ReadError", "RemoteProtocolError"}),
    ],
)
async def test_each_fault_strikes_and_is_gone_after_its_block(fault: Fault, seen: set[str]) -> None:
    shelf, port = Shelf(), free_port()
    with serving(shelf.app()) as url:
        async with Doors.opened(manifest(url, port)) as doors:  # type: ignore[arg-type]
            door = doors.get("api")
            assert door is not None
            assert doors.get("other") is None
            assert await ask(port) == "200"
            async with armed(door, fault, ttl=10):
                assert await ask(port, timeout=0.4) in seen
            assert await ask(port) == "200"
        assert await ask(port) == "ConnectError", "the relay is gone with the run"
    arrived = len(shelf.asked("/echo"))
    assert arrived == (2 if fault.kind in ("refuse", "reset", "hang") else 3), "a lost answer is of a request that came"


async def test_a_fault_is_gone_when_its_block_breaks() -> None:
    shelf, port = Shelf(), free_port()
    with serving(shelf.app()) as url:
        async with Doors.opened(manifest(url, port)) as doors:  # type: ignore[arg-type]
            door = doors.get("api")
            assert door is not None
            with contextlib.suppress(ZeroDivisionError):
                async with armed(door, Fault("refuse"), ttl=60):
                    raise ZeroDivisionError
            assert await door.armed() == ()
            assert await ask(port) == "200"


async def test_a_fault_ends_by_itself_after_its_time() -> None:
    shelf, port = Shelf(), free_port()
    with serving(shelf.app()) as url:
        async with Doors.opened(manifest(url, port)) as doors:  # type: ignore[arg-type]
            door = doors.get("api")
            assert door is not None
            async with armed(door, Fault("refuse"), ttl=0.3), asyncio.timeout(5):
                while await ask(port) != "200":  # each question is a connection of its own, and takes its time
                    continue


async def test_only_the_first_requests_are_hit_when_it_says_so() -> None:
    shelf, port = Shelf(), free_port()
    with serving(shelf.app()) as url:
        async with Doors.opened(manifest(url, port)) as doors:  # type: ignore[arg-type]
            door = doors.get("api")
            assert door is not None
            async with armed(door, Fault("reset", first_n=2), ttl=10):
                assert [await ask(port) == "200" for _ in range(4)] == [False, False, True, True]


async def test_what_a_fault_struck_is_told_during_its_block_and_after_it() -> None:
    shelf, port = Shelf(), free_port()
    with serving(shelf.app()) as url:
        async with Doors.opened(manifest(url, port)) as doors:  # type: ignore[arg-type]
            door = doors.get("api")
            assert door is not None
            await ask(port)
            async with armed(door, Fault("status", params={"code": 429, "retry_after": 1}), ttl=10) as told:
                assert await told.strikes() == ()
                assert [await ask(port) for _ in range(2)] == ["429", "429"]
                assert len(await told.strikes()) == 2
            assert await ask(port) == "200"
            strikes = await told.strikes()
            assert [strike.request for strike in strikes] == [2, 3]
            assert {strike.operation for strike in strikes} == {"GET /echo"}
            assert not any(strike.whole for strike in strikes)
            async with armed(door, Fault("oversize", params={"size": 1000}), ttl=10) as told:
                assert await ask(port) == "200"
                assert [strike.whole for strike in await told.strikes()] == [True]


async def test_a_fault_that_the_relay_cannot_show() -> None:
    shelf = Shelf()
    with serving(shelf.app()) as url:
        relay = Relay("127.0.0.1", 0, "127.0.0.1", int(url.rpartition(":")[2]), protocol="tcp")
        await relay.start()
        try:
            with pytest.raises(Undecided, match="cannot show this fault"):
                async with armed(relay, Fault("status"), ttl=1):
                    pass
        finally:
            await relay.stop()


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1:http", "127.0.0.1:70000", "127.0.0.1:²"])
async def test_an_address_that_is_none(listen: str) -> None:
    given = manifest_of({"api": {"kind": "http", "url": "http://127.0.0.1:1", "relay": {"listen": listen}}})
    with pytest.raises(UsageError, match=r"boundaries\.api\.relay\.listen: .* is no host:port"):
        async with Doors.opened(given):
            pass


async def test_a_fault_that_there_is_not() -> None:
    shelf, port = Shelf(), free_port()
    with serving(shelf.app()) as url:
        async with Doors.opened(manifest(url, port)) as doors:  # type: ignore[arg-type]
            door = doors.get("api")
            assert door is not None
            with pytest.raises(UsageError, match="the fault cannot be armed"):
                async with armed(door, Fault("earthquake"), ttl=1):
                    pass


async def test_a_relay_goes_to_the_port_of_the_scheme() -> None:
    there = {"kind": "http", "url": "https://127.0.0.1", "relay": {"listen": "[::1]:0"}}
    async with Doors.opened(manifest_of({"api": there})) as doors:
        door = doors.get("api")
        assert isinstance(door, Relay)
        assert door.upstream == ("127.0.0.1", 443)
    with pytest.raises(UsageError, match=r"boundaries\.db\.url: say the port"):
        async with Doors.opened(
            manifest_of({"db": {"kind": "sql", "url": "postgresql://u@h/d", "relay": {"listen": "127.0.0.1:0"}}})
        ):
            pass


async def test_a_fault_is_gone_when_its_block_is_cancelled_while_it_is_being_armed() -> None:
    begun = asyncio.Event()

    class Slow(Relay):
        async def arm(self, *rule: Any, **more: Any) -> Armed:
            done = await super().arm(*rule, **more)
            begun.set()
            await asyncio.sleep(0.05)
            return done

    async def block() -> None:
        async with armed(relay, Fault("refuse"), ttl=60):
            raise AssertionError("it was cancelled before")

    async with Slow("127.0.0.1", 0, "127.0.0.1", 1) as relay:
        task = asyncio.create_task(block())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await relay.armed() == ()
        assert relay.listening
