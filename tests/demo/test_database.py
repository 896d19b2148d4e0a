"""The shop runs on PostgreSQL, RabbitMQ and NATS by the same code."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import aio_pika
import nats
import pytest
import sqlalchemy as sa

from seamwright.demo.database import Database, sql_url
from seamwright.demo.nursery import Nursery
from tests.demo.customer import Customers, customers, new_key, new_order
from tests.kit.databases import fresh_database


@pytest.fixture
def databases(postgres_url: str) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        names = ("orders", "payments", "inventory")
        yield {name: stack.enter_context(fresh_database(postgres_url)) for name in names}


@pytest.fixture
async def rabbitmq_queue(rabbitmq_url: str) -> AsyncIterator[str]:
    namespace = f"shop-{uuid.uuid4().hex[:12]}"
    yield f"{rabbitmq_url}?namespace={namespace}"
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(f"{namespace}.orders.inventory")
        await channel.exchange_delete(namespace)


@pytest.fixture
async def nats_queue(nats_url: str) -> AsyncIterator[str]:
    namespace = f"shop-{uuid.uuid4().hex[:12]}"
    yield f"{nats_url}?namespace={namespace}"
    client = await nats.connect(nats_url)
    await client.jetstream().delete_stream(namespace)
    await client.close()


async def test_it_runs_on_postgresql_and_rabbitmq(
    nursery: Nursery, tmp_path: Path, databases: dict[str, str], rabbitmq_queue: str
) -> None:
    async with (
        nursery.shop(data=tmp_path, databases=databases, queue=rabbitmq_queue) as shop,
        customers(shop) as everybody,
    ):
        await _sells(everybody)
    assert not list(tmp_path.glob("*/errors.log"))


async def test_it_runs_on_nats(nursery: Nursery, tmp_path: Path, nats_queue: str) -> None:
    async with nursery.shop(data=tmp_path, queue=nats_queue) as shop, customers(shop) as everybody:
        await _sells(everybody)
    assert not list(tmp_path.glob("*/errors.log"))


async def _sells(shop: Customers) -> None:
    """One order for one key however often it is sent at once, changed, cancelled, and known to the warehouse."""
    key, body = new_key(), new_order(quantity=2)
    answers = await asyncio.gather(*(shop.call("POST", "/orders", shop.alice | key, json=body) for _ in range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    order = (await shop.call("POST", "/orders", shop.alice | key, json=body)).json()
    assert (await shop.call("GET", "/orders", shop.alice)).json()["total"] == 1
    assert shop.sql("payments", "select count(*) from charges") == 1

    path = f"/orders/{order['id']}"
    changed = await shop.call("PATCH", path, shop.alice | {"If-Match": '"1"'}, json={"quantity": 5})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (await shop.order(shop.alice, payment_method="card-declined")).status_code == 402
    assert shop.sql("orders", "select reserved from stock where sku = 'mug'") == 5
    assert (await shop.call("POST", f"{path}/cancel", shop.alice)).status_code == 200
    assert shop.sql("orders", "select sum(reserved) from stock") == 0
    await shop.reserved(order["id"], status="released")
    found = await shop.call("GET", "/orders", shop.alice, params={"search": "100%_' gift"})
    assert found.json()["total"] == 0


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, sa.Column("n", sa.Integer, primary_key=True))
    database = Database(f"sqlite:///{tmp_path}/t.db", metadata)
    with database.writing() as connection:
        connection.execute(table.insert().values(n=1))
    with pytest.raises(sa.exc.IntegrityError), database.writing() as connection:
        connection.execute(table.insert(), [{"n": 2}, {"n": 1}])
    with database.reading() as connection:
        assert connection.execute(table.select()).scalars().all() == [1]
        assert connection.exec_driver_sql("pragma journal_mode").scalar_one() == "wal"
    database.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
    ],
)
def test_postgresql_is_spoken_to_through_the_driver_of_the_extra(url: str, expected: str) -> None:
    assert sql_url(url) == expected
