"""A server that does not know what the schema promises is refuted; refusals for other reasons are none."""

from __future__ import annotations

from graphql import ExecutionResult
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.graphql.valid_input_accepted import CHECK
from tests.checks.graph import SDL, Orders, schema, tried_on
from tests.checks.stage import tried


async def test_proves_a_service_that_has_this_schema() -> None:
    seen = await tried_on(CHECK, Orders(), depth=0)
    assert seen.verdict == "proved"


async def test_refutes_a_schema_that_promises_more_than_there_is() -> None:
    promised = SDL.replace("email: String", "email: String\n  phone: String").replace(
        "orders(status: Status,", "orders(status: Status, paid: Boolean,"
    )
    seen = await tried(CHECK, Orders(), schema(promised), depth=0, boundary={"kind": "graphql"})
    told = {f.key for f in seen.evidence.findings}
    assert any("Cannot query field 'phone'" in text for text in told)
    assert any("Unknown argument 'paid'" in text for text in told)
    assert seen.cell("Mutation.deleteOrder") == "proved"


async def test_proves_what_is_executed_and_refused_for_another_reason() -> None:
    class Full(Orders):
        def mutation_create_order(self, input: object) -> object:  # noqa: A002 - the schema calls it so
            raise ValueError("we are closed for today")

    seen = await tried_on(CHECK, Full(), depth=0)
    assert seen.cell("Mutation.createOrder") == "proved"


async def test_is_unknown_where_too_much_was_asked_for() -> None:
    class Shallow(Orders):
        def answer(self, result: ExecutionResult) -> Response:
            return JSONResponse({"errors": [{"message": "query exceeds the maximum depth of 0"}]}, 400)

    assert (await tried_on(CHECK, Shallow(), depth=0)).verdict == "unknown"
