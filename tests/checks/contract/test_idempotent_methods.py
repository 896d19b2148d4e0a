"""PUT and DELETE sent twice: that append, that count, that make another, that fail, and that take others away."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.contract.idempotent_methods import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import skipped, tried

Json = dict[str, Any]


async def _kinds(app: Albums) -> list[tuple[str, str]]:
    seen = await tried(CHECK, app, document())
    return [(finding.operation, finding.facts["kind"]) for finding in seen.evidence.findings]


async def test_refutes_a_put_that_does_it_again() -> None:
    class Appends(Albums):
        def replaced(self, album: Json, body: Json) -> None:
            edition = album.get("edition", 0)
            super().replaced(album, body)
            album["edition"] = edition + 1

    assert await _kinds(Appends()) == [("putAlbum", "another state")]


async def test_refutes_a_put_that_makes_another_object() -> None:
    class Copies(Albums):
        def replaced(self, album: Json, body: Json) -> None:
            super().replaced(album, body)
            self.made(body)

    assert await _kinds(Copies()) == [("putAlbum", "second object")]


async def test_refutes_what_fails_when_it_is_repeated() -> None:
    class Trips(Albums):
        async def delete(self, request: Request) -> Response:
            if request.path_params["album"] in self.ended:
                raise Refused(500)
            return await super().delete(request)

    assert await _kinds(Trips()) == [("deleteAlbum", "fails")]


async def test_refutes_a_delete_that_takes_another_object_away() -> None:
    class TakesTheNext(Albums):
        async def delete(self, request: Request) -> Response:
            if request.path_params["album"] in self.albums:
                return await super().delete(request)
            self.removed([*self.albums.values()][-1])
            return Response(status_code=204)

    class TakesAll(Albums):
        def removed(self, album: Json) -> None:
            for each in [*self.albums.values()]:
                super().removed(each)

    assert await _kinds(TakesTheNext()) == [("deleteAlbum", "another object")]
    assert await _kinds(TakesAll()) == [("deleteAlbum", "another object")]


async def test_proves_what_has_one_effect() -> None:
    assert (await tried(CHECK, Albums(), document())).verdict == "proved"


async def test_proves_versions_and_times_that_count_the_changes() -> None:
    class Counts(Albums):
        def replaced(self, album: Json, body: Json) -> None:
            version = album.get("version", 0) + 1
            super().replaced(album, body)
            album |= {"version": version, "updatedAt": f"2024-01-01T00:00:{version:02}Z"}

    assert (await tried(CHECK, Counts(), document())).verdict == "proved"


async def test_proves_a_repetition_that_is_refused() -> None:
    class Refuses(Albums):
        async def put(self, request: Request) -> Response:
            album = self.album(request)
            if album.get("year") == (await self.body(request))["year"]:
                raise Refused(409)
            return await super().put(request)

    seen = await tried(CHECK, Refuses(), document())
    assert seen.cell("deleteAlbum") == "proved"


async def test_unknown_where_nothing_is_accepted() -> None:
    class Refuses(Albums):
        async def put(self, request: Request) -> Response:
            raise Refused(422)

    seen = await tried(CHECK, Refuses(), document())
    assert seen.cell("putAlbum") == "unknown"


def test_does_not_apply_without_put_and_delete() -> None:
    made = document()
    for path in made["paths"].values():
        path.pop("put", None)
        path.pop("delete", None)
    assert "promises nothing about being repeated" in skipped(CHECK, made).why


def test_a_put_of_steps_is_left_out() -> None:
    made: Any = document()
    put = made["paths"]["/albums/{albumId}"]["put"]
    content = put["requestBody"]["content"]
    content["application/json-patch+json"] = content.pop("application/json")
    for name, path in made["paths"].items():
        made["paths"][name] = {key: value for key, value in path.items() if key == "parameters" or value is put}
    assert "a list of steps" in skipped(CHECK, made).why
