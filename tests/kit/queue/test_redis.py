"""The Redis queue keeps the promises of a queue on a real Redis."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from seamwright.kit.queue import Message
from seamwright.kit.queue.redis import RedisQueue
from tests.kit.queue.promises import keeps_its_promises


@pytest.fixture
async def own_url(redis_url: str) -> AsyncIterator[str]:
    """A URL with a namespace of this test alone, whose streams are deleted at the end."""
    namespace = f"kit-{uuid.uuid4().hex[:12]}"
    yield f"{redis_url}?namespace={namespace}"
    client = Redis.from_url(redis_url)
    async for key in client.scan_iter(match=f"{namespace}:*"):
        await client.delete(key)
    await client.aclose()


async def test_it_keeps_its_promises(own_url: str) -> None:
    await keeps_its_promises(own_url)


async def test_what_a_reader_does_not_acknowledge_in_time_is_delivered_again(own_url: str) -> None:
    queue = await RedisQueue.open(own_url, lease=0.1)
    async with queue.subscribe("orders", "inventory") as slow, queue.subscribe("orders", "inventory") as quick:
        await queue.publish(Message("orders", b"1"))
        held = await anext(slow)
        taken = await asyncio.wait_for(anext(quick), 10)
        assert (taken.message, taken.attempt) == (held.message, 2)
        await taken.ack()
    await queue.close()


async def test_a_message_that_is_given_back_with_a_delay_comes_after_it(own_url: str) -> None:
    queue = await RedisQueue.open(own_url)
    async with queue.subscribe("orders", "inventory") as deliveries:
        await queue.publish(Message("orders", b"later"))
        first = await anext(deliveries)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await first.nack(delay=0.5)
        await queue.publish(Message("orders", b"now"))
        between = await asyncio.wait_for(anext(deliveries), 10)
        again = await asyncio.wait_for(anext(deliveries), 10)
        assert (between.message.body, again.message.body, again.attempt) == (b"now", b"later", 2)
        assert loop.time() - begun >= 0.5
    await queue.close()
