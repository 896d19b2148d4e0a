"""An operation of which no call is accepted can still be seen to crash, and is never proved."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seamwright.checks.contract.server_error_on_unusual import CHECK as UNUSUAL
from seamwright.checks.contract.server_error_on_valid import CHECK as VALID
from tests.checks.stage import tried

# Nothing here makes or lists what is restarted.
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/kernels/{name}/restart": {
            "post": {
                "operationId": "restart",
                "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"204": {"description": "done"}, "404": {"description": "none"}},
            }
        }
    },
}


def serving(status: Any) -> Starlette:
    async def restart(request: Request) -> Response:
        return JSONResponse({"detail": "none"}, status(request.path_params["name"]))

    return Starlette(routes=[Route("/kernels/{name}/restart", restart, methods=["POST"])])


async def test_a_crash_on_what_is_not_there_is_refuted() -> None:
    seen = await tried(VALID, serving(lambda name: 500), DOCUMENT)

    assert seen.cell("restart") == "refuted"
    assert seen.evidence.findings[0].title.startswith(
        "restart (POST /kernels/{name}/restart) answers 500 to a valid call"
    )
    assert len(seen.evidence.findings[0].exchanges) == 2, "told only when it happened twice"


async def test_what_is_refused_in_order_is_unknown_and_never_proved() -> None:
    seen = await tried(VALID, serving(lambda name: 404), DOCUMENT)

    assert seen.cell("restart") == "unknown"
    assert "no valid call was answered in the success class" in seen.evidence.why


async def test_what_comes_once_only_is_unknown() -> None:
    asked: list[str] = []

    def once(name: str) -> int:
        asked.append(name)
        return 500 if len(asked) == 7 else 404

    assert (await tried(VALID, serving(once), DOCUMENT)).cell("restart") == "unknown"
    assert len(asked) > 7


async def test_an_unusual_name_that_crashes_is_told_from_an_ordinary_one() -> None:
    seen = await tried(UNUSUAL, serving(lambda name: 500 if "\0" in name else 404), DOCUMENT)

    assert seen.cell("restart") == "refuted"
    [finding] = seen.evidence.findings
    assert "NUL" in finding.title
    assert "an ordinary call was answered 404" in finding.detail
