"""Failures that need a history are found and shortened; those of a single call are left to another check."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.contract.sequence_server_error import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import tried

Json = dict[str, Any]


async def test_refutes_a_failure_after_two_others_and_tells_the_steps() -> None:
    class Trips(Albums):
        def replaced(self, album: Json, body: Json) -> None:
            super().replaced(album, body)
            self.photos[album["id"], 0] = {}

        def changed(self, album: Json, body: Json) -> None:
            if (album["id"], 0) in self.photos:
                raise Refused(500)
            super().changed(album, body)

    seen = await tried(CHECK, Trips(), document())
    [finding] = seen.evidence.findings
    assert finding.operation == "patchAlbum"
    assert finding.facts["steps"] == ["createAlbum", "putAlbum", "patchAlbum"]
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert [e.status for e in witnesses] == [201, 200, 500]
    assert len({e.request.url.rpartition("/")[2] for e in witnesses[1:]}) == 1, "all on one object"
    assert "3. PATCH /albums/" in finding.detail


async def test_refutes_whatever_fails_on_what_was_deleted() -> None:
    class Trips(Albums):
        def missing(self, number: int) -> Json:
            raise Refused(503 if number in self.ended else 404)

    seen = await tried(CHECK, Trips(), document())
    failing = {f.operation: f.facts["steps"] for f in seen.evidence.findings}
    assert set(failing) == {"getAlbum", "putAlbum", "patchAlbum", "deleteAlbum", "addPhoto"}
    assert all(steps == ["createAlbum", "deleteAlbum", operation] for operation, steps in failing.items())
    assert seen.cell("getPhoto") == "proved"


async def test_refutes_a_failure_that_depends_on_a_field_and_leaves_the_others_out() -> None:
    class Trips(Albums):
        def removed(self, album: Json) -> None:
            if album.get("public") is True:
                raise Refused(500)
            super().removed(album)

    seen = await tried(CHECK, Trips(), document())
    [finding] = seen.evidence.findings
    assert finding.operation == "deleteAlbum"
    assert len(finding.facts["steps"]) in (2, 3)
    bodies = [e.request.body for e in seen.exchanges if e.number in finding.exchanges and e.request.body]
    assert any(b'"public": true' in body for body in bodies)


async def test_proves_what_never_fails_and_says_how_often_it_was_walked() -> None:
    app = Albums()
    seen = await tried(CHECK, app, document())
    assert seen.verdict == "proved", seen.evidence.why
    assert len(seen.evidence.cells) == 9
    assert all(cell.tried >= 6 for cell in seen.evidence.cells)
    assert {status for _, status in app.log} >= {200, 201, 204, 404}, "it was used after it was gone, too"


async def test_the_same_seed_walks_the_same_way() -> None:
    one, other = Albums(), Albums()
    await tried(CHECK, one, document())
    await tried(CHECK, other, document())
    assert one.log == other.log


async def test_unknown_where_a_single_call_fails() -> None:
    class Breaks(Albums):
        async def show(self, request: Request) -> Response:
            raise Refused(500)

    seen = await tried(CHECK, Breaks(), document())
    assert seen.cell("listAlbums") == "unknown"
    assert "a single call of it is answered 500" in seen.evidence.why


async def test_unknown_where_a_failure_does_not_come_again() -> None:
    class Once(Albums):
        failed = False

        def removed(self, album: Json) -> None:
            if album["id"] > 8 and not self.failed:
                self.failed = True
                raise Refused(502)
            super().removed(album)

    seen = await tried(CHECK, Once(), document())
    assert seen.cell("deleteAlbum") == "unknown"
    assert "502 once in a walk, and not when the walk was repeated" in seen.evidence.why


async def test_unknown_where_nothing_is_ever_accepted() -> None:
    class Refuses(Albums):
        async def create(self, request: Request) -> Response:
            raise Refused(422)

    seen = await tried(CHECK, Refuses(), document())
    assert seen.cell("createAlbum") == "unknown"
    assert seen.cell("listAlbums") == "proved"
