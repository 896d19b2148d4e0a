"""The same door to a relay in another process, and what is left when whoever armed a fault is killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest

from seamwright.engines.faults import Latency, Refuse, Reset, Selection
from seamwright.engines.faults.remote import RemoteRelay
from tests.engines.faults.processes import RelayProcess, relay_process
from tests.engines.servers import free_port, http, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

_ARM_AND_WAIT = """
import asyncio, sys
from seamwright.engines.faults import Refuse
from seamwright.engines.faults.remote import RemoteRelay

async def main():
    door = RemoteRelay(sys.argv[1], sys.argv[2])
    await door.arm(Refuse(), 1.5)
    print("armed", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def ask(relay: RelayProcess) -> bytes:
    reader, writer = await asyncio.open_connection(relay.host, relay.port)
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        return await reader.read(1000)
    finally:
        writer.close()


async def test_it_arms_tells_and_ends_as_a_relay_of_this_process_does() -> None:
    with serving(http(OK)) as port, relay_process(port) as relay:
        async with RemoteRelay(relay.control, relay.token) as door:
            first = await door.arm(Reset(), 30, Selection(first=1))
            second = await door.arm(Latency(0.1), 30)
            assert await door.armed() == (first, second)
            assert first.fault == Reset()
            with pytest.raises(ConnectionResetError):
                await ask(relay)
            assert await ask(relay) == OK
            assert await door.disarm(first)
            assert not await door.disarm(first)
            log = await door.log()
            assert [entry.fault for entry in log] == [1, 2, 1, 2, 1]
            assert await door.log(since=4) == log[4:]
            assert await door.clear() == 1
            assert (await door.state())["armed"] == []


async def test_sigkill_of_whoever_armed_it_leaves_the_fault_only_its_time_to_live() -> None:
    with serving(http(OK)) as port, relay_process(port) as relay:
        arming = subprocess.Popen(  # noqa: ASYNC220 - starting it takes a moment, waiting for it is what may not block
            [sys.executable, "-c", _ARM_AND_WAIT, relay.control, relay.token], stdout=subprocess.PIPE
        )
        assert arming.stdout is not None
        assert await asyncio.to_thread(arming.stdout.readline) == b"armed\n"
        began = time.monotonic()
        arming.kill()
        arming.wait()
        arming.stdout.close()
        with pytest.raises(ConnectionRefusedError):
            await ask(relay)
        while True:
            try:
                assert await ask(relay) == OK
                break
            except ConnectionRefusedError:
                assert time.monotonic() - began < 4, "the fault outlived its time to live"
                await asyncio.sleep(0.02)
        async with RemoteRelay(relay.control, relay.token) as door:
            assert (await door.log())[-1].done == "ended: its time to live ran out"


async def test_what_goes_wrong_says_what() -> None:
    with relay_process(free_port()) as relay:
        async with RemoteRelay(relay.control, "wrong") as door:
            with pytest.raises(PermissionError, match="token"):
                await door.armed()
        async with RemoteRelay(relay.control, relay.token) as door:
            with pytest.raises(ValueError, match="time to live"):
                await door.arm(Refuse(), -1)
    async with RemoteRelay(f"http://127.0.0.1:{free_port()}", "t") as door:
        with pytest.raises(ConnectionError, match="look whether its process runs"):
            await door.clear()
