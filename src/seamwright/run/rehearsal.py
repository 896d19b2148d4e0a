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
from seamwright.demo.nursery import Nursery
from seamwright.ledger.store import Ledger
from seamwright.model.check import Check
from seamwright.model.evidence import Evidence
from seamwright.model.manifest import Manifest
from seamwright.model.plan import Planned
from seamwright.model.reading import MANIFEST_NAME, read_manifest
from seamwright.model.run import CheckFinished, Event, RunFinished, RunRecord, RunStarted
from seamwright.model.verdict import Verdict, overall
from seamwright.run.once import Order, once, prepare
from seamwright.run.planning import Selection
from seamwright.run.subjects import Fetch

__all__ = ["HealthyEvent", "HealthyRun", "Row", "rehearse", "shop_stands"]

AT_ONCE = 2
"""Broken shops that are verified at the same time; those for load checks stand alone."""

FAULTS_AT_ONCE = 4
"""Those beside them whose dependencies are broken: their checks wait far more than they work."""

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
    defects: Sequence[Defect],
    checks: Mapping[str, Check],
    *,
    seed: int,
    ledger: Ledger,
    fetch: Fetch,
    whole: bool = True,
) -> AsyncGenerator[HealthyEvent | HealthyRun | Row, None]:
    """Verify the healthy shop with every check, then each broken shop with the check that should find its defect.

    Each broken shop is one that has this single defect, started for it alone, and all that the check is told is where
    the shop stands. When not `whole`, the healthy shop too is tried only with the checks of these defects.
    """
    only = () if whole else tuple(sorted({defect.check for defect in defects}))
    async with Nursery.opened() as nursery:
        stage = _Stage(nursery, checks, seed, ledger, fetch)
        healthy: RunRecord | None = None
        quiet = _Quiet()
        together, faulty = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(FAULTS_AT_ONCE)
        tasks = [
            asyncio.create_task(stage.placed(faulty if defect.family == "resilience" else together, defect, quiet.over))
            for defect in defects
            if defect.family != "load"
        ]
        try:
            async with aclosing(stage.events((), only, HEALTHY_BUDGET)) as events:
                async for event in events:
                    yield HealthyEvent(event)
                    quiet.look(event)
                    if isinstance(event, RunFinished):
                        healthy = event.record
            assert healthy is not None
            yield HealthyRun(healthy)
            for task in asyncio.as_completed(tasks):
                yield stage.row(await task, healthy)
        finally:
            for pending in tasks:
                pending.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for defect in defects:
            if defect.family == "load":
                yield stage.row(await stage.tried(defect), healthy)


class _Quiet:
    """The time in which the healthy shop is under load, and nothing else may take from the machine. What comes after it
    waits far more than it works, so that the broken shops can begin beside it."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self._loads: set[tuple[str, str]] = set()

    def look(self, event: Event) -> None:
        """Take in what happened in the run on the healthy shop."""
        if isinstance(event, RunStarted):
            self._loads = {(item.check, item.boundary) for item in event.plan.planned if _loads(item)}
        if isinstance(event, CheckFinished):
            self._loads.discard((event.item.check, event.item.boundary))
        if isinstance(event, RunFinished) or (isinstance(event, CheckFinished) and not self._loads):
            self.over.set()


def _loads(item: Planned) -> bool:
    return item.check.startswith("load.")


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of the shop with one defect."""

    defect: Defect
    rows: Sequence[Evidence]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where every shop of a rehearsal is started and verified."""

    nursery: Nursery
    checks: Mapping[str, Check]
    seed: int
    ledger: Ledger
    fetch: Fetch

    async def placed(self, places: asyncio.Semaphore, defect: Defect, free: asyncio.Event) -> _Tried:
        await free.wait()
        async with places:
            return await self.tried(defect)

    async def tried(self, defect: Defect) -> _Tried:
        """Try the shop with this defect."""
        started = time.perf_counter()
        async with aclosing(self.events((defect.name,), (defect.check,), DEFECT_BUDGET)) as events:
            rows = [event.evidence async for event in events if isinstance(event, CheckFinished)]
        return _Tried(defect, rows, time.perf_counter() - started)

    def row(self, tried: _Tried, healthy: RunRecord) -> Row:
        """What came of it, beside what the same check said of the healthy shop."""
        defect, rows = tried.defect, tried.rows
        findings = [finding for row in rows for finding in row.findings]
        return Row(
            name=defect.name,
            family=defect.family,
            check=defect.check,
            mistake=defect.mistake,
            broken=overall(row.verdict for row in rows),
            healthy=overall(row.verdict for row in healthy.evidence if row.check == defect.check),
            seconds=tried.seconds,
            title=findings[0].title if findings else "; ".join(row.why for row in rows if row.why),
            reproduce=f"seamwright demo verify --defect {defect.name} --seed {self.seed}",
        )

    async def events(
        self, defects: tuple[str, ...], checks: tuple[str, ...], budget: float
    ) -> AsyncGenerator[Event, None]:
        """A run of these checks (none named: of all) on a shop of its own with these defects."""
        async with shop_stands(self.nursery, defects) as manifest:
            prepared = await prepare(manifest, self.checks, Selection(checks=checks), self.fetch)
            async with aclosing(once(prepared, Order(seed=self.seed, budget=budget), self.ledger)) as events:
                async for event in events:
                    yield event


@asynccontextmanager
async def shop_stands(nursery: Nursery, defects: tuple[str, ...], *, relayed: bool = True) -> AsyncIterator[Manifest]:
    """A shop of its own with these defects, and its manifest. When `relayed`, a run puts a relay in front of payments;
    then only one run at a time can be made on it."""
    with tempfile.TemporaryDirectory(prefix="seamwright-shop-") as folder:
        data = Path(folder)
        relay = f"http://127.0.0.1:{_free_port()}" if relayed else None
        async with nursery.shop(data=data, defects=defects, payments_url=relay) as shop:
            path = data / MANIFEST_NAME
            path.write_text(manifest_text(shop), encoding="utf-8")
            yield read_manifest(path, {**os.environ, **manifest_environment(shop)})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
