"""One run from the inside out: its events, its evidence, and its ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy import text

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench, Call
from seamwright.model.errors import LedgerError, TargetError, UsageError
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.finding import Finding, Severity
from seamwright.model.run import CheckFinished, CheckStarted, Event, Notice, RunFinished, RunStarted, RunState
from seamwright.model.verdict import Verdict
from seamwright.run.once import Order, once, prepare
from seamwright.run.planning import Selection
from seamwright.run.recording import digest_of
from tests.run.shelf import PASSWORDS, Shelf, contract, echo
from tests.run.trial import check, document, evidence_of, manifest_of, prepared, run
from tests.serving import serving

ALICE = {"login": {"operation": "login", "body": {"user": "alice", "password": PASSWORDS["alice"]}}}
BOB = {"login": {"operation": "login", "body": {"user": "bob", "password": PASSWORDS["bob"]}}}


# -- events and evidence ---


async def test_events_come_in_order_and_evidence_is_in_the_ledger_before_its_event(url: str, ledger: Ledger) -> None:
    checks = [echo("contract.a"), echo("contract.b"), echo("load.c", alone=True)]
    given = prepared(manifest_of({"api": url}), checks, {"api": contract()})
    events: list[Event] = []
    async for event in once(given, Order(seed=5, arguments=("verify",)), ledger):
        if isinstance(event, RunStarted):
            assert [r.id for r in ledger.runs()] == [event.run.id]
        if isinstance(event, CheckFinished):
            assert event.evidence in ledger.evidence(run=event.evidence.run)
            assert event.evidence.hash
        events.append(event)

    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    names = [(type(e), e.item.check) for e in events if isinstance(e, CheckStarted | CheckFinished)]
    assert names[-2:] == [(CheckStarted, "load.c"), (CheckFinished, "load.c")]
    for name in ("contract.a", "contract.b"):
        assert names.index((CheckStarted, name)) < names.index((CheckFinished, name))
    record = events[-1].record
    assert (record.verdict, record.run.state, record.run.verdict) == (
        Verdict.PROVED,
        RunState.FINISHED,
        Verdict.PROVED,
    )
    assert record.run.seed == 5
    assert ledger.record(record.run.id).evidence == record.evidence
    assert ledger.verify().ok


async def test_a_row_of_evidence_says_what_it_stands_on(url: str, ledger: Ledger) -> None:
    given = prepared(manifest_of({"api": url}), [echo()], {"api": contract()})
    (row,) = evidence_of(await run(given, ledger, seed=7))

    assert (row.boundary, row.check, row.verdict, row.tried, row.seed) == (
        "api",
        "contract.echo",
        Verdict.PROVED,
        1,
        7,
    )
    assert row.manifest_digest == "m" * 64
    assert row.contract_digest == "c" * 64
    assert row.environment == "test"
    exchanges = ledger.exchanges(row.run)
    assert (row.exchanges, row.exchanges_digest) == (1, digest_of(exchanges))
    assert (exchanges[0].check, exchanges[0].number, exchanges[0].operation) == ("contract.echo", 1, "echo")


async def test_what_was_exercised_is_in_the_record_and_in_the_ledger_with_why_not_the_rest(
    url: str, ledger: Ledger
) -> None:
    async def calls(bench: Bench) -> AsyncIterator[Observation]:
        operation = bench.operation("echo")
        case = await bench.case(operation)
        await bench.call(case)
        async with aclosing(bench.stream([Call(case)] * 3)) as answers:
            assert [exchange.status async for _, exchange in answers] == [200, 200, 200]
        yield Proved("echo")

    given = prepared(manifest_of({"api": url}), [echo(run=calls)], {"api": contract()})
    events = await run(given, ledger)

    record = next(event.record for event in events if isinstance(event, RunFinished))
    assert record.coverage == ledger.record("last").coverage
    rows = {row.operation: row for row in record.coverage}
    assert rows["echo"].calls == 4
    assert rows["echo"].answered
    assert any(each.done for each in rows["echo"].points)
    assert rows["login"].points
    assert all(why for row in record.coverage for each in row.points for why in each.missing.values())
    told = {why for each in rows["login"].points for why in each.missing.values()}
    assert told == {"never called: no check that ran is about it"}


async def test_two_boundaries_are_two_rows_each_at_its_own_place(ledger: Ledger) -> None:
    first, second = Shelf(), Shelf()
    with serving(first.app()) as one, serving(second.app()) as two:
        given = prepared(manifest_of({"one": one, "two": two}), [echo()], {"one": contract(), "two": contract()})
        rows = evidence_of(await run(given, ledger))

    assert sorted((row.boundary, str(row.verdict)) for row in rows) == [("one", "proved"), ("two", "proved")]
    assert [str(a) for a in first.log] == [str(a) for a in second.log] == ["GET /echo"]


async def test_a_finding_names_the_command_that_shows_it_again(url: str, ledger: Ledger) -> None:
    async def finds(bench: Bench) -> AsyncIterator[Observation]:
        exchange = await bench.call(await bench.case(bench.operation("echo")))
        yield Refuted("echo", Finding("it is wrong", "d", Severity.HIGH, "echo", exchanges=(exchange.number,)))

    given = prepared(manifest_of({"api": url}), [echo(run=finds)], {"api": contract()})
    events = await run(given, ledger, seed=3)

    (row,) = evidence_of(events)
    assert row.verdict is Verdict.REFUTED
    (finding,) = row.findings
    assert finding.reproduce == "seamwright verify seamwright.yaml api --check contract.echo --seed 3 --operation echo"
    assert [e.operation for e in ledger.exchanges(row.run, finding.exchanges)] == ["echo"]


async def test_the_same_seed_asks_the_same(url: str, ledger: Ledger, shelf: Shelf) -> None:
    async def creates(bench: Bench) -> AsyncIterator[Observation]:
        caller = bench.subject.manifest.identities["alice"]
        for _ in range(5):
            await bench.call(await bench.case(bench.operation("createItem"), caller), caller)
        yield Proved("echo")

    given = prepared(manifest_of({"api": url}, identities={"alice": ALICE}), [echo(run=creates)], {"api": contract()})
    sent: list[list[bytes]] = []
    for seed in (1, 1, 2):
        shelf.log.clear()
        await run(given, ledger, seed=seed)
        sent.append([asked.body for asked in shelf.asked("/items")])

    assert len(sent[0]) == 5
    assert sent[0] == sent[1] != sent[2]


async def test_secrets_do_not_reach_the_ledger(url: str, tmp_path: Path) -> None:
    async def tells(bench: Bench) -> AsyncIterator[Observation]:
        caller = bench.subject.manifest.identities["alice"]
        exchange = await bench.call(await bench.case(bench.operation("whoami"), caller), caller, note="hunter2")
        token = await bench.token(caller)
        yield Refuted(
            "echo", Finding(f"saw {token}", "hunter2", Severity.LOW, facts={"t": [token]}, exchanges=(exchange.number,))
        )

    manifest = manifest_of({"api": url}, identities={"alice": ALICE}, secrets=["hunter2", PASSWORDS["alice"]])
    path = tmp_path / "secret.db"
    with Ledger.open(path) as ledger:
        order = Order(seed=1, arguments=("verify", "--password=hunter2"))
        async for _ in once(prepared(manifest, [echo(run=tells)], {"api": contract()}), order, ledger):
            pass
        shown = repr(ledger.record("last")) + "".join(repr(e) for e in ledger.exchanges("last"))

    assert "[redacted]" in shown
    for secret in ("hunter2", PASSWORDS["alice"], "of-alice"):
        assert secret not in shown
    raw = b"".join(part.read_bytes() for part in tmp_path.glob("secret.db*") if part.is_file())
    assert b"hunter2" not in raw


async def test_a_database_url_that_was_named_on_the_command_line_is_kept_without_its_password(
    tmp_path: Path, ledger: Ledger
) -> None:
    from seamwright.faces.targets import aimed

    manifest = aimed(("postgresql://u:hunter2@127.0.0.1:1/d",)).manifest
    events = await run(prepared(manifest, [echo()], {}), ledger)

    assert isinstance(events[0], RunStarted)
    assert events[0].run.source == "postgresql://u:[redacted]@127.0.0.1:1/d"


# -- ends ---


async def test_who_stops_listening_stops_the_run(url: str, tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    closed: list[str] = []

    async def hangs(bench: Bench) -> AsyncIterator[Observation]:
        try:
            await bench.call(await bench.case(bench.operation("hang")), timeout=60)
            yield Proved("echo")
        finally:
            closed.append("closed")

    given = prepared(manifest_of({"api": url}), [echo(run=hangs)], {"api": contract()})
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        async with aclosing(once(given, Order(seed=1), ledger)) as events:
            async for event in events:
                if isinstance(event, CheckStarted):
                    break
        assert asyncio.all_tasks() == before
    with Ledger.open(path) as again:
        (found,) = again.runs()
        assert (found.state, found.finished, found.verdict) == (RunState.INTERRUPTED, None, Verdict.UNKNOWN)
        assert again.evidence() == []


async def test_a_ledger_that_cannot_be_written_is_one_clear_error(url: str, tmp_path: Path) -> None:
    checks = [echo(f"contract.c{n}") for n in range(6)]
    given = prepared(manifest_of({"api": url}), checks, {"api": contract()})

    async def broken_under_way(ledger: Ledger) -> None:
        async for event in once(given, Order(seed=1), ledger):
            if isinstance(event, RunStarted):
                with ledger.database.writing("break it for the test") as connection:
                    connection.execute(text("drop table evidence"))

    with Ledger.open(tmp_path / "ledger.db") as opened, pytest.raises(LedgerError):
        await broken_under_way(opened)
    assert len(asyncio.all_tasks()) == 1


async def test_a_relay_whose_address_is_taken_is_a_usage_error(url: str, ledger: Ledger) -> None:
    taken = url.removeprefix("http://")
    manifest = manifest_of({"api": {"kind": "http", "url": url, "relay": {"listen": taken}}})
    with pytest.raises(UsageError, match=rf"boundaries\.api\.relay\.listen: cannot listen on {taken}"):
        await run(prepared(manifest, [echo()], {"api": contract()}), ledger)


# -- prepare ---


async def test_a_contract_whose_host_does_not_answer_leaves_its_checks_unknown(
    shelf: Shelf, url: str, ledger: Ledger
) -> None:
    import json

    async def fetch(address: str) -> bytes:
        if "dead" in address:
            raise TargetError("nothing answers")
        return json.dumps(document("GET /echo")).encode()

    boundaries = {
        "api": {"kind": "http", "url": url, "contract": f"{url}/openapi.json"},
        "dead": {"kind": "http", "url": "http://dead.invalid", "contract": "http://dead.invalid/openapi.json"},
    }
    given = await prepare(manifest_of(boundaries), {"contract.tried": check()}, Selection(), fetch)

    assert [item.boundary for item in given.plan.planned] == ["api"]
    assert [(s.boundary, s.why, s.applicable) for s in given.plan.skipped] == [
        ("dead", "the contract could not be read: nothing answers", True)
    ]
    events = await run(given, ledger)
    assert [event.text for event in events if isinstance(event, Notice)] == ["dead: nothing answers"]
    assert ledger.record("last").verdict is Verdict.UNKNOWN
