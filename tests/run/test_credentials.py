"""Every way to authenticate, as it arrives at the target; and tokens that die."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Applies, DoesNotApply
from seamwright.model.evidence import Evidence, Observation, Proved
from seamwright.model.exchange import Request
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.credentials import Applied, picked
from tests.run.shelf import PASSWORDS, Shelf, contract
from tests.run.trial import check, evidence_of, manifest_of, prepared, run

LOGIN = {"operation": "login", "body": {"user": "alice", "password": PASSWORDS["alice"]}}


async def called(
    ledger: Ledger,
    url: str,
    identity: dict[str, Any],
    *,
    operation: str = "whoami",
    times: int = 1,
    document: dict[str, Any] | None = None,
    **manifest: Any,
) -> Evidence:
    """Call one operation some times as `caller`, in one run; proved when the last answer was 2xx."""

    async def calls(bench: Bench) -> AsyncIterator[Observation]:
        caller = bench.subject.manifest.identities["caller"]
        for _ in range(times):
            exchange = await bench.call(await bench.case(bench.operation(operation)), caller)
        if exchange.ok:
            yield Proved(operation, times)

    given = manifest_of({"api": url}, identities={"caller": identity}, **manifest)
    made = check(run=calls, applies=lambda subject: Applies((operation,)))
    ready = prepared(given, [made], {"api": document or contract()})
    (row,) = evidence_of(await run(ready, ledger))
    assert row.cause is not Cause.OURS, row.traceback
    return row


async def test_a_login_through_an_operation(shelf: Shelf, url: str, ledger: Ledger) -> None:
    row = await called(ledger, url, {"login": LOGIN}, times=3)

    assert row.verdict is Verdict.PROVED
    assert [str(asked) for asked in shelf.log] == ["POST /login"] + ["GET /whoami"] * 3
    assert shelf.log[0].headers["content-type"] == "application/json"
    assert {asked.headers["authorization"] for asked in shelf.asked("/whoami")} == {"Bearer token-0-of-alice"}


async def test_logins_are_no_evidence_but_count_as_answered(url: str, ledger: Ledger) -> None:
    row = await called(ledger, url, {"login": LOGIN})

    assert row.exchanges == 1
    covered = {c.operation: c.statuses for c in ledger.record(row.run).coverage}
    assert covered["login"] == {"200": 1}
    kept = "".join(str(exchange.to_json()) for exchange in ledger.exchanges(row.run))
    assert "token-0-of-alice" not in kept
    assert "Bearer [redacted]" in kept


async def test_the_token_is_taken_from_where_the_manifest_says(shelf: Shelf, url: str, ledger: Ledger) -> None:
    row = await called(ledger, url, {"login": {**LOGIN, "token": "$.data.tokens[0].v"}})
    assert row.verdict is Verdict.PROVED


async def test_a_static_token(shelf: Shelf, url: str, ledger: Ledger) -> None:
    shelf.tokens["given"] = "alice"
    row = await called(ledger, url, {"token": "given"})

    assert row.verdict is Verdict.PROVED
    assert [str(asked) for asked in shelf.log] == ["GET /whoami"]


async def test_basic(shelf: Shelf, url: str, ledger: Ledger) -> None:
    await called(ledger, url, {"basic": {"user": "käte", "password": "pä:ss"}}, operation="echo")

    told = shelf.log[0].headers["authorization"]
    assert base64.b64decode(told.removeprefix("Basic ")).decode() == "käte:pä:ss"


@pytest.mark.parametrize(
    ("scheme", "said", "where", "name"),
    [
        ({"type": "apiKey", "in": "header", "name": "X-Shelf-Key"}, {}, "headers", "x-shelf-key"),
        ({"type": "apiKey", "in": "query", "name": "key"}, {}, "query", "key"),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, {}, "cookies", "sid"),
        (
            {"type": "apiKey", "in": "query", "name": "key"},
            {"name": "X-Mine", "location": "header"},
            "headers",
            "x-mine",
        ),
        ({"type": "http", "scheme": "bearer"}, {}, "headers", "x-api-key"),
    ],
)
async def test_an_api_key_goes_where_the_contract_or_the_manifest_says(
    shelf: Shelf, url: str, ledger: Ledger, scheme: Any, said: Any, where: str, name: str
) -> None:
    document = contract(key=scheme, another={"type": "apiKey", "in": "header", "name": "X-Not-Wanted"})
    if scheme["type"] == "http":
        document = contract(key=scheme)

    await called(ledger, url, {"api_key": {"value": "k3y & more", **said}}, operation="echo", document=document)

    (asked,) = shelf.log
    assert getattr(asked, where).get(name) == "k3y & more"
    assert "x-not-wanted" not in asked.headers


@pytest.mark.parametrize("how", ["basic", "post"])
async def test_oauth2_client_credentials(shelf: Shelf, url: str, ledger: Ledger, how: str) -> None:
    client = {
        "token_url": f"{url}/token",
        "client_id": "reports",
        "client_secret": PASSWORDS["reports"],
        "client_auth": how,
        "scope": "read all",
        "audience": "shelf",
    }
    row = await called(ledger, url, {"oauth2": client})

    assert row.verdict is Verdict.PROVED
    (asked,) = shelf.asked("/token")
    assert asked.body.startswith(b"grant_type=client_credentials&scope=read+all&audience=shelf")
    assert (b"client_secret" in asked.body) == (how == "post")
    assert asked.headers.get("authorization", "").startswith("Basic ") == (how == "basic")


async def test_a_token_that_dies_in_the_middle_is_renewed(shelf: Shelf, url: str, ledger: Ledger) -> None:
    shelf.token_lives_for = 2

    row = await called(ledger, url, {"login": LOGIN}, times=5)

    assert row.verdict is Verdict.PROVED
    assert len(shelf.asked("/login")) == 3
    assert row.exchanges == 7, "the two calls that were refused are evidence too"


async def test_a_token_near_its_end_is_renewed_before_it_is_refused(shelf: Shelf, url: str, ledger: Ledger) -> None:
    shelf.lifetime = 3
    row = await called(ledger, url, {"login": LOGIN}, times=2)

    assert row.verdict is Verdict.PROVED
    assert (len(shelf.asked("/login")), row.exchanges) == (2, 2)


async def test_an_identity_whose_credentials_are_dead_is_left_alone(shelf: Shelf, url: str, ledger: Ledger) -> None:
    row = await called(ledger, url, {"token": "dead"}, times=50)

    assert (row.verdict, row.cause) == (Verdict.UNKNOWN, Cause.USAGE)
    assert row.why == "the credentials of caller no longer work: 3 honest calls in a row were answered 401"
    assert len(shelf.log) == 3


async def test_a_login_that_yields_dead_tokens_ends_too(shelf: Shelf, url: str, ledger: Ledger) -> None:
    shelf.token_lives_for = 0
    row = await called(ledger, url, {"login": LOGIN}, times=50)

    assert row.verdict is Verdict.UNKNOWN
    assert "no longer work" in row.why
    assert len(shelf.asked("/whoami")) == 6


@pytest.mark.parametrize(
    ("login", "cause", "why"),
    [
        ({**LOGIN, "body": {"user": "alice", "password": "wrong"}}, Cause.USAGE, "it answered 403"),
        ({**LOGIN, "token": "$.jwt"}, Cause.USAGE, "the answer to the login has no text at $.jwt"),
        ({**LOGIN, "token": "$.expires_in"}, Cause.USAGE, "has no text at $.expires_in"),
        ({"operation": "signIn"}, Cause.USAGE, "no boundary's contract has it"),
        ({"operation": "reset"}, Cause.USAGE, "the answer to the login is no JSON"),
    ],
)
async def test_a_login_that_fails_says_why(url: str, ledger: Ledger, login: Any, cause: Cause, why: str) -> None:
    row = await called(ledger, url, {"login": login})

    assert (row.verdict, row.cause) == (Verdict.UNKNOWN, cause)
    assert why in row.why
    assert "caller" in row.why
    assert PASSWORDS["alice"] not in row.why


async def test_credentials_go_to_no_boundary_that_they_are_not_for(shelf: Shelf, url: str, ledger: Ledger) -> None:
    async def calls(bench: Bench) -> AsyncIterator[Observation]:
        await bench.call(await bench.case(bench.operation("whoami")), bench.subject.manifest.identities["caller"])
        yield Proved("whoami")

    caller = {"token": "given", "boundaries": ["other"]}
    given = manifest_of({"api": url, "other": "http://127.0.0.1:1"}, identities={"caller": caller})
    made = check(run=calls, applies=lambda s: Applies(("whoami",)) if s.contract else DoesNotApply("no contract"))

    (row,) = evidence_of(await run(prepared(given, [made], {"api": contract()}), ledger))

    assert (row.verdict, row.cause) == (Verdict.UNKNOWN, Cause.USAGE)
    assert row.why == "the credentials of caller are not for api"
    assert shelf.log == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.a", {"b": [1, {"c": 2}]}),
        ("$.a.b[1].c", 2),
        ("a.b.1.c", 2),
        ("$.a.b[7]", None),
        ("$.a.b.c", None),
        ("$.x.y", None),
        ("$", {"a": {"b": [1, {"c": 2}]}}),
    ],
)
def test_values_are_picked_by_path(path: str, value: Any) -> None:
    assert picked({"a": {"b": [1, {"c": 2}]}}, path) == value


def test_credentials_are_laid_onto_a_request_without_losing_what_it_has() -> None:
    plain = Request("GET", "http://127.0.0.1:1/items?page=2", (("Accept", "text/plain"), ("Cookie", "theme=dark")))
    applied = Applied((("authorization", "Bearer t"),), (("key", "a b"),), (("sid", "1"),))
    made = applied.onto(plain, {"accept": "application/json"})

    assert made.url == "http://127.0.0.1:1/items?page=2&key=a+b"
    assert dict(made.headers) == {
        "authorization": "Bearer t",
        "cookie": "theme=dark; sid=1",
        "accept": "application/json",
    }
    assert Applied().onto(plain) is plain
