"""Lets in callers by an API key, as the shop's services do among each other."""

from __future__ import annotations

import hmac

from starlette.requests import Request

from seamwright.kit.problems import Problem

__all__ = ["require_api_key"]


def require_api_key(request: Request, key: str) -> None:
    """Raises `Problem` 401 unless the request carries `key` in X-Api-Key."""
    given = request.headers.get("x-api-key", "")
    if not hmac.compare_digest(given.encode(), key.encode()):
        raise Problem(401, "Send the API key in X-Api-Key.", headers={"WWW-Authenticate": "ApiKey"})
