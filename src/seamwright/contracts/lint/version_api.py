"""Callers can tell the version of the API, and all operations tell it in the same way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from seamwright.contracts.lint._reading import Item, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence, text

__all__ = ["RULE"]

_SEGMENT = re.compile(r"v(?:er(?:sion)?)?[-_.]?\d+(?:[._]\d+)*(?:(?:alpha|beta)\d*)?|\d{4}-\d{2}-\d{2}", re.IGNORECASE)
_NAME = re.compile(r"(?:^|[-_])(?:api[-_]?)?version$|^accept-version$", re.IGNORECASE)
_MEDIA = re.compile(r"\bversion=|[.+-]v\d+\b", re.IGNORECASE)


def _run(reading: Reading) -> Iterator[Found]:
    servers = [_path_of(text(mapping(server).get("url"))) for server in sequence(reading.document.get("servers"))]
    by_server = any(_SEGMENT.fullmatch(segment) for path in servers for segment in path.split("/"))
    items = [item for item in reading.items if not _unversioned(item)]
    versioned = [item for item in items if _version(item)]
    if not versioned:
        if items and not by_server and not _otherwise(reading):
            yield Found("#/servers" if servers else "#", "nothing tells callers the version of the API", _HOW)
        return
    told = f"{len(versioned)} of {len(items)} paths have a version"
    if by_server:
        what = f"the servers have a version, and {told}"
        yield Found(versioned[0].part.place, what, "say it in one of the two", Severity.WARNING)
    elif 2 * len(versioned) < len(items):
        yield Found(versioned[0].part.place, told, "version all of them", Severity.WARNING)
    else:
        for item in items:
            if not _version(item):
                yield Found(item.part.place, f"{item.path} has no version, and {told}", _ALL, Severity.WARNING)


_ALL = "version all of them"
_HOW = "put it into the path of the server, such as /v1, or into a header or the media type"


def _path_of(url: str) -> str:
    """The path of a URL; nothing where it is no URL."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _version(item: Item) -> str:
    return next((segment for segment in item.segments[:2] if _SEGMENT.fullmatch(segment)), "")


def _unversioned(item: Item) -> bool:
    """Paths that belong to every version: health, metrics, well-known places, the root."""
    first = (item.segments or [""])[0].lower()
    return first.startswith((".", "_")) or first in (
        "",
        "health",
        "healthz",
        "ready",
        "readyz",
        "live",
        "livez",
        "metrics",
    )


def _otherwise(reading: Reading) -> bool:
    for call in reading.calls:
        if any(_NAME.search(parameter.text("name")) for parameter in call.parameters):
            return True
        bodies = [*call.answers.values(), *([call.body] if call.body else [])]
        if any(_MEDIA.search(medium.type) for body in bodies for medium in body.media):
            return True
    return False


RULE = Rule(
    id="version-api",
    severity=Severity.INFO,
    says="callers can tell the version of the API, and all operations tell it in the same way",
    why="the next version that breaks callers needs a place of its own; mixed versions are a warning",
    run=_run,
    wrong="""
servers: [{url: "https://shop.example"}]
paths:
  /v1/orders: {get: {responses: {}}}
  /customers: {get: {responses: {}}}
""",
    right="""
servers: [{url: "https://shop.example/v1"}]
paths:
  /orders: {get: {responses: {}}}
  /customers: {get: {responses: {}}}
""",
)
