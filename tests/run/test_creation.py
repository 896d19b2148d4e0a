"""Objects are created with bodies that a service accepts: what was taken, examples, references that are mended."""

from __future__ import annotations

import asyncio
import copy
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.ledger.store import Ledger
from seamwright.model.bench import Bench
from seamwright.model.check import Applies, Dares
from seamwright.model.evidence import Evidence, Observation, Proved
from seamwright.model.identity import ANYONE
from seamwright.run.creation import UNKNOWN_TAG, canary_at
from tests.run.trial import check, contract_of, evidence_of, manifest_of, prepared, run
from tests.serving import serving

Json = dict[str, Any]

ID: Json = {"type": "integer"}
TEXT: Json = {"type": "string", "maxLength": 60}


class Shop:
    """Carts are ordered once; an order needs a cart that is there, and a customer who is."""

    def __init__(self) -> None:
        self.numbers = itertools.count(100)
        self.there: dict[str, set[int]] = {"carts": set(), "customers": set(), "orders": set()}
        self.refused: list[Json] = []
        self.app = Starlette(
            routes=[
                Route("/{kind}", self._make, methods=["POST"]),
                Route("/{kind}/{id:int}", self._get, methods=["GET"]),
            ]
        )

    async def _make(self, request: Request) -> Response:
        kind, body = request.path_params["kind"], await request.json()
        if kind == "orders":
            if body.get("cartId") not in self.there["carts"] or body.get("customerId") not in self.there["customers"]:
                self.refused.append(body)
                return JSONResponse({"error": "no such cart or customer"}, 422)
            self.there["carts"].discard(body["cartId"])
        number = next(self.numbers)
        self.there[kind].add(number)
        return JSONResponse({"id": number, **body}, 201)

    async def _get(self, request: Request) -> Response:
        known = request.path_params["id"] in self.there[request.path_params["kind"]]
        return JSONResponse({"id": request.path_params["id"]}, 200 if known else 404)


def _document(example: Json | None = None) -> Json:
    def op(name: str, body: Json | None, answer: Json) -> Json:
        content = {"application/json": {"schema": answer}}
        made: Json = {"operationId": name, "responses": {"2XX": {"description": "", "content": content}}}
        if body is not None:
            told = {"schema": body, **({"example": example} if example and name == "order" else {})}
            made["requestBody"] = {"required": True, "content": {"application/json": told}}
        return made

    def thing(**more: Json) -> Json:
        return {"type": "object", "properties": more, "required": [*more], "additionalProperties": False}

    paths: Json = {}
    kinds = {
        "carts": ("cart", {}),
        "customers": ("customer", {}),
        "orders": ("order", {"cartId": ID, "customerId": ID}),
    }
    for kind, (name, fields) in kinds.items():
        shown = {"type": "object", "properties": {"id": ID, "note": TEXT, **fields}}
        paths[f"/{kind}"] = {"post": op(name, thing(note=TEXT, **fields), shown)}
        at = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": ID}]}
        paths[f"/{kind}/{{id}}"] = {**at, "get": op(f"get{name.title()}", None, shown)}
    return {"openapi": "3.1.0", "info": {"title": "shop", "version": "1"}, "paths": paths}


async def _on_bench(tmp_path: Path, shop: Shop | Club, made: Json, script: Any) -> Evidence:
    async def follows(bench: Bench) -> AsyncIterator[Observation]:
        await script(bench)
        yield Proved("script")

    trial = check(run=follows, applies=lambda subject: Applies(("script",)), dares=Dares.WRITE)
    with serving(shop.app) as url, Ledger.open(tmp_path / "ledger.db") as ledger:
        (row,) = evidence_of(await run(prepared(manifest_of({"api": url}), [trial], {"api": made}), ledger))
    assert row.traceback == "", row.traceback
    return row


async def test_what_an_object_names_is_created_before_it_and_used_up_once(tmp_path: Path) -> None:
    shop = Shop()

    async def script(bench: Bench) -> None:
        for _ in range(3):
            owned = await bench.own(bench.operation("getOrder"), ANYONE)
            assert owned.values["id"] in shop.there["orders"]

    assert (await _on_bench(tmp_path, shop, _document(), script)).why == ""
    assert len(shop.refused) <= 2, "once it is known that carts are used up, each order gets a new one"
    assert len(shop.there["customers"]) <= 3


async def test_a_case_names_real_objects_each_time(tmp_path: Path) -> None:
    shop = Shop()

    async def script(bench: Bench) -> None:
        for _ in range(4):
            exchange = await bench.call(await bench.case(bench.operation("order"), ANYONE), ANYONE)
            assert exchange.ok, exchange

    assert (await _on_bench(tmp_path, shop, _document(), script)).why == ""
    assert shop.refused == []


async def test_an_example_that_names_what_is_not_there_is_mended(tmp_path: Path) -> None:
    shop = Shop()
    example = {"note": "from the author of the contract", "cartId": 1, "customerId": 2}

    async def script(bench: Bench) -> None:
        owned = await bench.own(bench.operation("getOrder"), ANYONE)
        assert owned.created.ok

    assert (await _on_bench(tmp_path, shop, _document(example), script)).why == ""
    assert [(body["cartId"], body["customerId"]) for body in shop.refused] == [(1, 2)], "first as it is written"


async def test_what_cannot_be_had_leaves_the_call_as_it_would_have_been(tmp_path: Path) -> None:
    shop = Shop()
    lonely = _document()
    for kind in ("carts", "customers"):
        del lonely["paths"][f"/{kind}"]
        del lonely["paths"][f"/{kind}/{{id}}"]

    async def script(bench: Bench) -> None:
        exchange = await bench.call(await bench.case(bench.operation("order"), ANYONE), ANYONE)
        assert exchange.status == 422

    assert (await _on_bench(tmp_path, shop, lonely, script)).why == ""


class Versioned(Shop):
    """Carts that are changed only with their present entity tag, of which the contract says nothing."""

    def __init__(self, *, asks: bool = True) -> None:
        super().__init__()
        self.asks = asks
        self.version = 1
        self.app.routes.append(Route("/{kind}/{id:int}", self._put, methods=["PUT"]))

    async def _get(self, request: Request) -> Response:
        answer = await super()._get(request)
        answer.headers["etag"] = f'"{self.version}"'
        return answer

    async def _put(self, request: Request) -> Response:
        tag = request.headers.get("if-match")
        if self.asks and tag != f'"{self.version}"':
            return JSONResponse({"error": "which version?"}, 412 if tag else 428)
        self.version += 1
        return JSONResponse({"id": request.path_params["id"]})


def _with_put() -> Json:
    made = _document()
    item = made["paths"]["/carts/{id}"]
    item["put"] = {**made["paths"]["/carts"]["post"], "operationId": "putCart"}
    return made


async def test_a_call_that_was_answered_428_is_made_with_the_entity_tag_from_then_on(tmp_path: Path) -> None:
    seen: list[int] = []

    async def script(bench: Bench) -> None:
        put = bench.operation("putCart")
        seen.extend([(await bench.call(await bench.case(put, ANYONE), ANYONE)).status for _ in range(3)])

    assert (await _on_bench(tmp_path, Versioned(), _with_put(), script)).why == ""
    assert seen == [428, 200, 200]


class Numbered(Shop):
    """Carts whose versions are numbers, also where `If-Match` is read: anything else is refused, creations included."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str | None] = []

    async def _make(self, request: Request) -> Response:
        tag = request.headers.get("if-match")
        self.tags.append(tag)
        if tag is not None and not tag.isdigit():
            return JSONResponse({"error": "If-Match is no number"}, 400)
        return await super()._make(request)


def _with_tags(schema: Json, *, required: bool) -> Json:
    made = _document()
    tag = {"name": "If-Match", "in": "header", "required": required, "schema": schema}
    made["paths"]["/carts"]["post"]["parameters"] = [tag]
    return made


async def _carts(bench: Bench) -> None:
    for _ in range(2):
        assert (await bench.own(bench.operation("getCart"), ANYONE)).created.ok
    assert (await bench.call(await bench.case(bench.operation("cart"), ANYONE), ANYONE)).ok


async def test_no_tag_is_made_up_where_none_is_asked_for(tmp_path: Path) -> None:
    shop = Numbered()
    assert (await _on_bench(tmp_path, shop, _with_tags({"type": "string"}, required=False), _carts)).why == ""
    assert shop.tags == [None] * 3


async def test_a_tag_that_is_asked_for_and_unknown_is_what_its_schema_says(tmp_path: Path) -> None:
    shop = Numbered()
    schema = {"type": "integer", "minimum": 0}
    assert (await _on_bench(tmp_path, shop, _with_tags(schema, required=True), _carts)).why == ""
    assert len(shop.tags) == 3
    assert all(tag and tag.isdigit() for tag in shop.tags), shop.tags


async def test_a_tag_that_may_be_any_text_is_an_entity_tag(tmp_path: Path) -> None:
    async def script(bench: Bench) -> None:
        case = await bench.case(bench.operation("cart"), ANYONE)
        assert case.headers == {"If-Match": UNKNOWN_TAG}
        assert (await bench.call(case, ANYONE)).ok

    made = _with_tags({"type": "string"}, required=True)
    assert (await _on_bench(tmp_path, Shop(), made, script)).why == ""


async def test_who_reads_and_may_name_a_version_takes_what_is_there(tmp_path: Path) -> None:
    made = _with_put()
    for method, required in (("get", False), ("put", False)):
        tag = {"name": "If-Match", "in": "header", "required": required, "schema": {"type": "string"}}
        made["paths"]["/carts/{id}"][method]["parameters"] = [
            *made["paths"]["/carts/{id}"][method].get("parameters", []),
            tag,
        ]

    async def script(bench: Bench) -> None:
        assert not (await bench.case(bench.operation("getCart"), ANYONE)).headers
        assert set((await bench.case(bench.operation("putCart"), ANYONE)).headers) == {"If-Match"}

    assert (await _on_bench(tmp_path, Versioned(), made, script)).why == ""


async def test_nothing_is_added_where_nobody_asks_for_it(tmp_path: Path) -> None:
    async def script(bench: Bench) -> None:
        put = bench.operation("putCart")
        for _ in range(2):
            case = await bench.case(put, ANYONE)
            assert not case.headers
            assert (await bench.call(case, ANYONE)).ok

    assert (await _on_bench(tmp_path, Versioned(asks=False), _with_put(), script)).why == ""


def test_where_a_canary_goes() -> None:
    found = contract_of(_document())
    create, read = found.operation("order"), found.operation("getOrder")
    assert create is not None
    assert canary_at(found, create, read) == "note"
    assert canary_at(found, create, None) == ""


class Club:
    """Members each have an address of their own, and no more is liked of them than the contract requires."""

    def __init__(self) -> None:
        self.members: dict[str, int] = {"ada@example.com": 1}
        self.app = Starlette(
            routes=[
                Route("/members", self._make, methods=["POST"]),
                Route("/members/{id:int}", lambda request: JSONResponse(dict(request.path_params)), methods=["GET"]),
            ]
        )

    async def _make(self, request: Request) -> Response:
        body = await request.json()
        address = str(body.get("email"))
        if "@" not in address or " " in address or address in self.members or {*body} & {"status", "role", "photo"}:
            return JSONResponse({"error": "no"}, 422)
        self.members[address] = len(self.members) + 1
        return JSONResponse({"id": self.members[address], "email": address}, 201)


async def test_little_is_said_and_in_the_form_of_its_example(tmp_path: Path) -> None:
    kind = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    body: Json = {
        "type": "object",
        "required": ["email", "name"],
        "properties": {"email": ADDRESS, "name": TEXT, **dict.fromkeys(("status", "role", "photo"), kind)},
    }

    async def script(bench: Bench) -> None:
        for _ in range(5):
            assert (await bench.own(bench.operation("getMember"), ANYONE)).created.ok

    assert (await _on_bench(tmp_path, Club(), _members(body), script)).why == ""


ADDRESS: Json = {"type": "string", "example": "ada@example.com"}


def _members(body: Json, **more: Any) -> Json:
    shown = {"description": "", "content": {"application/json": {"schema": {"properties": {"id": ID}}}}}
    at = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": ID}]}
    taken = {"required": True, "content": {"application/json": {"schema": body, **more}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "club", "version": "1"},
        "paths": {
            "/members": {"post": {"operationId": "join", "requestBody": taken, "responses": {"201": shown}}},
            "/members/{id}": {**at, "get": {"operationId": "getMember", "responses": {"200": shown}}},
        },
    }


class Envelopes(Club):
    """A club that reads its members from an envelope; with `known` only whom it knows already may come in again."""

    def __init__(self, *, known: bool = False) -> None:
        super().__init__()
        self.known = known
        self.asked: list[str] = []
        self.refused: list[str] = []

    async def _make(self, request: Request) -> Response:
        address = (await request.json())["user"]["contact"][0]["email"]
        self.asked.append(address)
        if (address in self.members) is not self.known:
            self.refused.append(address)
            return JSONResponse({"error": "no"}, 400)
        number = len(self.asked)
        self.members.setdefault(address, number)
        return JSONResponse({"id": number}, 201)


def _thing(**properties: Json) -> Json:
    return {"type": "object", "required": [*properties], "properties": properties}


LIST: Json = {"type": "array", "minItems": 1, "maxItems": 1, "items": _thing(email=ADDRESS)}
ENVELOPE = _members(_thing(user=_thing(contact=LIST)), example={"user": {"contact": [{"email": "ada@example.com"}]}})


async def _lanes(bench: Bench) -> None:
    """Three at once, each with three members."""

    async def lane(name: str) -> None:
        own = bench.apart(name)
        for _ in range(3):
            assert (await own.own(own.operation("getMember"), ANYONE)).created.ok

    await asyncio.gather(*(lane(f"lane {number}") for number in range(3)))


async def test_an_address_is_sent_once_on_whichever_lane_and_however_deep_it_stands(tmp_path: Path) -> None:
    club = Envelopes()
    for _ in range(2):
        assert (await _on_bench(tmp_path, club, ENVELOPE, _lanes)).why == ""
    assert club.refused == ["ada@example.com"] * 2, "once a run, as its author wrote it"
    assert len(club.members) == 1 + 2 * 9, "a second run with the same seed has other addresses"


async def test_an_address_that_must_be_there_is_sent_as_it_is(tmp_path: Path) -> None:
    club = Envelopes(known=True)

    async def script(bench: Bench) -> None:
        for _ in range(5):
            assert (await bench.own(bench.operation("getMember"), ANYONE)).created.ok

    assert (await _on_bench(tmp_path, club, ENVELOPE, script)).why == ""
    assert len(club.refused) == 1, "after that it is known that no other is taken"
    assert (await _on_bench(tmp_path, club, ENVELOPE, _lanes)).why == ""


class Strict(Club):
    """A club that wants neither nicknames nor notes, however deep they stand, whatever its contract says."""

    def __init__(self, *, tells: bool = True) -> None:
        super().__init__()
        self.tells = tells
        self.taken: list[Json] = []
        self.refused: list[Json] = []

    async def _make(self, request: Request) -> Response:
        body: Json = await request.json()
        unwanted = [f"user.{name} should not exist" for name in ("nickname", "note") if name in body["user"]]
        unwanted += ["note should not exist"] if "note" in body else []
        if unwanted:
            self.refused.append(body)
            return JSONResponse({"status": 400, "message": unwanted if self.tells else "Bad Request"}, 400)
        self.taken.append(body)
        return JSONResponse({"id": len(self.taken)}, 201)


OPTIONAL = {
    "type": "object",
    "required": ["user"],
    "properties": {
        "note": TEXT,
        "status": TEXT,
        "user": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": TEXT, "nickname": TEXT, "note": TEXT, "motto": TEXT},
        },
    },
}
PERSON: Json = {"note": "n", "status": "new", "user": {"name": "Ada", "nickname": "A", "note": "n", "motto": "m"}}


def _with_notes_read(made: Json) -> Json:
    """The same, with a note in what is read: a canary would go there."""
    told = {"schema": {"properties": {"id": ID, "note": TEXT}}}
    made["paths"]["/members/{id}"]["get"]["responses"]["200"]["content"] = {"application/json": told}
    return made


async def test_optional_members_that_a_refusal_names_are_left_out_and_no_others(tmp_path: Path) -> None:
    club = Strict()

    async def script(bench: Bench) -> None:
        for _ in range(3):
            owned = await bench.own(bench.operation("getMember"), ANYONE)
            assert owned.canary == ""
            assert owned.canary_at == ""

    made = _with_notes_read(_members(OPTIONAL, example=PERSON))
    assert (await _on_bench(tmp_path, club, made, script)).why == ""
    assert len(club.refused) == 1
    assert club.taken == [{"status": "new", "user": {"name": "Ada", "motto": "m"}}] * 3


async def test_where_nothing_is_named_the_least_is_tried(tmp_path: Path) -> None:
    club = Strict(tells=False)

    async def script(bench: Bench) -> None:
        for _ in range(3):
            await bench.own(bench.operation("getMember"), ANYONE)

    assert (await _on_bench(tmp_path, club, _members(OPTIONAL, example=PERSON), script)).why == ""
    assert len(club.refused) == 1
    assert club.taken == [{"user": {"name": "Ada"}}] * 3


async def test_in_the_end_it_goes_without_a_canary(tmp_path: Path) -> None:
    club = Strict(tells=False)

    async def script(bench: Bench) -> None:
        for _ in range(3):
            assert (await bench.own(bench.operation("getMember"), ANYONE)).canary == ""

    made = _with_notes_read(_members(OPTIONAL, example=PERSON))
    assert (await _on_bench(tmp_path, club, made, script)).why == ""
    assert len(club.taken) == 3


async def test_what_is_required_is_never_left_out(tmp_path: Path) -> None:
    bodies: list[Json] = []

    class Never(Strict):
        async def _make(self, request: Request) -> Response:
            bodies.append(await request.json())
            return JSONResponse({"detail": [{"loc": ["body", "user", "name"], "msg": "is not liked"}]}, 422)

    row = await _on_bench(
        tmp_path,
        Never(),
        _members(OPTIONAL, example=PERSON),
        lambda bench: bench.own(bench.operation("getMember"), ANYONE),
    )
    assert "could not create an object" in row.why
    assert all("name" in body["user"] for body in bodies)


class Accounts(Club):
    """Wants an id and a city beside the password, says so, and takes each id and nickname once."""

    def __init__(self, refusal: Callable[[str, str], Any]) -> None:
        super().__init__()
        self.refusal = refusal
        self.taken: list[Json] = []
        self.refused: list[tuple[int, Json]] = []

    async def _make(self, request: Request) -> Response:
        body: Json = await request.json()
        data = body["data"]
        lacks = next((name for name in ("id", "city") if name not in data), "")
        twice = next((name for name in ("id", "nickname") if any(data.get(name) == o[name] for o in self.taken)), "")
        if lacks or (twice and not lacks):
            status = 409 if twice and not lacks else 400
            self.refused.append((status, body))
            told = self.refusal(lacks, "is missing") if lacks else {"error": f"this {twice} is known"}
            return JSONResponse(told, status)
        self.taken.append(data)
        return JSONResponse({"id": len(self.taken)}, 201)


NICKNAMED: Json = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "required": ["nickname"],
            "properties": {"nickname": TEXT, "password": TEXT, "city": {"enum": ["Ulm", "Bern"]}},
            "additionalProperties": {},
        }
    },
    "additionalProperties": False,
}
ONE: Json = {"data": {"nickname": "Ada", "password": "p"}}


@pytest.mark.parametrize(
    "refusal",
    [
        lambda name, why: {"message": f"data.{name} in body: {why}"},
        lambda name, why: {"detail": [{"loc": ["body", "data", name], "msg": why}]},
        lambda name, why: {"error": "see https://example.com/help.html", "at": f"/data/{name}"},
    ],
)
async def test_what_a_refusal_asks_for_is_added_and_what_is_taken_is_made_anew(
    tmp_path: Path, refusal: Callable[[str, str], Any]
) -> None:
    club = Accounts(refusal)

    assert (await _on_bench(tmp_path, club, _members(NICKNAMED, example=ONE), _lanes)).why == ""
    assert len(club.taken) == 9
    assert len({data["id"] for data in club.taken}) == 9, "an id that nobody declared is another each time"
    assert {data["city"] for data in club.taken} <= {"Ulm", "Bern"}, "as it is declared"
    assert {data.get("password") for data in club.taken} == {"p"}, "what nobody complains of stays"
    assert sum(status == 409 for status, _ in club.refused) <= 3, "once on each lane at most"
    assert sum(status == 400 for status, _ in club.refused) <= 2 * 3


async def test_what_its_contract_forbids_is_not_added(tmp_path: Path) -> None:
    club = Accounts(lambda name, why: {"message": f"data.{name} in body: {why}"})
    closed = copy.deepcopy(NICKNAMED)
    closed["properties"]["data"]["additionalProperties"] = False

    async def script(bench: Bench) -> None:
        await bench.own(bench.operation("getMember"), ANYONE)

    assert "could not create an object" in (await _on_bench(tmp_path, club, _members(closed, example=ONE), script)).why
    assert not any("id" in body["data"] for _, body in club.refused)
