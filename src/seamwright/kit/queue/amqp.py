"""A queue on RabbitMQ, or another AMQP 0-9-1 broker: a durable topic exchange and one durable queue a group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from seamwright.kit.queue.message import Delivery, Message

if TYPE_CHECKING:
    from aio_pika.abc import AbstractExchange, AbstractIncomingMessage, AbstractRobustConnection

__all__ = ["AmqpQueue"]


class AmqpQueue:
    """`amqp://user:password@host/?namespace=NAME`: published with the broker's confirm, read one at a time.

    Connections come back by themselves after the broker was away; what was not acknowledged is delivered again.
    A delivery's `attempt` is 2 for any redelivery: this protocol does not count.
    """

    def __init__(self, connection: AbstractRobustConnection, exchange: AbstractExchange, namespace: str) -> None:
        self._connection = connection
        self._exchange = exchange
        self._namespace = namespace

    @classmethod
    async def open(cls, url: str) -> AmqpQueue:
        """Connects; raises `ModuleNotFoundError` that names the extra where aio-pika is not installed."""
        try:
            import aio_pika
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError("a queue at amqp:// needs aio-pika: pip install 'seamwright[amqp]'") from error
        url, namespace = _taken_out(url)
        connection = await aio_pika.connect_robust(url, timeout=10.0)
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.declare_exchange(namespace, aio_pika.ExchangeType.TOPIC, durable=True)
        return cls(connection, exchange, namespace)

    async def publish(self, message: Message) -> None:
        import aio_pika

        await self._exchange.publish(
            aio_pika.Message(
                message.body,
                headers=dict(message.headers),
                message_id=message.id,
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            ),
            routing_key=message.topic,
            mandatory=False,  # a topic that no group reads yet is no error
            timeout=10.0,
        )

    @asynccontextmanager
    async def subscribe(self, topic: str, group: str) -> AsyncIterator[AsyncIterator[Delivery]]:
        channel = await self._connection.channel()
        try:
            await channel.set_qos(prefetch_count=1)
            queue = await channel.declare_queue(f"{self._namespace}.{topic}.{group}", durable=True)
            await queue.bind(self._exchange.name, routing_key=topic)

            async def deliveries() -> AsyncGenerator[Delivery, None]:
                async with queue.iterator() as incoming:
                    async for received in incoming:
                        yield _AmqpDelivery(_message(received, topic), 2 if received.redelivered else 1, received)

            following = deliveries()
            try:
                yield following
            finally:
                await following.aclose()
        finally:
            await channel.close()

    async def close(self) -> None:
        await self._connection.close()


@dataclass(frozen=True, slots=True)
class _AmqpDelivery:
    message: Message
    attempt: int
    received: AbstractIncomingMessage

    async def ack(self) -> None:
        await self.received.ack()

    async def nack(self, delay: float = 0.0) -> None:
        # AMQP has no delay of its own: the message stays with this reader, unacknowledged, until then
        await asyncio.sleep(delay)
        await self.received.nack(requeue=True)


def _message(received: AbstractIncomingMessage, topic: str) -> Message:
    headers = {name: str(value) for name, value in received.headers.items()}
    return Message(topic, received.body, received.message_id or "", headers)


def _taken_out(url: str) -> tuple[str, str]:
    """The URL without its `namespace`, and that."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    namespace = query.pop("namespace", ["seamwright"])[0]
    return urlunsplit(parts._replace(query=urlencode(query, doseq=True))), namespace
