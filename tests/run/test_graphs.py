"""Calls carry ids of real objects: from lists where something is only read, from new ones where it is changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved
from seamwright.model.identity import ANYONE
from seamwright.model.run import CheckFinished, RunFinished
from seamwright.model.subject import Subject
from seamwright.run.once import Order, Prepared, once
from seamwright.run.planning import Selection, plan
from seamwright.run.subjects import Subjects
from tests.checks.graph import SDL, Orders, schema
from tests.run.trial import check, manifest_of
from tests.serving import serving


async def on_bench(
    app: Orders, tmp_path: Path, act: Callable[[Bench], Any], *, dares: Dares = Dares.WRITE, **manifest: Any
) -> RunFinished:
    """Do something at the bench of a check on the service."""

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        await act(bench)
        yield Proved(bench.cells[0])

    made = check(run=run, dares=dares, kinds=("graphql",))
    with serving(app) as url, Ledger.open(tmp_path / "ledger.db") as ledger:
        said = manifest_of({"api": {"kind": "graphql", "url": f"{url}/graphql"}}, **manifest)
        subjects = {"api": Subject(said.boundaries["api"], schema(app.sdl), said)}
        prepared = Prepared(
            said, {made.id: made}, Subjects(subjects, {}), plan(subjects, {made.id: made}, Selection()), Selection()
        )
        events = [event async for event in once(prepared, Order(seed=3), ledger)]
    (finished,) = [event for event in events if isinstance(event, CheckFinished)]
    assert not finished.evidence.traceback, finished.evidence.traceback
    (record,) = [event for event in events if isinstance(event, RunFinished)]
    return record


async def test_what_only_reads_gets_what_is_there(tmp_path: Path) -> None:
    app = Orders()

    async def act(bench: Bench) -> None:
        case = await bench.case(bench.operation("Query.order"))
        assert case.body["variables"] == {"id": "100"}
        again = await bench.case(bench.operation("Query.order"))
        assert again.body["variables"] == {"id": "100"}

    await on_bench(app, tmp_path, act)
    assert len(app.log) == 1, "the id is kept"
    assert app.log[0]["query"] == "query orders($first: Int) { orders(first: $first) { id } }"


async def test_what_changes_something_gets_an_object_of_its_own_each_time(tmp_path: Path) -> None:
    app = Orders()

    async def act(bench: Bench) -> None:
        operation = bench.operation("Mutation.deleteOrder")
        found = [(await bench.case(operation)).body["variables"]["id"] for _ in range(2)]
        assert len({*found, "100", "101"}) == 4
        exchange = await bench.call(await bench.case(operation))
        assert exchange.response is not None
        assert exchange.response.json() == {"data": {"deleteOrder": True}}

    record = await on_bench(app, tmp_path, act)
    covered = {row.operation: row for row in record.record.coverage}
    assert covered["Mutation.deleteOrder"].answered
    assert covered["Mutation.createOrder"].statuses == {"200": 3}
    assert not covered["Mutation.setNote"].answered


async def test_in_production_nothing_is_made(tmp_path: Path) -> None:
    app = Orders()
    app.orders.clear()

    async def act(bench: Bench) -> None:
        with pytest.raises(Undecided, match="no Order could be had for id"):
            await bench.case(bench.operation("Query.order"))

    await on_bench(app, tmp_path, act, dares=Dares.OBSERVE, environment="production")
    assert all(body["query"].startswith("query ") for body in app.log)


async def test_an_own_object_bears_a_mark_that_is_read_back(tmp_path: Path) -> None:
    app = Orders()

    async def act(bench: Bench) -> None:
        owned = await bench.own(bench.operation("Query.order"), ANYONE)
        ident = owned.values["id"]
        assert (owned.canary_at, app.orders[ident]["note"]) == ("input.note", owned.canary)
        with pytest.raises(Undecided, match="no mutation that makes what its arguments name"):
            await bench.own(bench.operation("Query.customers"), ANYONE)

    await on_bench(app, tmp_path, act)


async def test_why_nothing_could_be_made_is_told(tmp_path: Path) -> None:
    class Full(Orders):
        def mutation_create_order(self, input: Any) -> Any:  # noqa: A002 - the schema calls it so
            raise ValueError("the warehouse is full")

        def query_customers(self) -> Any:
            return [{"id": "1", "name": "A"}]

        def query_orders(self, status: str | None = None, first: int | None = None) -> Any:
            return []

        def query_search(self, text: str) -> Any:
            return []

    app = Full()
    app.orders.clear()

    async def act(bench: Bench) -> None:
        with pytest.raises(Undecided, match="the warehouse is full"):
            await bench.case(bench.operation("Mutation.setNote"))

    await on_bench(app, tmp_path, act)


async def test_an_account_that_is_listed_is_never_changed(tmp_path: Path) -> None:
    class People(Orders):
        sdl = SDL + "extend type Mutation { renameCustomer(id: ID!, name: String!): Customer }"

    app = People()

    async def act(bench: Bench) -> None:
        with pytest.raises(Undecided, match="no Customer could be had"):
            await bench.case(bench.operation("Mutation.renameCustomer"))
        assert (await bench.case(bench.operation("Mutation.createOrder"))).body["variables"]["input"][
            "customerId"
        ] == "1"

    await on_bench(app, tmp_path, act)


async def test_a_login_is_what_the_manifest_says(tmp_path: Path) -> None:
    class Doors(Orders):
        sdl = SDL + "type Session { token: String } extend type Mutation { login(name: String!): Session }"

        def mutation_login(self, name: str) -> Any:
            return {"token": f"token-of-{name}"}

    app = Doors()
    login = {"operation": "Mutation.login", "body": {"name": "ada"}, "token": "$.data.login.token"}

    async def act(bench: Bench) -> None:
        ada = bench.subject.manifest.identities["ada"]
        assert (await bench.case(bench.operation("Mutation.login"), ada)).body == {"name": "ada"}
        exchange = await bench.call(await bench.case(bench.operation("Query.customers"), ada), ada)
        assert exchange.request.header("authorization") == "Bearer token-of-ada"

    await on_bench(app, tmp_path, act, identities={"ada": {"login": login}})
