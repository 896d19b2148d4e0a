"""The bench: what a check may ask of it, tried through a real run."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Applies, Dares
from seamwright.model.evidence import Evidence, Observation, Proved
from seamwright.model.exchange import Exchange
from seamwright.model.verdict import Cause, Verdict
from tests.run.shelf import PASSWORDS, Shelf, contract
from tests.run.trial import check, evidence_of, manifest_of, prepared, run
from tests.serving import free_port, serving

ALICE = {"login": {"operation": "login", "body": {"user": "alice", "password": PASSWORDS["alice"]}}}


async def on_bench(
    folder: Path, boundaries: Any, script: Callable[[Bench], Awaitable[None]], *, alone: bool = False, **rest: Any
) -> tuple[Evidence, list[Exchange]]:
    """Run a script on a real bench of `api`; proved when it comes to its end."""

    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        await script(bench)
        yield Proved("script")

    if isinstance(boundaries, str):
        boundaries = {"api": boundaries}
    given = manifest_of(boundaries, identities={"alice": ALICE}, folder=folder, **rest)
    made = check(
        run=follows,
        applies=lambda s: Applies(("script",) if s.boundary.name == "api" else ()),
        dares=Dares.FAULT,
        alone=alone,
    )
    with Ledger.open(folder / "ledger.db") as ledger:
        (row,) = evidence_of(await run(prepared(given, [made], {"api": contract()}), ledger))
        assert row.traceback == "", row.traceback
        return row, ledger.exchanges(row.run)


async def test_what_is_added_to_a_call_wins(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench) -> None:
        alice = bench.subject.manifest.identities["alice"]
        case = await bench.case(bench.operation("whoami"))
        assert (await bench.call(case)).status == 401, "nobody is nobody"
        assert (await bench.call(case, alice)).status == 200
        assert (await bench.call(case, alice, headers={"Authorization": "Bearer other", "X-More": "1"})).status == 401
        assert (await bench.call(case, token="forged", note="forged")).status == 401

    row, exchanges = await on_bench(tmp_path, url, script)

    told = [asked.headers.get("authorization", "") for asked in shelf.asked("/whoami")]
    assert told[:2] == ["", "Bearer token-0-of-alice"]
    assert "Bearer other" in told
    assert told[-1] == "Bearer forged"
    assert [e.identity for e in exchanges][:2] == [None, "alice"]
    assert exchanges[-1].note == "forged"
    assert row.exchanges == len(shelf.asked("/whoami"))


async def test_requests_outside_the_contract_are_recorded(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench) -> None:
        exchange = await bench.request("OPTIONS", "/echo", headers={"Origin": "https://evil.example"}, note="preflight")
        assert exchange.status == 404
        with pytest.raises(ValueError, match="begin with a slash"):
            await bench.request("GET", "echo")

    _, (exchange,) = await on_bench(tmp_path, url, script)
    assert (str(shelf.log[0]), shelf.log[0].headers["origin"]) == ("OPTIONS /echo", "https://evil.example")
    assert (exchange.operation, exchange.note) == ("", "preflight")


async def test_a_call_has_a_time_limit(tmp_path: Path, url: str) -> None:
    async def script(bench: Bench) -> None:
        exchange = await bench.call(await bench.case(bench.operation("hang")), timeout=0.2)
        assert exchange.failure is not None
        assert exchange.failure.kind == "timeout"
        assert 0 < bench.remaining <= 20

    row, _ = await on_bench(tmp_path, url, script)
    assert row.verdict is Verdict.PROVED


async def test_answers_are_held_against_the_contract(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench) -> None:
        exchange = await bench.call(await bench.case(bench.operation("echo")))
        assert bench.violations(exchange) == ()
        shelf.elsewhere = "/x"
        wrong = await bench.call(await bench.case(bench.operation("elsewhere")))
        assert bench.violations(wrong) == ()
        alice = bench.subject.manifest.identities["alice"]
        shelf.items["i1"] = {"id": 5, "owner": "alice", "version": 1}
        drifted = await bench.call(await bench.case(bench.operation("listItems"), alice), alice)
        (violation,) = bench.violations(drifted)
        assert violation.keyword == "type"

    row, _ = await on_bench(tmp_path, url, script)
    assert row.verdict is Verdict.PROVED


async def test_databases_are_read_and_the_reading_is_evidence(tmp_path: Path, url: str) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as made:
        made.execute("create table account (balance integer)")
        made.execute("insert into account values (60), (40)")

    async def script(bench: Bench) -> None:
        assert await bench.query("db", "select sum(balance) from account") == [(100,)]

    db = {"kind": "sql", "url": f"sqlite:///{tmp_path}/shop.db"}
    row, (exchange,) = await on_bench(tmp_path, {"api": url, "db": db}, script)
    assert (row.verdict, row.exchanges) == (Verdict.PROVED, 1)
    assert (exchange.request.method, exchange.boundary) == ("QUERY", "db")
    assert exchange.request.body == b"select sum(balance) from account"
    assert exchange.response is not None
    assert exchange.response.json() == [[100]]


@pytest.mark.parametrize(
    ("boundary", "sql", "cause", "why"),
    [
        ("nowhere", "select 1", Cause.USAGE, "'nowhere' is no SQL boundary of the manifest"),
        ("db", "select wrong from nowhere_at_all", Cause.TARGET, "no such table"),
    ],
)
async def test_a_query_that_fails_leaves_it_unknown(
    tmp_path: Path, url: str, boundary: str, sql: str, cause: Cause, why: str
) -> None:
    sqlite3.connect(tmp_path / "shop.db").close()

    async def script(bench: Bench) -> None:
        await bench.query(boundary, sql)

    db = {"kind": "sql", "url": f"sqlite:///{tmp_path}/shop.db"}
    row, _ = await on_bench(tmp_path, {"api": url, "db": db}, script)
    assert (row.verdict, row.cause) == (Verdict.UNKNOWN, cause)
    assert why in row.why


async def test_a_fault_is_in_front_of_a_dependency_for_the_length_of_the_block(tmp_path: Path, shelf: Shelf) -> None:
    port = free_port()

    async def script(bench: Bench) -> None:
        import httpx2

        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as through_relay:
            assert (await through_relay.get("/echo")).status_code == 200
        async with (
            bench.fault("dependency", Fault("refuse"), 5),
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as refused,
        ):
            with pytest.raises(httpx2.TransportError):
                await refused.get("/echo")
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as again:
            assert (await again.get("/echo")).status_code == 200
        await bench.call(await bench.case(bench.operation("echo")))

    with serving(shelf.app()) as url:
        dependency = {"kind": "http", "url": url, "relay": {"listen": f"127.0.0.1:{port}"}}
        row, _ = await on_bench(tmp_path, {"api": url, "dependency": dependency}, script)
    assert row.verdict is Verdict.PROVED, row.why


@pytest.mark.parametrize(
    ("relay", "cause", "why"),
    [
        (None, Cause.USAGE, "no relay stands in front of dependency"),
        ({"control": "http://127.0.0.1:1", "token": "t"}, Cause.TARGET, "the relay in front of dependency is out of"),
    ],
)
async def test_without_a_relay_it_is_unknown(tmp_path: Path, url: str, relay: Any, cause: Cause, why: str) -> None:
    async def script(bench: Bench) -> None:
        async with bench.fault("dependency", Fault("refuse"), 5):
            raise AssertionError("there is nothing to arm")

    dependency = {"kind": "http", "url": url, **({"relay": relay} if relay else {})}
    row, _ = await on_bench(tmp_path, {"api": url, "dependency": dependency}, script)
    assert (row.verdict, row.cause) == (Verdict.UNKNOWN, cause)
    assert row.why.startswith(why)


@pytest.mark.parametrize("how", ["operation", "command"])
async def test_test_data_is_put_back(tmp_path: Path, url: str, shelf: Shelf, how: str) -> None:
    shelf.items["i1"] = {}

    async def script(bench: Bench) -> None:
        await bench.settle()
        await bench.call(await bench.case(bench.operation("echo")))

    reset = {"operation": "reset"} if how == "operation" else {"command": "touch 'was reset'"}
    row, _ = await on_bench(tmp_path, {"api": {"kind": "http", "url": url, "reset": reset}}, script)

    assert row.verdict is Verdict.PROVED, row.why
    assert (shelf.items == {}) == (how == "operation")
    assert (tmp_path / "was reset").exists() == (how == "command"), "it runs in the folder of the manifest"


async def test_a_reset_that_fails_is_told(tmp_path: Path, url: str) -> None:
    async def script(bench: Bench) -> None:
        await bench.settle()

    reset = {"command": "ls /no/such/folder"}
    row, _ = await on_bench(tmp_path, {"api": {"kind": "http", "url": url, "reset": reset}}, script)
    assert (row.verdict, row.cause) == (Verdict.UNKNOWN, Cause.USAGE)
    assert row.why.startswith("reset command 'ls /no/such/folder' ended with 2: ls: ")


async def test_many_calls_at_once_do_not_mix(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench) -> None:
        alice = bench.subject.manifest.identities["alice"]
        case = await bench.case(bench.operation("whoami"))
        answers = await asyncio.gather(*(bench.call(case, alice if n % 2 else None) for n in range(60)))
        assert [a.status for a in answers] == [200 if n % 2 else 401 for n in range(60)]
        assert len({a.number for a in answers}) == 60

    row, _ = await on_bench(tmp_path, url, script)
    assert row.verdict is Verdict.PROVED, row.why
    assert len(shelf.asked("/login")) == 1, "who logs in at once logs in once"
