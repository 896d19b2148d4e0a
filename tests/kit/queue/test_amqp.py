"""The AMQP queue keeps the promises of a queue on a real RabbitMQ."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import aio_pika
import pytest

from tests.kit.queue.promises import keeps_its_promises


@pytest.fixture
async def own_url(rabbitmq_url: str) -> AsyncIterator[str]:
    """A URL with a namespace of this test alone; what was declared in it is deleted at the end."""
    namespace = f"kit-{uuid.uuid4().hex[:12]}"
    yield f"{rabbitmq_url}?namespace={namespace}"
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        for group in ("inventory", "billing"):
            await channel.queue_delete(f"{namespace}.orders.{group}")
        await channel.exchange_delete(namespace)


async def test_it_keeps_its_promises(own_url: str) -> None:
    await keeps_its_promises(own_url)
