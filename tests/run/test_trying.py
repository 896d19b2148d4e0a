"""Checks that go wrong in a run: each is told apart, costs its own verdict, and the run goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.evidence import Observation, Proved, Unknown
from seamwright.model.run import RunState
from seamwright.model.verdict import Cause, Verdict
from tests.run.shelf import contract, echo
from tests.run.trial import evidence_of, manifest_of, prepared, run
from tests.serving import free_port


async def _raises(bench: Bench) -> AsyncIterator[Observation]:
    await bench.call(await bench.case(bench.operation("echo")))
    yield Proved("echo")
    raise KeyError("a typo of the author")


async def _exits(bench: Bench) -> AsyncIterator[Observation]:
    yield Proved("echo")
    raise SystemExit(0)


async def _times_out_itself(bench: Bench) -> AsyncIterator[Observation]:
    yield Proved("echo")
    raise TimeoutError("of its own")


async def _yields_nonsense(bench: Bench) -> AsyncIterator[Any]:
    yield "proved"


async def _breaks_while_it_is_closed(bench: Bench) -> AsyncIterator[Any]:
    try:
        yield "proved"
    finally:
        raise RuntimeError("in its last words")


def _is_no_generator(bench: Bench) -> Any:
    raise NotImplementedError("not yet")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (_raises, "KeyError: 'a typo of the author'"),
        (_exits, "SystemExit: 0"),
        (_times_out_itself, "TimeoutError: of its own"),
        (_yields_nonsense, "AttributeError"),
        (_breaks_while_it_is_closed, "RuntimeError: in its last words"),
        (_is_no_generator, "NotImplementedError: not yet"),
    ],
)
async def test_a_check_that_breaks_is_ours_and_the_run_goes_on(
    url: str, ledger: Ledger, broken: Any, told: str
) -> None:
    checks = [echo("contract.broken", broken), echo("contract.fine"), echo("load.last", alone=True)]
    given = prepared(manifest_of({"api": url}), checks, {"api": contract()})

    rows = {row.check: row for row in evidence_of(await run(given, ledger))}

    bad = rows["contract.broken"]
    assert (bad.verdict, bad.cause) == (Verdict.UNKNOWN, Cause.OURS)
    assert told in bad.why
    assert "Traceback" in bad.traceback
    assert told.partition(":")[0] in bad.traceback
    assert rows["contract.fine"].verdict is rows["load.last"].verdict is Verdict.PROVED
    assert ledger.record("last").run.state is RunState.FINISHED


async def test_a_check_that_proves_without_sending_anything_is_unknown(url: str, ledger: Ledger) -> None:
    async def lazy(bench: Bench) -> AsyncIterator[Observation]:
        yield Proved("echo", 1000)

    (row,) = evidence_of(await run(prepared(manifest_of({"api": url}), [echo(run=lazy)], {"api": contract()}), ledger))
    assert (row.verdict, row.exchanges) == (Verdict.UNKNOWN, 0)
    assert row.why.startswith("nothing was exercised")


async def test_a_spent_budget_is_unknown(url: str, ledger: Ledger) -> None:
    async def hangs(bench: Bench) -> AsyncIterator[Observation]:
        yield Proved("echo")
        await bench.call(await bench.case(bench.operation("hang")), timeout=60)
        yield Proved("hang")

    checks = [echo("contract.slow", hangs), echo("load.late", alone=True)]
    given = prepared(manifest_of({"api": url}), checks, {"api": contract()})

    slow, late = evidence_of(await run(given, ledger, budget=0.7))

    assert (slow.verdict, slow.cause) == (Verdict.UNKNOWN, Cause.USAGE)
    assert "budget" in slow.why
    assert slow.seconds < 5
    assert (late.verdict, late.exchanges) == (Verdict.UNKNOWN, 0)
    assert late.why == "the run's time budget of 0.7 s ended before this check began"


async def test_a_target_that_is_down_is_the_targets_fault(ledger: Ledger) -> None:
    async def looks(bench: Bench) -> AsyncIterator[Observation]:
        exchange = await bench.call(await bench.case(bench.operation("echo")))
        assert exchange.failure is not None
        yield Unknown("echo", exchange.failure.text)

    given = prepared(manifest_of({"api": f"http://127.0.0.1:{free_port()}"}), [echo(run=looks)], {"api": contract()})
    (row,) = evidence_of(await run(given, ledger))

    assert (row.verdict, row.cause, row.exchanges) == (Verdict.UNKNOWN, Cause.TARGET, 1)
