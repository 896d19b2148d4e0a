"""Requests of all kinds share a few workers, and whoever waits for payments keeps one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from seamwright.demo.defect import Defect
from seamwright.demo.shell import Shell

__all__ = ["DEFECT"]


class _TwoWorkers(Shell):
    def __init__(self, app: ASGIApp, folder: Path) -> None:
        workers = asyncio.Semaphore(2)

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            async with workers:
                await app(scope, receive, send)

        super().__init__(served, folder)


DEFECT = Defect(
    name="shared-workers",
    family="resilience",
    service="orders",
    check="resilience.bulkhead",
    mistake="a payments that hangs stops everything: two workers serve all requests, and orders that wait hold them",
    part=_TwoWorkers,
)
