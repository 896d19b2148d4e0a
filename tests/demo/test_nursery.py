"""The nursery forks shops of their own, tells why one does not start, and leaves nobody behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import httpx2
import pytest

from seamwright.demo.nursery import Nursery
from seamwright.demo.system import ShopNotStarted


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended; whoever is its parent has only not looked yet.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


async def _gone(pids: list[int]) -> None:
    async with asyncio.timeout(10):
        while any(_alive(pid) for pid in pids):
            await asyncio.sleep(0.02)


async def test_shops_stand_side_by_side_and_end_with_their_blocks(tmp_path: Path) -> None:
    async with Nursery.opened() as nursery:
        async with (
            nursery.shop(data=tmp_path / "healthy") as healthy,
            nursery.shop(data=tmp_path / "broken", defects=["headers-missing"]) as broken,
        ):
            assert (healthy.defects, broken.defects) == ((), ("headers-missing",))
            for shop, expected in ((healthy, "nosniff"), (broken, None)):
                answer = httpx2.get(f"{shop.urls['orders']}/health", trust_env=False)
                assert answer.headers.get("x-content-type-options") == expected
            pids = [healthy.pid, broken.pid, *healthy.pids.values(), *broken.pids.values()]
        await _gone(pids)


async def test_a_shop_that_does_not_start_says_why(tmp_path: Path) -> None:
    async with Nursery.opened() as nursery:
        with pytest.raises(ShopNotStarted, match="no-such-defect"):
            async with nursery.shop(data=tmp_path, defects=["no-such-defect"]):
                pass
        async with nursery.shop(data=tmp_path) as shop:
            assert shop.urls


async def test_nobody_is_left_when_the_caller_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, json, sys\n"
        "from pathlib import Path\n"
        "from seamwright.demo.nursery import Nursery\n"
        "async def main():\n"
        "    async with Nursery.opened() as nursery, nursery.shop(data=Path(sys.argv[1])) as shop:\n"
        "        print(json.dumps([shop.pid, *shop.pids.values()]), flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    pids = json.loads(await process.stdout.readline())
    assert all(_alive(pid) for pid in pids)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await _gone(pids)
