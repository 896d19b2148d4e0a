"""Cells one after the other, and answers in a few words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from seamwright.checks._cells import (
    answered,
    each_operation,
    excerpt,
    in_depth,
    in_time,
    sent,
    statuses,
    these,
    undecidable,
)
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Unknown
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.identity import ANYONE
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from tests.checks.contract.items import Items, document
from tests.checks.stage import contract_of, manifest_of, tried
from tests.run.trial import check

ANSWER = Exchange(
    Request("POST", "http://h/items?limit=3", (), b'{"name":\n "lamp"}'),
    Response(422, (("content-type", "application/json; charset=utf-8"),), b'{"error":\n"no"}'),
    None,
    0,
    0,
)
SILENT = replace(ANSWER, response=None, failure=Failure("timeout", "no complete answer within 1 s"))


def _subject() -> Subject:
    manifest = manifest_of("http://127.0.0.1:9")
    return Subject(manifest.boundaries["api"], contract_of(document()), manifest)


def test_an_answer_and_a_request_are_told_in_one_line() -> None:
    assert excerpt(ANSWER) == '422 application/json: {"error": "no"}'
    assert excerpt(replace(ANSWER, response=Response(204))) == "204, no body"
    assert excerpt(SILENT) == "no answer (timeout)"
    assert sent(ANSWER) == 'POST /items?limit=3 {"name": "lamp"}'
    long = replace(ANSWER, response=Response(200, (), b"x" * 1000))
    assert len(excerpt(long)) < 260
    assert excerpt(long).endswith("…")


def test_answers_are_counted() -> None:
    assert statuses([ANSWER, SILENT, ANSWER, ANSWER]) == "3 times 422, once no answer (timeout)"
    assert statuses([]) == "none"


def test_no_answer_is_the_targets() -> None:
    assert answered(ANSWER) is ANSWER
    with pytest.raises(Undecided, match="no answer came to POST http://h/items") as told:
        answered(SILENT)
    assert told.value.cause is Cause.TARGET


@pytest.mark.parametrize(("status", "why"), [(429, "too many requests"), (503, "failed instead of deciding")])
def test_some_answers_decide_nothing(status: int, why: str) -> None:
    assert why in undecidable(replace(ANSWER, response=Response(status)))
    assert undecidable(ANSWER) == ""
    assert undecidable(SILENT) != ""


def test_what_is_left_out_is_left_out_with_its_reason() -> None:
    def reads(operation: Operation) -> str | None:
        return None if operation.safe else "it writes"

    answer = these(_subject(), reads, "nothing reads")
    assert isinstance(answer, Applies)
    assert answer.cells == ("listItems", "getItem")
    assert answer.left_out == {"createItem": "it writes", "deleteItem": "it writes"}
    assert these(_subject(), lambda o: "no", "nothing is right") == DoesNotApply("nothing is right (no)")
    assert these(_subject(), lambda o: f"not {o.id}", "nothing is right") == DoesNotApply("nothing is right")


def _check() -> Check:
    async def decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
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


def test_a_part_of_the_cases_is_no_proof_of_all() -> None:
    class Spent:
        remaining = 0.5

    with pytest.raises(Undecided, match="after 3 broken values; give it more with --budget") as told:
        in_time(Spent(), 3, "broken values")  # type: ignore[arg-type]
    assert told.value.cause is Cause.USAGE


def _on_all(run: Callable[[Bench], AsyncIterator[Observation]]) -> Check:
    def applies(subject: Subject) -> Applicability:
        return these(subject, lambda operation: None, "nothing")

    return replace(_check(), applies=applies, run=run)


async def test_cells_that_are_under_way_together_are_tried_alike_and_one_does_not_stop_the_others() -> None:
    drawn: dict[int, dict[str, float]] = {}

    def run(bench: Bench, at_once: int) -> AsyncIterator[Observation]:
        async def decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
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
    async def deepen(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
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
    async def deepen(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
        yield Proved(operation.id)
        raise TimeoutError("of something else")

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in in_depth(bench, bench.cells, deepen):
            yield observation

    with pytest.raises(AssertionError, match="of something else"):
        await tried(_on_all(run), Items(), document())
