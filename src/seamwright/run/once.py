"""One run: executes a plan, and gives what happens as an async stream of events."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from seamwright.drivers import driver
from seamwright.ledger.store import Ledger
from seamwright.model.check import Check
from seamwright.model.driver import SqlConnection
from seamwright.model.errors import UsageError
from seamwright.model.evidence import Evidence
from seamwright.model.manifest import Manifest
from seamwright.model.plan import Plan, Planned
from seamwright.model.run import (
    CheckFinished,
    CheckStarted,
    Event,
    Notice,
    Run,
    RunFinished,
    RunRecord,
    RunStarted,
    RunState,
    Seam,
)
from seamwright.model.subject import Subject
from seamwright.run.bench import CheckBench
from seamwright.run.by_hand import by_hand
from seamwright.run.credentials import Credentials
from seamwright.run.faults import Doors
from seamwright.run.judging import Fold, reproduction
from seamwright.run.logins import Logins
from seamwright.run.overtime import Turn, overtime
from seamwright.run.planning import Selection, plan
from seamwright.run.provenance import git_tree, versions
from seamwright.run.recording import Coverage, Numbers, Recording, digest_of
from seamwright.run.redaction import Redaction
from seamwright.run.scope import Scope
from seamwright.run.sessions import Clock, Sender
from seamwright.run.shares import CHECKS_AT_ONCE, Shares, Stage, stages
from seamwright.run.speech import outcomes
from seamwright.run.streaming import AT_ONCE
from seamwright.run.subjects import Fetch, Subjects, read_subjects
from seamwright.run.trying import tried
from seamwright.run.uncovered import explained
from seamwright.run.world import DEPTH, World

__all__ = ["BUDGET", "Order", "Prepared", "once", "prepare"]

BUDGET = 120.0
"""Seconds for a whole run where the caller says nothing else."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A manifest with its contracts read and its plan made; nothing has been sent but requests for contracts."""

    manifest: Manifest
    checks: Mapping[str, Check]
    subjects: Subjects
    plan: Plan
    selection: Selection


@dataclass(frozen=True, slots=True)
class Order:
    """How a plan is to be executed."""

    seed: int
    budget: float = BUDGET
    depth: int = DEPTH
    """Generated cases that are streamed of each operation by each check that does so."""
    at_once: int = AT_ONCE
    """Calls of one stream that are on their way at a time; what is sent does not depend on it."""
    arguments: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """Options of the command line that a reproduction needs too: how the target was to be treated."""


async def prepare(manifest: Manifest, checks: Mapping[str, Check], selection: Selection, fetch: Fetch) -> Prepared:
    """Read the contracts and make the plan. Raises UsageError (a wrong contract or selection)."""
    subjects = await read_subjects(manifest, fetch)
    made = plan(subjects.by_name, checks, selection, subjects.unreadable)
    return Prepared(manifest, checks, subjects, made, selection)


async def once(prepared: Prepared, order: Order, ledger: Ledger) -> AsyncGenerator[Event, None]:
    """Execute a plan. Each verdict is in the ledger before its event is given.

    When the caller stops listening, the run stops, faults are taken back, and the ledger shows it as interrupted.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    execution = _Execution(prepared, order, ledger, events)
    task = asyncio.create_task(execution.go())
    try:
        while (event := await events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class _Execution:
    def __init__(self, prepared: Prepared, order: Order, ledger: Ledger, events: asyncio.Queue[Event | None]) -> None:
        manifest = prepared.manifest
        self.prepared = prepared
        self.order = order
        self.ledger = ledger
        self.events = events
        self.manifest = manifest
        self.subjects = prepared.subjects.by_name
        self.redaction = Redaction(manifest.origin.secrets, manifest.redact)
        self.numbers = Numbers()
        self.coverage = Coverage(outcomes(self.subjects), self.subjects)
        self.notices: list[str] = []
        self.evidence: list[Evidence] = []
        self.run = self._new_run()
        self.shares = Shares(prepared.plan.planned, prepared.checks, order.budget)
        self.begun: list[Turn] = []
        """Turns that have begun, whether they have ended or wait for more time."""

    def _new_run(self) -> Run:
        return Run(
            id=time.strftime("%Y%m%dT%H%M%S", time.gmtime()) + "-" + secrets.token_hex(4),
            system=self.manifest.system,
            environment=self.manifest.environment,
            source=self.redaction.text(self.manifest.origin.source),
            targets=self.prepared.selection.boundaries or tuple(self.subjects),
            seed=self.order.seed,
            manifest_digest=self.manifest.origin.digest,
            contract_digests={n: s.contract.digest for n, s in self.subjects.items() if s.contract},
            tree=git_tree(self.manifest.origin.folder),
            arguments=tuple(self.redaction.text(argument) for argument in self.order.arguments),
            versions=versions(),
            started=time.time(),
        )

    async def go(self) -> None:
        """Run the whole plan; the end of the stream is told in every case."""
        try:
            await self._all()
        except BaseExceptionGroup as group:
            # Checks run in a task group; a ledger that cannot be written is the same one error for all of them.
            raise group.exceptions[0] from None
        finally:
            self.events.put_nowait(None)

    async def _all(self) -> None:
        made = self.prepared.plan
        seams = tuple(self._seam(subject) for subject in self.subjects.values())
        self.ledger.begin(self.run, made, seams)
        self._tell(RunStarted(self.run, made))
        for name, why in self.prepared.subjects.unreadable.items():
            self._notice(f"{name}: {why}")
        self.shares.begin()
        async with AsyncExitStack() as stack:
            world = await self._world(stack)
            async with asyncio.TaskGroup() as group:
                await self._in_turns(group, world)
        coverage = explained(self.coverage.rows(self.subjects), self.subjects, made, self.evidence)
        record = RunRecord(self.run, made, seams, tuple(self.evidence), coverage, tuple(self.notices))
        finished = time.time()
        self.ledger.finish(self.run.id, record.verdict, record.coverage, finished)
        run = replace(self.run, finished=finished, state=RunState.FINISHED, verdict=record.verdict)
        self._tell(RunFinished(replace(record, run=run)))

    def _seam(self, subject: Subject) -> Seam:
        boundary = subject.boundary
        operations = tuple(o.id for o in subject.contract.operations) if subject.contract else ()
        url = self.redaction.text(boundary.url)
        return Seam(boundary.name, boundary.kind, url, boundary.owner or "", boundary.depends_on, operations)

    async def _world(self, stack: AsyncExitStack) -> World:
        scope = Scope(self.manifest)
        senders: dict[str, Sender] = {}
        databases: dict[str, SqlConnection] = {}
        for name, subject in self.subjects.items():
            opener = driver(subject.boundary.kind)
            if opener is None:
                continue
            if subject.boundary.kind == "sql":
                try:
                    databases[name] = opener.open(subject.boundary)
                except UsageError as error:
                    self._notice(str(error))
                    continue
                stack.push_async_callback(databases[name].close)
            else:
                connection = opener.opened(subject.boundary, subject.contract)
                stack.push_async_callback(connection.close)
                senders[name] = Sender(name, connection, scope, self._notice)
        logins = Logins(self.subjects, senders, self._recording("login"), scope, self._notice)
        stack.push_async_callback(logins.close)
        credentials = Credentials(self.subjects, logins.send, self.redaction.learn)
        doors = await stack.enter_async_context(Doors.opened(self.manifest))
        return World(
            self.subjects,
            senders,
            databases,
            doors,
            credentials,
            self.coverage,
            depth=self.order.depth,
            at_once=self.order.at_once,
        )

    def _recording(self, check: str) -> Recording:
        return Recording(check, self.redaction, self.numbers, self.coverage)

    async def _in_turns(self, group: asyncio.TaskGroup, world: World) -> None:
        """Give every check its turn, then those that were cut off what time is left, and then those that look back."""
        places = asyncio.Semaphore(CHECKS_AT_ONCE)
        for stage, together in stages(self.prepared.plan.planned, self.prepared.checks):
            if stage is Stage.BACK:
                await overtime(self.begun, self.shares.until(), CHECKS_AT_ONCE)
            turns = []
            for item in together:
                turn = Turn(self.prepared.checks[item.check].urgency, places, waits=stage is Stage.TOGETHER)
                turns.append(turn)
                group.create_task(self._placed(turn, world, item))
            for turn in turns:
                await turn.rested.wait()
            self.begun += turns

    async def _placed(self, turn: Turn, world: World, item: Planned) -> None:
        await turn.begin()
        try:
            await self._one(turn, world, item)
        finally:
            turn.end()

    async def _one(self, turn: Turn, world: World, item: Planned) -> None:
        """Try one check on one boundary, write its evidence, and tell of it."""
        self._tell(CheckStarted(item))
        check = self.prepared.checks[item.check]
        recording = self._recording(item.check)
        budget = self.shares.of(check, sum(turn.waiting for turn in self.begun))
        fold = Fold(item)
        started, clock = time.time(), time.perf_counter()
        turn.clock = Clock(budget)
        bench = CheckBench(world, check, item, recording, self.order.seed, turn.clock, turn.more)
        trace = await tried(check, bench, fold, turn, self.order.budget)
        exchanges = recording.exchanges
        numbered = {exchange.number: exchange for exchange in exchanges}
        judgement = fold.judge(len(exchanges))
        row = Evidence(
            run=self.run.id,
            boundary=item.boundary,
            check=item.check,
            proves=item.proves,
            verdict=judgement.verdict,
            tried=judgement.tried,
            cells=judgement.cells,
            findings=tuple(
                replace(
                    finding,
                    reproduce=finding.reproduce
                    or reproduction(self.run.source, item, finding, self.order.seed, item.cells, self.order.options),
                    by_hand=finding.by_hand or by_hand(finding, numbered, check, self.subjects[item.boundary]),
                    facts={**finding.facts, **_catalogues(check)},
                )
                for finding in judgement.findings
            ),
            why=judgement.why,
            cause=judgement.cause,
            exchanges=len(exchanges),
            exchanges_digest=digest_of(exchanges),
            manifest_digest=self.run.manifest_digest,
            contract_digest=self.run.contract_digests.get(item.boundary, ""),
            environment=self.run.environment,
            seed=self.order.seed,
            started=started,
            seconds=time.perf_counter() - clock - turn.waited,
            measures={**judgement.measures, **recording.measures},
            traceback=trace,
        )
        kept = self.ledger.append(self.redaction.deep(row), exchanges)
        self.evidence.append(kept)
        self._tell(CheckFinished(item, kept))

    def _notice(self, text: str) -> None:
        text = self.redaction.text(text)
        if text not in self.notices:
            self.notices.append(text)
            self.ledger.notice(self.run.id, text)
            self._tell(Notice(text))

    def _tell(self, event: Event) -> None:
        self.events.put_nowait(event)


def _catalogues(check: Check) -> dict[str, tuple[str, ...]]:
    """Ids of public catalogues of weaknesses, for readers that know them."""
    return {name: ids for name, ids in (("cwe", check.cwe), ("owasp", check.owasp)) if ids}
