"""Answers that break the schema are refuted by the field that is wrong; whatever cannot be asked stays unknown."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import ExecutionResult
from starlette.responses import JSONResponse, PlainTextResponse, Response

from seamwright.checks.contract.graphql.response_conforms import CHECK
from tests.checks.graph import SDL, Orders, tried_on
from tests.checks.stage import skipped


class Raw(Orders):
    """Answers without the reference implementation looking at what it gives."""

    def spoilt(self, data: dict[str, Any]) -> None:
        """Spoil an answer in place."""

    def answer(self, result: ExecutionResult) -> Response:
        body: dict[str, Any] = dict(result.formatted)
        if body.get("data"):
            self.spoilt(body["data"])
        return JSONResponse(body)


def _orders(data: dict[str, Any]) -> list[dict[str, Any]]:
    found = [data.get("order"), data.get("createOrder"), data.get("setNote"), *(data.get("orders") or [])]
    return [order for order in found if order]


class Spoilt(Raw):
    def __init__(self, **values: Any) -> None:
        super().__init__()
        self.values = values

    def spoilt(self, data: dict[str, Any]) -> None:
        for order in _orders(data):
            order.update({name: value for name, value in self.values.items() if name in order})


async def test_proves_a_service_that_keeps_to_its_schema() -> None:
    seen = await tried_on(CHECK, Orders())
    assert seen.verdict == "proved"
    assert {cell.cell for cell in seen.evidence.cells} == {
        *("Query.orders", "Query.order", "Query.customers", "Query.search", "Query.node"),
        *("Mutation.createOrder", "Mutation.setNote", "Mutation.deleteOrder"),
    }
    bodies = [e.request.body for e in seen.exchanges]
    assert any(b"... on Order" in body for body in bodies), "members of unions are asked for by fragments"
    assert any(b"orders(first:" in body for body in bodies), "lists inside are kept short"


@pytest.mark.parametrize(
    ("values", "keyword", "text"),
    [
        ({"status": None}, "non-null", "is null, and its type is Status!"),
        ({"status": "LOST"}, "enum", "is 'LOST', which is no value of Status"),
    ],
)
async def test_refutes_a_value_that_its_type_does_not_allow(values: dict[str, Any], keyword: str, text: str) -> None:
    seen = await tried_on(CHECK, Spoilt(**values), depth=0, only=("orders", "order"))
    name = next(iter(values))
    found = [f for f in seen.evidence.findings if f.facts["keyword"] == keyword]
    assert [f.facts["field"] for f in found] == [f"Order.{name}"], "one field is one finding, in whatever operation"
    assert text in found[0].detail
    assert found[0].count > 1
    witness = next(e for e in seen.exchanges if e.number == found[0].exchanges[0])
    assert name in witness.request.body.decode()


async def test_refutes_an_answer_without_what_was_asked_for() -> None:
    class Less(Raw):
        def spoilt(self, data: dict[str, Any]) -> None:
            for order in _orders(data):
                order.pop("note", None)

    seen = await tried_on(CHECK, Less(), depth=0, only=("orders", "order"))
    assert [(f.facts["field"], f.facts["keyword"]) for f in seen.evidence.findings] == [("Order.note", "missing")]


async def test_refutes_a_type_that_cannot_stand_there() -> None:
    class Wrong(Raw):
        def spoilt(self, data: dict[str, Any]) -> None:
            for found in data.get("search") or []:
                found["__typename"] = "Line"

    seen = await tried_on(CHECK, Wrong(), depth=0, only=("search", "orders"))
    assert seen.cell("Query.search") == "refuted"
    assert "Line" in seen.evidence.findings[0].detail
    assert seen.cell("Query.orders") == "proved"


@pytest.mark.parametrize(
    ("response", "text"),
    [
        (lambda body: JSONResponse({**body, "status": "ok"}), "is no entry of a GraphQL response"),
        (lambda body: PlainTextResponse("<h1>ok</h1>"), "is no JSON"),
    ],
)
async def test_refutes_what_has_not_the_form_of_a_response(response: Any, text: str) -> None:
    class Odd(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            made: Response = response(dict(result.formatted))
            return made

    seen = await tried_on(CHECK, Odd(), depth=0, only=("orders",))
    assert text in " ".join(f.detail for f in seen.evidence.findings)


async def test_is_unknown_where_no_call_is_answered_with_data() -> None:
    class Closed(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            return JSONResponse({"errors": [{"message": "log in first"}], "data": None})

    seen = await tried_on(CHECK, Closed(), depth=0, only=("orders",))
    assert seen.verdict == "unknown"
    assert "log in first" in seen.evidence.why


async def test_is_unknown_where_nothing_tells_an_id() -> None:
    class Empty(Orders):
        def mutation_create_order(self, input: Any) -> Any:  # noqa: A002 - the schema calls it so
            raise ValueError("closed for today")

    empty = Empty()
    empty.orders.clear()
    seen = await tried_on(CHECK, empty)
    assert seen.cell("Query.order") == "unknown"
    why = next(c.why for c in seen.evidence.cells if c.cell == "Query.order")
    assert "no Order could be had for id" in why
    assert "closed for today" in why


def test_names_what_it_cannot_call() -> None:
    sdl = SDL + "scalar Blob extend type Query { read(blob: Blob!): Int } type Subscription { ticked: Int }"
    made = skipped_cells(sdl)
    assert "Blob is a scalar of which nothing tells what it takes" in made["Query.read"]
    assert "subscription" in made["Subscription.ticked"]
    assert "speaks about boundaries of kind graphql" in skipped(CHECK, None).why


def skipped_cells(sdl: str) -> dict[str, str]:
    """The operations that the check leaves out, each with why."""
    from seamwright.model.check import Applies
    from seamwright.model.subject import Subject
    from tests.checks.graph import schema
    from tests.checks.stage import manifest_of

    manifest = manifest_of("http://127.0.0.1:9/graphql", {"kind": "graphql"})
    answer = CHECK.applies(Subject(manifest.boundaries["api"], schema(sdl), manifest))
    assert isinstance(answer, Applies)
    return dict(answer.left_out)
