"""Operations that end their caller are tried by callers who were made for it, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.account_operations import CHECK
from tests.checks.stage import skipped, tried
from tests.club import Club, document, people, taken

PEOPLE: dict[str, Any] = {"identities": people()}


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
    seen = await tried(CHECK, club, _with_own_profile(), **PEOPLE)
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
    seen = await tried(CHECK, club, _with_own_profile(), **PEOPLE)
    assert seen.cell("editMe") == "proved", seen.evidence.why
    assert any(body.get("email", "") is None for _, body in club.edited)
    assert any("\0" in str(body.get("about")) for _, body in club.edited), "what nobody expects was tried"


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

    seen = await tried(CHECK, Refuses(), document(), **PEOPLE)
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
