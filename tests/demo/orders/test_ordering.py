"""An order is placed and charged once, however payments behaves in between."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from seamwright.demo.nursery import Nursery
from tests.demo.customer import Customers, customers, new_key, new_order
from tests.demo.unruly import Mood, Unruly


@pytest.fixture
async def relay() -> AsyncIterator[Unruly]:
    async with Unruly.standing() as made:
        yield made


@pytest.fixture
async def shop(nursery: Nursery, tmp_path: Path, relay: Unruly) -> AsyncIterator[Customers]:
    async with nursery.shop(data=tmp_path, payments_url=relay.url) as made, customers(made) as everybody:
        relay.target = made.ports["payments"]
        yield everybody


@pytest.mark.parametrize(("mood", "charges"), [("slow", 0), ("reset", 0), ("refuse", 0), ("lost", 1)])
async def test_payments_away_is_a_503_in_time_and_the_same_request_works_afterwards(
    shop: Customers, relay: Unruly, mood: Mood, charges: int
) -> None:
    key, body = shop.alice | new_key(), new_order(quantity=3)
    await relay.turn(mood)
    began = time.monotonic()
    refused = await shop.call("POST", "/orders", key, json=body)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert time.monotonic() - began < 2
    assert shop.sql("orders", "select sum(reserved) from stock") == 0
    assert shop.sql("orders", "select count(*) from orders") == 0
    # What orders gave up waiting for may still be on its way into the books of payments.
    await shop.told("payments", "select count(*) from charges", charges)

    await relay.turn("well")
    another = await shop.call("POST", "/orders", key, json=new_order(quantity=4))
    assert another.status_code == 422
    placed = await shop.call("POST", "/orders", key, json=body)
    assert placed.status_code == 201
    assert (await shop.call("POST", "/orders", key, json=body)).content == placed.content
    assert shop.sql("payments", "select count(*) from charges") == 1
    assert shop.sql("orders", "select sum(reserved) from stock") == 3
    assert (await shop.reserved(placed.json()["id"]))["quantity"] == 3


async def test_a_declined_card_leaves_nothing_and_stays_declined(shop: Customers) -> None:
    key, body = shop.alice | new_key(), new_order(payment_method="card-declined")
    answers = [await shop.call("POST", "/orders", key, json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [402, 402]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert shop.sql("payments", "select count(*) from charges") == 1
    assert shop.sql("orders", "select count(*) from outbox") == 0
    assert shop.sql("orders", "select sum(reserved) from stock") == 0


async def test_more_than_there_is_cannot_be_ordered(shop: Customers) -> None:
    engine = sa.create_engine(shop.shop.databases["orders"])
    with engine.begin() as connection:
        connection.execute(sa.text("update stock set on_hand = 2, reserved = 99998 where sku = 'chair'"))
    engine.dispose()
    refused = await shop.order(shop.alice, sku="chair", quantity=3)
    assert (refused.status_code, refused.json()["title"]) == (409, "Out of stock")
    assert (await shop.order(shop.alice, sku="chair", quantity=2)).status_code == 201
    assert shop.sql("orders", "select on_hand from stock where sku = 'chair'") == 0


async def test_what_a_crash_left_pending_is_given_back_at_the_next_start(nursery: Nursery, tmp_path: Path) -> None:
    async with nursery.shop(data=tmp_path) as first:
        url = first.databases["orders"]
    order_id = str(uuid.uuid4())
    engine = sa.create_engine(url)
    with engine.begin() as connection:  # as a process leaves it that died while payments was awaited
        connection.execute(sa.text("update stock set on_hand = on_hand - 5, reserved = 5 where sku = 'pen'"))
        connection.execute(
            sa.text(
                "insert into orders values (:id, 'alice', 'pen', 5, null, 'card-ok', 'pending', 1750, null, 1, 'then')"
            ),
            {"id": order_id},
        )
    engine.dispose()
    async with nursery.shop(data=tmp_path) as again, customers(again) as everybody:
        assert (await everybody.call("GET", f"/orders/{order_id}", everybody.alice)).status_code == 404
        assert everybody.sql("orders", "select sum(reserved) from stock") == 0
        assert everybody.sql("orders", "select count(*) from orders") == 0
