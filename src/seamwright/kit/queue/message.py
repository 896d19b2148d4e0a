"""The nouns of a queue: a message, its delivery, and what every adapter promises."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Delivery", "Message", "Queue"]


@dataclass(frozen=True, slots=True)
class Message:
    """One event: `id` stays the same however often it is delivered, so a reader can know it again."""

    topic: str
    body: bytes
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    headers: Mapping[str, str] = field(default_factory=dict)


class Delivery(Protocol):
    """One message handed to one reader, who must say how it went."""

    @property
    def message(self) -> Message: ...

    @property
    def attempt(self) -> int:
        """1 at first; at least 2 when it was delivered before."""
        ...

    async def ack(self) -> None:
        """Done: it will not be delivered to this group again."""
        ...

    async def nack(self, delay: float = 0.0) -> None:
        """Not done: deliver it again, after `delay` seconds."""
        ...


class Queue(Protocol):
    """Durable topics read by named groups: each group gets each message at least once.

    Delivered again is what was nacked, and what was not acknowledged before its reader's connection or lease
    ended. Readers of the same group share its messages. With one reader and no redelivery, a topic is in order.
    """

    async def publish(self, message: Message) -> None:
        """Returns when the queue holds the message durably; raises where it could not be stored."""
        ...

    def subscribe(self, topic: str, group: str) -> AbstractAsyncContextManager[AsyncIterator[Delivery]]:
        """The deliveries of `topic` to `group`, from when the group was first subscribed; one at a time."""
        ...

    async def close(self) -> None: ...
