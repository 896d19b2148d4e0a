"""The time that a run has left goes to those that were cut off, and to nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from seamwright.checks._cells import these
from seamwright.checks._walk import Decide, each_operation
from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Evidence, Observation, Proved, Refuted
from seamwright.model.exchange import Case
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.run import CheckFinished, CheckStarted, Event
from seamwright.model.verdict import Cause, Verdict
from seamwright.run import shares
from seamwright.run.overtime import Turn, overtime
from seamwright.run.sessions import Clock
from tests.run.trial import check, document, evidence_of, manifest_of, prepared, run
from tests.serving import serving

DOCUMENT = document("GET /slow", "GET /quick", "GET /last")


class Slow:
    """Answers what is asked of /slow after a while, and everything else at once. `log` holds what was asked."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.log: list[str] = []

    async def __call__(self, scope: dict[str, object], receive: object, send: object) -> None:
        assert callable(send)
        self.log.append(f"{scope['path']}?{bytes(scope['query_string']).decode()}")  # type: ignore[call-overload]
        if scope["path"] == "/slow":
            await asyncio.sleep(self.seconds)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b"{}"})


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check has two seconds at first, however long the run."""
    monkeypatch.setattr(shares, "CHECK_BUDGET", 2.0)


async def _calls(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    """Twenty calls, drawn one by one."""
    for _ in range(20):
        await bench.call(Case(operation.id, query={"n": bench.random.randrange(1000)}))
    yield Proved(operation.id, tried=20)


def _walking(decide: Decide = _calls, ident: str = "contract.walks", urgency: int = 2, at_once: int = 1) -> Check:
    async def walks(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in each_operation(bench, decide, at_once=at_once):
            yield observation

    return Check(
        id=ident,
        proves="it was called",
        oracle="none",
        applies=lambda subject: these(subject, lambda operation: None, "nothing"),
        run=walks,
        dares=Dares.OBSERVE,
        urgency=urgency,
    )


async def _run(app: Slow, ledger: Ledger, *checks: Check, budget: float) -> list[Event]:
    with serving(app) as url:
        given = prepared(manifest_of({"api": url}), checks, {"api": DOCUMENT})
        return await run(given, ledger, budget=budget)


def _row(events: list[Event], ident: str = "contract.walks") -> Evidence:
    return next(row for row in evidence_of(events) if row.check == ident)


def _by_path(log: list[str]) -> list[str]:
    return sorted(log, key=lambda asked: asked.partition("?")[0])


@pytest.mark.usefixtures("short")
async def test_what_was_cut_off_goes_on_from_where_it_was(ledger: Ledger) -> None:
    slow, quick = Slow(0.1), Slow(0.0)
    began = time.monotonic()
    row = _row(await _run(slow, ledger, _walking(), budget=9.0))

    assert row.verdict is Verdict.PROVED, row.why
    assert [(cell.cell, cell.tried) for cell in row.cells] == [("getSlow", 20), ("getQuick", 20), ("getLast", 20)]
    assert time.monotonic() - began < 8, "it ends when nothing is cut off any more"
    await _run(quick, ledger, _walking(), budget=9.0)
    assert _by_path(slow.log) == _by_path(quick.log), "the same calls, none of them twice"


@pytest.mark.usefixtures("short")
async def test_those_that_look_back_begin_when_all_have_gone_on(ledger: Ledger) -> None:
    events = await _run(
        Slow(0.1),
        ledger,
        check("contract.alone", alone=True),
        _walking(),
        _walking(ident="contract.back", urgency=9),
        budget=12.0,
    )
    order = [(type(e), e.item.check) for e in events if isinstance(e, CheckStarted | CheckFinished)]
    assert order.index((CheckStarted, "contract.alone")) < order.index((CheckFinished, "contract.walks"))
    assert order.index((CheckFinished, "contract.walks")) < order.index((CheckStarted, "contract.back"))


async def test_where_no_time_is_left_what_was_tried_is_said_and_what_was_found_is_kept(ledger: Ledger) -> None:
    async def finds(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        first = await bench.call(Case(operation.id))
        if operation.id == "getQuick":
            found = Finding("wrong", "seen", Severity.LOW, operation.id, exchanges=(first.number,))
            yield Refuted(operation.id, found)
            await asyncio.Event().wait()
        async for observation in _calls(bench, operation):
            yield observation

    began = time.monotonic()
    row = _row(await _run(Slow(0.2), ledger, _walking(finds, at_once=3), budget=4.0))

    assert time.monotonic() - began < 4.5, "never past the budget"
    assert not row.traceback
    cells = {cell.cell: cell for cell in row.cells}
    assert cells["getQuick"].verdict is Verdict.REFUTED
    assert [finding.title for finding in row.findings] == ["wrong"]
    assert cells["getSlow"].verdict is Verdict.UNKNOWN
    assert cells["getSlow"].tried > 1
    assert f"after {cells['getSlow'].tried} calls" in cells["getSlow"].why
    assert row.cause is Cause.USAGE


@pytest.mark.usefixtures("short")
async def test_a_cell_that_does_not_stand_still_is_cut_off_and_the_others_go_on(ledger: Ledger) -> None:
    async def hangs(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        await bench.call(Case(operation.id))
        if operation.id == "getSlow":
            await asyncio.Event().wait()
        yield Proved(operation.id)

    row = _row(await _run(Slow(0.0), ledger, _walking(hangs), budget=9.0))

    assert {cell.cell: str(cell.verdict) for cell in row.cells} == {
        "getSlow": "unknown",
        "getQuick": "proved",
        "getLast": "proved",
    }


# -- the turns themselves ---


async def _nothing_under_way() -> bool:
    return True


class _Check:
    """What a check does with its turn: it takes the time that it is given, as often as it wants more."""

    def __init__(self, urgency: int, wants: int, places: asyncio.Semaphore, log: list[tuple[int, float]]) -> None:
        self.turn = Turn(urgency, places, waits=True)
        self.wants = wants
        self.log = log
        self.task = asyncio.create_task(self._go())

    async def _go(self) -> None:
        await self.turn.begin()
        try:
            async with asyncio.timeout(5) as limit:
                self.turn.limit, self.turn.clock = limit, Clock(5)
                while self.wants and await self.turn.more(_nothing_under_way):
                    self.wants -= 1
                    self.log.append((self.turn.urgency, self.turn.clock.remaining))
                    await asyncio.sleep(0.01)
        finally:
            self.turn.end()


async def test_the_most_urgent_go_on_first_and_all_have_ended_afterwards() -> None:
    log: list[tuple[int, float]] = []
    places = asyncio.Semaphore(1)
    checks = [_Check(urgency, wants, places, log) for urgency, wants in ((2, 1), (0, 2), (1, 1), (1, 0))]
    turns = [one.turn for one in checks]
    for turn in turns:
        await turn.rested.wait()
    await overtime(turns, time.monotonic() + 30, 1)
    await asyncio.gather(*(one.task for one in checks))

    assert [urgency for urgency, _ in log] == [0, 1, 2, 0], "breadth before depth"
    assert log[0][1] == pytest.approx(1.25 * 30 / 3, abs=0.5)
    assert not any(turn.waiting for turn in turns)


async def test_without_time_those_that_wait_are_told_so_and_end() -> None:
    log: list[tuple[int, float]] = []
    one = _Check(2, 3, asyncio.Semaphore(1), log)
    await one.turn.rested.wait()
    await overtime([one.turn], time.monotonic() + 1.0, 4)
    await one.task
    assert log == []
    assert one.turn.waited > 0
    assert 0 < one.turn.clock.remaining <= 1.0, "it has time for its end"
