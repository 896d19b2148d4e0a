"""One run from the inside out: its events, its evidence, its ends, and what arrives at the target."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench, Call, Fault
from seamwright.model.check import Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import LedgerError, TargetError, UsageError
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity
from seamwright.model.run import CheckFinished, CheckStarted, Event, Notice, RunFinished, RunStarted, RunState
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.once import Order, once, prepare
from seamwright.run.planning import Selection
from seamwright.run.recording import digest_of
from tests.run.shelf import PASSWORDS, Shelf, contract
from tests.run.trial import check, document, evidence_of, manifest_of, prepared, run
from tests.serving import free_port, serving

ALICE = {"login": {"operation": "login", "body": {"user": "alice", "password": PASSWORDS["alice"]}}}
BOB = {"login": {"operation": "login", "body": {"user": "bob", "password": PASSWORDS["bob"]}}}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def url(shelf: Shelf) -> Iterator[str]:
    with serving(shelf.app()) as address:
        yield address


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def echo(ident: str = "contract.echo", run: Any = None, **more: Any) -> Check:
    """A check about `GET /echo` alone; by itself it calls it once and proves it."""

    async def once_called(bench: Bench) -> AsyncIterator[Observation]:
        await bench.call(await bench.case(bench.operation("echo")))
        yield Proved("echo")

    def applies(subject: Subject) -> Any:
        return Applies(("echo",)) if subject.contract else DoesNotApply("no contract")

    return check(ident, run or once_called, applies=applies, **more)


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


# -- checks that go wrong ---


async def _raises(bench: Bench) -> AsyncIterator[Observation]:
    await bench.call(await bench.case(bench.operation("echo")))
    yield Proved("echo")
    raise KeyError("a typo of the author")


async def _exits(bench: Bench) -> AsyncIterator[Observation]:
    yield Proved("echo")
    raise SystemExit(0)


async def _times_out_itself(bench: Bench) -> AsyncIterator[Observation]:
    yield Proved("echo")
    raise TimeoutError("of its own")


async def _yields_nonsense(bench: Bench) -> AsyncIterator[Any]:
    yield "proved"


async def _breaks_while_it_is_closed(bench: Bench) -> AsyncIterator[Any]:
    try:
        yield "proved"
    finally:
        raise RuntimeError("in its last words")


def _is_no_generator(bench: Bench) -> Any:
    raise NotImplementedError("not yet")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (_raises, "KeyError: 'a typo of the author'"),
        (_exits, "SystemExit: 0"),
        (_times_out_itself, "TimeoutError: of its own"),
        (_yields_nonsense, "AttributeError"),
        (_breaks_while_it_is_closed, "RuntimeError: in its last words"),
        (_is_no_generator, "NotImplementedError: not yet"),
    ],
)
async def test_a_check_that_breaks_is_ours_and_the_run_goes_on(
    url: str, ledger: Ledger, broken: Any, told: str
) -> None:
    checks = [echo("contract.broken", broken), echo("contract.fine"), echo("load.last", alone=True)]
    given = prepared(manifest_of({"api": url}), checks, {"api": contract()})

    rows = {row.check: row for row in evidence_of(await run(given, ledger))}

    bad = rows["contract.broken"]
    assert (bad.verdict, bad.cause) == (Verdict.UNKNOWN, Cause.OURS)
    assert told in bad.why
    assert "Traceback" in bad.traceback
    assert told.partition(":")[0] in bad.traceback
    assert rows["contract.fine"].verdict is rows["load.last"].verdict is Verdict.PROVED
    assert ledger.record("last").run.state is RunState.FINISHED


async def test_a_check_that_proves_without_sending_anything_is_unknown(url: str, ledger: Ledger) -> None:
    async def lazy(bench: Bench) -> AsyncIterator[Observation]:
        yield Proved("echo", 1000)

    (row,) = evidence_of(await run(prepared(manifest_of({"api": url}), [echo(run=lazy)], {"api": contract()}), ledger))
    assert (row.verdict, row.exchanges) == (Verdict.UNKNOWN, 0)
    assert row.why.startswith("nothing was exercised")


async def test_a_spent_budget_is_unknown(url: str, ledger: Ledger) -> None:
    async def hangs(bench: Bench) -> AsyncIterator[Observation]:
        yield Proved("echo")
        await bench.call(await bench.case(bench.operation("hang")), timeout=60)
        yield Proved("hang")

    checks = [echo("contract.slow", hangs), echo("load.late", alone=True)]
    given = prepared(manifest_of({"api": url}), checks, {"api": contract()})

    slow, late = evidence_of(await run(given, ledger, budget=0.7))

    assert (slow.verdict, slow.cause) == (Verdict.UNKNOWN, Cause.USAGE)
    assert "budget" in slow.why
    assert slow.seconds < 5
    assert (late.verdict, late.exchanges) == (Verdict.UNKNOWN, 0)
    assert late.why == "the run's time budget of 0.7 s ended before this check began"


async def test_a_target_that_is_down_is_the_targets_fault(ledger: Ledger) -> None:
    async def looks(bench: Bench) -> AsyncIterator[Observation]:
        exchange = await bench.call(await bench.case(bench.operation("echo")))
        assert exchange.failure is not None
        yield Unknown("echo", exchange.failure.text)

    given = prepared(manifest_of({"api": f"http://127.0.0.1:{free_port()}"}), [echo(run=looks)], {"api": contract()})
    (row,) = evidence_of(await run(given, ledger))

    assert (row.verdict, row.cause, row.exchanges) == (Verdict.UNKNOWN, Cause.TARGET, 1)


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


# -- what may be sent ---


async def _everything(bench: Bench) -> AsyncIterator[Observation]:
    """What a careless author would try, as somebody and as nobody; refusals are swallowed."""
    from seamwright.model.errors import RefusedByScope, Undecided

    caller = bench.subject.manifest.identities["alice"]
    refused = 0
    for name in ("echo", "whoami", "listItems", "getItem", "createItem", "putItem", "deleteItem", "reset"):
        try:
            await bench.call(await bench.case(bench.operation(name), caller), caller)
        except (RefusedByScope, Undecided):
            refused += 1
    attempts: list[Any] = [
        lambda: bench.request("GET", "/admin"),
        lambda: bench.request("OPTIONS", "/echo"),
        lambda: bench.settle(),
        lambda: _faulty(bench),
    ]
    case = await bench.case(bench.operation("echo"))
    attempts += [
        lambda: bench.call(case.but(query={"q": "' or 1=1"})),
        lambda: bench.call(case, headers={"x-forwarded-for": "1"}),
        lambda: bench.load([(case, None)], rate=50, duration=1),
    ]
    for attempt in attempts:
        try:
            await attempt()
        except (RefusedByScope, Undecided):
            refused += 1
    yield Proved("echo", measures={"refused": refused})


async def _faulty(bench: Bench) -> None:
    async with bench.fault("api", Fault("refuse"), 1):
        pass


async def test_in_production_the_target_sees_declared_safe_operations_and_nothing_else(
    shelf: Shelf, url: str, ledger: Ledger, tmp_path: Path
) -> None:
    shelf.tokens["given"] = "alice"
    shelf.items["i1"] = {"id": "i1", "owner": "alice", "note": "", "version": 1}
    marker = tmp_path / "reset-ran"
    boundary = {"kind": "http", "url": url, "reset": {"command": f"touch {marker}"}}
    manifest = manifest_of({"api": boundary}, environment="production", identities={"alice": {"token": "given"}})
    checks = [echo("contract.all", _everything), *(echo(f"contract.{d}", dares=d) for d in Dares)]

    rows = evidence_of(await run(prepared(manifest, checks, {"api": contract()}), ledger))

    assert {str(asked) for asked in shelf.log} == {
        "GET /echo",
        "GET /whoami",
        "GET /items",
        "GET /items/i1",
    }
    assert all(asked.query == {} for asked in shelf.log)
    assert not marker.exists()
    assert {row.check for row in rows} == {"contract.all", "contract.observe"}
    (everything,) = (row for row in rows if row.check == "contract.all")
    assert everything.traceback == ""
    assert everything.measures["refused"] == 11
    assert {s.check for s in ledger.record("last").plan.skipped if s.forbidden} == {
        f"contract.{dares}" for dares in Dares if dares is not Dares.OBSERVE
    }


async def test_staging_takes_writes_but_neither_load_nor_faults(shelf: Shelf, url: str, ledger: Ledger) -> None:
    boundary = {"kind": "http", "url": url, "reset": {"operation": "reset"}}
    manifest = manifest_of({"api": boundary}, environment="staging", identities={"alice": ALICE})
    given = prepared(manifest, [echo("contract.all", _everything, dares=Dares.ATTACK)], {"api": contract()})

    (row,) = evidence_of(await run(given, ledger))

    assert row.traceback == ""
    assert {str(a).replace(a.path, "…") if "/items/" in a.path else str(a) for a in shelf.log} >= {
        "POST /items",
        "PUT …",
        "DELETE …",
        "POST /reset",
        "GET /admin",
    }
    # The lone reset operation is kept from checks' plans, yet settle() may call it; load and fault were refused.
    assert row.measures["refused"] == 2
    assert len(shelf.asked("/echo")) < 10


@pytest.mark.parametrize("leave", [False, True])
async def test_logins_need_leave_in_production(shelf: Shelf, url: str, ledger: Ledger, leave: bool) -> None:
    async def asks(bench: Bench) -> AsyncIterator[Observation]:
        caller = bench.subject.manifest.identities["alice"]
        await bench.call(await bench.case(bench.operation("whoami"), caller), caller)
        yield Proved("echo")

    people = {"alice": {**ALICE, "in_production": leave}}
    manifest = manifest_of({"api": url}, environment="production", identities=people)
    (row,) = evidence_of(await run(prepared(manifest, [echo(run=asks)], {"api": contract()}), ledger))

    if leave:
        assert row.verdict is Verdict.PROVED
        assert [str(a) for a in shelf.log] == ["POST /login", "GET /whoami"]
    else:
        assert (row.verdict, row.cause) == (Verdict.UNKNOWN, Cause.USAGE)
        assert "set in_production on the identity to allow its login" in row.why
        assert shelf.log == []


async def test_a_redirect_to_another_host_is_told_and_not_followed(ledger: Ledger) -> None:
    shelf, other = Shelf(), Shelf()

    async def goes(bench: Bench) -> AsyncIterator[Observation]:
        for _ in range(3):
            exchange = await bench.call(await bench.case(bench.operation("elsewhere")))
        assert exchange.status == 307
        yield Proved("echo")

    with serving(shelf.app()) as here, serving(other.app()) as there:
        shelf.elsewhere = f"{there}/echo"
        given = prepared(manifest_of({"api": here}), [echo(run=goes)], {"api": contract()})
        events = await run(given, ledger)

    notices = [event.text for event in events if isinstance(event, Notice)]
    assert len(notices) == 1
    assert f"redirects to {there}/echo, a host that was not named; it was not followed" in notices[0]
    assert ledger.record("last").notices == tuple(notices)
    assert other.log == []


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
