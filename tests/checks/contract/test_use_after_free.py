"""Objects after their end: still there, still in a cache, changed, archived, gone late, and never deleted at all."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract import use_after_free
from seamwright.checks.contract.use_after_free import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import Tried, skipped, tried

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never comes is waited for in vain, and need not be for long."""
    monkeypatch.setattr(use_after_free, "WITHIN", 0.6)
    monkeypatch.setattr(use_after_free, "AGAIN", 0.05)


def _steps(seen: Tried) -> list[tuple[str, list[str]]]:
    return [(finding.facts["kind"], finding.facts["steps"]) for finding in seen.evidence.findings]


async def test_refutes_an_object_that_stays() -> None:
    class Stays(Albums):
        def removed(self, album: Json) -> None:
            return

    seen = await tried(CHECK, Stays(), document())
    assert _steps(seen) == [("read", ["createAlbum", "deleteAlbum", "getAlbum"])]
    assert seen.cell("deletePhoto") == "proved"
    [finding] = seen.evidence.findings
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert [(e.request.method, e.status) for e in witnesses] == [("POST", 201), ("DELETE", 204), ("GET", 200)]
    assert "1. POST /albums" in finding.detail
    assert "3. GET /albums/" in finding.detail


async def test_refutes_a_cache_that_is_not_emptied_and_keeps_the_reading_that_filled_it() -> None:
    class Caches(Albums):
        def __init__(self) -> None:
            super().__init__()
            self.cache: dict[int, Json] = {}

        async def get(self, request: Request) -> Response:
            number = request.path_params["album"]
            if number not in self.cache:
                self.cache[number] = self.seen(self.album(request))
            return JSONResponse(self.cache[number])

    seen = await tried(CHECK, Caches(), document())
    assert _steps(seen) == [("read", ["createAlbum", "getAlbum", "deleteAlbum", "getAlbum"])]


async def test_refutes_an_update_that_brings_it_back() -> None:
    class BringsBack(Albums):
        async def patch(self, request: Request) -> Response:
            number = request.path_params["album"]
            if number in self.ended:
                self.albums[number] = self.ended.pop(number)
            return await super().patch(request)

    seen = await tried(CHECK, BringsBack(), document())
    assert _steps(seen) == [("changed", ["createAlbum", "deleteAlbum", "patchAlbum", "getAlbum"])]


async def test_refutes_a_second_delete_that_fails() -> None:
    class Trips(Albums):
        async def delete(self, request: Request) -> Response:
            if request.path_params["album"] in self.ended:
                raise Refused(500)
            return await super().delete(request)

    seen = await tried(CHECK, Trips(), document())
    assert _steps(seen) == [("deleted again", ["createAlbum", "deleteAlbum", "deleteAlbum"])]


async def test_proves_what_is_gone_with_all_that_lay_in_it() -> None:
    seen = await tried(CHECK, Albums(), document())
    assert seen.verdict == "proved", seen.evidence.why
    assert {c.cell for c in seen.evidence.cells} == {"deleteAlbum", "deletePhoto"}


async def test_proves_a_soft_delete() -> None:
    class Archives(Albums):
        def removed(self, album: Json) -> None:
            album["status"] = "archived"

        def replaced(self, album: Json, body: Json) -> None:
            album |= body

    seen = await tried(CHECK, Archives(), document())
    assert seen.verdict == "proved", seen.evidence.findings
    assert seen.evidence.measures == {"deleteAlbum shows as deleted": "status: archived"}


async def test_proves_what_takes_a_moment_to_be_gone() -> None:
    class Late(Albums):
        async def get(self, request: Request) -> Response:
            ended = self.ended.get(request.path_params["album"])
            if ended is not None and ended.setdefault("left", 2) > 0:
                ended["left"] -= 1
                return JSONResponse({name: value for name, value in ended.items() if name != "left"})
            return await super().get(request)

    assert (await tried(CHECK, Late(), document())).verdict == "proved"


async def test_proves_a_put_that_says_that_it_makes_a_new_one() -> None:
    class Makes(Albums):
        async def put(self, request: Request) -> Response:
            number = request.path_params["album"]
            if number in self.albums:
                return await super().put(request)
            self.albums[number] = {"id": number, **await self.body(request)}
            return JSONResponse(self.albums[number], 201)

    assert (await tried(CHECK, Makes(), document())).verdict == "proved"


async def test_unknown_where_nothing_is_ever_deleted() -> None:
    class Refuses(Albums):
        async def delete(self, request: Request) -> Response:
            raise Refused(409)

    seen = await tried(CHECK, Refuses(), document())
    assert seen.cell("deleteAlbum") == "unknown"
    assert "deleteAlbum: no valid call was answered in its success class" in seen.evidence.why


async def test_unknown_where_what_is_left_cannot_be_read() -> None:
    class Breaks(Albums):
        async def get(self, request: Request) -> Response:
            if request.path_params["album"] in self.ended:
                raise Refused(503)
            return await super().get(request)

    seen = await tried(CHECK, Breaks(), document())
    assert seen.cell("deleteAlbum") == "unknown"
    assert "what is left of its object cannot be read" in seen.evidence.why


def test_does_not_apply_where_nothing_is_deleted() -> None:
    made = document()
    for path in made["paths"].values():
        path.pop("delete", None)
    assert "it deletes nothing" in skipped(CHECK, made).why


def test_does_not_apply_to_what_lies_below_an_object_that_stays() -> None:
    made = document()
    album = made["paths"]["/albums/{albumId}"]
    where = album.get("parameters") or album["delete"].get("parameters", [])
    star = {"operationId": "unstarAlbum", "responses": {"204": {"description": ""}}, "parameters": where}
    made["paths"] = {
        "/albums": made["paths"]["/albums"],
        "/albums/{albumId}": {name: told for name, told in album.items() if name != "delete"},
        "/albums/{albumId}/star": {"delete": star},
    }
    assert "nothing that it deletes can be looked for afterwards" in skipped(CHECK, made).why
