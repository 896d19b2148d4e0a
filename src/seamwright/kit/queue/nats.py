"""A queue on NATS JetStream: one stream a namespace, one durable pull consumer a topic and group."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit, urlunsplit

from seamwright.kit.queue.message import Delivery, Message

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

__all__ = ["NatsQueue"]

_ACK_WAIT = 30.0


class NatsQueue:
    """`nats://host:4222?namespace=NAME`: stored on disk before `publish` returns; known ids are stored once.

    A delivery that is not acknowledged within 30 seconds is delivered again.
    """

    def __init__(self, client: Client, stream: JetStreamContext, namespace: str) -> None:
        self._client = client
        self._stream = stream
        self._namespace = namespace

    @classmethod
    async def open(cls, url: str) -> NatsQueue:
        """Connects; raises `ModuleNotFoundError` that names the extra where nats-py is not installed."""
        try:
            import nats
            from nats.js.api import RetentionPolicy, StorageType, StreamConfig
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError("a queue at nats:// needs nats-py: pip install 'seamwright[nats]'") from error
        parts = urlsplit(url)
        namespace = parse_qs(parts.query).get("namespace", ["seamwright"])[0]
        client = await nats.connect(urlunsplit(parts._replace(query="")), connect_timeout=5)
        stream = client.jetstream(timeout=10)
        # adding a stream that is there with the same configuration changes nothing
        await stream.add_stream(
            StreamConfig(
                name=_name(namespace),
                subjects=[f"{namespace}.>"],
                retention=RetentionPolicy.LIMITS,
                storage=StorageType.FILE,
            )
        )
        return cls(client, stream, namespace)

    async def publish(self, message: Message) -> None:
        headers = {**message.headers, "Nats-Msg-Id": message.id}
        await self._stream.publish(f"{self._namespace}.{message.topic}", message.body, headers=headers)

    @asynccontextmanager
    async def subscribe(self, topic: str, group: str) -> AsyncIterator[AsyncIterator[Delivery]]:
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
        from nats.js.errors import FetchTimeoutError, NotFoundError

        durable, stream = _name(f"{topic}-{group}"), _name(self._namespace)
        try:
            await self._stream.consumer_info(stream, durable)
        except NotFoundError:
            await self._stream.add_consumer(
                stream,
                ConsumerConfig(
                    durable_name=durable,
                    filter_subject=f"{self._namespace}.{topic}",
                    deliver_policy=DeliverPolicy.NEW,  # a group reads from when it was first subscribed
                    ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=_ACK_WAIT,
                ),
            )
        pulled = await self._stream.pull_subscribe_bind(durable=durable, stream=stream)

        async def deliveries() -> AsyncGenerator[Delivery, None]:
            while True:
                try:
                    received = await pulled.fetch(1, timeout=5)
                except (FetchTimeoutError, TimeoutError):
                    continue  # nothing came within the time of one look
                for one in received:
                    yield _NatsDelivery(_message(one, topic), one.metadata.num_delivered, one)

        following = deliveries()
        try:
            yield following
        finally:
            await following.aclose()
            await pulled.unsubscribe()

    async def close(self) -> None:
        await self._client.close()


@dataclass(frozen=True, slots=True)
class _NatsDelivery:
    message: Message
    attempt: int
    received: Msg

    async def ack(self) -> None:
        await self.received.ack_sync(timeout=5.0)

    async def nack(self, delay: float = 0.0) -> None:
        await self.received.nak(delay=delay or None)


def _message(received: Msg, topic: str) -> Message:
    headers = dict(received.headers or {})
    return Message(topic, received.data, headers.pop("Nats-Msg-Id", ""), headers)


def _name(text: str) -> str:
    """What JetStream takes as the name of a stream or a consumer: no dots, spaces or wildcards."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)
