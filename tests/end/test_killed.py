"""When a run is killed, nothing that it armed or started stays."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import httpx2

from seamwright.model.reading import read_manifest
from tests.faces.terminal import Shop, alive, begun, descendants, seamwright, until


def test_a_fault_ends_by_itself_when_the_run_that_armed_it_is_killed(healthy: Shop, tmp_path: Path) -> None:
    relay = read_manifest(healthy.here / healthy.manifest).boundaries["payments"].relay
    assert relay is not None

    def armed() -> Any:
        headers = {"Authorization": f"Bearer {relay.token}"}
        return httpx2.get(f"{relay.control}/state", headers=headers).json()["armed"]

    manifest = str(healthy.here / healthy.manifest)
    with begun("verify", manifest, "orders", "--check", "resilience.slow-dependency", cwd=tmp_path) as process:
        until(armed, "a fault to be armed")
        process.kill()
        process.wait(10)
    until(lambda: not armed(), "the fault to end by itself")
    assert _ordered(healthy) == 201
    (run,) = seamwright("runs", "--json", cwd=tmp_path).json
    assert run["state"] == "interrupted"


def test_no_shop_outlives_a_rehearsal_that_was_killed(tmp_path: Path) -> None:
    with begun("demo", "verify", cwd=tmp_path) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if b"proved" in line:
                break
        family = descendants(process.pid)
        assert len(family) >= 5  # the launcher, and a process for each service
        process.kill()
        process.wait(10)
    until(lambda: not any(alive(pid) for pid in family), "every process of the shop to end")
    (run,) = seamwright("runs", "--json", cwd=tmp_path).json
    assert (run["state"], run["evidence"] >= 1) == ("interrupted", True)
    assert seamwright("ledger", "verify", cwd=tmp_path).status == 0


def _ordered(shop: Shop) -> int:
    """How an order is answered, which takes payments."""
    urls, password = shop.told["urls"], shop.secrets()["SHOP_ALICE_PASSWORD"]
    answer = httpx2.post(f"{urls['identity']}/login", json={"user": "alice", "password": password})
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}", "Idempotency-Key": str(uuid.uuid4())}
    order = {"sku": "mug", "quantity": 1, "payment_method": "card-ok"}
    return httpx2.post(f"{urls['orders']}/orders", json=order, headers=headers).status_code
