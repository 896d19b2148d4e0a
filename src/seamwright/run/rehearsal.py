"""Proves the checks themselves: each planted defect of the demo must be refuted, the healthy shop must not."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from seamwright.demo.defect import Defect
from seamwright.demo.manifest import manifest_environment, manifest_text
from seamwright.demo.system import Shop
from seamwright.ledger.store import Ledger
from seamwright.model.check import Check
from seamwright.model.manifest import Manifest
from seamwright.model.reading import MANIFEST_NAME, read_manifest
from seamwright.model.run import CheckFinished, Event, RunFinished, RunRecord
from seamwright.model.verdict import Verdict, overall
from seamwright.run.once import Order, once, prepare
from seamwright.run.planning import Selection
from seamwright.run.subjects import Fetch

__all__ = ["HealthyEvent", "HealthyRun", "Row", "rehearse", "shop_manifest"]

AT_ONCE = 3
"""Broken shops that stand at the same time; those for load checks stand alone."""

HEALTHY_BUDGET = 90.0
DEFECT_BUDGET = 45.0


@dataclass(frozen=True, slots=True)
class Row:
    """One planted defect: the check that should find it, what that check said of both shops, and how long it took."""

    name: str
    family: str
    check: str
    mistake: str
    broken: Verdict
    healthy: Verdict
    seconds: float
    title: str
    """What the check's first finding says; why it is unknown otherwise."""
    reproduce: str

    @property
    def found(self) -> bool:
        """Whether the check told the broken shop from the healthy one."""
        return self.broken is Verdict.REFUTED and self.healthy is Verdict.PROVED


@dataclass(frozen=True, slots=True)
class HealthyEvent:
    """Something that happened in the run on the healthy shop."""

    event: Event


@dataclass(frozen=True, slots=True)
class HealthyRun:
    """The run on the healthy shop is over."""

    record: RunRecord


async def rehearse(
    defects: Sequence[Defect], checks: Mapping[str, Check], *, seed: int, ledger: Ledger, fetch: Fetch
) -> AsyncGenerator[HealthyEvent | HealthyRun | Row, None]:
    """Verify the healthy shop with every check, then each broken shop with the check that should find its defect.

    Each broken shop is one that has this single defect, started for it alone, and all that the check is told is where
    the shop stands.
    """
    healthy: RunRecord | None = None
    async with (
        shop_manifest(()) as manifest,
        aclosing(_run(manifest, checks, (), seed, HEALTHY_BUDGET, ledger, fetch)) as run,
    ):
        async for event in run:
            yield HealthyEvent(event)
            if isinstance(event, RunFinished):
                healthy = event.record
    assert healthy is not None
    yield HealthyRun(healthy)
    rows = _Rows(healthy, checks, seed, ledger, fetch)
    alone = [d for d in defects if d.family == "load"]
    together = [d for d in defects if d.family != "load"]
    places = asyncio.Semaphore(AT_ONCE)
    tasks = [asyncio.create_task(rows.placed(places, defect)) for defect in together]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for pending in tasks:
            pending.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for defect in alone:
        yield await rows.row(defect)


class _Rows:
    def __init__(
        self, healthy: RunRecord, checks: Mapping[str, Check], seed: int, ledger: Ledger, fetch: Fetch
    ) -> None:
        self._healthy = healthy
        self._checks = checks
        self._seed = seed
        self._ledger = ledger
        self._fetch = fetch

    async def placed(self, places: asyncio.Semaphore, defect: Defect) -> Row:
        async with places:
            return await self.row(defect)

    async def row(self, defect: Defect) -> Row:
        started = time.perf_counter()
        async with (
            shop_manifest((defect.name,)) as manifest,
            aclosing(
                _run(manifest, self._checks, (defect.check,), self._seed, DEFECT_BUDGET, self._ledger, self._fetch)
            ) as run,
        ):
            rows = [event.evidence async for event in run if isinstance(event, CheckFinished)]
        findings = [finding for row in rows for finding in row.findings]
        return Row(
            name=defect.name,
            family=defect.family,
            check=defect.check,
            mistake=defect.mistake,
            broken=overall(row.verdict for row in rows),
            healthy=overall(row.verdict for row in self._healthy.evidence if row.check == defect.check),
            seconds=time.perf_counter() - started,
            title=findings[0].title if findings else "; ".join(row.why for row in rows if row.why),
            reproduce=f"seamwright demo verify --defect {defect.name} --seed {self._seed}",
        )


async def _run(
    manifest: Manifest,
    checks: Mapping[str, Check],
    only: tuple[str, ...],
    seed: int,
    budget: float,
    ledger: Ledger,
    fetch: Fetch,
) -> AsyncGenerator[Event, None]:
    prepared = await prepare(manifest, checks, Selection(checks=only), fetch)
    async with aclosing(once(prepared, Order(seed=seed, budget=budget), ledger)) as events:
        async for event in events:
            yield event


@asynccontextmanager
async def shop_manifest(defects: tuple[str, ...]) -> AsyncIterator[Manifest]:
    """A shop of its own with these defects, and its manifest; a relay may stand in front of payments."""
    with tempfile.TemporaryDirectory(prefix="seamwright-shop-") as folder:
        data = Path(folder)
        relay = f"127.0.0.1:{_free_port()}"
        async with Shop.start(data=data, defects=defects, payments_url=f"http://{relay}") as shop:
            path = data / MANIFEST_NAME
            path.write_text(manifest_text(shop.running), encoding="utf-8")
            yield read_manifest(path, {**os.environ, **manifest_environment(shop.running)})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
