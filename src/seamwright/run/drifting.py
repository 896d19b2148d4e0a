"""Proves the contract checks themselves: each drifted contract of the demo must be refuted, the true ones must not."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from seamwright.contracts.openapi import load_openapi
from seamwright.demo.drift import Drift
from seamwright.demo.nursery import Nursery
from seamwright.ledger.store import Ledger
from seamwright.model.check import Check
from seamwright.model.evidence import Evidence
from seamwright.model.run import CheckFinished
from seamwright.model.verdict import Verdict, overall
from seamwright.run.once import Order, Prepared, once, prepare
from seamwright.run.planning import Selection, plan
from seamwright.run.rehearsal import shop_stands
from seamwright.run.subjects import Fetch, Subjects

__all__ = ["Clean", "Drifted", "drifting"]

AT_ONCE = 4
"""Drifted contracts that are held against the shop at the same time."""

DEPTH = 10
"""Generated cases of each operation: a drift shows in the first ones, or in those that are always sent."""

BUDGET = 60.0

CHECKS = (
    "auth.anonymous-refused",
    "contract.error-conforms",
    "contract.invalid-input-refused",
    "contract.media-type-refused",
    "contract.method-not-allowed",
    "contract.problem-details",
    "contract.required-header",
    "contract.response-conforms",
    "contract.undocumented-status",
    "contract.valid-input-accepted",
)
"""The checks that hold what a document says against what a service does; others prove things that no document says."""


@dataclass(frozen=True, slots=True)
class Clean:
    """The contracts as they are: what was refuted of them, which should be nothing."""

    verdict: Verdict
    refuted: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Drifted:
    """One drifted contract: its verdict, the checks that refuted it, and the first finding; why it is unknown else."""

    drift: Drift
    verdict: Verdict
    checks: tuple[str, ...]
    title: str
    seconds: float


async def drifting(
    drifts: Sequence[Drift], checks: Mapping[str, Check], *, seed: int, ledger: Ledger, fetch: Fetch
) -> AsyncGenerator[Clean | Drifted, None]:
    """Hold the true contracts, and then each drifted one, against one healthy shop.

    Of a drifted contract only the operations that its sentence is about are called.
    """
    async with Nursery.opened() as nursery, shop_stands(nursery, (), relayed=False) as manifest:
        services = tuple(dict.fromkeys(drift.service for drift in drifts))
        known = tuple(name for name in CHECKS if name in checks)
        prepared = await prepare(manifest, checks, Selection(boundaries=services, checks=known), fetch)
        stage = _Stage(prepared, seed, ledger)
        yield await stage.clean()
        places = asyncio.Semaphore(AT_ONCE)
        tasks = [asyncio.create_task(stage.placed(places, drift)) for drift in drifts]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for pending in tasks:
                pending.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Stage:
    prepared: Prepared
    seed: int
    ledger: Ledger

    async def clean(self) -> Clean:
        started = time.perf_counter()
        rows = await self._rows(self.prepared)
        refuted = tuple(f"{row.check} on {row.boundary}: {finding.title}" for row in rows for finding in row.findings)
        return Clean(overall(row.verdict for row in rows), refuted, time.perf_counter() - started)

    async def placed(self, places: asyncio.Semaphore, drift: Drift) -> Drifted:
        async with places:
            started = time.perf_counter()
            rows = await self._rows(self._drifted(drift))
            findings = [finding for row in rows for finding in row.findings]
            refuting = tuple(row.check for row in rows if row.verdict is Verdict.REFUTED)
            why = "; ".join(dict.fromkeys(row.why for row in rows if row.why))
            title = findings[0].title if findings else why
            verdict = overall(row.verdict for row in rows)
            return Drifted(drift, verdict, refuting, title, time.perf_counter() - started)

    def _drifted(self, drift: Drift) -> Prepared:
        """The same shop, with this one contract in the place of the true one."""
        subjects = dict(self.prepared.subjects.by_name)
        subject = subjects[drift.service]
        assert subject.contract is not None
        document = drift.applied(json.loads(json.dumps(subject.contract.document)))
        contract = load_openapi(document, source=subject.contract.source, digest=subject.contract.digest)
        subjects[drift.service] = replace(subject, contract=contract)
        selection = replace(self.prepared.selection, boundaries=(drift.service,), operations=drift.operations)
        made = plan(subjects, self.prepared.checks, selection, {})
        return replace(self.prepared, subjects=Subjects(subjects, {}), plan=made, selection=selection)

    async def _rows(self, prepared: Prepared) -> list[Evidence]:
        order = Order(seed=self.seed, budget=BUDGET, depth=DEPTH)
        async with aclosing(once(prepared, order, self.ledger)) as events:
            return [event.evidence async for event in events if isinstance(event, CheckFinished)]
