"""What is committed is published at least once and in order; what is rolled back never; a reader acts once."""

from __future__ import annotations

import asyncio
import json

import pytest
import sqlalchemy as sa

from seamwright.kit.outbox import Inbox, Outbox, OutboxRelay
from seamwright.kit.queue import Message
from tests.kit.databases import engine, server_databases

__all__ = ["engine", "server_databases"]


class Broker:
    """Keeps what it is given; is away for as many publications as it is told."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.away = 0
        self.changed = asyncio.Event()

    async def publish(self, message: Message) -> None:
        if self.away:
            self.away -= 1
            raise ConnectionError("the broker is away")
        self.got.append(message)
        self.changed.set()

    def numbers(self) -> list[int]:
        return [json.loads(message.body)["n"] for message in self.got]

    async def holds(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.got) < count:
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
def outbox(engine: sa.Engine) -> Outbox:
    metadata = sa.MetaData()
    made = Outbox(metadata)
    metadata.create_all(engine)
    return made


def add(engine: sa.Engine, outbox: Outbox, *numbers: int) -> list[str]:
    with engine.begin() as connection:
        return [outbox.add(connection, "orders", {"n": n}) for n in numbers]


async def test_what_is_committed_is_published_once_in_order_with_its_ids(engine: sa.Engine, outbox: Outbox) -> None:
    ids = add(engine, outbox, 1, 2, 3)
    broker = Broker()
    relay = OutboxRelay(engine, outbox, broker.publish)
    assert await relay.drain() == 3
    assert await relay.drain() == 0
    assert broker.numbers() == [1, 2, 3]
    assert [message.id for message in broker.got] == ids
    with engine.begin() as connection:
        assert outbox.waiting(connection) == []
        assert outbox.purge(connection, older_than=-1) == 3


async def test_what_is_rolled_back_is_never_published(engine: sa.Engine, outbox: Outbox) -> None:
    with engine.connect() as connection:
        outbox.add(connection, "orders", {"n": 1})
        connection.rollback()
    broker = Broker()
    assert await OutboxRelay(engine, outbox, broker.publish).drain() == 0
    assert broker.got == []


async def test_a_broker_that_fails_in_the_middle_gets_the_rest_later(engine: sa.Engine, outbox: Outbox) -> None:
    add(engine, outbox, 1, 2, 3)
    broker, told = Broker(), list[Exception]()
    broker.away = 2
    running = asyncio.create_task(OutboxRelay(engine, outbox, broker.publish, poll=0.01, on_error=told.append).run())
    await broker.holds(3)
    running.cancel()
    assert broker.numbers() == [1, 2, 3]
    assert [str(error) for error in told] == ["the broker is away"] * 2


async def test_a_crash_between_publishing_and_marking_publishes_again_with_the_same_id(
    engine: sa.Engine, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (event_id,) = add(engine, outbox, 1)
    broker = Broker()

    def crash(*_: object) -> None:
        raise ConnectionError("the database is gone")

    with monkeypatch.context() as crashing:
        crashing.setattr(outbox, "mark_published", crash)
        with pytest.raises(ConnectionError):
            await OutboxRelay(engine, outbox, broker.publish, lease=0.2).drain()
    heir = asyncio.create_task(OutboxRelay(engine, outbox, broker.publish, poll=0.02, lease=0.2).run())
    await broker.holds(2)
    heir.cancel()
    assert [message.id for message in broker.got] == [event_id, event_id]


async def test_two_relays_take_turns(engine: sa.Engine, outbox: Outbox) -> None:
    broker = Broker()
    relays = [OutboxRelay(engine, outbox, broker.publish, poll=0.005, lease=5) for _ in range(2)]
    running = [asyncio.create_task(relay.run()) for relay in relays]
    for n in range(30):
        await asyncio.to_thread(add, engine, outbox, n)
    await broker.holds(30)
    for task in running:
        task.cancel()
    assert broker.numbers() == list(range(30))


def test_an_inbox_lets_an_event_through_once_for_each_reader(engine: sa.Engine) -> None:
    metadata = sa.MetaData()
    inbox = Inbox(metadata)
    metadata.create_all(engine)
    with engine.begin() as connection:
        assert inbox.first_time(connection, "inventory", "e1")
    with engine.connect() as connection:
        assert inbox.first_time(connection, "inventory", "e2")
        connection.rollback()
    with engine.begin() as connection:
        assert not inbox.first_time(connection, "inventory", "e1")
        assert inbox.first_time(connection, "inventory", "e2")
        assert inbox.first_time(connection, "billing", "e1")
        assert inbox.purge(connection, older_than=-1) == 3
