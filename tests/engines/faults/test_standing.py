"""A relay that stands by itself: up with its rules, ended in order, and left only by a kill."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest

from seamwright.engines.faults import Hang, Refuse, Selection, Status
from seamwright.engines.faults.remote import RemoteRelay
from seamwright.engines.faults.standing import NotStarted, Wanted, standing
from tests.engines.faults.clients import ASK
from tests.engines.servers import free_port, http, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def ask(address: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    try:
        writer.write(ASK)
        return await asyncio.wait_for(reader.read(1000), 5)
    finally:
        writer.close()


async def test_its_rules_are_there_before_the_first_connection_and_it_ends_with_its_block(tmp_path: Path) -> None:
    said: list[str] = []
    rules = ((Status(503), 30.0, Selection(first=1)), (Hang(), 30.0, Selection(nth=9)))
    with serving(http(OK)) as port:
        wanted = Wanted(upstream=f"127.0.0.1:{port}", rules=rules, log=tmp_path / "log")
        async with standing(wanted, tmp_path / "notes", said.append) as relay:
            assert (await ask(relay.address)).startswith(b"HTTP/1.1 503")
            assert await ask(relay.address) == OK
            assert relay.token not in repr(relay).split("'")
            async with RemoteRelay(relay.control, relay.token) as door:
                assert [armed.fault for armed in await door.armed()] == [Status(503), Hang()]
        with pytest.raises(ConnectionRefusedError):
            await ask(relay.address)
    assert said == []
    assert list((tmp_path / "notes").iterdir()) == []
    assert len((tmp_path / "log").read_text().splitlines()) == 1


async def test_one_that_was_killed_is_told_of_once(tmp_path: Path) -> None:
    said: list[str] = []
    wanted = Wanted(upstream="127.0.0.1:1", rules=((Hang(), 30.0, Selection()),))
    async with standing(wanted, tmp_path, said.append) as relay:
        os.kill(relay.process.pid, signal.SIGKILL)
        await asyncio.wait_for(relay.lost(), 5)
    for _ in range(2):
        async with standing(Wanted(upstream="127.0.0.1:1"), tmp_path, said.append):
            pass
    assert len(said) == 1
    assert "was killed with hang (1) in force; nothing of it is left" in said[0]


async def test_one_that_stands_in_order_is_left_alone(tmp_path: Path) -> None:
    said: list[str] = []
    with serving(http(OK)) as port:
        wanted = Wanted(upstream=f"127.0.0.1:{port}")
        async with standing(wanted, tmp_path, said.append) as one, standing(wanted, tmp_path, said.append):
            assert await ask(one.address) == OK
    assert said == []


async def test_what_cannot_start_says_why(tmp_path: Path) -> None:
    with serving(http(OK)) as port, pytest.raises(NotStarted, match="cannot listen on"):
        async with standing(Wanted(upstream="127.0.0.1:1", listen=f"127.0.0.1:{port}"), tmp_path, lambda line: None):
            raise AssertionError(f"there was nothing on {free_port()}")


async def test_a_fault_ends_though_that_cannot_be_written_down(tmp_path: Path) -> None:
    notes, said = tmp_path / "notes", list[str]()
    with serving(http(OK)) as port:
        wanted = Wanted(upstream=f"127.0.0.1:{port}", control_port=free_port(), token="t")
        door = RemoteRelay(f"http://127.0.0.1:{wanted.control_port}", "t")
        async with standing(wanted, notes, said.append) as relay, door:
            armed = await door.arm(Refuse(), 30)
            shutil.rmtree(notes)
            notes.write_text("in the way", encoding="utf-8")
            assert await door.disarm(armed)
            assert await ask(relay.address) == OK
    assert "cannot be written" in "".join(said)


async def test_what_a_relay_complains_of_is_passed_on_and_never_holds_it_up(tmp_path: Path) -> None:
    notes, said = tmp_path / "notes", list[str]()
    with serving(http(OK)) as port:
        async with standing(Wanted(upstream=f"127.0.0.1:{port}"), notes, said.append) as relay:
            shutil.rmtree(notes)
            notes.write_text("in the way", encoding="utf-8")
            async with RemoteRelay(relay.control, relay.token) as door:
                for _ in range(600):
                    await door.disarm(await door.arm(Hang(), 30))
            assert await ask(relay.address) == OK
    assert len(said) >= 1200
