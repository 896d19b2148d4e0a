"""Foreign origins: reflected, compared badly, allowed in a way that browsers refuse, and not to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from seamwright.checks.security.cors import CHECK
from tests.checks.security.notes import DOCUMENT, PEOPLE, Notes
from tests.checks.stage import tried

_SHOP = "https://shop.example"
_BOUNDARY: dict[str, Any] = {"boundary": {"origins": [_SHOP]}, **PEOPLE}


def _allow(origin: str) -> Mapping[str, str]:
    return {"access-control-allow-origin": origin, "access-control-allow-credentials": "true"}


class _Reflects(Notes):
    def cors(self, request: Request) -> Mapping[str, str]:
        origin = request.headers.get("origin")
        return _allow(origin) if origin else {}


class _ComparesTheBeginning(Notes):
    def cors(self, request: Request) -> Mapping[str, str]:
        origin = request.headers.get("origin", "")
        return _allow(origin) if origin.startswith(_SHOP) else {}


class _ReflectsWithCookie(Notes):
    """Everybody's `*` becomes the caller's own origin as soon as there is a cookie."""

    def cors(self, request: Request) -> Mapping[str, str]:
        origin = request.headers.get("origin", "")
        return _allow(origin) if "cookie" in request.headers else {"access-control-allow-origin": "*"}


class _Star(Notes):
    """Looks vulnerable: `*` with credentials. Browsers refuse that pair."""

    def cors(self, request: Request) -> Mapping[str, str]:
        return _allow("*")


class _Declared(Notes):
    def cors(self, request: Request) -> Mapping[str, str]:
        return _allow(_SHOP) if request.headers.get("origin") == _SHOP else {}


async def test_refutes_a_reflected_origin() -> None:
    result = await tried(CHECK, _Reflects().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "refuted"
    assert result.evidence.findings[0].facts["why"] == "any origin"


async def test_refutes_a_comparison_of_the_beginning() -> None:
    result = await tried(CHECK, _ComparesTheBeginning().app, DOCUMENT, **_BOUNDARY)
    assert result.evidence.findings[0].facts["why"] == "an origin that begins like a declared one"


async def test_refutes_an_origin_that_is_reflected_only_with_a_cookie() -> None:
    assert (await tried(CHECK, _ReflectsWithCookie().app, DOCUMENT, **PEOPLE)).verdict == "refuted"


async def test_proves_an_api_that_allows_the_declared_origin_alone() -> None:
    result = await tried(CHECK, _Declared().app, DOCUMENT, **_BOUNDARY)
    assert result.verdict == "proved"
    assert {c.cell for c in result.evidence.cells} == {"listNotes", "getNote", "listAllNotes"}


async def test_proves_a_wildcard_that_browsers_refuse() -> None:
    result = await tried(CHECK, _Star().app, DOCUMENT, **PEOPLE)
    assert result.verdict == "proved"
    assert result.evidence.measures["listNotes allows *"] is True


async def test_unknown_when_the_declared_origin_is_not_allowed_either() -> None:
    result = await tried(CHECK, Notes().app, DOCUMENT, **_BOUNDARY)
    assert result.verdict == "unknown"
    assert "the declared origin https://shop.example is not allowed either" in result.evidence.why
