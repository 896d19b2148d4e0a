"""A queue on Redis Streams: one stream a topic, one consumer group a group."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from seamwright.kit.queue.message import Delivery, Message

if TYPE_CHECKING:
    from redis.asyncio import Redis

__all__ = ["RedisQueue"]

_LEASE = 30.0
_LOOK = 0.2
"""Seconds that one look for new messages waits, and so the longest that a message which is due again waits."""

_HEADER = b"header:"


class RedisQueue:
    """`redis://host:6379/0?namespace=NAME`: as durable as the server is set up to be (`appendonly yes`).

    A delivery that is not acknowledged within its lease (30 seconds) is delivered again.
    """

    def __init__(self, client: Redis, namespace: str, lease: float = _LEASE) -> None:
        self._client: Any = client
        self._namespace = namespace
        self._lease = int(lease * 1000)

    @classmethod
    async def open(cls, url: str, *, lease: float = _LEASE) -> RedisQueue:
        """Connects; raises `ModuleNotFoundError` that names the extra where redis is not installed."""
        try:
            from redis.asyncio import Redis
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError("a queue at redis:// needs redis: pip install 'seamwright[redis]'") from error
        parts = urlsplit(url)
        namespace = parse_qs(parts.query).get("namespace", ["seamwright"])[0]
        client = Redis.from_url(urlunsplit(parts._replace(query="")), socket_connect_timeout=5)
        await client.ping()
        return cls(client, namespace, lease)

    async def publish(self, message: Message) -> None:
        fields = {b"id": message.id.encode(), b"body": message.body}
        fields |= {_HEADER + name.encode(): value.encode() for name, value in message.headers.items()}
        await self._client.xadd(self._stream(message.topic), fields)

    @asynccontextmanager
    async def subscribe(self, topic: str, group: str) -> AsyncIterator[AsyncIterator[Delivery]]:
        from redis.exceptions import ResponseError

        stream, reader = self._stream(topic), uuid.uuid4().hex
        try:
            # a group reads from when it was first subscribed
            await self._client.xgroup_create(stream, group, id="$", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

        async def deliveries() -> AsyncGenerator[Delivery, None]:
            while True:
                found = await self._due_again(stream, group, reader) or await self._new(stream, group, reader)
                if found is not None:
                    ident, fields, attempt = found
                    yield _RedisDelivery(_message(topic, fields), attempt, self, stream, group, reader, ident)

        following = deliveries()
        try:
            yield following
        finally:
            await following.aclose()

    async def close(self) -> None:
        await self._client.aclose()

    async def _due_again(self, stream: str, group: str, reader: str) -> tuple[bytes, dict[bytes, bytes], int] | None:
        """One message that was given back, or whose reader let its lease end."""
        claimed = await self._client.xautoclaim(stream, group, reader, min_idle_time=self._lease, count=1)
        for ident, fields in claimed[1]:
            (pending,) = await self._client.xpending_range(stream, group, min=ident, max=ident, count=1)
            return ident, fields, max(2, int(pending["times_delivered"]))
        return None

    async def _new(self, stream: str, group: str, reader: str) -> tuple[bytes, dict[bytes, bytes], int] | None:
        answer = await self._client.xreadgroup(group, reader, {stream: ">"}, count=1, block=int(_LOOK * 1000))
        for _, messages in answer.items() if isinstance(answer, dict) else answer or ():
            for ident, fields in messages:
                return ident, fields, 1
        return None

    def _stream(self, topic: str) -> str:
        return f"{self._namespace}:{topic}"


@dataclass(frozen=True, slots=True)
class _RedisDelivery:
    message: Message
    attempt: int
    queue: RedisQueue
    stream: str
    group: str
    reader: str
    ident: bytes

    async def ack(self) -> None:
        await self.queue._client.xack(self.stream, self.group, self.ident)

    async def nack(self, delay: float = 0.0) -> None:
        # A message is due again once it has been idle for a lease; its idle time can be set, so its delay can.
        idle = max(0, self.queue._lease - int(delay * 1000))
        await self.queue._client.xclaim(
            self.stream, self.group, self.reader, min_idle_time=0, message_ids=[self.ident], idle=idle, justid=True
        )


def _message(topic: str, fields: dict[bytes, bytes]) -> Message:
    headers = {
        name.removeprefix(_HEADER).decode(): value.decode()
        for name, value in fields.items()
        if name.startswith(_HEADER)
    }
    return Message(topic, fields[b"body"], fields[b"id"].decode(), headers)
