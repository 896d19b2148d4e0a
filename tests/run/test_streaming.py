"""A stream of calls: order kept, no more on their way than said, ended clean, the same log with one or many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.model.bench import Bench, Call
from seamwright.model.check import Applies, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.exchange import Request as Sent
from seamwright.model.exchange import Response as Answer
from seamwright.model.finding import Finding, Severity
from seamwright.run.streaming import streamed
from tests.checks.stage import tried


def exchange(number: int) -> Exchange:
    return Exchange(Sent("GET", f"http://t/{number}"), Answer(200), None, 0.0, 0.0)


def calls(count: int) -> Iterator[Call]:
    return (Call(Case(f"op{number}")) for number in range(count))


async def test_answers_come_in_the_order_of_the_calls_and_no_more_are_on_their_way_than_said() -> None:
    way, most = 0, 0

    async def send(call: Call) -> Exchange:
        nonlocal way, most
        way += 1
        most = max(most, way)
        number = int(call.case.operation[2:])
        for _ in range(5 - number % 5):  # later ones are quicker
            await asyncio.sleep(0)
        way -= 1
        return exchange(number)

    seen = [e.request.url async for _, e in streamed(calls(40), send, at_once=7, in_time=lambda: True)]

    assert seen == [f"http://t/{number}" for number in range(40)]
    assert most == 7


async def test_no_call_is_begun_when_the_time_is_up() -> None:
    sent: list[str] = []

    async def send(call: Call) -> Exchange:
        sent.append(call.case.operation)
        return exchange(0)

    seen = [e async for _, e in streamed(calls(100), send, at_once=3, in_time=lambda: len(sent) < 10)]

    assert len(seen) == len(sent) < 20


async def test_whoever_stops_listening_leaves_nothing_on_its_way() -> None:
    cancelled = 0

    async def send(call: Call) -> Exchange:
        nonlocal cancelled
        if call.case.operation == "op0":
            return exchange(0)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled += 1
            raise
        raise AssertionError

    async with aclosing(streamed(calls(100), send, at_once=4, in_time=lambda: True)) as answers:
        async for _ in answers:
            break

    assert cancelled == 3


async def test_what_a_call_raises_is_raised_where_its_answer_would_be() -> None:
    async def send(call: Call) -> Exchange:
        if call.case.operation == "op2":
            raise Undecided("dead")
        return exchange(1)

    answers = streamed(calls(9), send, at_once=4, in_time=lambda: True)

    await anext(answers)
    await anext(answers)
    with pytest.raises(Undecided, match="dead"):
        await anext(answers)


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/n": {
            "get": {
                "operationId": "n",
                "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
}


async def answer(request: Request) -> Response:
    return JSONResponse({}, 500 if request.query_params["q"] == "13" else 200)


APP = Starlette(routes=[Route("/n", answer)])


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    witness = None
    async with aclosing(bench.stream(Call(Case("n", query={"q": q})) for q in range(40))) as answers:
        async for _, seen in answers:
            if seen.status == 500:
                witness = bench.keep(seen)
    if witness is None:
        yield Proved("n", 40)
    else:
        yield Refuted("n", Finding("13", "13", Severity.LOW, "n", exchanges=(witness.number,)), 40)


CHECK = Check(
    id="contract.stream",
    proves="a stream is recorded",
    oracle="a 500",
    applies=lambda subject: Applies(("n",)),
    run=_run,
    dares=Dares.OBSERVE,
)


async def test_of_a_stream_samples_and_witnesses_are_kept_and_all_are_counted() -> None:
    seen = await tried(CHECK, APP, DOCUMENT)

    assert seen.verdict == "refuted"
    assert [e.status for e in seen.exchanges] == [200, 500]
    assert seen.evidence.findings[0].exchanges == (seen.exchanges[1].number,)
    assert seen.evidence.measures["streamed"] == 40


async def test_the_log_of_a_stream_does_not_depend_on_how_many_are_on_their_way() -> None:
    logs = {(await tried(CHECK, APP, DOCUMENT, at_once=n)).evidence.measures["request_log"] for n in (1, 8, 64)}

    assert len(logs) == 1
