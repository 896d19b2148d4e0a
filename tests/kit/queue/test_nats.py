"""The NATS queue keeps the promises of a queue on a real JetStream."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import nats
import pytest

from seamwright.kit.queue import Message, open_queue
from tests.kit.queue.promises import keeps_its_promises


@pytest.fixture
async def own_url(nats_url: str) -> AsyncIterator[str]:
    """A URL with a stream of this test alone, deleted at the end."""
    namespace = f"kit-{uuid.uuid4().hex[:12]}"
    yield f"{nats_url}?namespace={namespace}"
    client = await nats.connect(nats_url)
    await client.jetstream().delete_stream(namespace)
    await client.close()


async def test_it_keeps_its_promises(own_url: str) -> None:
    await keeps_its_promises(own_url)


async def test_the_same_event_published_again_is_stored_once(own_url: str) -> None:
    queue = await open_queue(own_url)
    async with queue.subscribe("orders", "inventory") as deliveries:
        event = Message("orders", b"1")
        for message in (event, event, Message("orders", b"2")):
            await queue.publish(message)
        bodies = []
        for _ in range(2):
            delivery = await anext(deliveries)
            bodies.append(delivery.message.body)
            await delivery.ack()
        assert bodies == [b"1", b"2"]
    await queue.close()
