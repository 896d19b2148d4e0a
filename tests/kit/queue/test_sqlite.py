"""The embedded queue keeps the promises of a queue, across processes and crashes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from seamwright.kit.queue import Message, open_queue
from seamwright.kit.queue.sqlite import SqliteQueue
from tests.kit.queue.promises import keeps_its_promises


async def test_it_keeps_its_promises(tmp_path: Path) -> None:
    await keeps_its_promises(f"sqlite:///{tmp_path}/deeper/queue.db")


async def test_what_a_reader_does_not_acknowledge_in_time_is_delivered_again(tmp_path: Path) -> None:
    queue = await SqliteQueue.open(f"sqlite:///{tmp_path}/queue.db", lease=0.1)
    async with queue.subscribe("orders", "inventory") as slow, queue.subscribe("orders", "inventory") as quick:
        await queue.publish(Message("orders", b"1"))
        held = await anext(slow)
        taken = await asyncio.wait_for(anext(quick), 10)
        assert (taken.message, taken.attempt) == (held.message, 2)
        await held.ack()  # too late: it is another reader's now
        again = await asyncio.wait_for(anext(slow), 10)
        assert again.attempt == 3
        await again.ack()
    await queue.close()


async def test_readers_of_one_group_share_its_messages(tmp_path: Path) -> None:
    queue = await open_queue(f"sqlite:///{tmp_path}/queue.db")
    got: list[bytes] = []
    complete = asyncio.Event()

    async def read() -> None:
        async with queue.subscribe("orders", "inventory") as deliveries:
            async for delivery in deliveries:
                got.append(delivery.message.body)
                await delivery.ack()
                if len(got) >= 30:
                    complete.set()

    readers = [asyncio.create_task(read()) for _ in range(3)]
    async with queue.subscribe("orders", "inventory"):
        for n in range(30):
            await queue.publish(Message("orders", str(n).encode()))
    await asyncio.wait_for(complete.wait(), 20)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    assert sorted(got) == sorted(str(n).encode() for n in range(30))
    await queue.close()


async def test_processes_publish_to_one_file_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    script = (
        "import asyncio, sys\n"
        "from seamwright.kit.queue import Message, open_queue\n"
        "async def main():\n"
        "    queue = await open_queue(sys.argv[1])\n"
        "    for n in range(40):\n"
        "        await queue.publish(Message('orders', f'{sys.argv[2]} {n}'.encode()))\n"
        "asyncio.run(main())\n"
    )
    queue = await open_queue(url)
    async with queue.subscribe("orders", "inventory") as deliveries:
        writers = [await asyncio.create_subprocess_exec(sys.executable, "-c", script, url, name) for name in "ab"]
        got = []
        async with asyncio.timeout(30):
            for _ in range(80):
                delivery = await anext(deliveries)
                got.append(delivery.message.body.decode())
                await delivery.ack()
        assert [await writer.wait() for writer in writers] == [0, 0]
    for name in "ab":
        assert [text for text in got if text.startswith(name)] == [f"{name} {n}" for n in range(40)]
    await queue.close()


@pytest.mark.parametrize("url", ["sqlite:///", "sqlite://queue.db"])
async def test_a_url_without_a_file_is_told(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///path/to/file"):
        await open_queue(url)


async def test_an_unknown_scheme_is_told() -> None:
    with pytest.raises(ValueError, match="not 'kafka'"):
        await open_queue("kafka://localhost")
