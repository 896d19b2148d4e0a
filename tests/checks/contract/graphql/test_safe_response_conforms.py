"""In production queries are looked at, and nothing else is sent."""

from __future__ import annotations

from typing import Any

from graphql import ExecutionResult
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.graphql.safe_response_conforms import CHECK
from tests.checks.graph import SDL, Orders, schema, tried_on
from tests.checks.stage import skipped


async def test_proves_and_sends_queries_alone() -> None:
    app = Orders()
    seen = await tried_on(CHECK, app, environment="production")
    assert seen.verdict == "proved"
    assert {cell.cell.partition(".")[0] for cell in seen.evidence.cells} == {"Query"}
    assert all(body["query"].startswith("query ") for body in app.log)


async def test_refutes_a_null_that_may_not_be_there() -> None:
    class Null(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            body: dict[str, Any] = dict(result.formatted)
            for customer in (body.get("data") or {}).get("customers") or []:
                customer["name"] = None
            return JSONResponse(body)

    seen = await tried_on(CHECK, Null(), environment="production")
    assert [f.facts["field"] for f in seen.evidence.findings] == ["Customer.name"]


async def test_is_unknown_where_there_is_nothing_to_look_at() -> None:
    app = Orders()
    app.orders.clear()
    seen = await tried_on(CHECK, app, environment="production")
    assert seen.cell("Query.order") == "unknown"
    assert seen.cell("Query.customers") == "proved"
    assert app.orders == {}, "nothing was made to have something to look at"


def test_leaves_other_environments_to_the_check_of_all_operations() -> None:
    told = skipped(CHECK, schema(SDL), boundary={"kind": "graphql"})
    assert "contract.graphql-response-conforms tries all operations" in told.why
