"""A schema that the tests of this room share, and exchanges with it."""

from __future__ import annotations

import json
from typing import Any

from seamwright.contracts.graphql import load_sdl
from seamwright.model.exchange import Case, Exchange, Request, Response
from tests.checks.graph import SDL

__all__ = ["SHOP", "asked", "exchanged"]

SHOP = load_sdl(SDL, source="shop.graphql", digest="0" * 64)


def asked(operation: str, query: str, **variables: Any) -> Case:
    """A case with a document of one's own."""
    return Case(operation, body={"query": query, "variables": variables}, media_type="application/json")


def exchanged(
    query: str,
    body: Any,
    *,
    operation: str = "",
    status: int = 200,
    media_type: str = "application/json",
    variables: dict[str, Any] | None = None,
) -> Exchange:
    """An exchange as it came over the wire; a text as body is sent as it is."""
    sent = json.dumps({"query": query, "variables": variables or {}}).encode()
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    response = Response(status, (("content-type", media_type),), raw)
    return Exchange(
        Request("POST", "http://127.0.0.1/graphql", (), sent), response, None, 0.0, 0.0, operation=operation
    )
