"""Speaks with a shop as its customers do; used by the tests of the demo."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import sqlalchemy as sa

from seamwright.demo.database import sql_url
from seamwright.demo.system import RunningShop

__all__ = ["Customers", "customers", "new_key", "new_order"]


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def new_order(**changed: Any) -> dict[str, Any]:
    return {"sku": "mug", "quantity": 1, "payment_method": "card-ok", "note": "a gift"} | changed


class Customers:
    """alice, bob and root, logged in, at one shop."""

    def __init__(self, shop: RunningShop, client: httpx2.AsyncClient) -> None:
        self.shop = shop
        self.client = client
        self.alice: dict[str, str] = {}
        self.bob: dict[str, str] = {}
        self.root: dict[str, str] = {}

    async def log_in(self) -> None:
        self.alice, self.bob, self.root = [await self._bearer(user) for user in ("alice", "bob", "root")]

    async def _bearer(self, user: str) -> dict[str, str]:
        password = self.shop.env[f"SHOP_{user.upper()}_PASSWORD"]
        url = self.shop.urls["identity"] + "/login"
        answer = await self.client.post(url, json={"user": user, "password": password})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def call(self, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx2.Response:
        """A request to orders."""
        url = self.shop.urls["orders"] + path
        return await self.client.request(method, url, headers=headers, **more)

    async def order(self, who: dict[str, str], **changed: Any) -> httpx2.Response:
        """A new order with a new key."""
        return await self.call("POST", "/orders", who | new_key(), json=new_order(**changed))

    async def ordered(self, who: dict[str, str], **changed: Any) -> dict[str, Any]:
        """A new order that was accepted."""
        answer = await self.order(who, **changed)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def reserved(self, order_id: str, status: str = "reserved") -> dict[str, Any]:
        """What inventory has for the order, as soon as it is in this status."""
        url = f"{self.shop.urls['inventory']}/reservations/{order_id}"
        async with asyncio.timeout(10):
            while True:
                answer = await self.client.get(url, headers={"X-Api-Key": self.shop.env["SHOP_INVENTORY_KEY"]})
                if answer.status_code == 200 and answer.json()["status"] == status:
                    found: dict[str, Any] = answer.json()
                    return found
                await asyncio.sleep(0.02)

    async def told(self, service: str, query: str, value: Any) -> None:
        """Waits until a query of a service's database gives this value."""
        async with asyncio.timeout(10):
            while self.sql(service, query) != value:
                await asyncio.sleep(0.02)

    def sql(self, service: str, query: str) -> Any:
        """The one value that a query of a service's database gives."""
        engine = sa.create_engine(sql_url(self.shop.databases[service]))
        try:
            with engine.connect() as connection:
                return connection.execute(sa.text(query)).scalar_one()
        finally:
            engine.dispose()


@asynccontextmanager
async def customers(shop: RunningShop) -> AsyncIterator[Customers]:
    async with httpx2.AsyncClient(timeout=15, trust_env=False) as client:
        everybody = Customers(shop, client)
        await everybody.log_in()
        yield everybody
