"""A guard that asks only whether there are credentials is refuted, for tokens and for keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from seamwright.checks.auth.unknown_credential_refused import CHECK
from tests.checks.auth.gate import Gate, alice, document
from tests.checks.stage import skipped, tried

_KEY = "the-right-key-1234"


class _AnyToken(Gate):
    def subject(self, presented: str) -> str | None:
        return "somebody" if presented else None


class _Keyed(Gate):
    """Asks for a key in a place of its own."""

    place = "header"
    any_key = False

    def guarded(self, name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            places = {"header": request.headers, "query": request.query_params, "cookie": request.cookies}
            presented = places[self.place].get("x-key")
            if not presented or (presented != _KEY and not self.any_key):
                return self.refusal()
            request.state.subject = "desk"
            response: Response = await handler(request)
            return response

        return endpoint


def _keyed_document(place: str) -> dict[str, Any]:
    told = document()
    told["components"]["securitySchemes"]["bearer"] = {"type": "apiKey", "in": place, "name": "x-key"}
    return told


async def test_refutes_a_guard_that_lets_in_any_token() -> None:
    seen = await tried(CHECK, _AnyToken(), document(), identities={"alice": alice()})
    assert {f.operation for f in seen.evidence.findings} == {"createNote", "getNote", "changeNote", "whoAmI"}


@pytest.mark.parametrize("place", ["header", "query", "cookie"])
async def test_keys_are_made_up_where_the_contract_asks_for_them(place: str) -> None:
    identity = {"api_key": {"value": _KEY, "name": "x-key", "location": place}}
    for any_key, verdict in ((True, "refuted"), (False, "proved")):
        app = _Keyed()
        app.place, app.any_key = place, any_key
        seen = await tried(CHECK, app, _keyed_document(place), identities={"desk": identity})
        assert seen.verdict == verdict, seen.evidence.why


async def test_proves_a_guard_that_looks() -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice()})
    assert seen.verdict == "proved"
    assert {e.status for e in seen.exchanges if e.note == "with made-up credentials"} == {401}


async def test_is_unknown_where_the_honest_caller_is_refused_too() -> None:
    seen = await tried(CHECK, Gate(), document(), identities={"alice": alice(aud="elsewhere")})
    assert seen.verdict == "unknown"
    assert seen.evidence.cause == "usage"


def test_does_not_apply_to_an_open_api() -> None:
    told = document()
    del told["security"]
    assert "credentials" in skipped(CHECK, told).why


async def test_a_made_up_token_has_the_word_before_it_that_honest_ones_have() -> None:
    told = document()
    told["components"]["securitySchemes"]["bearer"] = {"type": "apiKey", "in": "header", "name": "Authorization"}

    class AnyToken(_AnyToken):
        word = "token"

    class Looks(Gate):
        word = "token"

    seen = await tried(CHECK, AnyToken(), told, identities={"alice": alice()})
    assert "whoAmI" in {finding.operation for finding in seen.evidence.findings}
    seen = await tried(CHECK, Looks(), told, identities={"alice": alice()})
    assert seen.verdict == "proved", seen.evidence.why
