"""Walks against a real server: steps in order, with what answers gave, when they were meant, in both models."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.engines import load as engine
from seamwright.engines.load import (
    Drawn,
    Feed,
    Hole,
    Keeps,
    LoadPlan,
    LoadResult,
    Profile,
    Scenario,
    Step,
    Template,
    Think,
    Trace,
    Users,
    Walks,
    pick,
    render_request,
    run_load,
)
from seamwright.engines.load.outcome import result_of
from seamwright.engines.load.walking import WalkingRun
from tests.serving import serving

ID, TITLE, NUMBER = 0, 1, 2
MARKS = {
    b"swmark00000kramws": Hole(ID, "kept.id", whole=False),
    b"swmark00001kramws": Hole(TITLE, "books.title", whole=True),
    b"swmark00002kramws": Hole(NUMBER, "scenario.number", whole=True),
}
MARKED = {name: mark.decode() for name, mark in zip(("id", "title", "number"), MARKS, strict=True)}


@dataclass
class Shop:
    """Makes orders and gives them out again; every third has no id in its answer where that is asked for."""

    port: int = 0
    forgets: bool = False
    refuses: bool = False
    made: list[Any] = field(default_factory=list)
    read: Counter[int] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    waits: float = 0.0

    async def make(self, request: Request) -> Response:
        self.made.append(await request.json())
        number = len(self.made)
        self.log.append("make")
        if self.refuses:
            return JSONResponse({"id": number}, 409)
        return JSONResponse({} if self.forgets and number % 3 == 0 else {"id": number}, 201)

    async def get(self, request: Request) -> Response:
        await asyncio.sleep(self.waits)
        number = int(request.path_params["id"])
        self.read[number] += 1
        self.log.append("get")
        return JSONResponse({"id": number}, 200 if 0 < number <= len(self.made) else 404)

    def again(self) -> None:
        """As at the start."""
        self.__init__(self.port)  # type: ignore[misc]


@pytest.fixture(scope="module")
def served() -> Iterator[Shop]:
    shop = Shop()
    routes = [Route("/orders", shop.make, methods=["POST"]), Route("/orders/{id}", shop.get)]
    with serving(Starlette(routes=routes)) as url:
        shop.port = int(url.rpartition(":")[2])
        yield shop


@pytest.fixture
def shop(served: Shop) -> Shop:
    served.again()
    return served


def step(name: str, method: str, target: str, body: Any = None, *, think: Think | None = None, keep: str = "") -> Step:
    headers = {"Host": "test"} | ({"Content-Type": "application/json"} if body is not None else {})
    data = render_request(method, target, headers, None if body is None else json.dumps(body).encode())
    keeps = Keeps(((ID, "id", pick(keep)),)) if keep else None
    return Step(name, name.rpartition("/")[2], Template(data, MARKS), keeps, think or Think())


def buys(think: Think | None = None, *, body: Any = None, feeds: tuple[Drawn, ...] = (), weight: float = 1) -> Scenario:
    order = {"title": "t", "n": MARKED["number"]} if body is None else body
    made = step("buy/make", "POST", "/orders", order, think=think, keep="$.id")
    return Scenario("buy", (made, step("buy/get", "GET", f"/orders/{MARKED['id']}")), weight, feeds)


def walks(*scenarios: Scenario, **more: Any) -> Walks:
    return Walks(scenarios or (buys(),), len(MARKS), NUMBER, **more)


def plan(shop: Shop, given: Walks, offered: Any = None, **more: Any) -> LoadPlan:
    settings: dict[str, Any] = {"profile": offered or Profile.constant(60, 0.5), "lag_bound": 0.5} | more
    return LoadPlan("127.0.0.1", shop.port, given.requests, walks=given, **settings)


def adds_up(result: LoadResult) -> None:
    assert result.target == result.answered + sum(result.errors.values())
    for part in result.scenarios.values():
        assert part.begun == part.completed + sum(part.failed.values())


async def test_what_one_answer_gave_is_asked_for_by_the_next_request(shop: Shop) -> None:
    result = await run_load(plan(shop, walks()))
    adds_up(result)
    assert result.scenarios["buy"].begun == result.scenarios["buy"].completed == 30
    assert shop.read == Counter(range(1, 31)), "each order once, and no other"
    assert sorted(order["n"] for order in shop.made) == list(range(30))
    assert (result.target, result.statuses) == (60, {200: 30, 201: 30})
    assert {name: part.answered for name, part in result.operations.items()} == {"buy/make": 30, "buy/get": 30}
    assert result.scenarios["buy"].steps == {"buy/make": "make", "buy/get": "get"}
    assert result.rate == pytest.approx(60 / max(0.5, result.elapsed), rel=0.06), "requests, not walks"


async def test_a_later_step_is_due_when_the_one_before_has_ended_and_it_was_thought(shop: Shop) -> None:
    shop.waits = 0.03
    result = await run_load(plan(shop, walks(buys(Think("uniform", 0.1, 0.15)))))
    adds_up(result)
    duration = result.scenarios["buy"].duration
    assert duration is not None
    assert duration.count == 30
    assert duration.minimum >= 0.12
    second = result.operations["buy/get"].intended
    assert second is not None
    assert second.minimum >= 0.025
    assert second.minimum < 0.1, "the thinking is no part of its latency"


async def test_think_times_and_choices_are_those_of_the_seed(shop: Shop) -> None:
    look = Scenario("look", (step("look/get", "GET", "/orders/1"),), 3)
    shop.made.append({})
    begun = []
    for seed in (1, 1, 2):
        result = await run_load(plan(shop, walks(buys(), look), Profile.constant(400, 0.25), seed=seed))
        adds_up(result)
        begun.append((result.scenarios["buy"].begun, result.scenarios["look"].begun))
    assert begun[0] == begun[1] != begun[2]
    assert begun[0][1] == pytest.approx(75, abs=15)


async def test_a_value_that_is_missing_fails_the_step_and_ends_the_walk(shop: Shop) -> None:
    shop.forgets = True
    result = await run_load(plan(shop, walks(), max_samples=3))
    adds_up(result)
    assert result.errors == {"correlation": 10}
    assert result.operations["buy/make"].errors == {"correlation": 10}
    assert result.scenarios["buy"].failed == {"buy/make": 10}
    assert shop.log.count("get") == 20, "nothing was sent for those without an id"
    sample = result.failures[0]
    assert (sample.operation, sample.reason) == ("buy/make", "correlation: id: the answer has nothing at $.id")
    assert b'"n": 2' in sample.request, "the request as it was sent"
    intended = result.operations["buy/make"].intended
    assert intended is not None
    assert intended.count == 30, "they were answered, so their latency counts"


async def test_a_refused_step_ends_the_walk_under_its_status(shop: Shop) -> None:
    shop.refuses = True
    result = await run_load(plan(shop, walks()))
    adds_up(result)
    assert (result.statuses, result.errors) == ({409: 30}, {})
    assert result.scenarios["buy"].failed == {"buy/make": 30}
    assert result.scenarios["buy"].duration is None


async def test_places_of_walks_that_are_over_are_taken_by_others(shop: Shop) -> None:
    for offered in (Profile.constant(60, 0.5), Users(3, 0.4)):
        asked = plan(shop, walks(), offered)
        assert asked.walks is not None
        run = WalkingRun(asked, asked.walks, lambda row: None)
        result = run.told(result_of(asked, [await run.execute()], []))
        assert result.scenarios["buy"].begun > 20
        assert len(run.walks) < result.scenarios["buy"].begun
        assert sorted(run.free) == list(range(len(run.walks))), "each is given back once"


@pytest.mark.parametrize("offered", [Profile.constant(60, 20), Users(5, 20)])
async def test_walks_that_an_early_end_cuts_short_are_in_no_number(shop: Shop, offered: Any) -> None:
    shop.waits = 0.02
    asked = plan(shop, walks(buys(Think("constant", 0.05))), offered)
    assert asked.walks is not None
    run = WalkingRun(asked, asked.walks, lambda row: None)
    running = asyncio.create_task(run.execute())
    while shop.log.count("get") < 10:
        await asyncio.sleep(0.01)
    run.stop("it is enough")
    result = run.told(result_of(asked, [await running], []))
    adds_up(result)
    assert result.ended_early == "it is enough"
    assert result.elapsed < 10
    assert result.scenarios["buy"].failed == {}
    assert result.scenarios["buy"].completed >= 10
    assert sorted(run.free) == list(range(len(run.walks)))


async def test_a_walk_that_must_wait_counts_from_when_it_was_to_begin(shop: Shop) -> None:
    shop.waits = 0.05
    look = Scenario("look", (step("look/a", "GET", "/orders/1"), step("look/b", "GET", "/orders/1")))
    shop.made.append({})
    result = await run_load(plan(shop, walks(look), Profile.constant(20, 0.5), connections=1))
    adds_up(result)
    first, whole = result.operations["look/a"], result.scenarios["look"].duration
    assert first.intended is not None
    assert first.service is not None
    assert whole is not None
    assert first.intended.maximum > first.service.maximum + 0.1, "waiting for a connection is part of it"
    assert whole.maximum > first.intended.maximum + 0.04
    assert result.backlog > 2


async def test_a_closed_model_walks_and_begins_again(shop: Shop) -> None:
    result = await run_load(plan(shop, walks(buys(Think("constant", 0.02))), Users(4, 0.5, 0.01)))
    adds_up(result)
    part = result.scenarios["buy"]
    assert part.begun == part.completed > 12
    assert result.target == 2 * part.begun, "a walk that was begun is walked to its end"
    assert result.arrival == "closed"
    assert result.in_flight <= 4


@pytest.mark.parametrize("offered", [Profile.constant(60, 9), Users(3, 9)])
async def test_rows_go_into_requests_and_the_run_ends_when_they_are_used_up(
    shop: Shop, tmp_path: Path, offered: Any
) -> None:
    path = tmp_path / "books.csv"
    path.write_text("title\n" + "".join(f"Book {n}\n" for n in range(11)))
    feed = Feed(path, ("title",), order="once")
    given = walks(buys(body={"title": MARKED["title"]}, feeds=(Drawn(feed, (TITLE,)),)))
    result = await run_load(plan(shop, given, offered))
    feed.close()
    adds_up(result)
    assert [order["title"] for order in shop.made] == [f"Book {n}" for n in range(11)]
    assert result.scenarios["buy"].completed == 11
    assert result.used_up.startswith("the feed of buy was used up after 11 rows")
    assert result.duration <= result.elapsed < 9


async def test_a_value_that_cannot_stand_in_its_place_fails_the_step_unsent(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "ids.jsonl"
    path.write_text('{"id": 1}\n{"id": ""}\n{"id": null}\n')
    feed = Feed(path, ("id",))
    shop.made.append({})
    get = step("look/get", "GET", f"/orders/{MARKED['id']}")
    given = walks(Scenario("look", (get,), 1, (Drawn(feed, (ID,)),)))
    for offered in (Profile.constant(60, 0.5), Users(2, 0.4)):
        result = await run_load(plan(shop, given, offered))
        adds_up(result)
        assert set(result.errors) == {"unfit"}
        assert result.error_samples[0].detail.startswith("was not sent: ${kept.id} is ")
    assert result.operations["look/get"].sent == result.answered
    assert set(shop.read) == {1}
    feed.close()


async def test_a_server_that_is_gone_ends_walks_and_not_the_run() -> None:
    nobody = Shop(port=1)
    for offered in (Profile.constant(40, 0.3), Users(2, 0.3)):
        result = await run_load(plan(nobody, walks(), offered, timeout=0.5))
        adds_up(result)
        assert result.errors == {"connect": result.target}
        assert result.target > 2


async def test_every_answer_is_judged_as_that_of_its_step(shop: Shop) -> None:
    seen: Counter[str] = Counter()

    def judge(template: engine.RequestTemplate, answer: engine.Response) -> str | None:
        seen[template.operation] += 1
        return "not as promised" if template.operation == "buy/get" else None

    result = await run_load(plan(shop, walks(), validate=judge))
    assert seen == {"buy/make": 30, "buy/get": 30}
    assert result.invalid == result.operations["buy/get"].invalid == 30
    assert result.scenarios["buy"].completed == 30, "a breach is told, and the walk goes on"
    assert result.failures[0].request.startswith(b"GET /orders/1 HTTP/1.1")


async def test_recorded_requests_go_out_in_turn_at_their_moments(shop: Shop) -> None:
    import numpy as np

    shop.made += [{}] * 5
    each = [Scenario(f"s{n}", (step(f"s{n}/get", "GET", f"/orders/{n}"),)) for n in range(1, 6)]
    moments = Trace((np.array([0.0, 0.05, 0.06, 0.3, 0.4]) * 1e9).astype(np.int64))
    result = await run_load(plan(shop, walks(*each, in_turn=True), moments.at_speed(2), connections=1))
    assert list(shop.read) == [1, 2, 3, 4, 5]
    assert result.duration == pytest.approx(0.2)
    assert result.arrival == "replay"


async def test_one_constant_request_goes_the_plain_way_with_the_same_figures(shop: Shop) -> None:
    shop.made.append({})
    given = walks(
        Scenario("look", (step("look/get", "GET", "/orders/1"),)),
        Scenario("not", (step("not/get", "GET", "/orders/9"),)),
    )
    assert given.single
    result = await run_load(plan(shop, given))
    look, missing = result.scenarios["look"], result.scenarios["not"]
    assert look.begun == look.completed == result.statuses[200]
    assert (missing.completed, missing.failed) == (0, {"not/get": result.statuses[404]})
    assert look.duration is not None
    walked = await run_load(plan(shop, replace(given, in_turn=True)))
    assert walked.scenarios["look"].completed == 15


async def test_walks_want_their_own_requests() -> None:
    with pytest.raises(ValueError, match="requests of their steps"):
        LoadPlan("h", 1, walks().requests[:1], rate=1, duration=1, walks=walks())
    with pytest.raises(ValueError, match="no warm_up"):
        LoadPlan("h", 1, walks().requests, rate=1, duration=3, walks=walks(), warm_up=1)
