"""What is not validated is refuted by the keyword that is missing; what refuses all is unknown."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.checks.contract.invalid_input_refused import CHECK, _habit, _unchecked
from seamwright.engines.generate.requests import Varied
from seamwright.model.operation import Operation
from tests.checks.contract.items import NEW, Closed, Items, document
from tests.checks.stage import skipped, tried


class _Loose(Items):
    """Validates all but one keyword of one field."""

    def __init__(self, field: str, keyword: str) -> None:
        super().__init__()
        loose: Any = copy.deepcopy(NEW)
        del loose["properties"][field][keyword]
        self.new = jsonschema_rs.Draft202012Validator(loose)


async def test_refutes_a_minimum_that_is_not_held() -> None:
    seen = await tried(CHECK, _Loose("count", "minimum"), document())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["place"], finding.facts["keyword"]) == (
        "createItem",
        "body/count",
        "minimum",
    )
    assert finding.facts["accepted"] is True
    assert len(finding.exchanges) == 3, "the broken call twice, and the honest one"
    assert seen.cell("listItems") == "proved"


async def test_refutes_a_length_that_is_not_held() -> None:
    seen = await tried(CHECK, _Loose("name", "maxLength"), document())
    assert {(f.facts["place"], f.facts["keyword"]) for f in seen.evidence.findings} == {("body/name", "maxLength")}


async def test_refutes_a_parameter_that_is_read_as_something_else() -> None:
    class Lenient(Items):
        async def list(self, request: Any) -> Response:
            return self.page(20)

    seen = await tried(CHECK, Lenient(), document())
    assert {f.operation for f in seen.evidence.findings} == {"listItems"}
    assert {"type", "minimum", "maximum"} <= {f.facts["keyword"] for f in seen.evidence.findings}
    assert all(f.severity == "low" and "ignored" in f.detail for f in seen.evidence.findings)


def _converting(*fields: str) -> Items:
    """Takes any scalar in these fields, and nothing else that is wrong."""
    items, loose = Items(), copy.deepcopy(NEW)
    for field in fields:
        held = {name: limit for name, limit in loose["properties"][field].items() if name != "type"}  # type: ignore[index]
        loose["properties"][field] = {**held, "type": ["string", "number", "boolean"]}  # type: ignore[index]
    items.new = jsonschema_rs.Draft202012Validator(loose)
    return items


async def test_a_parser_that_makes_texts_of_scalars_does_so_everywhere() -> None:
    one = await tried(CHECK, _converting("name"), document())
    other = await tried(CHECK, _converting("note"), document())
    roots = {f.root for seen in (one, other) for f in seen.evidence.findings}
    assert roots == {"accepts body a scalar taken for a text"}


async def test_a_fraction_for_an_integer_is_such_a_habit_too_and_a_list_is_none() -> None:
    def varied(why: str, where: Any = "body", keyword: str = "type") -> Varied:
        return Varied(where, "", None, keyword, f"{where}/a", why)

    bench: Any = SimpleNamespace(learned={})

    def roots(path: str, *whys: str) -> list[str]:
        return [_unchecked(bench, Operation(path, "POST", path), varied(why)) for why in whys]

    first = roots("/a", "number where integer is expected", "array where string is expected")
    assert first == ["accepts body a fraction taken for an integer", "accepts body type of /a"]
    assert roots("/b", "number where integer is expected") == first[:1], "one of the service"
    assert roots("/a", "integer where null or string is expected") == first[1:], "no type is looked at there at all"
    assert roots("/c", "string where integer is expected") == ["accepts body type of /c"]
    assert _habit(varied("the text '1.5' where integer is expected", "query")) == "a fraction taken for an integer"
    assert not _habit(varied("the text 'abc' where integer is expected", "query"))
    assert not _habit(varied("integer where string is expected", keyword="enum"))


async def test_refutes_a_crash_on_broken_input() -> None:
    class Crashes(Items):
        def valid(self, body: Any) -> bool:
            return isinstance(body, dict) and super().valid(body)

        def refused(self, status: int) -> Response:
            return JSONResponse({"error": "no"}, 500 if status == 400 else status)

    seen = await tried(CHECK, Crashes(), document())
    assert {f.facts["keyword"] for f in seen.evidence.findings} == {"syntax", "required"}
    assert all(f.facts["status"] == 500 and f.facts["accepted"] is False for f in seen.evidence.findings)


async def test_a_refusal_for_another_reason_is_no_refusal() -> None:
    """Only the broken place differs from an accepted call, so a rule that no schema states cannot hide the defect."""

    class OnlyLamps(_Loose):
        def made(self, body: dict[str, Any]) -> Response:
            return super().made(body) if body["name"] == "lamp" else self.refused(422)

    told = document()
    told["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]["example"] = {
        "name": "lamp",
        "count": 1,
    }
    seen = await tried(CHECK, OnlyLamps("count", "maximum"), told)
    assert {f.facts["keyword"] for f in seen.evidence.findings} == {"maximum"}


async def test_proves_an_api_that_validates() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    assert seen.evidence.tried > 20


async def test_a_format_may_be_taken_as_an_annotation() -> None:
    told = document()
    schema = told["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["note"] = {"type": "string", "format": "date-time", "maxLength": 60}
    seen = await tried(CHECK, Items(), told)
    assert seen.verdict == "proved"
    assert any("format" in e.note for e in seen.exchanges) or any("date" in e.note for e in seen.exchanges)


async def test_is_unknown_where_the_honest_call_is_refused() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert seen.verdict == "unknown"
    assert "nothing to compare with" in seen.evidence.why


async def test_is_unknown_where_it_is_throttled() -> None:
    class Throttled(Items):
        def refused(self, status: int) -> Response:
            return JSONResponse({"error": "slow down"}, 429)

    seen = await tried(CHECK, Throttled(), document())
    assert seen.verdict == "unknown"
    assert "429" in seen.evidence.why


def test_leaves_a_login_alone() -> None:
    told = document()
    told["paths"] = {"/items": {"post": told["paths"]["/items"]["post"]}}
    alice = {"login": {"operation": "createItem", "body": {"name": "alice", "count": 1}}}
    assert "lock" in skipped(CHECK, told, identities={"alice": alice}).why


class _Unique(_Loose):
    """Takes each name only once, as services do with the names of accounts."""

    def made(self, body: dict[str, Any]) -> Response:
        taken = any(item.get("name") == body["name"] for item in self.items.values())
        return self.refused(409) if taken else super().made(body)


async def test_a_name_that_is_taken_hides_no_defect() -> None:
    seen = await tried(CHECK, _Unique("count", "minimum"), document())
    assert [f.facts["keyword"] for f in seen.evidence.findings] == ["minimum"]
    loose = await tried(CHECK, _Unique("note", "maxLength"), document())
    assert {f.facts["place"] for f in loose.evidence.findings} == {"body/note"}


async def test_what_is_accepted_once_and_never_again_is_unknown() -> None:
    class OnlyOne(Items):
        def made(self, body: dict[str, Any]) -> Response:
            return self.refused(409) if self.items else super().made(body)

    seen = await tried(CHECK, OnlyOne(), document())
    assert seen.cell("createItem") == "unknown"
    assert "not accepted again" in seen.evidence.why


_MADE = {"201": {"description": "made"}, "422": {"description": "no"}}
_THING = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "minLength": 2}, "count": {"type": "integer", "maximum": 9}},
}


def _things(*names: str) -> dict[str, Any]:
    """A contract with one creation for each name, all of the same body."""
    body = {"required": True, "content": {"application/json": {"schema": _THING}}}
    paths = {f"/{name}": {"post": {"operationId": name, "requestBody": body, "responses": _MADE}} for name in names}
    return {"openapi": "3.1.0", "info": {"title": "things", "version": "1"}, "paths": paths}


def _taking(**answers: Callable[[Any], int]) -> Starlette:
    """A service that answers each creation with the status that comes of its body."""

    def route(name: str, status: Callable[[Any], int]) -> Route:
        async def create(request: Request) -> Response:
            try:
                body = await request.json()
            except ValueError:
                return JSONResponse({"error": "no JSON"}, 422)
            return JSONResponse({"seen": "yes"}, status(body))

        return Route(f"/{name}", create, methods=["POST"])

    return Starlette(routes=[route(name, status) for name, status in answers.items()])


def _anything(body: Any) -> int:
    return 201


def _held(body: Any) -> int:
    return 201 if jsonschema_rs.is_valid(_THING, body) else 422


def _objects(body: Any) -> int:
    return 201 if isinstance(body, dict) else 422


def _spoilt(body: Any) -> int:
    return 201 if isinstance(body, dict) else 500


async def test_a_service_that_holds_no_body_against_its_schema_has_one_mistake() -> None:
    seen = await tried(CHECK, _taking(lamps=_anything, rugs=_anything, beds=_spoilt), _things("lamps", "rugs", "beds"))
    found = [f for f in seen.evidence.findings if f.facts["keyword"] != "syntax"]

    assert {f.root for f in found} == {"takes bodies of any form"}
    assert {f.operation for f in found} == {"lamps", "rugs", "beds"}, "each place is told"
    assert {"type", "required", "minLength", "maximum"} <= {f.facts["keyword"] for f in found}
    assert {f.facts["status"] for f in found} == {201, 500}, "what crashes on it is not held against it either"
    assert all("none of the operations that were tried refuses" in f.detail for f in found if f.facts["accepted"])


async def test_what_was_seen_is_told_though_the_time_of_the_check_ends() -> None:
    async def never(_: Request) -> Response:
        await asyncio.sleep(600)
        raise AssertionError("nobody waits that long")

    app = _taking(lamps=_anything)
    app.router.routes.append(Route("/beds", never, methods=["POST"]))
    seen = await tried(CHECK, app, _things("lamps", "beds"), budget=3)
    assert {f.operation for f in seen.evidence.findings} == {"lamps"}
    assert seen.cell("beds") == "unknown"


async def test_where_one_operation_holds_its_bodies_the_others_are_mended_one_by_one() -> None:
    answers = {"lamps": _anything, "rugs": _held, "beds": _anything}
    seen = await tried(CHECK, _taking(**answers), _things(*answers))

    assert {f.root for f in seen.evidence.findings} == {
        "takes bodies of any form at /lamps",
        "takes bodies of any form at /beds",
    }
    assert seen.cell("rugs") == "proved"


async def test_rules_that_are_missing_beside_one_that_is_held_are_mistakes_of_their_own() -> None:
    seen = await tried(CHECK, _taking(lamps=_objects, rugs=_objects), _things("lamps", "rugs"))
    roots = {f.root for f in seen.evidence.findings}

    assert not any(root.startswith("takes bodies") for root in roots)
    assert {"accepts body required of /lamps", "accepts body required of /rugs"} <= roots
