"""The relay in a process of its own: it relays, shows faults, and ends with us."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import httpx2
import pytest

from seamwright.engines.faults import fault_from
from seamwright.engines.faults.remote import RemoteRelay
from seamwright.model.errors import TargetError
from seamwright.services.relay import relay_process
from tests.run.shelf import Shelf
from tests.serving import serving


async def ask(address: str) -> str:
    async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
        try:
            return str((await client.get(f"http://{address}/echo")).status_code)
        except httpx2.TransportError as error:
            return type(error).__name__


async def test_it_relays_and_shows_faults_until_the_end_of_its_block() -> None:
    shelf = Shelf()
    with serving(shelf.app()) as url:
        async with relay_process(url.removeprefix("http://")) as relay:
            assert await ask(relay.address) == "200"
            assert relay.token not in repr(relay)
            async with RemoteRelay(relay.control, relay.token) as control:
                armed = await control.arm(fault_from("refuse", {}), 30)
                assert await ask(relay.address) == "ConnectError"
                assert await control.disarm(armed)
                assert await ask(relay.address) == "200"
        assert await ask(relay.address) == "ConnectError"
    assert len(shelf.log) == 2


async def test_who_has_not_its_token_arms_nothing() -> None:
    async with relay_process("127.0.0.1:9") as relay, RemoteRelay(relay.control, "guessed") as control:
        with pytest.raises(PermissionError):
            await control.arm(fault_from("refuse", {}), 30)


async def test_an_address_that_is_taken_is_told() -> None:
    with serving(Shelf().app()) as url:
        taken = url.removeprefix("http://")
        with pytest.raises(TargetError, match=r"the relay in front of 127\.0\.0\.1:9 did not start: the relay cannot"):
            async with relay_process("127.0.0.1:9", taken):
                pass


async def test_one_that_takes_too_long_to_start_is_told() -> None:
    with pytest.raises(
        TargetError, match=r"in front of 127\.0\.0\.1:9 did not start: it was not ready within 0\.001 s"
    ):
        async with relay_process("127.0.0.1:9", within=0.001):
            pass


async def test_it_ends_when_its_block_breaks() -> None:
    with pytest.raises(ZeroDivisionError):
        async with relay_process("127.0.0.1:9") as relay:
            raise ZeroDivisionError
    assert await ask(relay.address) == "ConnectError"


PARENT = """
    import asyncio, sys
    from seamwright.services.relay import relay_process

    async def main():
        async with relay_process(sys.argv[1]) as relay:
            print(relay.address, flush=True)
            await asyncio.Event().wait()

    asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_us_however_we_end(number: int, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(textwrap.dedent(PARENT))
    with serving(Shelf().app()) as url:
        command = [sys.executable, str(script), url.removeprefix("http://")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
            try:
                assert parent.stdout is not None
                address = parent.stdout.readline().strip()
                assert asyncio.run(ask(address)) == "200"
                os.kill(parent.pid, number)
                parent.wait(10)
            finally:
                parent.kill()  # the end of the block waits for it, whatever has happened

    ends = time.monotonic() + 10
    while asyncio.run(ask(address)) != "ConnectError":
        assert time.monotonic() < ends, "the relay outlived its parent"
