"""The printed command is run by a shell against a live app, and shows the same answer; or there is none."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.drivers.http import HttpConnection
from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Check, Dares
from seamwright.model.evidence import Observation, Refuted
from seamwright.model.exchange import Exchange, Failure, Request
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject
from seamwright.run.by_hand import by_hand
from seamwright.run.redaction import MASK
from tests.contracts.graphql.shop import SHOP, exchanged
from tests.run.trial import check, contract_of, document, evidence_of, manifest_of, prepared, run
from tests.serving import serving

KEY = {"key": {"type": "apiKey", "in": "header", "name": "X-Shop-Key"}}


async def _echo(request: Asked) -> Response:
    """The status is asked for by the path; the rest is told as it arrived."""
    told = {
        "path": request.scope["raw_path"].decode(),
        "query": request.scope["query_string"].decode(),
        "headers": {name: value for name, value in request.headers.items() if name.startswith("x-")},
    }
    return JSONResponse(told, int(request.path_params["status"]))


ROUTES = [Route("/{status:int}/{rest:path}", _echo, methods=["GET", "HEAD", "OPTIONS", "POST"])]


def _subject(url: str, **manifest: Any) -> Subject:
    given = manifest_of({"api": url}, **manifest)
    return Subject(given.boundaries["api"], contract_of(document("GET /a", security="key", schemes=KEY)), given)


def _command(exchange: Exchange, made: Check | None = None, **manifest: Any) -> str:
    finding = Finding("broken", "", Severity.LOW, exchanges=(7, 8))
    return by_hand(finding, {7: exchange}, made or check(), _subject("http://127.0.0.1:9", **manifest))


async def _asked(request: Request) -> Exchange:
    connection = HttpConnection()
    try:
        return await connection.send(request, timeout=5)
    finally:
        await connection.close()


async def _shell(command: str) -> tuple[int, str]:
    """Run a command as it was printed: the status and the body that it shows."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("sh", "-c", command, stdout=pipe, stderr=pipe)
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    head, _, body = output.decode().partition("\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/200/", ()),
        ("GET", "/500/it's?note=it's&price=$HOME;echo&x=%27%22%60", ()),
        ("GET", "/404/..%2f../a/.b?filter[name]=a&ids[]=1", ()),
        ("GET", "/422/%ff%fe?%ff=%fe", (("x-note", 'it\'s "$HOME" `id` \\'), ("x-empty", ""))),
        ("HEAD", "/403/", (("x-a", "b"),)),
        ("OPTIONS", "/200/", (("origin", "https://page.example"),)),
    ],
)
async def test_what_is_printed_shows_the_same_answer(
    method: str, target: str, headers: tuple[tuple[str, str], ...]
) -> None:
    with serving(Starlette(routes=ROUTES)) as url:
        exchange = await _asked(Request(method, url + target, headers))
        command = _command(exchange)
        assert command.startswith("curl -i ")
        status, body = await _shell(command)
    assert exchange.response is not None
    assert status == exchange.status
    if method != "HEAD":
        assert json.loads(body) == exchange.response.json()


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "POST"},
        {"method": "DELETE"},
        {"method": "QUERY", "url": "sql:orders-db"},
        {"body": b"x"},
        {"url": "http://127.0.0.1:9/a b"},
        {"url": "http://127.0.0.1:9/ü"},
        {"url": "http://127.0.0.1:9/a/../b"},
        {"url": "http://127.0.0.1:9/a/%2E/b"},
        {"url": f"http://127.0.0.1:9/a?code={MASK}"},
        {"headers": (("authorization", "Bearer made-up"),)},
        {"headers": (("cookie", "session=1"),)},
        {"headers": (("X-Shop-Key", "made-up"),)},
        {"headers": (("x-a", MASK),)},
        {"headers": (("x-a", "b\nc"),)},
        {"headers": (("x a", "b"),)},
    ],
)
async def test_there_is_none_where_it_would_not_show_the_same(changes: dict[str, Any]) -> None:
    with serving(Starlette(routes=ROUTES)) as url:
        good = await _asked(Request("GET", f"{url}/200/", (("x-a", "b"),)))
    assert _command(good) != ""
    assert _command(replace(good, request=replace(good.request, **changes))) == ""


async def test_there_is_none_for_credentials_for_no_answer_and_under_fault_or_load() -> None:
    with serving(Starlette(routes=ROUTES)) as url:
        good = await _asked(Request("GET", f"{url}/200/"))
    assert _command(replace(good, identity="anyone")) != ""
    assert _command(replace(good, identity="guest"), identities={"guest": {"roles": ["guest"]}}) != ""
    assert _command(replace(good, identity="alice"), identities={"alice": {"token": "s3cret"}}) == ""
    assert _command(replace(good, response=None, failure=Failure("timeout", "no answer"))) == ""
    assert _command(good, check(dares=Dares.FAULT)) == ""
    assert _command(good, check(dares=Dares.LOAD)) == ""
    subject = _subject("http://127.0.0.1:9")
    assert by_hand(Finding("seen nowhere", "", Severity.LOW), {7: good}, check(), subject) == ""


async def test_a_run_fills_it_in(tmp_path: Path) -> None:
    async def refutes(bench: Bench) -> AsyncIterator[Observation]:
        for identity in (None, bench.subject.manifest.identities["alice"]):
            exchange = await bench.request("GET", "/418/tea?kind=it's", identity)
            key = identity.name if identity else "nobody"
            yield Refuted("getA", Finding("broken", "", Severity.LOW, key=key, exchanges=(exchange.number,)))

    with serving(Starlette(routes=ROUTES)) as url, Ledger.open(tmp_path / "ledger.db") as ledger:
        given = manifest_of({"api": url}, identities={"alice": {"token": "s3cret-token"}}, secrets=["s3cret-token"])
        (row,) = evidence_of(await run(prepared(given, [check(run=refutes)], {"api": document("GET /a")}), ledger))
        commands = {finding.key: finding.by_hand for finding in row.findings}
        assert commands["alice"] == ""
        assert (await _shell(commands["nobody"]))[0] == 418


def test_a_graphql_query_is_shown_with_its_body_and_nothing_else_that_is_posted() -> None:
    query = exchanged(
        "query orders { orders { note } }", {"data": None}, operation="Query.orders", variables={"a": "it's"}
    )
    command = _of_graphql(query)
    words = shlex.split(command)
    assert words[:3] == ["curl", "-i", "--data-raw"]
    assert json.loads(words[3]) == {"query": "query orders { orders { note } }", "variables": {"a": "it's"}}
    assert words[-1] == "http://127.0.0.1/graphql"
    mutation = exchanged("mutation { deleteOrder(id: 1) }", {}, operation="Mutation.deleteOrder")
    assert _of_graphql(mutation) == ""
    assert _of_graphql(replace(mutation, operation="Query.orders")) == ""
    assert _of_graphql(exchanged(f'query {{ a(b: "{MASK}") }}', {}, operation="Query.orders")) == ""


def _of_graphql(exchange: Exchange) -> str:
    given = manifest_of({"api": {"kind": "graphql", "url": "http://127.0.0.1/graphql"}})
    finding = Finding("broken", "", Severity.LOW, exchanges=(7,))
    return by_hand(finding, {7: exchange}, check(), Subject(given.boundaries["api"], SHOP, given))
