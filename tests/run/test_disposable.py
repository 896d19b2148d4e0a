"""Accounts that are signed up for one use: with names of their own, their own password, and no secrets kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.contracts.accounts import account_fields
from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Applies, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Evidence, Proved
from seamwright.run.disposable import Disposable
from tests.club import Club, document, people
from tests.run.trial import check, contract_of, evidence_of, manifest_of, prepared, run
from tests.serving import serving

Json = dict[str, Any]


async def _on_bench(tmp_path: Path, club: Club, script: Any, made: Json | None = None, **rest: Any) -> Evidence:
    async def follows(bench: Bench) -> Any:
        await script(bench)
        yield Proved("script")

    trial = check(run=follows, applies=lambda subject: Applies(("script",)), dares=Dares.WRITE)
    with serving(club) as url, Ledger.open(tmp_path / "ledger.db") as ledger:
        given = manifest_of({"api": url}, **({"identities": people()} | rest))
        (row,) = evidence_of(await run(prepared(given, [trial], {"api": made or document()}), ledger))
        kept = " ".join(
            e.request.body.decode() + (e.response.text if e.response else "") for e in ledger.exchanges(row.run)
        )
    assert row.traceback == "", row.traceback
    for account in club.accounts.values():
        assert account["password"] not in kept, "passwords are not written"
    return row


async def test_an_account_is_made_and_logged_in_for_each_use(tmp_path: Path) -> None:
    club = Club()

    async def script(bench: Bench) -> None:
        leave, read = bench.operation("leave"), bench.operation("whoAmI")
        one, other = await bench.disposable(leave), await bench.disposable(leave)
        assert one.name != other.name
        shown = [await bench.call(await bench.case(read, somebody), somebody) for somebody in (one, other)]
        assert len({e.response.json()["id"] for e in shown if e.response}) == 2
        assert (await bench.call(await bench.case(leave, one), one)).ok
        assert (await bench.call(await bench.case(read, one), one)).status == 401, "it is gone"
        assert (await bench.call(await bench.case(read, other), other)).ok

    assert (await _on_bench(tmp_path, club, script)).why == ""
    assert len(club.accounts) == 3, "alice, bob-b, and the other one"


async def test_the_present_password_is_asked_for_and_known(tmp_path: Path) -> None:
    club = Club()

    async def script(bench: Bench) -> None:
        change = bench.operation("changePassword")
        somebody = await bench.disposable(change)
        case = await bench.case(change, somebody)
        assert case.body["current_password"] != case.body["new_password"]
        assert (await bench.call(case, somebody)).status == 204
        assert (await bench.call(case, somebody)).status == 401, "its session is over"

    assert (await _on_bench(tmp_path, club, script)).why == ""
    assert club.account_of("alice") == Club().account_of("alice")


async def test_it_addresses_itself_where_a_path_names_an_account(tmp_path: Path) -> None:
    club = Club()

    async def script(bench: Bench) -> None:
        expel = bench.operation("expelUser")
        somebody = await bench.disposable(expel)
        assert (await bench.call(await bench.case(expel, somebody), somebody)).status == 204

    assert (await _on_bench(tmp_path, club, script)).why == ""
    assert sorted(account["username"] for account in club.accounts.values()) == ["alice", "bob-b"]


async def test_without_a_login_of_the_manifest_the_contract_tells_how(tmp_path: Path) -> None:
    async def script(bench: Bench) -> None:
        somebody = await bench.disposable(bench.operation("leave"))
        assert (await bench.call(await bench.case(bench.operation("whoAmI"), somebody), somebody)).ok

    assert (await _on_bench(tmp_path, Club(), script, identities={})).why == ""


async def test_a_token_is_found_where_the_contract_tells_nothing_of_it(tmp_path: Path) -> None:
    silent = document()
    del silent["paths"]["/login"]["post"]["responses"]["200"]["content"]

    async def script(bench: Bench) -> None:
        somebody = await bench.disposable(bench.operation("leave"))
        assert (await bench.call(await bench.case(bench.operation("whoAmI"), somebody), somebody)).ok

    assert (await _on_bench(tmp_path, Club(), script, silent, identities={})).why == ""


class _ByMail(Club):
    """Signs up with an address alone, and logs in through a form that calls it the user's name (RFC 6749, 4.3.2)."""

    async def _register(self, request: Request) -> Response:
        body = await request.json()
        return JSONResponse({"id": self._account({**body, "username": body["email"]})["id"]}, 201)

    async def _login(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        found = [
            a for a in self.accounts.values() if (a["username"], a["password"]) == (form["username"], form["password"])
        ]
        if not found:
            return JSONResponse({"error": "who?"}, 401)
        token = self._new_token(found[0]["id"])
        self.tokens[token] = found[0]["id"]
        return JSONResponse({"access_token": token})


async def test_an_address_may_be_the_name_that_one_logs_in_with(tmp_path: Path) -> None:
    made = document()
    text = {"type": "string", "minLength": 8, "maxLength": 80}
    mail = {"type": "string", "format": "email"}
    fields = {"type": "object", "required": ["email", "password"], "properties": {"email": mail, "password": text}}
    made["paths"]["/register"]["post"]["requestBody"]["content"] = {"application/json": {"schema": fields}}
    form = {"type": "object", "required": ["username", "password"], "properties": {"username": text, "password": text}}
    made["paths"]["/login"]["post"]["requestBody"]["content"] = {"application/x-www-form-urlencoded": {"schema": form}}

    async def script(bench: Bench) -> None:
        somebody = await bench.disposable(bench.operation("leave"))
        assert (await bench.call(await bench.case(bench.operation("leave"), somebody), somebody)).status == 204

    assert (await _on_bench(tmp_path, _ByMail(), script, made, identities={})).why == ""


class _Wrapped(Club):
    """Takes accounts in an envelope, with the password written twice."""

    async def _register(self, request: Request) -> Response:
        user = (await request.json())["user"]
        if user["password1"] != user["password2"]:
            return JSONResponse({"error": "these differ"}, 422)
        given = {"username": user["username"], "email": user["email"], "password": user["password1"]}
        return JSONResponse({"user": {"id": self._account(given)["id"]}}, 201)

    async def _login(self, request: Request) -> Response:
        user = (await request.json())["user"]
        found = [a for a in self.accounts.values() if (a["email"], a["password"]) == (user["email"], user["password"])]
        if not found:
            return JSONResponse({"error": "who?"}, 401)
        token = self._new_token(found[0]["id"])
        self.tokens[token] = found[0]["id"]
        return JSONResponse({"user": {"token": token}})


def _wrapped(**fields: Json) -> Json:
    inner = {"type": "object", "required": [*fields], "properties": fields}
    return {"application/json": {"schema": {"type": "object", "required": ["user"], "properties": {"user": inner}}}}


def _in_an_envelope() -> Json:
    made = document()
    text = {"type": "string", "minLength": 8, "maxLength": 80}
    mail = {"type": "string", "format": "email"}
    door, entry = made["paths"]["/register"]["post"], made["paths"]["/login"]["post"]
    door["requestBody"]["content"] = _wrapped(
        username=text, email=mail, password2={"type": "string"}, password1=text | {"maxLength": 16}
    )
    entry["requestBody"]["content"] = _wrapped(email=mail, password=text)
    for operation in (door, entry):
        for answer in operation["responses"].values():
            answer.pop("content", None)
    return made


async def test_an_account_may_be_made_in_an_envelope(tmp_path: Path) -> None:
    async def script(bench: Bench) -> None:
        somebody = await bench.disposable(bench.operation("leave"))
        assert (await bench.call(await bench.case(bench.operation("leave"), somebody), somebody)).status == 204

    row = await _on_bench(tmp_path, _Wrapped(), script, _in_an_envelope(), identities={})
    assert row.why == ""


async def test_a_login_of_the_manifest_may_have_an_envelope(tmp_path: Path) -> None:
    body = {"user": {"email": "alice@club.example", "password": "alice-pa55word"}}
    alice = {"login": {"operation": "login", "body": body, "token": "$.user.token"}}

    async def script(bench: Bench) -> None:
        somebody = await bench.disposable(bench.operation("leave"))
        assert (await bench.call(await bench.case(bench.operation("leave"), somebody), somebody)).status == 204

    club = _Wrapped()
    assert (await _on_bench(tmp_path, club, script, _in_an_envelope(), identities={"alice": alice})).why == ""
    assert club.account_of("alice") == Club().account_of("alice")


async def test_undecided_where_an_envelope_is_not_taken(tmp_path: Path) -> None:
    class Refuses(_Wrapped):
        async def _register(self, request: Request) -> Response:
            return JSONResponse({"error": "no"}, 422)

    async def script(bench: Bench) -> None:
        with pytest.raises(Undecided, match="no disposable account could be signed up"):
            await bench.disposable(bench.operation("leave"))

    assert (await _on_bench(tmp_path, Refuses(), script, _in_an_envelope(), identities={})).why == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [("/register", "no operation that signs up"), ("/login", "no operation that logs a new account in")],
)
async def test_where_nobody_can_come_in(tmp_path: Path, path: str, why: str) -> None:
    closed = document()
    del closed["paths"][path]

    async def script(bench: Bench) -> None:
        with pytest.raises(Undecided, match=why):
            await bench.disposable(bench.operation("leave"))
        await bench.request("GET", "/users")

    assert (await _on_bench(tmp_path, Club(), script, closed, identities={})).why == ""


def test_fields_about_the_account_are_filled_where_they_are() -> None:
    found = contract_of(document())
    change = found.operation("changePassword")
    assert change is not None
    assert account_fields(found, change) == {"current_password": "password", "new_password": "new password"}
    assert Disposable().name == ""
