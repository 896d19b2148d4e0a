"""A durable queue in one SQLite file, shared by the processes of one machine."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from seamwright.kit.queue.message import Delivery, Message

__all__ = ["SqliteQueue"]

_T = TypeVar("_T")

_SCHEMA = """
create table if not exists message (
    seq integer primary key autoincrement, id text not null, topic text not null,
    headers text not null, body blob not null);
create index if not exists message_topic on message (topic, seq);
create table if not exists reader (
    topic text not null, name text not null, cursor integer not null, primary key (topic, name));
create table if not exists delivery (
    topic text not null, name text not null, seq integer not null, attempt integer not null,
    visible_at real not null, primary key (topic, name, seq));
"""


class SqliteQueue:
    """`sqlite:///file`: one writer at a time, so what is published is in order; readers poll.

    A delivery that is not acknowledged within `lease` seconds is delivered again. `poll` is the pause between two
    looks at an empty topic, in seconds.
    """

    def __init__(self, connection: sqlite3.Connection, *, lease: float = 30.0, poll: float = 0.03) -> None:
        self.lease = lease
        self.poll = poll
        self._connection = connection
        self._lock = threading.Lock()  # a cancelled reader's thread may still be at work

    @classmethod
    async def open(cls, url: str, *, lease: float = 30.0, poll: float = 0.03) -> SqliteQueue:
        """Opens the file, and makes it where it is not there yet."""
        path = url.removeprefix("sqlite:///")
        if path == url or not path:
            raise ValueError(f"an embedded queue's URL is sqlite:///path/to/file, not {url!r}")
        return cls(await asyncio.to_thread(_connect, Path(path)), lease=lease, poll=poll)

    async def publish(self, message: Message) -> None:
        row = (message.id, message.topic, json.dumps(dict(message.headers)), message.body)

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute("insert into message (id, topic, headers, body) values (?, ?, ?, ?)", row)

        await self._write(insert)

    @asynccontextmanager
    async def subscribe(self, topic: str, group: str) -> AsyncIterator[AsyncIterator[Delivery]]:
        def register(connection: sqlite3.Connection) -> None:
            connection.execute(
                "insert or ignore into reader select ?, ?, coalesce(max(seq), 0) from message", (topic, group)
            )

        await self._write(register)
        deliveries = self._deliveries(topic, group)
        try:
            yield deliveries
        finally:
            await deliveries.aclose()

    async def close(self) -> None:
        def shut() -> None:
            with self._lock:
                self._connection.close()

        await asyncio.to_thread(shut)

    async def _deliveries(self, topic: str, group: str) -> AsyncGenerator[Delivery, None]:
        while True:
            if not await self._read(lambda connection: _has_work(connection, topic, group)):
                await asyncio.sleep(self.poll)
                continue
            found = await self._write(lambda connection: _take(connection, topic, group, self.lease))
            if found is not None:
                seq, attempt, message = found
                yield _SqliteDelivery(message, attempt, self, group, seq)

    async def settle(self, topic: str, group: str, seq: int, attempt: int, delay: float | None) -> None:
        """Ends a delivery (`delay` None) or makes it visible again; a lease taken over since is left alone."""

        def change(connection: sqlite3.Connection) -> None:
            key = (topic, group, seq, attempt)
            where = "topic = ? and name = ? and seq = ? and attempt = ?"
            if delay is None:
                connection.execute(f"delete from delivery where {where}", key)
            else:
                connection.execute(f"update delivery set visible_at = ? where {where}", (time.time() + delay, *key))

        await self._write(change)

    async def _read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        def look() -> _T:
            with self._lock:
                return work(self._connection)

        return await asyncio.to_thread(look)

    async def _write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        def transaction() -> _T:
            with self._lock:
                self._connection.execute("begin immediate")
                try:
                    result = work(self._connection)
                except BaseException:
                    self._connection.rollback()
                    raise
                self._connection.commit()
                return result

        return await asyncio.to_thread(transaction)


@dataclass(frozen=True, slots=True)
class _SqliteDelivery:
    message: Message
    attempt: int
    queue: SqliteQueue
    group: str
    seq: int

    async def ack(self) -> None:
        await self.queue.settle(self.message.topic, self.group, self.seq, self.attempt, None)

    async def nack(self, delay: float = 0.0) -> None:
        await self.queue.settle(self.message.topic, self.group, self.seq, self.attempt, delay)


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.executescript(_SCHEMA)
    return connection


def _has_work(connection: sqlite3.Connection, topic: str, group: str) -> bool:
    """Looks without taking the writer's lock, which an idle reader would otherwise take at every poll."""
    row = connection.execute(
        "select exists (select 1 from message join reader on reader.topic = message.topic and reader.name = ?"
        " where message.topic = ? and seq > cursor)"
        " or exists (select 1 from delivery where topic = ? and name = ? and visible_at <= ?)",
        (group, topic, topic, group, time.time()),
    ).fetchone()
    return bool(row[0])


def _take(connection: sqlite3.Connection, topic: str, group: str, lease: float) -> tuple[int, int, Message] | None:
    """The oldest message that waits to be delivered again, else the next new one; leased to the caller."""
    now = time.time()
    again = connection.execute(
        "select seq, attempt from delivery where topic = ? and name = ? and visible_at <= ? order by seq limit 1",
        (topic, group, now),
    ).fetchone()
    if again is not None:
        seq, attempt = again[0], again[1] + 1
    else:
        following = connection.execute(
            "select seq from message where topic = ? and seq >"
            " (select cursor from reader where topic = ? and name = ?) order by seq limit 1",
            (topic, topic, group),
        ).fetchone()
        if following is None:
            return None
        seq, attempt = following[0], 1
        connection.execute("update reader set cursor = ? where topic = ? and name = ?", (seq, topic, group))
    connection.execute(
        "insert or replace into delivery values (?, ?, ?, ?, ?)", (topic, group, seq, attempt, now + lease)
    )
    row = connection.execute("select id, topic, headers, body from message where seq = ?", (seq,)).fetchone()
    return seq, attempt, Message(row[1], bytes(row[3]), row[0], json.loads(row[2]))
