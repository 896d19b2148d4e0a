"""Values that another object has: a crash on POST and on PUT, a refusal, and a service that does not mind."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.contract.server_error_on_taken import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import Tried, skipped, tried

Json = dict[str, Any]

_CREATE, _PUT, _PATCH = "createAlbum", "putAlbum", "patchAlbum"


class Unique(Albums):
    """Each title is that of one album; who takes another one's is answered so."""

    status = 500
    within: tuple[str, ...] = ("POST", "PUT", "PATCH")

    def taken(self, request: Request, body: Json) -> bool:
        own = request.path_params.get("album")
        return any(a["title"] == body.get("title") for a in self.albums.values() if a["id"] != own)

    async def body(self, request: Request, *, whole: bool = True) -> Json:
        body = await super().body(request, whole=whole)
        if request.method in self.within and "title" in body and self.taken(request, body):
            raise Refused(self.status)
        return body


def _places(seen: Tried) -> set[tuple[str | None, str]]:
    return {(finding.operation, finding.facts["place"]) for finding in seen.evidence.findings}


async def test_refutes_a_title_whose_violation_crashes() -> None:
    seen = await tried(CHECK, Unique(), document())
    assert _places(seen) == {(_CREATE, "title"), (_PUT, "title"), (_PATCH, "title")}
    finding = next(f for f in seen.evidence.findings if f.operation == _PUT)
    assert finding.title.endswith("answers 500 to the title that another object has already")
    assert seen.cell("addPhoto") == "proved"


async def test_refutes_a_text_within_an_envelope() -> None:
    class Wrapped(Unique):
        async def body(self, request: Request, *, whole: bool = True) -> Json:
            sent = await request.json()
            if not isinstance(sent.get("album"), dict) or (whole and "title" not in sent["album"]):
                raise Refused(422)
            body: Json = sent["album"]
            if self.taken(request, body):
                raise Refused(500)
            return body

    made = document()
    made["paths"].pop("/albums/{albumId}/photos")
    made["paths"].pop("/albums/{albumId}/photos/{photoId}")
    album = made["paths"]["/albums/{albumId}"]
    album.pop("patch")
    for operation in (made["paths"]["/albums"]["post"], album["put"]):
        content = operation["requestBody"]["content"]["application/json"]
        content["schema"] = {"type": "object", "required": ["album"], "properties": {"album": content["schema"]}}
    assert _places(await tried(CHECK, Wrapped(), made)) == {(_CREATE, "album.title"), (_PUT, "album.title")}


async def test_refutes_the_update_alone_where_creation_refuses() -> None:
    class OnUpdates(Unique):
        async def create(self, request: Request) -> Response:
            if self.taken(request, await self.body(request)):
                raise Refused(409)
            return await super().create(request)

        within = ("PUT", "PATCH")

    seen = await tried(CHECK, OnUpdates(), document())
    assert {operation for operation, _ in _places(seen)} == {_PUT, _PATCH}
    assert seen.cell(_CREATE) == "proved"


async def test_proves_a_title_that_is_refused_in_words() -> None:
    class Refuses(Unique):
        status = 409

    seen = await tried(CHECK, Refuses(), document())
    assert seen.verdict == "proved", seen.evidence.why


async def test_proves_titles_that_may_be_equal() -> None:
    seen = await tried(CHECK, Albums(), document())
    assert seen.verdict == "proved", seen.evidence.why


async def test_refutes_what_only_somebody_else_meets() -> None:
    class Others(Unique):
        within = ("POST",)

        def __init__(self) -> None:
            super().__init__()
            self.makers: dict[str, str] = {}

        def taken(self, request: Request, body: Json) -> bool:
            who = request.headers.get("authorization", "")
            return self.makers.setdefault(body["title"], who) != who

    made = document()
    made["components"] = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    made["security"] = [{"token": []}]
    people = {"ada": {"token": "ada-1"}, "bob": {"token": "bob-1"}}
    seen = await tried(CHECK, Others(), made, identities=people)
    assert _places(seen) == {(_CREATE, "title")}
    [finding] = seen.evidence.findings
    assert "somebody else's object" in finding.title


async def test_unknown_where_no_two_objects_can_be_had() -> None:
    class Single(Albums):
        async def create(self, request: Request) -> Response:
            if self.albums:
                raise Refused(422)
            return await super().create(request)

    seen = await tried(CHECK, Single(), document())
    assert seen.cell(_CREATE) == "unknown"
    assert seen.cell(_PUT) == "unknown"


async def test_unknown_where_every_call_fails_since() -> None:
    class Broken(Unique):
        broken = False

        async def body(self, request: Request, *, whole: bool = True) -> Json:
            self.broken = self.broken or self.taken(request, await Albums.body(self, request, whole=whole))
            if self.broken:
                raise Refused(500)
            return await super().body(request, whole=whole)

    seen = await tried(CHECK, Broken(), document())
    assert seen.verdict == "unknown"


def test_does_not_apply_where_nothing_is_created() -> None:
    made = document()
    made["paths"]["/albums"].pop("post")
    made["paths"].pop("/albums/{albumId}/photos")
    made["paths"].pop("/albums/{albumId}/photos/{photoId}")
    assert "nothing is created" in skipped(CHECK, made).why
