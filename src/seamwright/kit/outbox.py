"""Events that leave exactly when the change that caused them is committed (transactional outbox), and an inbox.

The outbox and the change share a transaction, so neither is there without the other. A relay publishes what is
committed, at least once; the reader's inbox makes that once, in the reader's own transaction.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import sqlalchemy as sa

from seamwright.kit.insert_once import insert_once
from seamwright.kit.queue.message import Message

__all__ = ["Inbox", "Outbox", "OutboxRelay"]


class Outbox:
    """A table of events waiting to be published, beside the tables whose changes they tell."""

    def __init__(self, metadata: sa.MetaData, *, table_name: str = "outbox") -> None:
        self.table = sa.Table(
            table_name,
            metadata,
            sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
            sa.Column("event_id", sa.String(64), nullable=False, unique=True),
            sa.Column("topic", sa.String(255), nullable=False),
            sa.Column("payload", sa.Text, nullable=False),
            sa.Column("created_at", sa.Double, nullable=False),
            sa.Column("published_at", sa.Double, index=True),
        )
        self.lease = sa.Table(
            f"{table_name}_lease",
            metadata,
            sa.Column("name", sa.String(32), primary_key=True),
            sa.Column("owner", sa.String(32), nullable=False),
            sa.Column("until", sa.Double, nullable=False),
        )

    def add(
        self, connection: sa.Connection, topic: str, payload: Mapping[str, Any], *, event_id: str | None = None
    ) -> str:
        """Writes an event in the caller's transaction; its id. Nothing is sent before the commit."""
        event_id = event_id or str(uuid.uuid4())
        connection.execute(
            self.table.insert().values(
                event_id=event_id, topic=topic, payload=json.dumps(dict(payload)), created_at=time.time()
            )
        )
        return event_id

    def waiting(self, connection: sa.Connection, limit: int = 100) -> list[tuple[int, Message]]:
        """What is not yet published, oldest first, as (row id, message)."""
        columns = self.table.c
        rows = connection.execute(
            sa.select(columns.id, columns.event_id, columns.topic, columns.payload)
            .where(columns.published_at.is_(None))
            .order_by(columns.id)
            .limit(limit)
        )
        return [(row.id, Message(row.topic, row.payload.encode(), row.event_id)) for row in rows]

    def mark_published(self, connection: sa.Connection, row_ids: list[int]) -> None:
        connection.execute(self.table.update().where(self.table.c.id.in_(row_ids)).values(published_at=time.time()))

    def purge(self, connection: sa.Connection, older_than: float) -> int:
        """Deletes events published more than `older_than` seconds ago; how many."""
        return connection.execute(
            self.table.delete().where(self.table.c.published_at < time.time() - older_than)
        ).rowcount


class OutboxRelay:
    """Publishes what lies in an outbox, in the order of its rows, and marks it.

    Several relays may run for one outbox: a lease of `lease` seconds lets one of them publish at a time. A crash
    between publishing and marking publishes again with the same event id: at least once. On databases where
    transactions commit out of the order of their row ids, order holds for events of transactions that follow each
    other (as the changes of one row do).
    """

    def __init__(
        self,
        engine: sa.Engine,
        outbox: Outbox,
        publish: Callable[[Message], Awaitable[None]],
        *,
        poll: float = 0.05,
        batch: int = 100,
        lease: float = 10.0,
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        self._engine = engine
        self._outbox = outbox
        self._publish = publish
        self._poll = poll
        self._batch = batch
        self._lease = lease
        self._on_error = on_error
        self._owner = secrets.token_hex(16)
        self._leased_until = 0.0
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look now instead of at the next poll; call it from the event loop after a commit."""
        self._wake.set()

    async def run(self) -> None:
        """Publishes until cancelled. An error is told to `on_error` and tried again, more slowly."""
        pause = self._poll
        while True:
            try:
                sent = await self.drain()
                pause = self._poll
            except Exception as error:  # noqa: BLE001  a broker or database that is away now may be back later
                if self._on_error is not None:
                    self._on_error(error)
                sent, pause = 0, min(pause * 2, 5.0)
            if sent == 0:
                try:
                    await asyncio.wait_for(self._wake.wait(), pause)
                except TimeoutError:
                    continue
                finally:
                    self._wake.clear()

    async def drain(self) -> int:
        """Publishes one batch; how many messages were published. 0 also where another relay holds the lease."""
        waiting = await asyncio.to_thread(self._look)
        if not waiting or not await asyncio.to_thread(self._hold):
            return 0
        # looked at again under the lease: the relay before may have just published these
        waiting = await asyncio.to_thread(self._look)
        published: list[int] = []
        try:
            for row_id, message in waiting:
                if time.time() > self._leased_until - self._lease / 4:
                    break
                await self._publish(message)
                published.append(row_id)
        finally:
            if published:
                await asyncio.shield(asyncio.to_thread(self._mark, published))
        return len(published)

    def _look(self) -> list[tuple[int, Message]]:
        with self._engine.connect() as connection:
            return self._outbox.waiting(connection, self._batch)

    def _mark(self, row_ids: list[int]) -> None:
        with self._engine.begin() as connection:
            self._outbox.mark_published(connection, row_ids)

    def _hold(self) -> bool:
        now = time.time()
        if now < self._leased_until - self._lease / 2:
            return True
        lease, until = self._outbox.lease, now + self._lease
        with self._engine.begin() as connection:
            insert_once(connection, lease, {"name": "relay", "owner": self._owner, "until": until})
            held = connection.execute(
                lease.update()
                .where(lease.c.name == "relay", sa.or_(lease.c.owner == self._owner, lease.c.until < now))
                .values(owner=self._owner, until=until)
            )
        if held.rowcount != 1:
            return False
        self._leased_until = until
        return True


class Inbox:
    """The events that a reader has handled, beside the tables that handling them changed."""

    def __init__(self, metadata: sa.MetaData, *, table_name: str = "inbox") -> None:
        self.table = sa.Table(
            table_name,
            metadata,
            sa.Column("reader", sa.String(64), primary_key=True),
            sa.Column("event_id", sa.String(64), primary_key=True),
            sa.Column("handled_at", sa.Double, nullable=False, index=True),
        )

    def first_time(self, connection: sa.Connection, reader: str, event_id: str) -> bool:
        """True once for each event: do the work in this same transaction, then commit, then acknowledge."""
        return insert_once(connection, self.table, {"reader": reader, "event_id": event_id, "handled_at": time.time()})

    def purge(self, connection: sa.Connection, older_than: float) -> int:
        """Forgets events handled more than `older_than` seconds ago (longer than the queue may redeliver)."""
        return connection.execute(
            self.table.delete().where(self.table.c.handled_at < time.time() - older_than)
        ).rowcount
