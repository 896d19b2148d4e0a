"""Safe methods that delete, switch, and create; that count views; and what changes without them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.contract.safe_methods import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import skipped, tried

Json = dict[str, Any]


async def test_refutes_a_reading_that_takes_the_object_away() -> None:
    class Consumes(Albums):
        async def get_photo(self, request: Request) -> Response:
            answer = await super().get_photo(request)
            del self.photos[request.path_params["album"], request.path_params["photo"]]
            return answer

    seen = await tried(CHECK, Consumes(), document())
    assert [f.operation for f in seen.evidence.findings] == ["getPhoto"]


async def test_refutes_a_reading_that_switches_a_field() -> None:
    class Switches(Albums):
        def seen(self, album: Json) -> Json:
            album["public"] = not album.get("public", False)
            return super().seen(album)

    seen = await tried(CHECK, Switches(), document())
    [finding] = [f for f in seen.evidence.findings if f.operation == "getAlbum"]
    assert finding.facts["places"] == ["/public"]


async def test_refutes_a_listing_that_creates() -> None:
    class Creates(Albums):
        def listed(self) -> list[Json]:
            self.made({"title": "another", "year": 1999})
            return super().listed()

    seen = await tried(CHECK, Creates(), document())
    assert [f.operation for f in seen.evidence.findings] == ["listAlbums"]
    assert "objects are listed before" in seen.evidence.findings[0].detail


async def test_proves_what_changes_nothing() -> None:
    seen = await tried(CHECK, Albums(), document())
    assert seen.verdict == "proved", seen.evidence.why
    assert {e.request.method for e in seen.exchanges} >= {"GET", "HEAD", "OPTIONS"}


async def test_proves_counts_of_views_and_what_changes_by_itself() -> None:
    class Counts(Albums):
        calls = 0

        def seen(self, album: Json) -> Json:
            self.calls += 1
            album["views"] = album.get("views", 0) + 1
            return {**super().seen(album), "luck": self.calls * 7 % 5, "last_viewed_at": f"{self.calls}"}

    seen = await tried(CHECK, Counts(), document())
    assert seen.verdict == "proved", seen.evidence.findings


async def test_unknown_where_nothing_can_be_looked_at() -> None:
    class Refuses(Albums):
        async def create(self, request: Request) -> Response:
            raise Refused(422)

    seen = await tried(CHECK, Refuses(), document())
    assert seen.cell("listAlbums") == "unknown"


def test_does_not_apply_without_objects() -> None:
    made = document()
    made["paths"] = {"/albums": {"get": made["paths"]["/albums"]["get"]}}
    assert "no object that could be looked at" in skipped(CHECK, made).why
