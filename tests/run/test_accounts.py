"""Whom the identities of a run speak for is known, and nothing is done to their own accounts."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from seamwright.checks import checks
from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Applies, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Evidence, Observation, Proved
from seamwright.model.exchange import Case
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation, Parameter
from seamwright.run.accounts import Fact, facts_in, facts_of_login, facts_of_token, path_nouns
from seamwright.run.planning import Selection
from tests.club import Club, document, people
from tests.run.trial import check, evidence_of, manifest_of, prepared, run
from tests.serving import serving

Script = Callable[[Bench, Identity], Awaitable[None]]


async def _on_bench(tmp_path: Path, club: Club, script: Script, made: Any = None) -> Evidence:
    """Run a script on a real bench as alice; proved when it comes to its end."""

    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        await script(bench, bench.subject.manifest.identities["alice"])
        yield Proved("script")

    trial = check(run=follows, applies=lambda subject: Applies(("script",)), dares=Dares.WRITE)
    with serving(club) as url, Ledger.open(tmp_path / "ledger.db") as ledger:
        given = manifest_of({"api": url}, identities=people())
        (row,) = evidence_of(await run(prepared(given, [trial], {"api": made or document()}), ledger))
    assert row.traceback == "", row.traceback
    return row


def _token(claims: Any) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"


def test_a_token_tells_its_subject_and_what_it_belongs_to() -> None:
    claims = {"sub": "17", "email": "a@b.example", "tenant_id": "t-9", "exp": 4, "user_id": 17, "sid": "s1", "iss": "x"}
    assert set(facts_of_token("alice", _token(claims))) == {
        Fact("alice", "", "17"),
        Fact("alice", "", "a@b.example"),
        Fact("alice", "tenant", "t-9"),
        Fact("alice", "session", "s1"),
    }
    for opaque in ("", "0123abcd", "a.b.c", _token(["no claims"])):
        assert [*facts_of_token("alice", opaque)] == []


def test_a_login_tells_names_and_no_secrets() -> None:
    body = {"username": "alice", "password": "alice-pa55word", "grant_type": "password", "otp": "123456"}
    identity = Identity.model_validate({"login": {"operation": "login", "body": body}})
    assert [fact.value for fact in facts_of_login(identity)] == ["alice"]
    assert [
        fact.value for fact in facts_of_login(Identity.model_validate({"basic": {"user": "u", "password": "p"}}))
    ] == ["u"]


def test_a_reading_of_oneself_is_looked_into() -> None:
    shown = {"data": {"id": 3, "attributes": {"userName": "Alice"}, "note": "x"}, "ok": True}
    assert {fact.value for fact in facts_in("alice", shown)} == {"3", "Alice"}


@pytest.mark.parametrize(
    ("path", "nouns"),
    [
        ("/users/{id}", {"id": "user"}),
        ("/orgs/{orgId}/members/{id}", {"orgId": "org", "id": "member"}),
        ("/addresses/{id}", {"id": "address"}),
        ("/profiles/{userId}", {"userId": "user"}),
        ("/{username}", {"username": "username"}),
    ],
)
def test_what_path_parameters_name(path: str, nouns: dict[str, str]) -> None:
    parameters = tuple(Parameter(name, "path", True, {}, "simple", False) for name in nouns)
    assert path_nouns(Operation("x", "DELETE", path, parameters)) == nouns


@pytest.mark.parametrize("jwt", [True, False])
async def test_nobody_who_was_lent_is_picked_for_a_change(tmp_path: Path, jwt: bool) -> None:
    club = Club(jwt=jwt)

    async def script(bench: Bench, alice: Identity) -> None:
        expel = bench.operation("expelUser")
        for _ in range(3):
            case = await bench.case(expel, alice)
            assert case.path["id"] not in (1, 2), "these are alice and bob-b"
            assert (await bench.call(case, alice)).ok
        assert (await bench.case(bench.operation("getUser"), alice)).path["id"] > 0

    row = await _on_bench(tmp_path, club, script)
    assert row.why == ""
    assert club.account_of("alice")
    assert club.account_of("bob-b")


@pytest.mark.parametrize("jwt", [True, False])
async def test_a_call_on_a_lent_account_is_not_sent_whoever_made_it(tmp_path: Path, jwt: bool) -> None:
    club = Club(jwt=jwt)

    async def script(bench: Bench, alice: Identity) -> None:
        for caller in (alice, None):
            with pytest.raises(Undecided, match="on the own account of bob-b; it was not sent"):
                await bench.call(Case("expelUser", path={"id": 2}), caller)
        with pytest.raises(Undecided, match="on the own account of alice"):
            await bench.request("PUT", "/users/1?x=1", alice)
        assert (await bench.call(Case("getUser", path={"id": 2}), alice)).ok, "looking is no harm"
        assert (await bench.call(Case("tearNote", path={"id": 2}), alice)).status == 404, "and this is a note"

    assert (await _on_bench(tmp_path, club, script)).why == ""
    assert club.account_of("bob-b")


async def test_where_only_lent_accounts_are_listed_nothing_is_tried(tmp_path: Path) -> None:
    closed = document()
    del closed["paths"]["/register"]

    async def script(bench: Bench, alice: Identity) -> None:
        await bench.case(bench.operation("expelUser"), alice)

    row = await _on_bench(tmp_path, Club(), script, closed)
    assert "no object of alice could be found" in row.why


@pytest.mark.parametrize("jwt", [True, False])
async def test_all_contract_checks_leave_lent_accounts_alone(tmp_path: Path, jwt: bool) -> None:
    """Nothing is excluded, and everybody may do everything: still hardly any honest call is answered 401."""
    club = Club(jwt=jwt)
    before = {name: club.account_of(name) for name in people()}
    with serving(club) as url, Ledger.open(tmp_path / "ledger.db") as ledger:
        given = manifest_of({"api": url}, identities=people())
        ready = prepared(given, checks().values(), {"api": document()}, Selection(families=("contract",)))
        rows = evidence_of(await run(ready, ledger, budget=100))
        sent = [exchange for row in rows[:1] for exchange in ledger.exchanges(row.run)]
    assert {name: club.account_of(name) for name in people()} == before
    honest = [came for came in club.log if came.path not in ("/login", "/register")]
    assert len(honest) > 500
    assert sum(came.status == 401 for came in honest) <= 0.02 * len(honest)
    lent = [exchange for exchange in sent if exchange.identity in people()]
    assert lent
    assert [str(exchange) for exchange in lent if exchange.status == 401] == []
    assert {str(row.verdict) for row in rows} == {"proved"}, [(row.check, row.why) for row in rows]
