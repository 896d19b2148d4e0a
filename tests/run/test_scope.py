"""What a run may send and where to, and that nothing else of it arrives at the target."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench, Fault
from seamwright.model.check import Dares
from seamwright.model.errors import RefusedByScope
from seamwright.model.evidence import Observation, Proved
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.run import Notice
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.scope import Scope, origin_of
from tests.run.shelf import PASSWORDS, Shelf, contract, echo
from tests.run.trial import evidence_of, manifest_of, prepared, run
from tests.serving import serving

IDENTITIES = {"s": {"oauth2": {"token_url": "https://login.example/t", "client_id": "s", "client_secret": "x"}}}

ALICE = {"login": {"operation": "login", "body": {"user": "alice", "password": PASSWORDS["alice"]}}}


def scope(environment: Any = "test") -> Scope:
    boundaries = {"api": "http://127.0.0.1:8801/v1", "db": {"kind": "sql", "url": "postgresql://db.example/shop"}}
    return Scope(manifest_of(boundaries, environment=environment, identities=IDENTITIES))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8801/elsewhere",
        "HTTP://127.0.0.1:8801",
        "https://login.example:443/t",
        "https://LOGIN.example/other",
    ],
)
def test_hosts_that_are_named_are_in_scope(url: str) -> None:
    scope().admit(Request("DELETE", url), declared=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8802/",
        "https://127.0.0.1:8801/",
        "http://localhost:8801/",
        "http://127.0.0.1:8801@evil.example/",
        "http://db.example/",
        "http://login.example/t",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:8801\\@evil.example/",
        "http://127.0.0.1\n.evil.example:8801/",
        "http:/\t/evil.example/http://127.0.0.1:8801/",
        "nonsense",
    ],
)
def test_every_other_host_is_refused(url: str) -> None:
    with pytest.raises(RefusedByScope):
        scope().admit(Request("GET", url), declared=True)
    assert not scope().names(url)


def test_a_refusal_says_which_host() -> None:
    with pytest.raises(RefusedByScope, match=r"http://evil\.example:80 is not named by the manifest"):
        scope().admit(Request("GET", "http://evil.example/"), declared=True)


@pytest.mark.parametrize(
    ("method", "declared", "login", "passes"),
    [
        ("GET", True, False, True),
        ("HEAD", True, False, True),
        ("GET", False, False, False),
        ("POST", True, False, False),
        ("OPTIONS", True, False, False),
        ("POST", True, True, True),
    ],
)
def test_production_lets_pass_what_is_safe_and_declared_and_logins_with_leave(
    method: str, declared: bool, login: bool, passes: bool
) -> None:
    request = Request(method, "http://127.0.0.1:8801/orders")
    scope("staging").admit(request, declared=declared, login=login)
    if passes:
        scope("production").admit(request, declared=declared, login=login)
        return
    with pytest.raises(RefusedByScope, match=f"environment is production: {method} /orders was not sent"):
        scope("production").admit(request, declared=declared, login=login)


def test_leave_to_log_in_is_no_leave_to_go_elsewhere() -> None:
    with pytest.raises(RefusedByScope):
        scope("production").admit(Request("POST", "http://evil.example/t"), declared=True, login=True)


def answered(status: int, **headers: str) -> Exchange:
    request = Request("GET", "http://127.0.0.1:8801/v1/orders")
    return Exchange(request, Response(status, tuple(headers.items())), None, 0, 0)


def test_a_redirect_to_another_host_is_told() -> None:
    told = scope().redirect(answered(302, location="http://evil.example/"))
    assert told is not None
    assert "redirects to http://evil.example/, a host that was not named; it was not followed" in told
    assert scope().redirect(answered(307, location="//evil.example/")) is not None


@pytest.mark.parametrize(
    "exchange",
    [
        answered(302, location="/v1/orders/"),
        answered(302, location="http://127.0.0.1:8801/"),
        answered(200, location="http://evil.example/"),
        answered(304),
        Exchange(Request("GET", "http://127.0.0.1:8801/"), None, Failure("reset", "x"), 0, 0),
    ],
)
def test_nothing_is_told_of_anything_else(exchange: Exchange) -> None:
    assert scope().redirect(exchange) is None


def test_origins_have_one_spelling() -> None:
    assert origin_of("http://Host/a") == origin_of("http://host:80/b") != origin_of("https://host/a")


def test_production_lets_pass_rpcs_that_are_declared_to_be_safe() -> None:
    boundaries = {"api": {"kind": "grpc", "url": "grpc://127.0.0.1:50051"}}
    production = Scope(manifest_of(boundaries, environment="production"))
    request = Request("GRPC", "grpc://127.0.0.1:50051/shop.v1.Orders/GetOrder")
    production.admit(request, declared=True, method="QUERY")
    for declared, method in ((True, "UNARY"), (False, "QUERY"), (True, None)):
        with pytest.raises(RefusedByScope, match=r"GRPC /shop\.v1\.Orders/GetOrder was not sent"):
            production.admit(request, declared=declared, method=method)


# -- in a whole run ---


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
