"""Operations that end their caller are tried by callers who were made for it, and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.account_operations import CHECK
from tests.checks.stage import skipped, tried
from tests.club import CHANGE, Club, document, people, taken

PEOPLE: dict[str, Any] = {"identities": people()}


def _only(operation: str) -> dict[str, Any]:
    """A manifest that excludes all operations about the own account but one."""
    others = {"leave", "changePassword", "logout", "editMe"} - {operation}
    return PEOPLE | {"boundary": {"exclude": sorted(others)}}


async def test_refutes_a_server_error() -> None:
    class Breaks(Club):
        async def _leave(self, request: Request) -> Response:
            raise HTTPException(500, "oh")

    seen = await tried(CHECK, Breaks(), document(), **PEOPLE)
    assert [f.operation for f in seen.evidence.findings] == ["leave"]
    assert [f.root for f in seen.evidence.findings] == [f"/me {f.key}" for f in seen.evidence.findings]
    assert seen.cell("changePassword") == "proved"


async def test_refutes_an_answer_that_is_not_declared() -> None:
    class Chats(Club):
        async def _logout(self, request: Request) -> Response:
            await super()._logout(request)
            return JSONResponse({"bye": True}, 202)

    seen = await tried(CHECK, Chats(), document(), **PEOPLE)
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["status"]) == ("logout", 202)
    assert finding.root == "undocumented 2xx", "one cause with what other checks see of it"


async def test_proves_what_keeps_to_the_contract_with_accounts_of_its_own() -> None:
    club = Club()
    seen = await tried(CHECK, club, document(), **PEOPLE)
    assert seen.verdict == "proved", seen.evidence.why
    assert {c.cell for c in seen.evidence.cells} == {"leave", "changePassword", "logout"}
    assert not [e for e in seen.exchanges if e.identity in people()], "no lent identity called"
    assert club.account_of("alice") == Club().account_of("alice")
    assert ("/reset-all", 204) not in [(came.path, came.status) for came in club.log]


PROFILE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "email": {"type": ["string", "null"], "format": "email", "maxLength": 80},
        "about": {"type": "string"},
    },
    "additionalProperties": False,
}


def _with_own_profile() -> Any:
    """The contract with an operation by which people change their own address, which may be null."""
    more: Any = document()
    edited = more["paths"]["/users/{id}"]["patch"]
    content = {"application/json": {"schema": PROFILE}}
    more["paths"]["/me"]["patch"] = edited | {"operationId": "editMe", "requestBody": {"content": content}}
    return more


class _Profiled(Club):
    """Lets people change their own address."""

    def __init__(self) -> None:
        super().__init__()
        self.edited: list[tuple[str, Any]] = []

    def _more(self) -> list[tuple[str, str, Callable[[Request], Any]]]:
        return [("PATCH", "/me", self._edit_me)]

    async def _edit_me(self, request: Request) -> Response:
        caller, body = self._caller(request), await self._read(request)
        self.edited.append((caller["username"], body))
        return self._edited(caller, body)

    async def _read(self, request: Request) -> Any:
        return await taken(request, PROFILE)

    def _edited(self, caller: Any, body: Any) -> Response:
        return JSONResponse({name: caller[name] for name in ("id", "username", "email")})


async def test_refutes_a_crash_at_null_on_the_own_account() -> None:
    class NotNull(_Profiled):
        def _edited(self, caller: Any, body: Any) -> Response:
            if "email" in body and body["email"] is None:
                raise HTTPException(500, "email may not be null")
            return super()._edited(caller, body)

    club = NotNull()
    seen = await tried(CHECK, club, _with_own_profile(), **_only("editMe"))
    [finding] = seen.evidence.findings
    assert finding.operation == "editMe"
    assert "null at body/email" in finding.title or "to a valid call" in finding.title
    assert not {name for name, _ in club.edited} & set(people()), "no lent identity called"


async def test_tries_special_values_and_reuses_who_was_refused() -> None:
    class Refuses(_Profiled):
        def _edited(self, caller: Any, body: Any) -> Response:
            if isinstance(body.get("about"), str) and len(body["about"]) > 200:
                raise HTTPException(422, "too long")
            return super()._edited(caller, body)

    club = Refuses()
    seen = await tried(CHECK, club, _with_own_profile(), **_only("editMe"))
    assert seen.cell("editMe") == "proved", seen.evidence.why
    assert any(body.get("email", "") is None for _, body in club.edited)
    assert any("\0" in str(body.get("about")) for _, body in club.edited), "what nobody expects was tried"


async def test_all_have_an_ordinary_call_before_any_has_a_special_one() -> None:
    club = _Profiled()
    await tried(CHECK, club, _with_own_profile(), **PEOPLE)
    mine = {("PATCH", "/me"), ("DELETE", "/me"), ("POST", "/change-password"), ("POST", "/logout")}
    calls = [(came.method, came.path) for came in club.log if (came.method, came.path) in mine]
    assert set(calls[:4]) == mine, calls[:8]
    signed_up = sum(came.path == "/register" for came in club.log)
    assert signed_up < len(calls) / 2, "who is as he was calls again"


async def test_headers_that_all_operations_take_come_last() -> None:
    told = _with_own_profile()
    language = {"name": "X-Lang", "in": "header", "schema": {"type": "string"}}
    for operation in (told["paths"]["/me"]["patch"], told["paths"]["/logout"]["post"]):
        operation["parameters"] = [*operation.get("parameters", ()), language]
    seen = await tried(CHECK, _Profiled(), told, **PEOPLE)
    notes = [exchange.note for exchange in seen.exchanges]
    first = next(at for at, note in enumerate(notes) if "header/X-Lang" in note)
    assert [at for at, note in enumerate(notes) if "body/" in note][-1] < first


async def test_a_slow_operation_takes_no_time_of_the_others() -> None:
    class Slow(Club):
        async def _leave(self, request: Request) -> Response:
            await asyncio.sleep(3)
            return await super()._leave(request)

    seen = await tried(CHECK, Slow(), document(), budget=7.0, **PEOPLE)
    assert seen.cell("leave") == "unknown"
    assert "it is slow: its share" in seen.evidence.why
    assert (seen.cell("changePassword"), seen.cell("logout")) == ("proved", "proved")


async def test_whoever_signs_up_slowly_calls_for_the_next_one() -> None:
    class Careful(Club):
        async def _register(self, request: Request) -> Response:
            await asyncio.sleep(1.6)
            return await super()._register(request)

    seen = await tried(CHECK, Careful(), document(), budget=5.0, **PEOPLE)
    assert "proved" in {seen.cell(cell) for cell in ("leave", "changePassword", "logout")}


async def test_somebody_new_calls_where_a_change_ended_the_session() -> None:
    class Strict(_Profiled):
        def _edited(self, caller: Any, body: Any) -> Response:
            self._end_sessions(caller["id"])
            return super()._edited(caller, body)

    undeclared: Any = _with_own_profile()
    del undeclared["paths"]["/me"]["patch"]["responses"]["401"]
    seen = await tried(CHECK, Strict(), undeclared, **_only("editMe"))
    assert seen.cell("editMe") == "proved", seen.evidence.why


class _Unread(Club):
    """Reads the new password without looking at what it is."""

    async def _change(self, request: Request) -> Response:
        body = orjson.loads(await request.body() or b"null")
        if isinstance(body, dict) and not isinstance(body.get("new_password", ""), str):
            self._crash()
        return await super()._change(request)

    def _crash(self) -> None:
        raise HTTPException(500, "no attribute 'encode'")


async def test_refutes_a_crash_at_a_wrong_type() -> None:
    seen = await tried(CHECK, _Unread(), document(), **_only("changePassword"))
    [finding] = seen.evidence.findings
    assert (finding.operation, str(finding.severity)) == ("changePassword", "medium")
    assert "to a call that breaks its contract (body/new_password: " in finding.title
    assert finding.root.startswith("a value at or beyond type "), "one cause with what other checks see of it"


async def test_unknown_where_a_crash_at_a_wrong_type_does_not_come_again() -> None:
    class Once(_Unread):
        crashed = False

        def _crash(self) -> None:
            if not self.crashed:
                self.crashed = True
                super()._crash()

    seen = await tried(CHECK, Once(), document(), **_only("changePassword"))
    assert not seen.evidence.findings
    assert seen.cell("changePassword") == "unknown"
    assert "it was answered 500 once" in seen.evidence.why


async def test_what_breaks_the_contract_proves_nothing() -> None:
    class Lax(Club):
        async def _change(self, request: Request) -> Response:
            body = orjson.loads(await request.body() or b"null")
            valid = jsonschema_rs.Draft202012Validator(CHANGE).is_valid(body)
            return JSONResponse({"error": "no"}, 403) if valid else Response(status_code=204)

    seen = await tried(CHECK, Lax(), document(), **_only("changePassword"))
    assert not seen.evidence.findings, "whether it is refused is for another check to say"
    assert seen.cell("changePassword") == "unknown"


class _Forgetful(Club):
    """Sends a link to whoever has forgotten a password, and says nothing of whether there is such a person."""

    def __init__(self, takes: Any = None) -> None:
        super().__init__()
        self.takes = takes or FORGOT
        self.asked: list[str] = []

    def _more(self) -> list[tuple[str, str, Callable[[Request], Any]]]:
        return [("POST", "/forgot-password", self._forgot)]

    async def _forgot(self, request: Request) -> Response:
        return self._sent(str((await taken(request, self.takes)).get("email")))

    def _sent(self, address: str) -> Response:
        self.asked.append(address)
        return Response(status_code=204)


FORGOT: dict[str, Any] = {
    "type": "object",
    "required": ["email"],
    "properties": {"email": {"type": "string", "minLength": 3}},
}


def _without_sign_up() -> Any:
    """The contract in which nobody can sign up, with a forgotten password."""
    closed: Any = document()
    asks = {"required": True, "content": {"application/json": {"schema": FORGOT}}}
    forgot = closed["paths"]["/logout"]["post"] | {"operationId": "forgot", "requestBody": asks, "security": []}
    closed["paths"]["/forgot-password"] = {"post": forgot}
    del closed["paths"]["/register"]
    return closed


async def test_proves_what_is_open_with_people_who_are_made_up() -> None:
    club = _Forgetful()
    seen = await tried(CHECK, club, _without_sign_up(), **PEOPLE)
    assert [(c.cell, str(c.verdict)) for c in seen.evidence.cells] == [("forgot", "proved")], seen.evidence.why
    assert club.asked[0].endswith("@example.com")
    assert not {"alice@club.example", "bob-b@club.example"} & set(club.asked)
    assert {came.path for came in club.log} == {"/forgot-password"}


async def test_refutes_what_is_open_and_crashes_at_people_who_are_made_up() -> None:
    class NoNul(_Forgetful):
        def _sent(self, address: str) -> Response:
            if "\0" in address:
                raise HTTPException(500, "a NUL character cannot be stored")
            return super()._sent(address)

    seen = await tried(CHECK, NoNul(), _without_sign_up(), **PEOPLE)
    [finding] = seen.evidence.findings
    assert (finding.operation, str(finding.severity)) == ("forgot", "high")
    assert "body/email" in finding.title
    assert not finding.root.startswith("/"), "the kind of value is the cause, in whatever place it stands"


async def test_unknown_where_nobody_made_up_is_taken() -> None:
    class Tells(_Forgetful):
        def _sent(self, address: str) -> Response:
            raise HTTPException(404, "nobody has this address")

    seen = await tried(CHECK, Tells(), _without_sign_up(), **PEOPLE)
    assert seen.cell("forgot") == "unknown"


def _with_a_forgotten_password() -> Any:
    """The contract in which people sign up, and may forget their passwords."""
    more: Any = document()
    more["paths"]["/forgot-password"] = _without_sign_up()["paths"]["/forgot-password"]
    return more


async def test_what_names_nobody_takes_no_account() -> None:
    class Trusts(_Forgetful):
        async def _forgot(self, request: Request) -> Response:
            try:
                if not isinstance(orjson.loads(await request.body())["email"], str):
                    raise HTTPException(500, "a list has no lower case")
            except (KeyError, TypeError, orjson.JSONDecodeError):
                raise HTTPException(422, "no address") from None
            return await super()._forgot(request)

    club = Trusts()
    seen = await tried(CHECK, club, _with_a_forgotten_password(), **_only(""))
    [finding] = seen.evidence.findings
    assert (finding.operation, str(finding.severity)) == ("forgot", "medium")
    assert "body/email" in finding.title
    unnamed = [e for e in seen.exchanges if e.request.url.endswith("/forgot-password") and e.status == 500]
    assert unnamed
    assert {e.identity for e in unnamed} == {"anyone"}


async def test_whoever_asks_for_a_new_password_calls_again() -> None:
    club = _Forgetful()
    seen = await tried(CHECK, club, _with_a_forgotten_password(), **_only(""))
    assert seen.cell("forgot") == "proved", seen.evidence.why
    made = [came for came in club.log if came.path == "/register"]
    assert len(made) < len(club.asked) / 2, "an account is not made for each call"


async def test_no_example_of_the_contract_is_named() -> None:
    known: Any = _without_sign_up()
    schema = {"type": "object", "properties": {"email": {"type": "string"}, "user": {"type": "string"}}}
    club = _Forgetful(schema)
    known["paths"]["/forgot-password"]["post"]["requestBody"]["content"]["application/json"] = {
        "schema": schema,
        "example": {"email": "root@club.example", "user": "root"},
    }
    await tried(CHECK, club, known, **PEOPLE)
    assert club.asked
    assert "root@club.example" not in club.asked


TWICE: dict[str, Any] = {
    "type": "object",
    "required": ["old_password", "new_password1", "new_password2"],
    "properties": {
        "old_password": {"type": "string"},
        "new_password1": {"type": "string", "minLength": 8, "maxLength": 128},
        "new_password2": {"type": "string"},
    },
}


def _twice() -> Any:
    """The contract in which a new password is written twice."""
    made: Any = document()
    made["paths"]["/change-password"]["post"]["requestBody"]["content"]["application/json"]["schema"] = TWICE
    return made


class _Twice(Club):
    """Wants a new password to be written twice alike."""

    async def _change(self, request: Request) -> Response:
        caller, body = self._caller(request), await taken(request, TWICE)
        if body["new_password1"] != body["new_password2"] or body["old_password"] != caller["password"]:
            raise HTTPException(422, "these differ")
        return self._changed(caller, body["new_password1"])

    def _changed(self, caller: Any, password: str) -> Response:
        caller["password"] = password
        self._end_sessions(caller["id"])
        return Response(status_code=204)


async def test_refutes_a_crash_at_a_long_password_that_is_written_twice() -> None:
    class Hashes(_Twice):
        def _changed(self, caller: Any, password: str) -> Response:
            if len(password) > 72:
                raise HTTPException(500, "more than 72 bytes")
            return super()._changed(caller, password)

    seen = await tried(CHECK, Hashes(), _twice(), **_only("changePassword"))
    [finding] = seen.evidence.findings
    assert finding.operation == "changePassword"
    assert "body/new_password1" in finding.title


async def test_proves_a_password_that_is_written_twice() -> None:
    seen = await tried(CHECK, _Twice(), _twice(), **_only("changePassword"))
    assert seen.cell("changePassword") == "proved", seen.evidence.why


async def test_nobody_who_was_lent_is_named() -> None:
    club = _Forgetful()
    known: Any = _without_sign_up()
    named = known["paths"]["/forgot-password"]["post"]["requestBody"]["content"]["application/json"]
    named["schema"] = FORGOT | {"properties": {"email": {"type": "string", "enum": ["alice"]}}}
    seen = await tried(CHECK, club, known, **PEOPLE)
    assert seen.cell("forgot") == "unknown"
    assert "could be made up" in seen.evidence.why
    assert not club.asked


async def test_unknown_where_nobody_can_sign_up_in_fact() -> None:
    class Full(Club):
        async def _register(self, request: Request) -> Response:
            raise HTTPException(409, "full")

    seen = await tried(CHECK, Full(), document(), **PEOPLE)
    assert seen.verdict == "unknown"
    assert "no disposable account could be signed up" in seen.evidence.why


async def test_unknown_where_it_is_never_accepted() -> None:
    class Refuses(Club):
        async def _change(self, request: Request) -> Response:
            raise HTTPException(403, "no")

    seen = await tried(CHECK, Refuses(), document(), **_only("changePassword"))
    assert seen.cell("changePassword") == "unknown"


def test_does_not_apply_where_nobody_can_sign_up() -> None:
    closed: Any = document()
    del closed["paths"]["/register"]
    assert "no sign-up was recognised" in skipped(CHECK, closed, **PEOPLE).why


def test_does_not_apply_where_nothing_ends_anybody() -> None:
    harmless: Any = document()
    for path in ("/change-password", "/logout"):
        del harmless["paths"][path]
    del harmless["paths"]["/me"]["delete"]
    assert "none of its operations changes or ends" in skipped(CHECK, harmless, **PEOPLE).why
