"""Real objects for calls: created with their parents, found in listings, tagged, and marked by a canary."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Applies, Dares
from seamwright.model.evidence import Evidence, Observation, Proved
from seamwright.model.identity import ANYONE, Identity
from seamwright.model.verdict import Verdict
from tests.run.shelf import PASSWORDS, Shelf, contract
from tests.run.trial import check, evidence_of, manifest_of, prepared, run
from tests.serving import serving

PEOPLE = {
    name: {"login": {"operation": "login", "body": {"user": name, "password": PASSWORDS[name]}}}
    for name in ("alice", "bob")
}


async def on_bench(
    tmp_path: Path,
    url: str,
    script: Callable[[Bench, Identity, Identity], Awaitable[None]],
    dares: Dares,
    document: dict[str, Any] | None = None,
    **rest: Any,
) -> Evidence:
    """Run a script on a real bench as alice and bob; proved when it comes to its end."""

    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        people = bench.subject.manifest.identities
        await script(bench, people["alice"], people["bob"])
        yield Proved("script")

    given = manifest_of({"api": url}, identities=PEOPLE, **rest)
    made = check(run=follows, applies=lambda subject: Applies(("script",)), dares=dares)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        (row,) = evidence_of(await run(prepared(given, [made], {"api": document or contract()}), ledger))
    assert row.traceback == "", row.traceback
    return row


async def test_an_object_is_created_fresh_with_a_canary(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        one = await bench.own(bench.operation("getItem"), alice)
        two = await bench.own(bench.operation("putItem"), alice)

        assert one.values["id"] != two.values["id"]
        assert shelf.items[one.values["id"]]["owner"] == "alice"
        assert one.canary_at == "note"
        assert shelf.items[one.values["id"]]["note"] == one.canary
        assert one.canary.isalnum()
        assert len(one.canary) <= 24
        assert one.canary != two.canary
        assert one.created.status == 201
        assert one.identity is alice

    assert (await on_bench(tmp_path, url, script, Dares.WRITE)).verdict is Verdict.PROVED


async def test_parents_come_first(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        owned = await bench.own(bench.operation("getLine"), alice)
        assert (owned.values["id"], owned.values["lineId"]) in shelf.lines
        case = await bench.case(bench.operation("getLine"), alice)
        exchange = await bench.call(case, alice)
        assert exchange.ok, exchange

    assert (await on_bench(tmp_path, url, script, Dares.WRITE)).verdict is Verdict.PROVED


async def test_two_runs_with_one_seed_have_canaries_of_their_own(tmp_path: Path, url: str) -> None:
    seen: list[str] = []

    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        seen.append((await bench.own(bench.operation("getItem"), alice)).canary)

    await on_bench(tmp_path, url, script, Dares.WRITE)
    await on_bench(tmp_path, url, script, Dares.WRITE)
    assert len(set(seen)) == 2


async def test_each_identity_has_objects_of_its_own(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        read = bench.operation("getItem")
        of_alice = await bench.case(read, alice)
        assert (await bench.case(read, alice)).path == of_alice.path, "what only reads is given the same object"
        of_bob = await bench.case(read, bob)
        assert shelf.items[of_bob.path["id"]]["owner"] == "bob"
        assert (await bench.call(of_bob, bob)).ok
        assert not (await bench.call(of_alice, bob)).ok

    assert (await on_bench(tmp_path, url, script, Dares.WRITE)).verdict is Verdict.PROVED


async def test_entity_tags_and_idempotency_keys_are_filled_in(tmp_path: Path, url: str, shelf: Shelf) -> None:
    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        put = await bench.case(bench.operation("putItem"), alice)
        assert put.headers["If-Match"] == '"1"'
        assert (await bench.call(put, alice)).status == 200
        assert (await bench.call(put, alice)).status == 412, "the tag was that of the version before"

        create = bench.operation("createItem")
        keys = [(await bench.case(create, alice)).headers["Idempotency-Key"] for _ in range(3)]
        assert len({uuid.UUID(key) for key in keys}) == 3

    assert (await on_bench(tmp_path, url, script, Dares.WRITE)).verdict is Verdict.PROVED


async def test_a_login_is_called_with_what_the_manifest_logs_in_with(tmp_path: Path, url: str) -> None:
    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        case = await bench.case(bench.operation("login"))
        assert case.body == {"user": "alice", "password": PASSWORDS["alice"]}
        assert (await bench.call(case)).ok

    assert (await on_bench(tmp_path, url, script, Dares.WRITE)).verdict is Verdict.PROVED


async def test_who_only_looks_takes_what_a_listing_shows(tmp_path: Path, url: str, shelf: Shelf) -> None:
    shelf.items["i77"] = {"id": "i77", "owner": "alice", "note": "", "version": 1}

    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        case = await bench.case(bench.operation("getItem"), alice)
        assert case.path == {"id": "i77"}

    assert (await on_bench(tmp_path, url, script, Dares.OBSERVE)).verdict is Verdict.PROVED
    assert [str(a) for a in shelf.log] == ["POST /login", "GET /items"]


async def test_in_production_nothing_is_created_to_look_at(tmp_path: Path, url: str, shelf: Shelf) -> None:
    shelf.tokens["given"] = "alice"

    people = {**PEOPLE, "carol": {"token": "given"}}
    given = manifest_of({"api": url}, identities=people, environment="production")

    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        await bench.case(bench.operation("getItem"), bench.subject.manifest.identities["carol"])
        yield Proved("script")

    made = check(run=follows, applies=lambda subject: Applies(("script",)))
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        (row,) = evidence_of(await run(prepared(given, [made], {"api": contract()}), ledger))
    assert row.verdict is Verdict.UNKNOWN
    assert row.why == "getItem: no object of carol could be found for id of its path"
    assert [str(a) for a in shelf.log] == ["GET /items"]


async def test_creation_that_is_refused_is_unknown_and_says_what_was_answered(
    tmp_path: Path, url: str, shelf: Shelf
) -> None:
    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        shelf.token_lives_for = 0
        await bench.own(bench.operation("getItem"), alice)

    row = await on_bench(tmp_path, url, script, Dares.WRITE)
    assert row.verdict is Verdict.UNKNOWN
    assert "401" in row.why


async def test_a_parent_that_nothing_creates_is_taken_from_a_listing(tmp_path: Path, url: str, shelf: Shelf) -> None:
    shelf.items["i77"] = {"id": "i77", "owner": "alice", "note": "", "version": 1}
    document = contract()
    del document["paths"]["/items"]["post"]

    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        owned = await bench.own(bench.operation("getLine"), alice)
        assert owned.values["id"] == "i77"
        assert ("i77", owned.values["lineId"]) in shelf.lines

    assert (await on_bench(tmp_path, url, script, Dares.WRITE, document)).verdict is Verdict.PROVED


async def test_what_nothing_creates_is_unknown(tmp_path: Path, url: str) -> None:
    async def script(bench: Bench, alice: Identity, bob: Identity) -> None:
        await bench.own(bench.operation("echo"), alice)

    row = await on_bench(tmp_path, url, script, Dares.WRITE)
    assert row.why == "echo: the contract has no operation that creates what its path names"


async def test_a_value_is_borrowed_from_another_boundary(tmp_path: Path, shelf: Shelf) -> None:
    """The item is made at one boundary and read at another under a name of its own."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "reader", "version": "1"},
        "paths": {
            "/items/{id}": {
                "get": {
                    "operationId": "readItem",
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "responses": {"200": {"description": "ok"}},
                }
            }
        },
    }

    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        alice = bench.subject.manifest.identities["alice"]
        exchange = await bench.call(await bench.case(bench.operation("readItem"), alice), alice)
        assert exchange.ok, exchange
        yield Proved("readItem")

    with serving(shelf.app()) as url, Ledger.open(tmp_path / "ledger.db") as ledger:
        reader = {
            "kind": "http",
            "url": url,
            "borrows": {"id": {"boundary": "api", "operation": "createItem", "pick": "$.id"}},
        }
        people = {"alice": {"login": {**PEOPLE["alice"]["login"], "boundary": "api"}}}
        given = manifest_of({"reader": reader, "api": url}, identities=people)
        made = check(
            run=follows,
            applies=lambda s: Applies(("readItem",) if s.boundary.name == "reader" else ()),
            dares=Dares.WRITE,
        )
        ready = prepared(given, [made], {"reader": document, "api": contract()})
        (row,) = evidence_of(await run(ready, ledger))
    assert row.traceback == "", row.traceback
    assert row.verdict is Verdict.PROVED, row.why
    assert len(shelf.items) == 1


TOLD = {"type": "object", "properties": {"note": {"type": "string"}, "id": {"type": "string"}}}


def _named(body: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    """A contract of thingies: `body` is sent, `answered` comes back; a mask chooses the fields of the answer."""
    sent = {"required": True, "content": {"application/json": {"schema": body}}}
    done = {"201": {"description": "made", "content": {"application/json": {"schema": answered}}}}
    mask = {"name": "X-Fields", "in": "header", "schema": {"type": "string"}}
    identifier = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "string"}}
    got = {"200": {"description": "ok", "content": {"application/json": {"schema": TOLD}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "things", "version": "1"},
        "paths": {
            "/things": {"post": {"operationId": "make", "requestBody": sent, "parameters": [mask], "responses": done}},
            "/things/{thingId}": {"get": {"operationId": "get", "parameters": [identifier], "responses": got}},
        },
    }


async def _things(tmp_path: Path, made: dict[str, Any], answer: Callable[[Request], Awaitable[Response]]) -> Evidence:
    """Own three things on a service that answers creation so."""

    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        values = [(await bench.own(bench.operation("get"), ANYONE)).values["thingId"] for _ in range(3)]
        assert len(set(values)) == 3
        yield Proved("script")

    trial = check(run=follows, applies=lambda subject: Applies(("script",)), dares=Dares.WRITE)
    with serving(Starlette(routes=[Route("/things", answer, methods=["POST"])])) as address:
        given = manifest_of({"api": address})
        with Ledger.open(tmp_path / "ledger.db") as ledger:
            (row,) = evidence_of(await run(prepared(given, [trial], {"api": made}), ledger))
    assert row.traceback == "", row.traceback
    return row


async def test_an_object_without_an_id_in_its_answer_is_told_as_that(tmp_path: Path) -> None:
    async def silent(request: Request) -> Response:
        return JSONResponse({"note": "made it"}, 201)

    row = await _things(tmp_path, _named({"type": "object"}, TOLD), silent)
    assert row.verdict is Verdict.UNKNOWN
    assert "created an object, and its answer does not tell the id" in row.why
    assert "made it" in row.why


async def test_the_answer_is_not_masked_and_what_was_taken_is_sent_again(tmp_path: Path) -> None:
    bodies: list[bytes] = []
    masks: list[str] = []

    async def picky(request: Request) -> Response:
        body = await request.body()
        bodies.append(body)
        masks.extend(value for name, value in request.headers.items() if name == "x-fields")
        liked = isinstance(json.loads(body).get("amount"), int)
        return JSONResponse({"id": str(uuid.uuid4())}, 201) if liked else JSONResponse({"no": body.decode()}, 422)

    amount = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    sent = {"type": "object", "required": ["amount"], "properties": {"amount": amount}}
    row = await _things(tmp_path, _named(sent, {"type": "object"}), picky)
    assert (row.verdict, masks) == (Verdict.PROVED, [])
    assert len(set(bodies[-3:])) == 1


async def test_an_id_that_the_client_chooses_is_never_that_of_an_example(tmp_path: Path) -> None:
    names: list[str] = []

    async def takes_any(request: Request) -> Response:
        names.append((await request.json())["thingId"])
        return JSONResponse({"message": "done, or there already"}, 201)

    name = {"type": "string", "example": "root", "minLength": 1}
    sent = {"type": "object", "required": ["thingId"], "properties": {"thingId": name}, "example": {"thingId": "root"}}
    answered = {"type": "object", "properties": {"message": {"type": "string"}}}
    row = await _things(tmp_path, _named(sent, answered), takes_any)
    assert row.verdict is Verdict.PROVED, row.why
    assert "root" not in names


class _Full:
    """A library that takes nothing new and shows what it has; its books are read, and changed."""

    def __init__(self, *books: int) -> None:
        self.books = books
        self.changed: list[int] = []
        self.app = Starlette(
            routes=[
                Route("/books", self._make, methods=["POST"]),
                Route("/books", self._list, methods=["GET"]),
                Route("/books/{bookId:int}", self._get, methods=["GET"]),
                Route("/books/{bookId:int}", self._put, methods=["PUT"]),
            ]
        )

    async def _make(self, request: Request) -> Response:
        return JSONResponse({"error": "full"}, 403)

    async def _list(self, request: Request) -> Response:
        return JSONResponse([{"id": number} for number in self.books])

    async def _get(self, request: Request) -> Response:
        number = request.path_params["bookId"]
        return JSONResponse({"id": number}, 200 if number in self.books else 404)

    async def _put(self, request: Request) -> Response:
        self.changed.append(request.path_params["bookId"])
        return JSONResponse({"id": request.path_params["bookId"]})


async def _in_library(tmp_path: Path, library: _Full, operation: str) -> Evidence:
    """Call an operation on a book of the library with a check that may write."""
    book = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}

    def op(name: str, answer: Any, *, takes: bool = False) -> dict[str, Any]:
        content = {"application/json": {"schema": answer}}
        sent = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}
        return {
            "operationId": name,
            "responses": {"2XX": {"description": "ok", "content": content}},
            **(sent if takes else {}),
        }

    at = {"name": "bookId", "in": "path", "required": True, "schema": {"type": "integer"}}
    made = {
        "openapi": "3.1.0",
        "info": {"title": "library", "version": "1"},
        "paths": {
            "/books": {
                "post": op("newBook", book, takes=True),
                "get": op("books", {"type": "array", "items": book}),
            },
            "/books/{bookId}": {
                "parameters": [at],
                "get": op("getBook", book),
                "put": op("putBook", book, takes=True),
            },
        },
    }

    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        for _ in range(2):
            exchange = await bench.call(await bench.case(bench.operation(operation), ANYONE), ANYONE)
            assert exchange.ok, exchange
        yield Proved("script")

    trial = check(run=follows, applies=lambda subject: Applies(("script",)), dares=Dares.WRITE)
    with serving(library.app) as address, Ledger.open(tmp_path / "ledger.db") as ledger:
        (row,) = evidence_of(await run(prepared(manifest_of({"api": address}), [trial], {"api": made}), ledger))
    assert row.traceback == "", row.traceback
    return row


async def test_what_cannot_be_created_is_read_where_a_listing_shows_it(tmp_path: Path) -> None:
    row = await _in_library(tmp_path, _Full(41, 42), "getBook")
    assert row.verdict is Verdict.PROVED, row.why


async def test_it_is_not_changed_though_for_it_is_not_ours(tmp_path: Path) -> None:
    library = _Full(41, 42)
    row = await _in_library(tmp_path, library, "putBook")
    assert row.verdict is Verdict.UNKNOWN
    assert "newBook: anyone could not create an object" in row.why
    assert library.changed == []


async def test_where_none_is_listed_either_it_is_told_why_none_was_made(tmp_path: Path) -> None:
    row = await _in_library(tmp_path, _Full(), "getBook")
    assert row.verdict is Verdict.UNKNOWN
    assert "403" in row.why
