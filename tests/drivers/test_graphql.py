"""An endpoint tells its schema by introspection; where it does not, it is said what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from seamwright.contracts.reading import contract_of
from seamwright.drivers import drivers
from seamwright.model.boundary import Boundary
from seamwright.model.errors import ContractError, TargetError, UsageError
from tests.checks.graph import Orders
from tests.serving import free_port, serving

DRIVER = drivers()["graphql"]


async def described(url: str, *callers: Mapping[str, str]) -> bytes:
    assert DRIVER.describe is not None
    return await DRIVER.describe(Boundary(kind="graphql", url=url), callers or ({},))


class Endpoint(Orders):
    """The service, with something in front of it."""

    def __init__(self, front: Callable[[Request, Mapping[str, Any]], Response | None]) -> None:
        super().__init__()
        self.front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.json()
        response = self.front(request, body)
        if response is None:
            response = self.answer(await self.executed(body["query"], body.get("variables")))
        await response(scope, receive, send)


async def test_the_schema_is_what_introspection_tells() -> None:
    with serving(Orders()) as url:
        contract = contract_of(await described(f"{url}/graphql"), source=url)
    assert {"Query.order", "Mutation.createOrder"} <= {o.id for o in contract.operations}
    assert "status(" not in contract.document["sdl"]


async def test_a_server_of_an_older_edition_is_asked_in_its_own_words() -> None:
    def old(request: Request, body: Mapping[str, Any]) -> Response | None:
        newer = [word for word in ("specifiedByURL", "isOneOf", "isRepeatable") if word in body["query"]]
        return JSONResponse({"errors": [{"message": f'Cannot query field "{newer[0]}"'}]}, 400) if newer else None

    with serving(Endpoint(old)) as url:
        assert b"__schema" in await described(url)


async def test_somebody_who_may_be_told_is_tried_after_nobody() -> None:
    seen: list[str | None] = []

    def closed(request: Request, body: Mapping[str, Any]) -> Response | None:
        seen.append(request.headers.get("authorization"))
        return None if seen[-1] == "Bearer yes" else JSONResponse({"errors": [{"message": "log in"}]}, 401)

    with serving(Endpoint(closed)) as url:
        assert b"__schema" in await described(url, {}, {"authorization": "Bearer yes"})
    assert seen[0] is None
    assert seen[-1] == "Bearer yes"


async def test_an_endpoint_that_keeps_its_schema_to_itself_says_what_to_give() -> None:
    def shut(request: Request, body: Mapping[str, Any]) -> Response | None:
        if "__schema" in body["query"]:
            return JSONResponse({"errors": [{"message": "introspection is disabled"}]}, 400)
        return None

    with serving(Endpoint(shut)) as url, pytest.raises(ContractError) as told:
        await described(url)
    assert "introspection is disabled" in str(told.value)
    assert "name the schema's file under 'contract'" in str(told.value)


@pytest.mark.parametrize(
    "answer",
    [PlainTextResponse("hello", 200), JSONResponse({"data": {"x": 1}}), JSONResponse({"detail": "Not Found"}, 404)],
)
async def test_what_is_no_graphql_is_the_targets_fault(answer: Response) -> None:
    with serving(Endpoint(lambda request, body: answer)) as url, pytest.raises(TargetError, match="no GraphQL"):
        await described(url)


async def test_nobody_there() -> None:
    with pytest.raises(TargetError, match="the target's fault"):
        await described(f"http://127.0.0.1:{free_port()}/graphql")


async def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seamwright.drivers.graphql._queries", tuple)
    with serving(Orders()) as url, pytest.raises(UsageError, match=r"pip install 'seamwright\[graphql\]'"):
        await described(url)


async def test_requests_travel_as_http_does() -> None:
    from seamwright.model.exchange import Request as Sent

    connection = DRIVER.open(Boundary(kind="graphql", url="http://127.0.0.1/"))
    with serving(Orders()) as url:
        exchange = await connection.send(Sent("POST", url, (), b'{"query": "{ __typename }"}'), timeout=5)
    await connection.close()
    assert exchange.response is not None
    assert exchange.response.json() == {"data": {"__typename": "Query"}}
