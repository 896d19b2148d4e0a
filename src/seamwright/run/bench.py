"""The bench that checks get: scope, pace, budget, credentials, recording and redaction behind one face."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from seamwright.model.bench import Call, Fault, LoadFigures, Owned, Violation
from seamwright.model.boundary import Objectives, Reset
from seamwright.model.check import Check, Dares
from seamwright.model.errors import RefusedByScope, TargetError, Undecided
from seamwright.model.exchange import Case, Exchange, Request, Response
from seamwright.model.identity import Identity
from seamwright.model.met import Met
from seamwright.model.operation import Contract, Operation
from seamwright.model.plan import Planned
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.accounts import Accounts
from seamwright.run.creation import PRECONDITION_REQUIRED, conditional
from seamwright.run.credentials import Applied, Credentials
from seamwright.run.dialogues import RecordedDialogue, recorded
from seamwright.run.disposable import Disposable, signed_up
from seamwright.run.faults import Told, armed
from seamwright.run.holding import HeldSender, Hold
from seamwright.run.loading import CONNECTIONS, Loaded, run_loaded, run_walked
from seamwright.run.recording import Recording
from seamwright.run.resetting import run_command
from seamwright.run.scope import ALLOWED
from seamwright.run.sessions import Clock
from seamwright.run.speech import spoken
from seamwright.run.streaming import streamed
from seamwright.run.thresholds import limits, patience
from seamwright.run.world import World

if TYPE_CHECKING:
    from seamwright.engines.load import Offered, Walks

__all__ = ["CheckBench"]

TIMEOUT = 10.0
"""Seconds that a single call may take where the check says nothing else."""

LOAD_ATTEMPTS = 3
"""A load run in which our own process came too late says nothing about the target; so often it is tried in all."""


LAST = 1.0
"""Seconds of a check's budget in which no new call of a stream is begun."""


class CheckBench:
    """The bench of one check on one boundary; see `model.bench.Bench` for what each part promises."""

    def __init__(
        self,
        world: World,
        check: Check,
        item: Planned,
        recording: Recording,
        seed: int,
        clock: Clock,
        overtime: Callable[[Callable[[], Awaitable[bool]]], Awaitable[bool]] | None = None,
    ) -> None:
        self._world = world
        self._check = check
        self._item = item
        self._subject = world.subjects[item.boundary]
        self._recording = recording
        self._clock = clock
        self._overtime = overtime
        self._hold = Hold()
        self._cells = item.cells
        # A text as seed is hashed by Random itself, and is the same in every process.
        self._origin = f"{seed}:{check.id}:{item.boundary}"
        self._random = Random(self._origin)
        self._names = Random(f"{self._origin}:{time.time_ns()}")
        creates = self._subject.manifest.environment != "production"
        looks_first = check.dares is Dares.OBSERVE or not creates
        self._speech = spoken(self._subject.contract)
        self._by_id: dict[str, Operation] = {}
        self._whole = self
        self._calls = self._speech.calls(self, looks_first=looks_first, creates=creates)

    @property
    def subject(self) -> Subject:
        return self._subject

    @property
    def contract(self) -> Contract:
        if self._subject.contract is None:
            raise Undecided(f"{self._subject.boundary.name} has no contract", Cause.USAGE)
        return self._subject.contract

    @property
    def cells(self) -> tuple[str, ...]:
        return self._cells

    @property
    def random(self) -> Random:
        return self._random

    def random_for(self, label: str) -> Random:
        return Random(f"{self._origin}:{label}")

    @property
    def learned(self) -> MutableMapping[tuple[str, ...], Any]:
        return self._world.learned.setdefault(self._subject.boundary.name, {})

    @property
    def remaining(self) -> float:
        return self._clock.remaining

    @property
    def depth(self) -> int:
        # A system that is not for tests is not a place to try things out.
        return self._world.depth if self._subject.manifest.environment == "test" else 0

    def apart(self, cell: str) -> CheckBench:
        other = copy.copy(self)
        other._random = self.random_for(cell)
        other._hold = Hold()
        return other

    @property
    def hold(self) -> Hold:
        return self._hold

    async def more(self, still: Callable[[], Awaitable[bool]]) -> bool:
        return self._overtime is not None and await self._overtime(still)

    def beside(self, boundary: str) -> CheckBench:
        """The bench of the same check on another boundary, with the same recording and the same time left."""
        item = replace(self._item, boundary=boundary, cells=())
        other = CheckBench(self._world, self._check, item, self._recording, 0, self._clock)
        other._random, other._origin, other._hold = self._random, f"{self._origin}:{boundary}", self._hold
        return other

    def operation(self, cell: str) -> Operation:
        if not self._by_id:
            self._by_id = {operation.id: operation for operation in self.contract.operations}
        operation = self._by_id.get(cell)
        if operation is None:
            raise Undecided(f"the contract has no operation {cell!r}", Cause.USAGE)
        return operation

    def canary(self) -> str:
        # Not from the seed: two runs with one seed must not take each other's canary for their own.
        return "swc" + "".join(self._names.choices("abcdefghjkmnpqrstuvwxyz23456789", k=17))

    async def case(
        self, operation: Operation, identity: Identity | None = None, *, random: Random | None = None
    ) -> Case:
        return await self._calls.case(operation, identity, random or self._random)

    async def own(self, operation: Operation, identity: Identity) -> Owned:
        return await self._calls.own(operation, identity, self._random)

    async def disposable(self, operation: Operation) -> Identity:
        return await signed_up(self, operation, self._world.credentials.conceal)

    async def call(
        self,
        case: Case,
        identity: Identity | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        fresh: bool = False,
        note: str = "",
    ) -> Exchange:
        operation = self.operation(case.operation)
        await self._spare(operation, case, identity)
        plain = self._rendered(operation, case)
        declared = headers is None and self._speech.declared(operation, case)
        declared = declared and not self._world.validator(self._subject).request_violations(operation, case)

        async def sent(applied: Applied) -> Exchange:
            exchange = await self._sender().send(
                applied.onto(plain, headers),
                recording=self._recording,
                timeout=timeout or TIMEOUT,
                clock=self._clock,
                operation=operation.id,
                identity=identity.name if identity else None,
                declared=declared,
                method="QUERY" if operation.declared_safe else operation.method,
                fresh=fresh,
                note=note,
            )
            if exchange.status >= 500 and token is None and headers is None:
                self._met(case, identity, exchange)
            if exchange.status == PRECONDITION_REQUIRED:
                self.learned[conditional(operation)] = True
            return self._recording.measured(operation, case, exchange)

        if token is not None:
            return await sent(await self._world.credentials.presented(token, self._subject, operation))
        if identity is None or identity.anonymous:
            return await sent(Applied())
        return await self._as_identity(identity, operation, sent)

    async def _as_identity(self, identity: Identity, operation: Operation, sent: Any) -> Exchange:
        """Send with the identity's credentials; renew them once when they are answered 401."""
        self._alive(identity.name)
        applied = await self._applied(identity, operation)
        exchange: Exchange = await sent(applied)
        if exchange.status == 401 and Credentials.renewable(identity):
            await self._world.credentials.token(identity, instead_of=applied.headers[0][1])
            exchange = await sent(await self._applied(identity, operation))
        self._world.standing.count(identity.name, exchange.status, operation.id)
        return exchange

    async def stream(self, calls: Iterable[Call]) -> AsyncGenerator[tuple[Call, Exchange], None]:
        applied: dict[tuple[str, str], Applied] = {}
        answers = streamed(
            calls,
            lambda call: self._passed(call, applied),
            at_once=self._world.at_once,
            in_time=lambda: self._clock.remaining > LAST,
        )
        async with aclosing(answers):
            async for call, exchange in answers:
                yield call, self._recording.passing(exchange, call.drawn or call.case)

    def keep(self, exchange: Exchange) -> Exchange:
        return exchange if exchange.number else self._recording.add(exchange, counted=False)

    async def _passed(self, call: Call, applied: dict[tuple[str, str], Applied]) -> Exchange:
        """Send one call of a stream, unrecorded; what credentials add to it is found out once an operation."""
        case = call.case
        operation = self.operation(case.operation)
        identity = call.identity if call.identity is not None and not call.identity.anonymous else None
        name = identity.name if identity is not None else ""
        if case.path and not operation.safe:
            await self._spare(operation, case, identity)
        plain = self._rendered(operation, case)
        sender = self._sender()
        declared = False
        if sender.cautious:
            declared = self._speech.declared(operation, case)
            declared = declared and not self._world.validator(self._subject).request_violations(operation, case)

        async def sent(added: Applied) -> Exchange:
            exchange = await sender.send(
                added.onto(plain),
                recording=None,
                timeout=TIMEOUT,
                clock=self._clock,
                operation=operation.id,
                identity=name or None,
                declared=declared,
                method="QUERY" if operation.declared_safe else operation.method,
                note=call.note,
            )
            if exchange.status >= 500:
                self._met(case, identity, exchange, call.kind)
            return self._recording.measured(operation, case, exchange)

        if identity is None:
            return await sent(Applied())
        key = (name, operation.id)
        if key not in applied:
            applied[key] = await self._applied(identity, operation)
        exchange = await sent(applied[key])
        if exchange.status == 401 and Credentials.renewable(identity):
            applied.pop(key, None)
            return await self._as_identity(identity, operation, sent)
        self._world.standing.count(name, exchange.status, operation.id)
        self._alive(name)
        return exchange

    def _met(self, case: Case, identity: Identity | None, exchange: Exchange, kind: str = "") -> None:
        # An account that was made for one call is gone after it.
        if not isinstance(identity, Disposable):
            Met(case, identity, exchange, self._check.id, kind).remember(self.learned)

    async def _spare(self, operation: Operation, case: Case, identity: Identity | None) -> None:
        """Send nothing that may change the own account of somebody who was lent to us."""
        if not operation.safe and case.path and not isinstance(identity, Disposable):
            await Accounts.known_to(self._whole).spare(operation, case.path)

    def _alive(self, name: str) -> None:
        """Raise Undecided once the credentials of an identity work no more."""
        why = self._world.standing.why_dead(name)
        if why:
            raise Undecided(why, Cause.USAGE)

    async def _applied(self, identity: Identity, operation: Operation | None) -> Applied:
        allowed = identity.boundaries
        if allowed is not None and self._subject.boundary.name not in allowed:
            raise Undecided(
                f"the credentials of {identity.name} are not for {self._subject.boundary.name}", Cause.USAGE
            )
        return await self._world.credentials.applied(identity, self._subject.contract, operation)

    async def request(
        self,
        method: str,
        path: str,
        identity: Identity | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float | None = None,
        note: str = "",
    ) -> Exchange:
        if path and not path.startswith("/"):
            raise ValueError(f"path must be empty or begin with a slash, and is {path!r}")
        await Accounts.known_to(self._whole).spare_at(method, path)
        applied = await self._applied(identity, None) if identity else Applied()
        plain = Request(method, self._subject.base_url + path, (), body)
        return await self._sender().send(
            applied.onto(plain, headers),
            recording=self._recording,
            timeout=timeout or TIMEOUT,
            clock=self._clock,
            identity=identity.name if identity else None,
            note=note,
        )

    @asynccontextmanager
    async def dialogue(
        self,
        operation: Operation | None = None,
        identity: Identity | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        note: str = "",
    ) -> AsyncIterator[RecordedDialogue]:
        who = identity if identity is not None and not identity.anonymous else None
        applied = await self._applied(who, operation) if who else Applied()
        method, path = ("GET", "") if operation is None else (operation.method, operation.path)
        request = applied.onto(Request(method, self._subject.base_url + path), headers)
        # What is said afterwards cannot be looked at before: in production, a conversation is never begun.
        talk = await self._sender().converse(request, timeout=timeout or TIMEOUT, declared=False)
        of = Exchange(request, None, None, 0.0, 0.0, self._item.boundary, operation.id if operation else "", note=note)
        of = replace(of, identity=who.name if who else None)
        async with recorded(talk, self._recording, self._clock, of) as dialogue:
            yield dialogue

    async def token(self, identity: Identity, *, fresh: bool = False) -> str:
        return await self._world.credentials.token(identity, fresh=fresh)

    def violations(self, exchange: Exchange) -> tuple[Violation, ...]:
        return self._world.validator(self._subject).violations(self.operation(exchange.operation), exchange)

    async def query(self, boundary: str, sql: str) -> Sequence[tuple[Any, ...]]:
        database = self._world.databases.get(boundary)
        if database is None:
            raise Undecided(f"{boundary!r} is no SQL boundary of the manifest", Cause.USAGE)
        started, clock = time.time(), time.perf_counter()
        try:
            rows = await database.query(sql)
        except TargetError as error:
            raise Undecided(str(error), Cause.TARGET) from None
        answer = Response(200, (("content-type", "application/json"),), json.dumps(rows, default=str).encode())
        self._recording.add(
            Exchange(
                Request("QUERY", f"sql:{boundary}", (), sql.encode()),
                answer,
                None,
                started,
                time.perf_counter() - clock,
                boundary=boundary,
                note="read in a transaction that was rolled back",
            )
        )
        return rows

    @asynccontextmanager
    async def fault(self, dependency: str, fault: Fault, ttl: float) -> AsyncIterator[Told]:
        self._dare(Dares.FAULT)
        door = self._world.doors.get(dependency)
        if door is None:
            raise Undecided(f"no relay stands in front of {dependency}; give it one under 'relay'", Cause.USAGE)
        try:
            context = armed(door, fault, ttl)
            told = await context.__aenter__()
        except (OSError, TargetError) as error:
            raise Undecided(f"the relay in front of {dependency} is out of reach: {error}", Cause.TARGET) from None
        try:
            yield told
        finally:
            await context.__aexit__(None, None, None)

    async def load(
        self, cases: Sequence[tuple[Case, Identity | None]], *, rate: float, duration: float, abort: bool = False
    ) -> LoadFigures:
        from seamwright.engines.load import Profile

        for attempt in range(1, LOAD_ATTEMPTS + 1):
            offered = Profile.constant(rate, min(duration, max(0.5, self.remaining - 1.0)))
            figures = (await self.loaded(cases, offered, abort=abort, processes=None)).figures()
            if figures.kept_schedule or attempt == LOAD_ATTEMPTS or self.remaining < 2 * duration:
                break
        return figures

    async def loaded(
        self,
        cases: Sequence[tuple[Case, Identity | None]],
        offered: Offered,
        *,
        weights: Sequence[float] | None = None,
        connections: int = CONNECTIONS,
        objectives: Objectives | None = None,
        abort: bool = False,
        warm_up: float = 0.0,
        processes: int | None = 1,
    ) -> Loaded:
        """One load run of the cases, in the proportion of their weights, whether or not it kept its schedule.

        `objectives` are those of the boundary where the caller has no others; with `abort` the run ends early when one
        of them is plainly broken. `processes` are as many as are needed and free, where None is said.
        """
        self._dare(Dares.LOAD)
        promised = self._subject.boundary.objectives if objectives is None else objectives
        requests = []
        for case, identity in cases:
            operation = self.operation(case.operation)
            plain = self._rendered(operation, case)
            applied = await self._applied(identity, operation) if identity else Applied()
            requests.append((operation, applied.onto(plain)))
        return await run_loaded(
            requests,
            offered=offered,
            weights=weights,
            connections=connections,
            validator=self._world.validator(self._subject),
            boundary=self._subject.boundary.name,
            timeout=patience(promised),
            seed=self._random.getrandbits(32),
            limits=limits(promised) if abort else None,
            warm_up=warm_up,
            contract=self.contract,
            processes=processes,
            recording=self._recording,
            coverage=self._world.coverage,
        )

    async def credited(self, operation: Operation, request: Request, identity: Identity | None) -> Request:
        """The request as this identity's; a header that it has by itself stays as it is."""
        applied = await self._applied(identity, operation) if identity is not None else Applied()
        missing = tuple(pair for pair in applied.headers if request.header(pair[0]) is None)
        return replace(applied, headers=missing).onto(request)

    def notice(self, text: str) -> None:
        """Tell something of the run that belongs to no verdict."""
        self._world.senders[self._item.boundary].notice(f"{self._item.boundary}: {text}")

    def conceal(self, secret: str) -> None:
        """Take a value out of everything that is written from now on, and of what is kept already."""
        self._world.credentials.conceal(secret)

    async def sent(self, operation: Operation, request: Request, identity: Identity | None, note: str) -> Exchange:
        """Send a request for an operation as it stands, credentials and all."""
        path = request.url.removeprefix(self._subject.base_url)
        await Accounts.known_to(self._whole).spare_at(request.method, path)
        return await self._sender().send(
            request,
            recording=self._recording,
            timeout=TIMEOUT,
            clock=self._clock,
            operation=operation.id,
            identity=identity.name if identity else None,
            note=note,
        )

    async def walked(
        self,
        walks: Walks,
        operations: Mapping[str, Operation],
        offered: Offered,
        *,
        connections: int = CONNECTIONS,
        objectives: Objectives | None = None,
        abort: bool = False,
    ) -> Loaded:
        """One load run of walks through scenarios; `operations` are those of their steps, by name."""
        promised = self._subject.boundary.objectives if objectives is None else objectives
        self._dare(Dares.LOAD)
        return await run_walked(
            walks,
            base=self._subject.base_url,
            operations=operations,
            offered=offered,
            connections=connections,
            validator=self._world.validator(self._subject),
            boundary=self._subject.boundary.name,
            timeout=patience(promised),
            limits=limits(promised) if abort else None,
            seed=self._random.getrandbits(32),
            recording=self._recording,
            coverage=self._world.coverage,
        )

    def afterwards(self, seconds: float) -> CheckBench:
        """The same bench with so much time of its own, for what must be done though the check's time is over."""
        other = copy.copy(self)
        other._clock = Clock(seconds)
        return other

    async def settle(self) -> None:
        for name, boundary in self._subject.manifest.boundaries.items():
            if boundary.reset is not None:
                bench = self if name == self._subject.boundary.name else self.beside(name)
                await bench.reset(boundary.reset)

    async def reset(self, reset: Reset) -> None:
        """Put the test data of this one boundary back."""
        self._dare(Dares.WRITE)
        if reset.command is not None:
            await run_command(reset.command, self._subject.manifest.origin.folder)
            return
        operation = self.operation(reset.operation or "")
        identity = self._subject.manifest.identities.get(reset.identity or "") or self._subject.honest(operation)
        exchange = await self.call(Case(operation.id), identity, note="reset")
        if not exchange.ok:
            raise Undecided(f"test data could not be put back: {exchange}", Cause.TARGET)

    def _dare(self, what: Dares) -> None:
        """Raise RefusedByScope where the environment does not allow this, whatever the check says that it dares."""
        environment = self._subject.manifest.environment
        if what not in ALLOWED[environment]:
            raise RefusedByScope(f"environment is {environment}, which does not allow {what}; nothing was sent")

    def _rendered(self, operation: Operation, case: Case) -> Request:
        try:
            return self._speech.render(self._subject.base_url, self.contract, operation, case)
        except ValueError as error:
            # A call that cannot be put on the wire costs its cell, and not the whole check.
            raise Undecided(str(error), Cause.OURS) from None

    def _sender(self) -> HeldSender:
        return HeldSender(self._world.senders[self._item.boundary], self._hold)
