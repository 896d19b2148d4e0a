"""The workbench: opens the rooms for every face. No logic of its own."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from seamwright.model.errors import ContractError, TargetError, UsageError
from seamwright.model.verdict import Verdict

if TYPE_CHECKING:
    # Every command imports this module, and --help must not wait for pydantic.
    from seamwright.faces.targets import Aim
    from seamwright.ledger.store import Ledger
    from seamwright.lifecycle.gate import Decision
    from seamwright.model.check import Check
    from seamwright.model.manifest import Manifest
    from seamwright.model.report import Report
    from seamwright.model.run import Covered, Event, Exercised
    from seamwright.run.limit_by_hand import LimitByHand
    from seamwright.run.load_by_hand import LoadByHand
    from seamwright.run.once import Order, Prepared
    from seamwright.run.planning import Selection

__all__ = ["LEDGER", "Workbench", "exit_status"]

LEDGER = ".seamwright/ledger.db"
OWN_CHECKS = Path(".seamwright/checks")


def exit_status(verdict: Verdict) -> int:
    """0 all proved, 1 something refuted, 3 nothing refuted but something unknown (2 is for usage errors)."""
    return {Verdict.PROVED: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}[verdict]


class Workbench:
    """What a face may do with the house."""

    def __init__(self, ledger: str = LEDGER) -> None:
        self._ledger = ledger

    def checks(self, folder: Path = OWN_CHECKS, asked: Callable[[str], bool] | None = None) -> Mapping[str, Check]:
        """Every check there is: of the package, of entry points, and of the user's folder. Raises UsageError.

        Those of the package may be limited to the ids that were asked for.
        """
        from seamwright.checks import checks
        from seamwright.seams import SeamError

        try:
            return checks(folder, asked)
        except SeamError as error:
            raise UsageError(str(error)) from None

    def reports(self, asked: Callable[[str], bool] | None = None) -> Mapping[str, Report]:
        """Every format of report there is; those of the package may be limited to the names that were asked for."""
        from seamwright.model.report import Report
        from seamwright.seams import discover

        return discover(
            "seamwright.reports", "REPORT", Report, key=lambda r: r.name, group="seamwright.reports", asked=asked
        )

    @property
    def has_ledger(self) -> bool:
        """Whether a ledger is there already; one on a server always is."""
        return "://" in self._ledger or Path(self._ledger).exists()

    def ledger(self, *, create: bool = True) -> Ledger:
        """Open the ledger; the caller closes it. Raises LedgerError."""
        from seamwright.ledger.store import Ledger

        return Ledger.open(self._ledger, create=create)

    async def prepare(self, aim: Aim, selection: Selection) -> Prepared:
        """Read contracts and make the plan. Raises UsageError; TargetError for a lone URL that does not answer.

        A lone URL at which no document lies may be a GraphQL endpoint: it is asked.
        """
        from seamwright.faces.targets import as_graphql

        try:
            return await self._prepared(aim, selection)
        except (ContractError, TargetError) as error:
            endpoint = as_graphql(aim)
            if endpoint is None:
                raise
            try:
                return await self._prepared(endpoint, selection)
            except TargetError:
                raise error from None

    async def _prepared(self, aim: Aim, selection: Selection) -> Prepared:
        from seamwright.run.once import prepare

        prepared = await prepare(aim.manifest, self._asked_for(selection), selection, fetch)
        alone = next(iter(prepared.subjects.unreadable.values()), None)
        if alone is not None and len(aim.manifest.boundaries) == 1:
            raise TargetError(alone)
        return prepared

    def _asked_for(self, selection: Selection) -> Mapping[str, Check]:
        """The checks of a selection; all of them where it names what is not there, so that the nearest can be told."""
        found = self.checks(asked=selection.names)
        families = {check.family for check in found.values()}
        return found if {*selection.checks} <= {*found} and {*selection.families} <= families else self.checks()

    async def verify(self, prepared: Prepared, order: Order) -> AsyncGenerator[Event, None]:
        """Execute a plan, with its evidence going into the ledger."""
        from seamwright.run.once import once

        with self.ledger() as ledger:
            async with aclosing(once(prepared, order, ledger)) as events:
                async for event in events:
                    yield event

    async def prepare_load(self, aim: Aim, load: LoadByHand | LimitByHand) -> Prepared:
        """Read contracts for a load run by hand; `verify` executes it. Raises UsageError where it may not be."""
        from seamwright.run.once import prepare
        from seamwright.run.planning import Selection

        check = load.check
        prepared = await prepare(aim.manifest, {check.id: check}, Selection(aim.boundaries), fetch)
        unreadable = [why for name, why in prepared.subjects.unreadable.items() if name in aim.boundaries]
        if unreadable:
            raise TargetError(unreadable[0])
        if not prepared.plan.planned:
            raise UsageError("; ".join(skipped.why for skipped in prepared.plan.skipped))
        return prepared

    async def gate(self, manifest: Manifest, phase: int) -> Decision:
        """Decide the gate of a phase from the latest evidence; nothing is run."""
        from seamwright.lifecycle.gate import Situation, decide
        from seamwright.lifecycle.phases import requirements
        from seamwright.run.once import prepare
        from seamwright.run.planning import Selection

        prepared = await prepare(manifest, self.checks(), Selection(), fetch)
        asked = requirements(manifest, phase)
        now = time.time()
        digests = {n: s.contract.digest for n, s in prepared.subjects.by_name.items() if s.contract}
        with self.ledger() as ledger:
            rows = ledger.latest(manifest.system)
            coverage = _coverage(ledger, prepared, now - asked.max_age)
        situation = Situation(manifest.origin.source, manifest.origin.digest, digests, prepared.plan, coverage, now)
        return decide(phase, asked, situation, rows)


def _coverage(ledger: Ledger, prepared: Prepared, since: float) -> tuple[Covered, ...]:
    """What the runs of this very manifest covered, taken together, of all the operations that there are now."""
    from seamwright.model.run import Covered

    counts: dict[tuple[str, str], dict[str, int]] = {}
    digest = prepared.manifest.origin.digest
    succeeded: dict[tuple[str, str], tuple[Exercised, ...]] = {}
    for run in ledger.runs(limit=None):
        if run.manifest_digest != digest or run.started < since or run.finished is None:
            continue
        for row in ledger.record(run.id).coverage:
            statuses = counts.setdefault((row.boundary, row.operation), {})
            for status, count in row.statuses.items():
                statuses[status] = statuses.get(status, 0) + count
            if row.answered:
                key = (row.boundary, row.operation)
                succeeded[key] = tuple(each for each in row.points if each.kind == "operation")
    return tuple(
        Covered(name, operation.id, operation.method, operation.path, sum(statuses.values()), statuses, points)
        for name, subject in prepared.subjects.by_name.items()
        for operation in subject.operations
        for statuses in (counts.get((name, operation.id), {}),)
        for points in (succeeded.get((name, operation.id), ()),)
    )


async def fetch(url: str) -> bytes:
    """Get a contract by its URL. Raises TargetError in words that say whose fault it is."""
    from seamwright.drivers.http import HttpConnection
    from seamwright.model.exchange import Request

    connection = HttpConnection()
    try:
        exchange = await connection.send(Request("GET", url, (("accept", "application/json, */*"),)), timeout=10)
    finally:
        await connection.close()
    if exchange.response is None:
        told = exchange.failure.text if exchange.failure else ""
        raise TargetError(f"nothing usable answers at {url} ({told}): the target's fault; start it, or correct the URL")
    if 300 <= exchange.status < 400:
        to = exchange.response.header("location") or "nowhere"
        raise TargetError(f"{url} redirects to {to}, which was not followed; give the address of the document itself")
    if not exchange.ok:
        raise TargetError(f"{url} answers {exchange.status} instead of a contract; correct the URL, or the target")
    return exchange.response.body
