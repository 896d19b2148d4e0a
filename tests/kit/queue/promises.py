"""What every queue promises, whichever adapter keeps it; used by the tests of the adapters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from seamwright.kit.queue import Delivery, Message, open_queue

__all__ = ["keeps_its_promises"]


async def _next(deliveries: AsyncIterator[Delivery]) -> Delivery:
    async with asyncio.timeout(15):
        return await anext(deliveries)


async def keeps_its_promises(url: str) -> None:
    """Publishes and reads as several programs would, and asserts what `Queue` says."""
    publisher, reader = await open_queue(url), await open_queue(url)
    try:
        async with reader.subscribe("orders", "inventory") as deliveries:
            await _in_order_with_ids_and_headers(url, deliveries)
            await publisher.publish(Message("orders", b"again"))
            first = await _next(deliveries)
            assert (first.message.body, first.attempt) == (b"again", 1)
            await first.nack()
            second = await _next(deliveries)
            assert second.message == first.message
            assert second.attempt >= 2
            await second.ack()

            async with publisher.subscribe("orders", "billing") as others:
                await publisher.publish(Message("invoices", b"another topic"))
                sent = Message("orders", b"to both groups")
                await publisher.publish(sent)
                for each in (deliveries, others):
                    delivery = await _next(each)
                    assert delivery.message == sent
                    await delivery.ack()
            await publisher.publish(Message("orders", b"while nobody of billing reads"))
        async with publisher.subscribe("orders", "billing") as others:
            delivery = await _next(others)
            assert delivery.message.body == b"while nobody of billing reads"
            await delivery.ack()
    finally:
        await publisher.close()
        await reader.close()


async def _in_order_with_ids_and_headers(url: str, deliveries: AsyncIterator[Delivery]) -> None:
    queue = await open_queue(url)
    sent = [Message("orders", str(n).encode(), f"event-{n}", {"trace": f"t{n}"}) for n in range(10)]
    for message in sent:
        await queue.publish(message)
    await queue.close()
    got = []
    for _ in sent:
        delivery = await _next(deliveries)
        got.append(delivery.message)
        await delivery.ack()
    assert got == sent
