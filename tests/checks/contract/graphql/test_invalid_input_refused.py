"""What breaks the schema and is answered all the same is refuted, by the rule that nobody looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import ExecutionResult, execute, parse, validate
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.graphql.invalid_input_refused import CHECK
from tests.checks.graph import Orders, tried_on


async def test_proves_a_service_that_validates() -> None:
    seen = await tried_on(CHECK, Orders(), depth=0, only=("orders", "order", "createOrder", "customers"))
    assert seen.verdict == "proved"
    notes = " ".join(e.note for e in seen.exchanges)
    for rule in ("unknown field", "missing argument", "unknown enum value", "wrong type", "null", "syntax"):
        assert rule in notes


async def test_refutes_a_service_that_executes_without_validation() -> None:
    class Careless(Orders):
        async def executed(self, query: str, variables: Mapping[str, Any] | None) -> ExecutionResult:
            document = parse(query)
            if any("requires type" in error.message for error in validate(self.schema, document)):
                return await super().executed(query, variables)
            made = execute(self.schema, document, variable_values=dict(variables or {}), field_resolver=self.resolve)
            assert isinstance(made, ExecutionResult)
            return made

    seen = await tried_on(CHECK, Careless(), depth=0, only=("orders", "customers"))
    rules = {f.facts["rule"] for f in seen.evidence.findings}
    assert {"unknown field", "unknown argument"} <= rules
    assert "wrong type" not in rules, "values are still coerced"
    assert all(len(f.exchanges) >= 2 for f in seen.evidence.findings)


async def test_refutes_a_service_that_takes_any_value() -> None:
    class Loose(Orders):
        async def executed(self, query: str, variables: Mapping[str, Any] | None) -> ExecutionResult:
            loose = dict(variables or {})
            if type(loose.get("first")) not in (int, type(None)):
                loose["first"] = 1
            return await super().executed(query, loose)

    seen = await tried_on(CHECK, Loose(), depth=0, only=("orders", "createOrder", "customers"))
    assert {f.facts["place"] for f in seen.evidence.findings} == {"first"}
    assert {f.facts["rule"] for f in seen.evidence.findings} == {"wrong type"}
    assert seen.cell("Query.orders") == "refuted"
    assert seen.cell("Mutation.createOrder") == "proved"


async def test_is_unknown_where_the_honest_call_is_not_answered() -> None:
    class Closed(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            return JSONResponse({"errors": [{"message": "log in first"}]})

    seen = await tried_on(CHECK, Closed(), depth=0, only=("customers",))
    assert seen.verdict == "unknown"
    assert "no valid call was answered with data" in seen.evidence.why


async def test_a_server_that_fails_on_whatever_it_refuses_is_told_once() -> None:
    class Failing(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            return JSONResponse(result.formatted, 500 if result.data is None else 200)

    seen = await tried_on(CHECK, Failing(), depth=0, only=("orders", "customers", "search"))
    (finding,) = seen.evidence.findings
    assert finding.count > 5
    assert set(finding.facts["operations"]) == {"Query.orders", "Query.customers", "Query.search"}
