"""The shop's manifest is one that Seamwright reads, and what it says of the healthy shop is true."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest

from seamwright.demo.manifest import manifest_environment, manifest_text
from seamwright.demo.nursery import Nursery
from seamwright.demo.orders.tables import UNITS_PER_SKU
from seamwright.model.reading import read_manifest
from tests.demo.customer import customers


async def test_it_is_read_and_its_invariants_hold(nursery: Nursery, tmp_path: Path) -> None:
    async with nursery.shop(data=tmp_path) as shop, customers(shop) as everybody:
        path = tmp_path / "seamwright.yaml"
        path.write_text(manifest_text(shop), encoding="utf-8")
        manifest = read_manifest(path, manifest_environment(shop))
        assert f"<> {UNITS_PER_SKU}" in path.read_text()
        assert not [secret for secret in shop.env.values() if secret in path.read_text()]

        wishes = ["card-ok", "card-declined"] * 5
        await asyncio.gather(*(everybody.order(everybody.alice, payment_method=one) for one in wishes))
        order = await everybody.ordered(everybody.alice)
        await everybody.call("POST", f"/orders/{order['id']}/cancel", everybody.alice)
        last = await everybody.ordered(everybody.bob)
        await everybody.reserved(last["id"])

        held = {}
        for boundary in manifest.boundaries.values():
            for invariant in boundary.invariants:
                service = boundary.name.removesuffix("-db")
                held[invariant.name] = everybody.sql(service, invariant.query) == invariant.equals
        assert len(held) == 7
        assert not [name for name, holds in held.items() if not holds]


async def test_its_operations_and_contracts_are_there(nursery: Nursery, tmp_path: Path) -> None:
    async with nursery.shop(data=tmp_path) as shop, httpx2.AsyncClient(trust_env=False) as client:
        path = tmp_path / "seamwright.yaml"
        path.write_text(manifest_text(shop), encoding="utf-8")
        manifest = read_manifest(path, manifest_environment(shop))
        known: set[str] = set()
        for boundary in manifest.boundaries.values():
            if boundary.contract is not None:
                document = (await client.get(boundary.contract)).json()
                methods = [operation for path in document["paths"].values() for operation in path.values()]
                known |= {operation["operationId"] for operation in methods}
        named = {name for rule in manifest.policy for name in rule.may if not name.endswith("*")}
        assert named
        assert named <= known
        assert {identity.login.operation for identity in manifest.identities.values() if identity.login} <= known


@pytest.mark.parametrize(
    ("control", "expected"),
    [(None, 'relay: {listen: "127.0.0.1:9"}'), ("http://127.0.0.1:8", "relay: {control: http://127.0.0.1:8")],
)
async def test_a_relay_before_payments_is_told(
    nursery: Nursery, tmp_path: Path, control: str | None, expected: str
) -> None:
    async with nursery.shop(data=tmp_path, payments_url="http://127.0.0.1:9") as shop:
        assert expected in manifest_text(shop, relay_control=control)
