"""A resolver that breaks is refuted, though the status is 200; a refusal in whatever words is none."""

from __future__ import annotations

import json
from typing import Any

from graphql import ExecutionResult, GraphQLError
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.graphql.server_error import CHECK
from tests.checks.graph import Orders, tried_on


async def test_refutes_a_resolver_that_breaks_deep_inside() -> None:
    class Broken(Orders):
        def resolve(self, source: Any, info: Any, **given: Any) -> Any:
            if (info.parent_type.name, info.field_name) == ("Customer", "email"):
                return source["mail"]["address"]
            return super().resolve(source, info, **given)

    seen = await tried_on(CHECK, Broken(), depth=0, only=("orders", "customers"))
    (finding,) = seen.evidence.findings
    assert finding.facts["field"] == "Customer.email"
    assert finding.count > 1, "whichever operation shows it, it is one fault"
    assert "'mail'" in finding.detail
    assert len([e for e in seen.exchanges if e.number in finding.exchanges]) >= 2, "told only when it happened twice"


async def test_refutes_a_value_at_a_limit_that_breaks_it() -> None:
    class Eager(Orders):
        def mutation_set_note(self, id: str, note: str | None = None) -> Any:  # noqa: A002 - the schema calls it so
            return super().mutation_set_note(id, note.strip())  # type: ignore[union-attr]

        def query_orders(self, status: str | None = None, first: int | None = None) -> Any:
            if first == 0:
                return 1 / first
            return super().query_orders(status, first)

    seen = await tried_on(CHECK, Eager(), depth=0, only=("orders", "order", "setNote", "createOrder", "customers"))
    told = {f.operation: f.facts["form"] for f in seen.evidence.findings}
    assert told["Query.orders"] == "first is zero"
    assert "Mutation.setNote" in told
    assert seen.cell("Query.order") == "proved"


async def test_refutes_a_5xx() -> None:
    class Down(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            if result.data and "customers" in result.data:
                return Response("upstream is gone", 502)
            return super().answer(result)

    seen = await tried_on(CHECK, Down(), depth=0, only=("customers", "orders"))
    assert seen.cell("Query.customers") == "refuted"
    assert seen.evidence.findings[0].facts["status"] == 502


async def test_proves_where_callers_are_refused_in_plain_words() -> None:
    class Refusing(Orders):
        def query_order(self, id: str) -> Any:  # noqa: A002
            if id not in self.orders:
                raise GraphQLError(f"no such order: {id}", extensions={"code": "INTERNAL_SERVER_ERROR"})
            return self.orders[id]

    seen = await tried_on(CHECK, Refusing(), depth=0, only=("order", "orders"))
    assert seen.verdict == "proved", seen.evidence.findings


async def test_is_unknown_when_it_happens_once_only() -> None:
    class Once(Orders):
        broken = True

        def query_search(self, text: str) -> Any:
            if self.broken:
                self.broken = False
                raise KeyError("cache")
            return super().query_search(text)

    seen = await tried_on(CHECK, Once(), depth=0, only=("search", "customers"))
    assert seen.cell("Query.search") == "unknown"
    assert "failed once" in next(c.why for c in seen.evidence.cells if c.cell == "Query.search")


async def test_is_unknown_where_nothing_is_answered() -> None:
    class Closed(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            return JSONResponse({"errors": [{"message": "log in first"}]}, 401)

    assert (await tried_on(CHECK, Closed(), depth=0, only=("customers",))).verdict == "unknown"


async def test_refutes_a_resolver_that_breaks_on_what_is_not_there() -> None:
    class Empty(Orders):
        def query_orders(self, status: str | None = None, first: int | None = None) -> Any:
            return []

        def query_customers(self) -> Any:
            return []

        def mutation_create_order(self, input: Any) -> Any:  # noqa: A002 - the schema calls it so
            raise GraphQLError("no such customer", extensions={"code": "NOT_FOUND"})

        def mutation_set_note(self, id: str, note: str | None = None) -> Any:  # noqa: A002
            raise KeyError("order")

    seen = await tried_on(
        CHECK, Empty(), depth=0, only=("orders", "customers", "createOrder", "setNote", "deleteOrder")
    )
    assert seen.cell("Mutation.setNote") == "refuted"
    assert seen.cell("Mutation.deleteOrder") == "unknown", "it bears what is not there, and nothing that is was tried"
    sent = [e for e in seen.exchanges if e.operation == "Mutation.setNote"]
    numbers = [int(json.loads(e.request.body)["variables"]["id"]) for e in sent if "not there" in e.note]
    assert numbers
    assert min(numbers) > 2_000_000_000, "no object that somebody has is hit by chance"


async def test_what_breaks_alike_everywhere_is_one_finding() -> None:
    class Failing(Orders):
        def resolve(self, source: Any, info: Any, **given: Any) -> Any:
            if info.parent_type.name == "Query" and info.field_name in ("orders", "customers", "search"):
                raise GraphQLError("no rows", extensions={"exception": f"shop.errors.StoreError: {info.field_name}"})
            return super().resolve(source, info, **given)

        def answer(self, result: ExecutionResult) -> Response:
            return JSONResponse(result.formatted, 500 if result.errors else 200)

    seen = await tried_on(CHECK, Failing(), depth=3, only=("orders", "customers", "search"))
    (finding,) = seen.evidence.findings
    assert set(finding.facts["operations"]) == {"Query.orders", "Query.customers", "Query.search"}
