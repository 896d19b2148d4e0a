"""Starts and stops the shop from Python, as a process of its own that cannot outlive its caller."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seamwright.kit.child import ChildNotReady, child

__all__ = ["RunningShop", "Shop", "ShopNotStarted", "arguments_for"]

_START_WITHIN = 60.0
_STOP_WITHIN = 8.0


class ShopNotStarted(RuntimeError):
    """The shop did not come up; the message holds what its launcher said."""


@dataclass(frozen=True, slots=True)
class RunningShop:
    """Where a running shop is and what is needed to speak with it.

    `urls`, `ports`, `pids` are by service (identity, orders, payments, inventory); `databases` are SQLAlchemy URLs
    by service; `env` holds passwords and keys by the name of their environment variable; `signing_key` is the file
    of identity's private key, for forging tokens that are validly signed.
    """

    urls: Mapping[str, str]
    ports: Mapping[str, int]
    pids: Mapping[str, int]
    pid: int
    data: Path
    databases: Mapping[str, str]
    queue: str
    payments_url: str
    signing_key: Path
    env: Mapping[str, str] = field(repr=False)
    defects: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, line: str | bytes) -> RunningShop:
        """From the line that `python -m seamwright.demo` prints."""
        told: dict[str, Any] = json.loads(line)
        told |= {name: Path(told[name]) for name in ("data", "signing_key")}
        return cls(**(told | {"defects": tuple(told["defects"])}))

    def received(self, service: str) -> list[str]:
        """The service's access log: one line, `METHOD PATH STATUS`, for each request that it got."""
        return (self.data / service / "access.log").read_text(encoding="utf-8").splitlines()


class Shop:
    """A shop that this process has started: `async with Shop.start(data=folder) as shop: …`"""

    def __init__(self, running: RunningShop, process: asyncio.subprocess.Process) -> None:
        self.running = running
        self._process = process

    async def ended(self) -> None:
        """Waits until the shop ends by itself: a service has failed, or somebody has killed it."""
        await self._process.wait()

    @property
    def urls(self) -> Mapping[str, str]:
        return self.running.urls

    @property
    def databases(self) -> Mapping[str, str]:
        return self.running.databases

    @property
    def env(self) -> Mapping[str, str]:
        return self.running.env

    @property
    def pid(self) -> int:
        return self.running.pid

    @staticmethod
    @asynccontextmanager
    async def start(
        *,
        data: Path,
        defects: Iterable[str] = (),
        ports: Mapping[str, int] | None = None,
        payments_url: str | None = None,
        databases: Mapping[str, str] | None = None,
        queue: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Shop]:
        """Starts the shop and stops it at the end; raises `ShopNotStarted`.

        `databases` are URLs by service, `queue` a URL; where they are absent, SQLite files under `data` are used.
        `env` may set secrets by name; those that are set nowhere are made anew.
        """
        arguments = arguments_for(
            data=data, defects=defects, ports=ports, payments_url=payments_url, databases=databases, queue=queue
        )
        data.mkdir(parents=True, exist_ok=True)
        try:
            async with child(
                [sys.executable, "-m", "seamwright.demo", *arguments],
                ready_within=_START_WITHIN,
                end_within=_STOP_WITHIN,
                env={**os.environ, **(env or {})},
                log=data / "launcher.log",
            ) as (process, line):
                yield Shop(RunningShop.from_json(line), process)
        except ChildNotReady as error:
            raise ShopNotStarted(f"the shop did not start: {error}") from None


def arguments_for(
    *,
    data: Path,
    defects: Iterable[str] = (),
    ports: Mapping[str, int] | None = None,
    payments_url: str | None = None,
    databases: Mapping[str, str] | None = None,
    queue: str | None = None,
) -> list[str]:
    """The arguments of `python -m seamwright.demo` for such a shop; it ends with its standard input."""
    arguments = ["--data", str(data), "--lifeline"]
    for defect in defects:
        arguments += ["--defect", defect]
    if ports:
        arguments += ["--ports", ",".join(f"{service}={port}" for service, port in ports.items())]
    if payments_url is not None:
        arguments += ["--payments-url", payments_url]
    for service, url in (databases or {}).items():
        arguments += [f"--{service}-db", url]
    if queue is not None:
        arguments += ["--queue", queue]
    return arguments
