"""Publish and consume messages at least once; the adapter is chosen by URL.

- `sqlite:///path/to/file.db`: embedded and durable, for several processes on one machine
- `amqp://user:password@host/`: RabbitMQ and other AMQP 0-9-1 brokers (`pip install 'seamwright[amqp]'`)
- `nats://host:4222`: NATS JetStream (`pip install 'seamwright[nats]'`)
- `redis://host:6379/0`: Redis Streams (`pip install 'seamwright[redis]'`)

`?namespace=NAME` in the URL of a broker keeps the topics of several systems apart on one broker.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from seamwright.kit.queue.message import Delivery, Message, Queue

__all__ = ["Delivery", "Message", "Queue", "open_queue"]


async def open_queue(url: str) -> Queue:
    """The queue at `url`, connected. Raises `ValueError` for a scheme it does not know."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        from seamwright.kit.queue.sqlite import SqliteQueue

        return await SqliteQueue.open(url)
    if scheme in {"amqp", "amqps"}:
        from seamwright.kit.queue.amqp import AmqpQueue

        return await AmqpQueue.open(url)
    if scheme in {"nats", "tls"}:
        from seamwright.kit.queue.nats import NatsQueue

        return await NatsQueue.open(url)
    if scheme in {"redis", "rediss"}:
        from seamwright.kit.queue.redis import RedisQueue

        return await RedisQueue.open(url)
    raise ValueError(f"a queue's URL begins with sqlite:///, amqp://, nats:// or redis://, not {scheme or url!r}")
