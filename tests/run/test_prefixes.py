"""The word before a credential in the Authorization header: stated, told by the contract, or found by a trial."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Applies
from seamwright.model.evidence import Evidence, Observation, Proved
from seamwright.model.operation import SecurityScheme
from seamwright.model.verdict import Cause, Verdict
from seamwright.run.prefixes import hint
from tests.run.trial import check, contract_of, evidence_of, manifest_of, prepared, run
from tests.serving import serving

SECRET = "s3cr3t-key-of-caller"
KEY = {"type": "apiKey", "in": "header", "name": "Authorization"}


@dataclass
class Desk:
    """A service that wants its key in the Authorization header in one form, and tells whether it was so."""

    word: str = ""
    refuses: int = 401
    stumbles: bool = False
    """Whether a header that is no word and a key makes it fail."""
    closed: frozenset[str] = frozenset()
    """Paths that it opens to nobody."""
    renews: bool = False
    """Whether each login ends the token of the one before."""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    logins: int = 0

    def app(self) -> Starlette:
        """The ASGI app."""
        paths = ("/books", "/people", "/shelves", "/books/{id}")
        routes = [Route(path, self._kept, methods=["GET", "POST"]) for path in paths]
        return Starlette(routes=[*routes, Route("/open", self._open), Route("/login", self._login, methods=["POST"])])

    @property
    def token(self) -> str:
        """The token that is good now."""
        return f"{SECRET}-{self.logins}" if self.renews else SECRET

    async def _kept(self, request: Request) -> Response:
        told = request.headers.get("authorization")
        self.asked.append((request.url.path, told))
        if told is not None and self.stumbles and len(told.split(" ")) < 2:
            return JSONResponse({"error": "list index out of range"}, 500)
        if told != (f"{self.word} {self.token}" if self.word else self.token):
            return JSONResponse({"error": "who is this?"}, self.refuses)
        if request.url.path in self.closed:
            return JSONResponse({"error": "not you"}, 403)
        return JSONResponse({"key": told.rpartition(" ")[2]})

    async def _open(self, request: Request) -> Response:
        return JSONResponse({})

    async def _login(self, request: Request) -> Response:
        self.logins += 1
        return JSONResponse({"access_token": self.token})


def contract(description: str = "", *, parameters: bool = False) -> dict[str, Any]:
    """Its OpenAPI document; with `parameters`, all that is protected has one in its path."""
    wants: dict[str, Any] = {"security": [{"key": []}]}
    answers: dict[str, Any] = {"responses": {"200": {"description": "ok"}, "4XX": {"description": "no"}}}
    part = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths: dict[str, Any] = {
        "/open": {"get": {"operationId": "open", **answers}},
        "/login": {"post": {"operationId": "login", **answers}},
        "/books/{id}": {"get": {"operationId": "getBook", "parameters": [part], **wants, **answers}},
    }
    if not parameters:
        paths["/books"] = {
            "post": {"operationId": "addBook", **wants, **answers},
            "get": {"operationId": "listBooks", **wants, **answers},
        }
        paths["/people"] = {"get": {"operationId": "listPeople", **wants, **answers}}
        paths["/shelves"] = {"get": {"operationId": "listShelves", **wants, **answers}}
    scheme = {**KEY, "description": description} if description else KEY
    return {
        "openapi": "3.1.0",
        "info": {"title": "desk", "version": "1"},
        "components": {"securitySchemes": {"key": scheme}},
        "paths": paths,
    }


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


@contextmanager
def desk(**how: Any) -> Iterator[tuple[Desk, str]]:
    made = Desk(**how)
    with serving(made.app()) as url:
        yield made, url


async def called(
    ledger: Ledger,
    url: str,
    document: dict[str, Any],
    *operations: str,
    times: int = 1,
    secrets: tuple[str, ...] = (SECRET,),
    environment: str = "test",
    **identities: Any,
) -> Evidence:
    """Call operations as each identity in turn; proved when every answer was 2xx."""
    cells = operations or ("listBooks",)

    async def calls(bench: Bench) -> AsyncIterator[Observation]:
        good = True
        for name in identities:
            for _ in range(times):
                for cell in cells:
                    operation = bench.operation(cell)
                    caller = bench.subject.manifest.identities[name]
                    good &= (await bench.call(await bench.case(operation), caller)).ok
        if good:
            yield Proved(cells[0])

    given = manifest_of({"api": url}, secrets=secrets, identities=identities, environment=environment)
    made = check(run=calls, applies=lambda subject: Applies(cells))
    (row,) = evidence_of(await run(prepared(given, [made], {"api": document}), ledger))
    assert row.cause is not Cause.OURS, row.traceback
    return row


WAYS: dict[str, dict[str, Any]] = {
    "token": {"token": SECRET},
    "api_key": {"api_key": {"value": SECRET}},
    "login": {"login": {"operation": "login"}},
}


@pytest.mark.parametrize(
    ("way", "word"), [("token", ""), ("token", "Token"), ("api_key", "Bearer"), ("login", "Token")]
)
async def test_a_trial_finds_the_form_once_and_says_so(ledger: Ledger, way: str, word: str) -> None:
    with desk(word=word) as (served, url):
        row = await called(ledger, url, contract(), times=3, caller=WAYS[way])

    assert row.verdict is Verdict.PROVED
    assert row.exchanges == 3, "the calls of a trial are no evidence"
    tried = ["", "Bearer", "Token"].index(word) + 1
    assert len(served.asked) == 1 + tried + 3, "a call without credentials, then each form until one is let in"
    assert served.asked[0] == ("/books", None)
    form = f"as '{word} …'" if word else "without a word before them"
    (notice,) = ledger.record(row.run).notices
    assert notice.startswith(f"api: credentials for key are sent {form}: listBooks lets caller in so; 'prefix' in the")


@pytest.mark.parametrize(("way", "word"), [("token", "Token"), ("api_key", "JWT"), ("login", ""), ("login", "Token")])
async def test_what_the_manifest_says_is_sent_and_nothing_is_tried(ledger: Ledger, way: str, word: str) -> None:
    said = dict(WAYS[way])
    said = {"token": SECRET, "prefix": word} if way == "token" else {way: {**said[way], "prefix": word}}
    with desk(word=word) as (served, url):
        row = await called(ledger, url, contract("Authorization: Bearer <key>"), caller=said)

    assert row.verdict is Verdict.PROVED
    assert len(served.asked) == 1
    assert ledger.record(row.run).notices == ()


async def test_a_key_whose_place_the_manifest_names_is_tried_too(ledger: Ledger) -> None:
    key = {"value": SECRET, "name": "Authorization", "location": "header"}
    with desk(word="Token") as (_, url):
        row = await called(ledger, url, contract(), caller={"api_key": key})

    assert row.verdict is Verdict.PROVED


async def test_what_the_description_says_is_tried_first(ledger: Ledger) -> None:
    with desk(word="SSWS") as (served, url):
        row = await called(ledger, url, contract("Send `SSWS <key>`"), caller=WAYS["api_key"])

    assert row.verdict is Verdict.PROVED
    assert [told for _, told in served.asked] == [None, f"SSWS {SECRET}", f"SSWS {SECRET}"]
    assert "the contract's description wants them so" in ledger.record(row.run).notices[0]


async def test_a_description_that_is_wrong_is_not_believed(ledger: Ledger) -> None:
    with desk(word="Token") as (_, url):
        row = await called(ledger, url, contract("Authorization: Bearer <key>"), caller=WAYS["token"])

    assert row.verdict is Verdict.PROVED
    assert "are sent as 'Token …'" in ledger.record(row.run).notices[0]


async def test_what_the_description_says_is_sent_where_nothing_can_be_tried(ledger: Ledger) -> None:
    with desk(word="Token") as (served, url):
        document = contract('Token-based authentication with required prefix "Token"', parameters=True)
        row = await called(ledger, url, document, "getBook", caller=WAYS["token"])

    assert row.verdict is Verdict.PROVED
    assert len(served.asked) == 1
    (notice,) = ledger.record(row.run).notices
    assert "cannot be tried: no GET without parameters" in notice
    assert "the contract's description wants them as 'Token …'" in notice


@pytest.mark.parametrize(("way", "form"), [("token", f"Bearer {SECRET}"), ("api_key", SECRET)])
async def test_where_no_form_is_let_in_the_usual_one_is_sent_and_it_is_said(
    ledger: Ledger, way: str, form: str
) -> None:
    with desk(word="Nobody-Guesses") as (served, url):
        row = await called(ledger, url, contract(), times=2, caller=WAYS[way])

    assert row.verdict is Verdict.UNKNOWN
    assert [told for _, told in served.asked[-2:]] == [form] * 2
    assert len(served.asked) == 3 * 4 + 2, "the trial is made once, on three operations"
    (notice,) = ledger.record(row.run).notices
    assert "as caller on listBooks, listPeople, listShelves, and never let in" in notice
    assert "'prefix' in the manifest says otherwise" in notice


async def test_an_identity_that_is_let_in_nowhere_does_not_decide_for_another(ledger: Ledger) -> None:
    with desk(word="Token") as (_, url):
        dead = {"token": "dead-and-gone"}
        row = await called(ledger, url, contract(), dead=dead, caller=WAYS["token"], secrets=(SECRET, "dead-and-gone"))

    assert row.verdict is Verdict.UNKNOWN
    assert len(ledger.record(row.run).notices) == 2
    assert ledger.exchanges(row.run)[-1].status == 200


async def test_an_operation_that_is_closed_to_it_and_one_that_stumbles_do_not_mislead(ledger: Ledger) -> None:
    with desk(word="Token", closed=frozenset({"/books"}), stumbles=True) as (_, url):
        row = await called(ledger, url, contract(), "listPeople", caller=WAYS["api_key"])

    assert row.verdict is Verdict.PROVED
    assert "as 'Token …': listPeople lets caller in so" in ledger.record(row.run).notices[0]


async def test_production_may_be_asked_too_since_nothing_changes(ledger: Ledger) -> None:
    with desk(word="Token") as (served, url):
        row = await called(ledger, url, contract(), caller=WAYS["token"], environment="production")

    assert row.verdict is Verdict.PROVED
    assert served.logins == 0


async def test_a_token_with_another_word_is_renewed_when_it_dies(ledger: Ledger) -> None:
    async def calls(bench: Bench) -> AsyncIterator[Observation]:
        caller = bench.subject.manifest.identities["caller"]
        for _ in range(2):
            exchange = await bench.call(await bench.case(bench.operation("listBooks")), caller)
            assert exchange.ok
            served.logins += 1
        yield Proved("listBooks")

    with desk(word="Token", renews=True) as (served, url):
        login = {"login": {"operation": "login", "prefix": "Token"}}
        given = manifest_of({"api": url}, identities={"caller": login})
        made = check(run=calls, applies=lambda subject: Applies(("listBooks",)))
        (row,) = evidence_of(await run(prepared(given, [made], {"api": contract()}), ledger))

    assert row.verdict is Verdict.PROVED, row.traceback


@pytest.mark.parametrize(
    ("caller", "word"),
    [
        ({"token": f"Token {SECRET}"}, "Token"),
        ({"token": SECRET}, ""),
        ({"api_key": {"value": f"Token {SECRET}"}}, "Token"),
        ({"login": {"operation": "login"}}, "Token"),
    ],
)
async def test_no_form_of_a_secret_is_kept(ledger: Ledger, caller: dict[str, Any], word: str) -> None:
    """The service tells the key back without the word before it."""
    with desk(word=word) as (_, url):
        row = await called(ledger, url, contract(), caller=caller, secrets=())

    assert row.verdict is Verdict.PROVED
    kept = "".join(str(exchange.to_json()) for exchange in ledger.exchanges(row.run))
    assert SECRET not in kept
    assert f"'authorization', '{'Token ' if word else ''}[redacted]'" in kept.lower().replace("'token ", "'Token ")


async def test_credentials_that_are_always_answered_403_end_the_run(ledger: Ledger) -> None:
    with desk(word="Nobody-Guesses", refuses=403) as (served, url):
        cells = ("listBooks", "listPeople", "listShelves")
        row = await called(ledger, url, contract(), *cells, times=50, caller=WAYS["token"])

    assert (row.verdict, row.cause) == (Verdict.UNKNOWN, Cause.USAGE)
    assert row.why == (
        "the credentials of caller never worked: each of 10 honest calls of 3 operations was answered 403, "
        "and nothing else ever came"
    )
    assert len(served.asked) == 3 * 4 + 10


async def test_an_identity_that_may_not_do_everything_goes_on(ledger: Ledger) -> None:
    closed = frozenset({"/books", "/shelves"})
    with desk(word="Token", refuses=403, closed=closed) as (_, url):
        cells = ("listBooks", "listShelves", "listPeople")
        row = await called(ledger, url, contract(), *cells, times=10, caller=WAYS["token"])

    assert row.exchanges == 30


@pytest.mark.parametrize(
    ("description", "word"),
    [
        ('Token-based authentication with required prefix "Token"', "Token"),
        ("Token <key>", "Token"),
        ("The following format must be in the 'Authorization' header :\n\n    Token xxxxxx.yyyyyyy.zzzzzz", "Token"),
        ("JWT Authorization header using the Bearer scheme.", "Bearer"),
        ("Type in the *'Value'* input box: **'Bearer &lt;JWT&gt;'**, where JWT is the token", "Bearer"),
        ("Enter 'Bearer' [space] and then your token in the text input below.", "Bearer"),
        ('Type "Bearer" followed by a space and JWT token.', "Bearer"),
        ("e.g. Authorization: JWT eyJhbGciOi", "JWT"),
        ("Use `SSWS YOUR_KEY`", "SSWS"),
        ('prefix it with "JWT"', "JWT"),
        ("For example, Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", "Token"),
        ("Authorization: <api key>", ""),
        ("Send your API key.", None),
        ("Provide the {token} that you got", None),
        ("The Authorization header", None),
        ("", None),
    ],
)
def test_descriptions_tell_the_word(description: str, word: str | None) -> None:
    given = contract_of(contract(description))
    assert hint(given, given.schemes["key"]) == word


def test_which_schemes_call_the_authorization_header_a_key() -> None:
    assert SecurityScheme("k", "apiKey", location="header", parameter="authorization").in_authorization
    assert not SecurityScheme("k", "apiKey", location="query", parameter="authorization").in_authorization
    assert not SecurityScheme("k", "apiKey", location="header", parameter="X-Key").in_authorization
    assert not SecurityScheme("k", "http", scheme="bearer").in_authorization
