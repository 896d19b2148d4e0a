"""Objects after their creation: not there, there without what was stored, pushed out by the next, and there late."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract import available_after_creation
from seamwright.checks.contract.available_after_creation import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import skipped, tried

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never comes is waited for in vain, and need not be for long."""
    monkeypatch.setattr(available_after_creation, "WITHIN", 0.6)
    monkeypatch.setattr(available_after_creation, "AGAIN", 0.05)


async def test_refutes_what_was_never_kept() -> None:
    class Forgets(Albums):
        async def create(self, request: Request) -> Response:
            self.last += 1
            return JSONResponse({"id": self.last, **await self.body(request)}, 201)

    seen = await tried(CHECK, Forgets(), document())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["steps"]) == ("createAlbum", ["createAlbum", "getAlbum"])


async def test_refutes_what_is_kept_without_what_was_sent() -> None:
    class Blanks(Albums):
        def made(self, body: Json) -> Json:
            made = super().made(body)
            self.albums[made["id"]]["title"] = "untitled"
            return made

    seen = await tried(CHECK, Blanks(), document())
    assert seen.cell("createAlbum") == "refuted"
    assert "untitled" in seen.evidence.findings[0].detail


async def test_refutes_an_object_that_goes_when_the_next_one_comes() -> None:
    class KeepsOne(Albums):
        def made(self, body: Json) -> Json:
            made = super().made(body)
            self.albums = {made["id"]: self.albums[made["id"]]}
            return made

    seen = await tried(CHECK, KeepsOne(), document())
    [finding] = [f for f in seen.evidence.findings if f.operation == "createAlbum"]
    assert finding.facts["steps"] == ["createAlbum", "createAlbum", "getAlbum"]


def _located(ahead: int) -> Albums:
    class Located(Albums):
        async def create(self, request: Request) -> Response:
            made = self.made(await self.body(request))
            return JSONResponse(made, 201, headers={"location": f"/albums/{made['id'] + ahead}"})

    return Located()


async def test_refutes_a_location_that_leads_elsewhere() -> None:
    seen = await tried(CHECK, _located(1000), document())
    [finding] = seen.evidence.findings
    assert finding.facts["location"].startswith("/albums/10")


async def test_proves_what_is_there_under_its_id_and_its_location() -> None:
    assert (await tried(CHECK, Albums(), document())).verdict == "proved"
    assert (await tried(CHECK, _located(0), document())).verdict == "proved"


async def test_an_object_that_was_there_already_need_not_hold_what_was_sent() -> None:
    class OneOfEach(Albums):
        def made(self, body: Json) -> Json:
            return dict(next(iter(self.albums.values()))) if self.albums else super().made(body)

    seen = await tried(CHECK, OneOfEach(), document())
    assert not seen.evidence.findings, "its answer shows that it is another one"


async def test_proves_what_takes_a_moment() -> None:
    class Late(Albums):
        async def get(self, request: Request) -> Response:
            album = self.album(request)
            album["left"] = album.get("left", 3) - 1
            if album["left"] > 0:
                raise Refused(404)
            return JSONResponse({name: value for name, value in album.items() if name != "left"})

    assert (await tried(CHECK, Late(), document())).verdict == "proved"


async def test_unknown_where_it_is_only_accepted() -> None:
    class Accepts(Albums):
        async def create(self, request: Request) -> Response:
            self.last += 1
            return JSONResponse({"id": self.last, **await self.body(request)}, 202)

    seen = await tried(CHECK, Accepts(), document())
    assert seen.cell("createAlbum") == "unknown"
    assert "202, which promises to do it later" in seen.evidence.why


async def test_unknown_where_nothing_can_be_created() -> None:
    class Refuses(Albums):
        async def create(self, request: Request) -> Response:
            raise Refused(422)

    seen = await tried(CHECK, Refuses(), document())
    assert seen.verdict == "unknown"
    assert "no valid call was answered in its success class" in seen.evidence.why


def test_does_not_apply_where_nothing_can_be_read() -> None:
    made = document()
    for path in made["paths"].values():
        path.pop("get", None)
    assert "nothing that it creates can be read" in skipped(CHECK, made).why
