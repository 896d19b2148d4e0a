"""Updates after they were accepted: ignored in a field, resetting others, replaced wholly, and shown late."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract import update_is_read_back
from seamwright.checks.contract.update_is_read_back import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import skipped, tried

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never comes is waited for in vain, and need not be for long."""
    monkeypatch.setattr(update_is_read_back, "WITHIN", 0.6)
    monkeypatch.setattr(update_is_read_back, "AGAIN", 0.05)


async def test_refutes_a_field_that_is_ignored() -> None:
    class Ignores(Albums):
        def changed(self, album: Json, body: Json) -> None:
            album |= {name: value for name, value in body.items() if name != "year"}

    seen = await tried(CHECK, Ignores(), document())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["field"]) == ("patchAlbum", "year")
    assert finding.facts["steps"] == ["createAlbum", "patchAlbum", "getAlbum"]
    assert seen.cell("putAlbum") == "proved"


async def test_refutes_a_put_that_keeps_what_was_there() -> None:
    class Keeps(Albums):
        def replaced(self, album: Json, body: Json) -> None:
            album["title"] = body["title"]

    seen = await tried(CHECK, Keeps(), document())
    assert {(f.operation, f.facts["field"]) for f in seen.evidence.findings} == {("putAlbum", "year")}


async def test_refutes_a_patch_that_resets_what_it_does_not_name() -> None:
    class Resets(Albums):
        def changed(self, album: Json, body: Json) -> None:
            album.pop("public", None)
            album |= body

    seen = await tried(CHECK, Resets(), document())
    [finding] = seen.evidence.findings
    assert finding.facts["field"] == "public"
    assert finding.title.endswith("changes public, which it does not name")


async def test_proves_updates_that_are_read_back() -> None:
    seen = await tried(CHECK, Albums(), document())
    assert seen.verdict == "proved", seen.evidence.why
    sent = [e.request.body for e in seen.exchanges if e.operation == "patchAlbum"]
    for field in (b'"title"', b'"year"', b'"public"'):
        assert any(body.count(b":") == 1 and field in body for body in sent), "each field is changed by itself"


async def test_proves_a_value_that_follows_from_another() -> None:
    class Follows(Albums):
        def changed(self, album: Json, body: Json) -> None:
            album |= body
            album["public"] = album["year"] % 2 == 0 if "public" not in body else body["public"]

    assert (await tried(CHECK, Follows(), document())).verdict == "proved"


async def test_proves_what_takes_a_moment() -> None:
    class Late(Albums):
        def __init__(self) -> None:
            super().__init__()
            self.old: dict[int, list[Json]] = {}

        def changed(self, album: Json, body: Json) -> None:
            self.old[album["id"]] = [dict(album)] * 2
            super().changed(album, body)

        def seen(self, album: Json) -> Json:
            waiting = self.old.get(album["id"])
            return waiting.pop() if waiting else super().seen(album)

    assert (await tried(CHECK, Late(), document())).verdict == "proved"


async def test_unknown_where_it_is_only_accepted() -> None:
    class Accepts(Albums):
        async def patch(self, request: Request) -> Response:
            return JSONResponse(self.album(request), 202)

    seen = await tried(CHECK, Accepts(), document())
    assert seen.cell("patchAlbum") == "unknown"
    assert "none of its updates was accepted for good" in seen.evidence.why


async def test_unknown_where_no_update_is_accepted() -> None:
    class Refuses(Albums):
        async def put(self, request: Request) -> Response:
            raise Refused(409)

    seen = await tried(CHECK, Refuses(), document())
    assert seen.cell("putAlbum") == "unknown"
    assert seen.cell("patchAlbum") == "proved"


def test_does_not_apply_where_nothing_can_be_compared() -> None:
    made = document()
    schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
    answer = made["paths"]["/albums/{albumId}"]["get"]["responses"]["200"]
    answer["content"]["application/json"]["schema"] = schema
    assert "no update can be read back" in skipped(CHECK, made).why


def test_does_not_apply_to_what_lies_below_the_object_that_is_read() -> None:
    made = document()
    album = made["paths"].pop("/albums/{albumId}")
    updates = {name: told for name, told in album.items() if name in ("put", "patch")}
    shared = {"parameters": album["parameters"]} if "parameters" in album else {}
    made["paths"]["/albums/{albumId}"] = {"get": album["get"], **shared}
    made["paths"]["/albums/{albumId}/sleeve"] = {**updates, **shared}
    assert "no update can be read back" in skipped(CHECK, made).why
