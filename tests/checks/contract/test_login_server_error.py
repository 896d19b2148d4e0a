"""A login is tried by nobody who exists, and what crashes it is told."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.contract.login_server_error import CHECK
from tests.checks.stage import skipped, tried
from tests.club import PASSWORDS, Club, document, people

PEOPLE: dict[str, Any] = {"identities": people()}


class Watched(Club):
    """Keeps what was given to its login."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytes] = []

    async def _login(self, request: Request) -> Response:
        self.given.append(await request.body())
        return await super()._login(request)


def _named(given: bytes) -> Any:
    try:
        body = orjson.loads(given)
    except orjson.JSONDecodeError:
        return None
    return str(body.get("username")) if isinstance(body, dict) else None


async def test_refutes_a_crash_at_what_is_no_object() -> None:
    class Trusts(Watched):
        async def _login(self, request: Request) -> Response:
            if (await request.body()).startswith(b"["):
                raise HTTPException(500, "list indices must be integers")
            return await super()._login(request)

    seen = await tried(CHECK, Trusts(), document(), **PEOPLE)
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["status"]) == ("login", 500)
    assert len(finding.exchanges) == 2, "it was made to happen again"


async def test_refutes_a_crash_at_whoever_is_not_there() -> None:
    class Asks(Watched):
        async def _login(self, request: Request) -> Response:
            if _named(await request.body()) not in PASSWORDS:
                raise HTTPException(500, "NoneType has no attribute password")
            return await super()._login(request)

    seen = await tried(CHECK, Asks(), document(), **PEOPLE)
    [finding] = seen.evidence.findings
    assert finding.title == "login (POST /login) answers 500 to a login of nobody"


async def test_proves_a_login_that_refuses_and_locks_nobody() -> None:
    club = Watched()
    seen = await tried(CHECK, club, document(), **PEOPLE)
    assert seen.verdict == "proved", seen.evidence.why
    theirs = [given for given in club.given if _named(given) in PASSWORDS]
    assert all(orjson.loads(given)["password"] == PASSWORDS[_named(given)] for given in theirs), "no wrong password"
    assert len(club.given) - len(theirs) > 20, "many were tried"


async def test_an_account_in_an_object_and_one_with_a_number_are_replaced_too() -> None:
    nested: Any = document()
    number = {"type": "object", "properties": {"user": {"type": "integer"}, "pin": {"type": "string"}}}
    body = {"type": "object", "properties": {"account": number, "kind": {"const": "web"}}, "required": ["account"]}
    nested["paths"]["/login"]["post"]["requestBody"]["content"]["application/json"]["schema"] = body
    given: list[bytes] = []

    class Numbered(Club):
        async def _login(self, request: Request) -> Response:
            given.append(await request.body())
            told = orjson.loads(given[-1] or b"null")
            if told != {"account": {"user": 4711, "pin": "9432"}, "kind": "web"}:
                raise HTTPException(401, "no such account")
            return Response(b'{"access_token": "t"}', media_type="application/json")

    login = {"operation": "login", "body": {"account": {"user": 4711, "pin": "9432"}, "kind": "web"}}
    seen = await tried(CHECK, Numbered(), nested, identities={"alice": {"roles": ["member"], "login": login}})
    assert seen.verdict == "proved", seen.evidence.why
    assert {orjson.loads(one)["account"]["pin"] for one in given if b"4711" in one} == {"9432"}
    assert any(b'"web"' in one and b"4711" not in one for one in given), "what is fixed stays as it is"


def _wrapped(user: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The contract with a login that wraps its members into one object, and the identities that log in so."""
    told: Any = document()
    members = {"email": user, "password": {"type": "string"}}
    inner = {"type": "object", "required": ["email", "password"], "properties": members}
    body = {"type": "object", "properties": {"user": inner}, "required": ["user"]}
    told["paths"]["/login"]["post"]["requestBody"]["content"]["application/json"]["schema"] = body
    login = {"operation": "login", "body": {"user": {"email": "alice@club.test", "password": "sesame-1"}}}
    return told, {"alice": {"roles": ["member"], "login": login}}


class Wrapped(Club):
    """Its login takes an address and a password in one object, and keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Any] = []

    async def _login(self, request: Request) -> Response:
        given = await request.body()
        self.given.append(given)
        if b'"alice@club.test"' not in given or b'"sesame-1"' not in given:
            raise HTTPException(401, "no such account")
        return Response(b'{"access_token": "t"}', media_type="application/json")


async def test_unknown_where_an_account_in_an_object_has_no_other_name() -> None:
    club = Wrapped()
    told, identities = _wrapped({"const": "alice@club.test", "type": "string"})
    seen = await tried(CHECK, club, told, identities=identities)
    assert seen.verdict == "unknown"
    assert "no other email could be made up" in seen.evidence.why
    assert all(b'"sesame-1"' in one for one in club.given), "no wrong password for somebody who exists"


async def test_unknown_where_only_those_who_exist_can_log_in() -> None:
    told, identities = _wrapped({"enum": ["alice@club.test", "bob@club.test"], "type": "string"})
    login = {"operation": "login", "body": {"user": {"email": "bob@club.test", "password": "sesame-2"}}}
    identities["bob"] = {"roles": ["member"], "login": login}
    seen = await tried(CHECK, Wrapped(), told, identities=identities)
    assert seen.verdict == "unknown"
    assert "no login could be made up that has nothing of anybody who exists" in seen.evidence.why


async def test_few_are_turned_away_and_their_notes_tell_them_from_others() -> None:
    told, identities = _wrapped({"type": "string"})
    seen = await tried(CHECK, Wrapped(), told, identities=identities)
    assert seen.verdict == "proved", seen.evidence.why
    refused = [exchange for exchange in seen.exchanges if exchange.status == 401]
    assert len(refused) == 30
    assert all(exchange.note.startswith("a login of nobody") for exchange in refused)


async def test_unknown_where_it_asks_for_fewer() -> None:
    class Throttles(Watched):
        async def _login(self, request: Request) -> Response:
            if len(self.given) > 10:
                raise HTTPException(429, "slowly")
            return await super()._login(request)

    seen = await tried(CHECK, Throttles(), document(), **PEOPLE)
    assert seen.verdict == "unknown"
    assert "it asked for fewer logins (429) after" in seen.evidence.why


async def test_unknown_where_the_login_of_the_manifest_is_not_let_in() -> None:
    class Closed(Club):
        async def _login(self, request: Request) -> Response:
            raise HTTPException(403, "closed")

    seen = await tried(CHECK, Closed(), document(), **PEOPLE)
    assert seen.verdict == "unknown"
    assert "the login of the manifest was not let in" in seen.evidence.why


async def test_unknown_where_a_crash_does_not_come_again() -> None:
    class Once(Watched):
        async def _login(self, request: Request) -> Response:
            answer = await super()._login(request) if _named(await request.body()) in PASSWORDS else None
            if answer is None and len(self.given) == 5:
                self.given.append(b"")
                raise HTTPException(500, "for once")
            return answer or await super()._login(request)

    seen = await tried(CHECK, Once(), document(), **PEOPLE)
    assert seen.verdict == "unknown"
    assert "once, and 4" in seen.evidence.why


def test_does_not_apply_where_nobody_logs_in() -> None:
    assert "no identity logs in" in skipped(CHECK, document()).why
