"""Cells one after the other, each in its share of the time, and on from where it was when there is more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import replace

import pytest

from seamwright.checks._cells import these
from seamwright.checks._walk import each_operation, in_depth
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Unknown
from seamwright.model.identity import ANYONE
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from tests.checks.contract.items import Items, document
from tests.checks.stage import tried
from tests.run.trial import check


def _check() -> Check:
    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        if operation.id == "createItem":
            raise Undecided("it cannot be told", Cause.USAGE)
        await bench.call(await bench.case(operation))
        yield Proved(operation.id)

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in each_operation(bench, decide):
            yield observation

    def applies(subject: Subject) -> Applicability:
        return these(subject, lambda o: None if o.path == "/items" else "not now", "none")

    return check(run=run, applies=applies, dares=Dares.WRITE)


async def test_one_cell_that_cannot_be_decided_does_not_stop_the_others() -> None:
    seen = await tried(_check(), Items(), document())
    assert {c.cell: (str(c.verdict), c.why) for c in seen.evidence.cells} == {
        "listItems": ("proved", ""),
        "createItem": ("unknown", "it cannot be told"),
    }
    assert seen.evidence.cause is Cause.USAGE


async def test_without_time_no_cell_is_begun() -> None:
    seen = await tried(_check(), Items(), document(), budget=0.9)
    assert [str(c.verdict) for c in seen.evidence.cells] == ["unknown", "unknown"]
    assert "not reached: the time budget" in seen.evidence.why


def _on_all(run: Callable[[Bench], AsyncIterator[Observation]]) -> Check:
    def applies(subject: Subject) -> Applicability:
        return these(subject, lambda operation: None, "nothing")

    return replace(_check(), applies=applies, run=run)


async def test_cells_that_are_under_way_together_are_tried_alike_and_one_does_not_stop_the_others() -> None:
    drawn: dict[int, dict[str, float]] = {}

    def run(bench: Bench, at_once: int) -> AsyncIterator[Observation]:
        async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
            await asyncio.sleep(0)
            drawn.setdefault(at_once, {})[operation.id] = bench.random.random()
            await bench.call(await bench.case(operation, ANYONE))
            if operation.id == "createItem":
                raise Undecided("not this one")
            yield Proved(operation.id)

        return each_operation(bench, decide, at_once=at_once)

    for at_once in (1, 3):
        seen = await tried(_on_all(lambda bench, n=at_once: run(bench, n)), Items(), document())  # type: ignore[misc]
        assert seen.cell("createItem") == "unknown"
        assert {seen.cell(name) for name in ("listItems", "getItem", "deleteItem")} == {"proved"}
    assert drawn[1] == drawn[3]


async def test_a_second_round_keeps_what_came_in_its_share_of_the_time() -> None:
    async def deepen(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        yield Unknown(operation.id, "seen before the time ended")
        await asyncio.Event().wait()
        yield Unknown(operation.id, "never seen")

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in in_depth(bench, bench.cells, deepen):
            yield observation

    seen = await tried(_on_all(run), Items(), document(), budget=3.0)
    assert "seen before the time ended" in seen.evidence.why
    assert "never seen" not in seen.evidence.why
    assert not seen.evidence.traceback


async def test_a_time_that_ended_elsewhere_is_not_taken_for_the_end_of_the_share() -> None:
    async def deepen(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        yield Proved(operation.id)
        raise TimeoutError("of something else")

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in in_depth(bench, bench.cells, deepen):
            yield observation

    with pytest.raises(AssertionError, match="of something else"):
        await tried(_on_all(run), Items(), document())
