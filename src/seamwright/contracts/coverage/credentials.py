"""Tells with which credentials a call came, and whether they were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from seamwright.contracts.coverage.judging import authenticated, refused_entry
from seamwright.contracts.coverage.points import LEFT_OUT, USED, Points
from seamwright.model.exchange import Request
from seamwright.model.operation import SecurityScheme

__all__ = ["look_at_credentials", "shows"]


def look_at_credentials(
    alternatives: Sequence[tuple[Sequence[SecurityScheme], Points]],
    without: Points | None,
    request: Request,
    status: int,
) -> bool:
    """Cover the alternatives that a call came with and was let in by; `without` is a call with no credentials at all.
    Gives whether anything was covered.

    That somebody without credentials is turned away (401, 403) is the very judgement that such a call is made for.
    """
    headers = {name.lower(): value for name, value in request.headers}
    bare, news = True, False
    for schemes, points in alternatives:
        shown = [shows(scheme, headers, request.url) for scheme in schemes]
        bare = bare and not any(shown)
        if all(shown) and authenticated(status):
            news |= points.cover(USED)
    if bare and without is not None:
        if authenticated(status):
            news |= without.cover(USED)
        if authenticated(status) or refused_entry(status):
            news |= without.cover(LEFT_OUT)
    return news


def shows(scheme: SecurityScheme, headers: Mapping[str, str], url: str) -> bool:
    """Whether a request carries credentials of a scheme; header names are in lower case."""
    if scheme.type == "apiKey":
        if scheme.location == "header":
            return scheme.parameter.lower() in headers
        if scheme.location == "cookie":
            return any(part.strip().startswith(f"{scheme.parameter}=") for part in headers.get("cookie", "").split(";"))
        return scheme.parameter in parse_qs(urlsplit(url).query, keep_blank_values=True)
    wanted = scheme.scheme.lower() if scheme.type == "http" and scheme.scheme else "bearer"
    return headers.get("authorization", "").lower().startswith(f"{wanted} ")
