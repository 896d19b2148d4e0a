"""The shop that stays up for a person: its files, its relay, and what becomes of odd secrets."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from seamwright.faces.shop import kept_up
from seamwright.model.errors import TargetError
from seamwright.model.reading import read_manifest


@asynccontextmanager
async def _up(data: Path, **more: Any) -> AsyncIterator[dict[str, Any]]:
    told: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(kept_up((), data, more.get("databases", {}), None, told.set_result))
    task.add_done_callback(lambda ended: _pass_on(ended, told))
    try:
        yield await told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _pass_on(ended: asyncio.Task[None], told: asyncio.Future[dict[str, Any]]) -> None:
    """A shop that ended before it was ready tells why."""
    if not told.done():
        told.set_exception(ended.exception() or AssertionError("it ended without a word"))


async def test_its_manifest_is_read_with_the_secrets_beside_it_and_its_relay_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = 'it\'s a \\ $HOME #1 "secret" é'
    monkeypatch.setenv("SHOP_ALICE_PASSWORD", odd)
    async with _up(tmp_path / "my shop") as told:
        monkeypatch.delenv("SHOP_ALICE_PASSWORD")
        assert (tmp_path / "my shop" / ".env").stat().st_mode & 0o777 == 0o600
        manifest = read_manifest(Path(told["manifest"]), {})
        login = manifest.identities["alice"].login
        assert login is not None
        assert login.body is not None
        assert login.body["password"] == odd
        relay = manifest.boundaries["payments"].relay
        assert relay is not None
        async with httpx2.AsyncClient() as client:
            answer = await client.post(f"{told['urls']['identity']}/login", json={"user": "alice", "password": odd})
            assert answer.status_code == 200
            state = await client.get(f"{relay.control}/state", headers={"Authorization": f"Bearer {relay.token}"})
            assert state.json()["upstream"] == told["urls"]["payments"].removeprefix("http://")
    async with httpx2.AsyncClient() as client:
        for url in [*told["urls"].values(), relay.control]:
            with pytest.raises(httpx2.ConnectError):
                await client.get(f"{url}/health")


async def test_a_shop_that_cannot_start_is_the_targets_fault(tmp_path: Path) -> None:
    nowhere = {"orders": f"sqlite:///{tmp_path}/no/such/folder/orders.db"}
    with pytest.raises(TargetError, match="unable to open database file"):
        async with _up(tmp_path / "shop", databases=nowhere):
            raise AssertionError("it must not have come up")


async def test_it_says_so_when_the_shop_ends_by_itself(tmp_path: Path) -> None:
    told: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(kept_up((), tmp_path, {}, None, told.set_result))
    task.add_done_callback(lambda ended: _pass_on(ended, told))
    os.kill((await told)["pid"], signal.SIGKILL)
    with pytest.raises(TargetError, match="ended by itself"):
        await asyncio.wait_for(task, 20)
