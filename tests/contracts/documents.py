"""Small contracts that several tests of this folder read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seamwright.contracts.openapi import load_openapi
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.operation import Contract, Operation

__all__ = ["answered", "contract", "document", "operation", "unanswered"]


def document(paths: Mapping[str, Any], *, openapi: str = "3.0.3", **rest: Any) -> dict[str, Any]:
    """An OpenAPI document with these paths."""
    return {"openapi": openapi, "info": {"title": "Shop", "version": "1.0"}, "paths": dict(paths), **rest}


def contract(paths: Mapping[str, Any], *, openapi: str = "3.0.3", **rest: Any) -> Contract:
    """The contract of such a document."""
    return load_openapi(document(paths, openapi=openapi, **rest), source="shop.json", digest="d")


def operation(found: Contract, operation_id: str) -> Operation:
    """An operation that must be there."""
    wanted = found.operation(operation_id)
    assert wanted is not None, [o.id for o in found.operations]
    return wanted


def answered(
    status: int,
    body: Any = None,
    *,
    content_type: str | None = "application/json",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    sent: Any = None,
) -> Exchange:
    """An exchange with this answer; a body that is no bytes is written as JSON."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    pairs = [*([("content-type", content_type)] if content_type else []), *(headers or {}).items()]
    request = Request(method, "http://127.0.0.1/x", (), b"" if sent is None else json.dumps(sent).encode())
    return Exchange(request, Response(status, tuple(pairs), data), None, 0.0, 0.01)


def unanswered() -> Exchange:
    """An exchange in which nothing came back."""
    return Exchange(Request("GET", "http://127.0.0.1/x"), None, Failure("connect", "refused"), 0.0, 0.01)
