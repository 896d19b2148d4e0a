"""The shop starts quickly, ends with its parent however that ends, and leaves no process behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seamwright.demo.system import RunningShop, Shop, ShopNotStarted


async def test_it_starts_with_every_service_on_loopback_and_stops(tmp_path: Path) -> None:
    began = time.monotonic()
    async with Shop.start(data=tmp_path) as shop:
        seconds = time.monotonic() - began
        assert set(shop.urls) == {"identity", "orders", "payments", "inventory"}
        assert all(url.startswith("http://127.0.0.1:") for url in shop.urls.values())
        assert all(_alive(pid) for pid in [shop.pid, *shop.running.pids.values()])
        assert shop.running.signing_key.stat().st_mode & 0o077 == 0
        assert shop.running.received("orders")[0] == "GET /health 200"
        assert seconds < 10  # told by a wait that hangs, not by a slow machine
    await _gone([shop.pid, *shop.running.pids.values()])


async def test_secrets_are_made_anew_unless_the_environment_sets_them(tmp_path: Path) -> None:
    async with Shop.start(data=tmp_path / "a", env={"SHOP_ALICE_PASSWORD": "from outside"}) as first:
        given = dict(first.env)
    async with Shop.start(data=tmp_path / "b") as second:
        assert given["SHOP_ALICE_PASSWORD"] == "from outside"
        assert second.env["SHOP_BOB_PASSWORD"] != given["SHOP_BOB_PASSWORD"]
        assert second.env["SHOP_BOB_PASSWORD"] not in repr(second.running)


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ShopNotStarted, match=f"port {port} for orders is taken"):
            async with Shop.start(data=tmp_path, ports={"orders": port}):
                raise AssertionError("it must not have started")


async def test_a_database_that_is_not_there_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    nowhere = {"orders": f"sqlite:///{tmp_path}/no/such/folder/orders.db"}
    with pytest.raises(ShopNotStarted, match="unable to open database file"):
        async with Shop.start(data=tmp_path, databases=nowhere):
            raise AssertionError("it must not have started")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_no_service_outlives_the_launcher(tmp_path: Path, number: signal.Signals) -> None:
    async with Shop.start(data=tmp_path) as shop:
        os.kill(shop.pid, number)
        await _gone(list(shop.running.pids.values()))


async def test_the_shop_ends_with_a_caller_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, json, pathlib, sys\n"
        "from seamwright.demo.system import Shop\n"
        "async def main():\n"
        "    async with Shop.start(data=pathlib.Path(sys.argv[1])) as shop:\n"
        "        print(json.dumps([shop.pid, *shop.running.pids.values()]), flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    caller = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert caller.stdout is not None
    pids = [int(pid) for pid in (await caller.stdout.readline()).decode().strip(" []\n").split(",")]
    assert len(pids) == 5
    caller.kill()
    await caller.wait()
    await _gone(pids)


async def test_one_service_may_die_and_the_others_go_on(tmp_path: Path) -> None:
    async with Shop.start(data=tmp_path) as shop:
        os.kill(shop.running.pids["payments"], signal.SIGKILL)
        log = tmp_path / "launcher.log"
        async with asyncio.timeout(5):
            await _until(lambda: log.exists() and "payments ended (-9)" in log.read_text())
        assert _alive(shop.running.pids["orders"])


def test_what_the_launcher_prints_is_read_back() -> None:
    line = (
        '{"urls": {"orders": "http://127.0.0.1:1"}, "ports": {"orders": 1}, "pids": {"orders": 7}, "pid": 6,'
        ' "data": "/tmp/x", "databases": {}, "queue": "sqlite:///q", "payments_url": "http://127.0.0.1:2",'
        ' "signing_key": "/tmp/x/key.pem", "env": {"A": "b"}, "defects": ["bola-read"]}'
    )
    shop = RunningShop.from_json(line)
    assert shop.signing_key == Path("/tmp/x/key.pem")
    assert shop.defects == ("bola-read",)


def _alive(pid: int) -> bool:
    """Whether the process runs; a zombie, which only waits to be counted, does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def _gone(pids: list[int]) -> None:
    async with asyncio.timeout(8):
        await _until(lambda: not any(_alive(pid) for pid in pids))


async def _until(come: Callable[[], bool]) -> None:
    """Waits for what only a file or the process table tells."""
    while True:
        if come():
            return
        await asyncio.sleep(0.02)
