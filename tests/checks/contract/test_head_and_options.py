"""HEAD that tells another thing than GET, and OPTIONS that leaves methods out, are refuted; 405 to both is right."""

from __future__ import annotations

import itertools
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from seamwright.checks.contract.head_and_options import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import tried, tried_at
from tests.engines.servers import read_request, serving


class Told(Items):
    """Answers HEAD and OPTIONS of the listing by itself."""

    def routes(self) -> list[Route]:
        own = [Route("/items", self.head, methods=["HEAD"]), Route("/items", self.options, methods=["OPTIONS"])]
        return [*own, *super().routes()]

    async def list(self, request: Any) -> Response:
        answer = await super().list(request)
        answer.headers["etag"] = self.etag()
        return answer

    def etag(self) -> str:
        return '"one"'

    async def head(self, request: Any) -> Response:
        return self.headed(await self.list(request))

    def headed(self, usual: Response) -> Response:
        return usual

    async def options(self, request: Any) -> Response:
        return Response(status_code=204, headers={"allow": "GET, HEAD, POST, OPTIONS"})


async def test_refutes_another_media_type() -> None:
    class Typed(Told):
        def headed(self, usual: Response) -> Response:
            return PlainTextResponse(b"", headers={"etag": '"one"', "content-length": usual.headers["content-length"]})

    seen = await tried(CHECK, Typed(), document())
    [finding] = seen.evidence.findings
    assert (finding.operation, finding.facts["wrong"], finding.severity) == ("listItems", "HEAD content-type", "low")


async def test_refutes_another_entity_tag() -> None:
    class Tagged(Told):
        def headed(self, usual: Response) -> Response:
            usual.headers["etag"] = '"two"'
            return usual

    seen = await tried(CHECK, Tagged(), document())
    assert [f.facts["wrong"] for f in seen.evidence.findings] == ["HEAD etag"]


async def test_refutes_another_length() -> None:
    class Empty(Told):
        def headed(self, usual: Response) -> Response:
            return JSONResponse(None, headers={"content-length": "0", "etag": '"one"'})

    seen = await tried(CHECK, Empty(), document())
    assert [f.facts["wrong"] for f in seen.evidence.findings] == ["HEAD content-length"]


async def test_refutes_a_crash() -> None:
    class Crashes(Told):
        def headed(self, usual: Response) -> Response:
            return self.refused(500)

    seen = await tried(CHECK, Crashes(), document())
    [finding] = seen.evidence.findings
    assert (finding.facts["status"], finding.severity) == (500, "medium")


async def test_refutes_content() -> None:
    async def behave(reader: Any, writer: Any) -> None:
        while await read_request(reader):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]")
            await writer.drain()

    told = document()
    told["paths"] = {"/items": {"get": told["paths"]["/items"]["get"]}}
    with serving(behave) as port:
        seen = await tried_at(CHECK, f"http://127.0.0.1:{port}", told)
    assert [f.facts["wrong"] for f in seen.evidence.findings] == ["HEAD content"]


async def test_refutes_options_that_leave_a_method_out() -> None:
    class Less(Told):
        async def options(self, request: Any) -> Response:
            return Response(status_code=204, headers={"allow": "GET, HEAD, OPTIONS"})

    seen = await tried(CHECK, Less(), document())
    [finding] = seen.evidence.findings
    assert finding.facts["wrong"] == "OPTIONS allow"
    assert "POST" in finding.title


async def test_proves_what_tells_the_same_and_what_is_not_served() -> None:
    assert (await tried(CHECK, Told(), document())).verdict == "proved"
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    statuses = {(e.request.method, e.status) for e in seen.exchanges if not e.operation}
    assert statuses == {("HEAD", 200), ("OPTIONS", 405)}


async def test_what_changes_from_one_get_to_the_next_is_not_compared() -> None:
    class Changing(Told):
        numbers = itertools.count()

        def etag(self) -> str:
            return f'"{next(self.numbers)}"'

    assert (await tried(CHECK, Changing(), document())).verdict == "proved"


async def test_is_unknown_where_it_is_slowed_down_or_closed() -> None:
    class Slowed(Told):
        def headed(self, usual: Response) -> Response:
            return self.refused(429)

    seen = await tried(CHECK, Slowed(), document())
    assert seen.cell("listItems") == "unknown"
    assert (await tried(CHECK, Closed(), document())).verdict == "unknown"
