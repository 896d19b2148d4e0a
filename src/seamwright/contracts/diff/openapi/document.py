"""The document as a whole: its servers, its schemas, and whether its version owns up to what changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.openapi.sides import Sides
from seamwright.contracts.diff.openapi.surface import Surface

__all__ = ["RULES", "compare_schemas", "compare_servers", "compare_version"]

_BUILT = "requests stay the same; generated clients may name a class by it"
_PROMISE = "whoever pins versions by semantic versioning takes this one for a safe update"

SCHEMA_REMOVED = Rule("api-schema-removed", Level.INFO, "", "a shared schema is gone", _BUILT)
SERVER_ADDED = Rule("server-added", Level.INFO, "", "a server is new", "the others stay")
SERVER_REMOVED = Rule(
    "server-removed",
    Level.INFO,
    "",
    "a server is not listed any more",
    "the paths below it are offered elsewhere; see whether clients have the old host in their settings",
)
BASE_REMOVED = Rule(
    "server-base-path-removed",
    Level.POTENTIALLY,
    "",
    "no server has a certain path before all others any more",
    "a client that has it in its settings calls paths that may not be there",
)
NOT_BUMPED = Rule("api-version-not-bumped", Level.INFO, "", "something broke under the same version", _PROMISE)
DECREASED = Rule("api-version-decreased", Level.INFO, "", "something broke under a lower version", _PROMISE)
MAJOR_NOT_BUMPED = Rule(
    "api-major-version-not-bumped", Level.INFO, "", "something broke under the same major version", _PROMISE
)

RULES = (SCHEMA_REMOVED, SERVER_ADDED, SERVER_REMOVED, BASE_REMOVED, NOT_BUMPED, DECREASED, MAJOR_NOT_BUMPED)

# Semantic Versioning 2.0.0, section 2; a leading "v" is common.
_SEMANTIC = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?")


def compare_schemas(sides: Sides) -> Iterator[Change]:
    """Yield the shared schemas that are gone."""
    old, new = (_schemas(surface) for surface in (sides.old, sides.new))
    for name in old:
        if name not in new:
            yield SCHEMA_REMOVED.change(f"schemas/{name}", f"the schema {name} was removed")


def _schemas(surface: Surface) -> dict[str, Any]:
    own = surface.values(surface.root.get("definitions"))
    return {**own, **surface.values(surface.values(surface.root.get("components")).get("schemas"))}


def compare_servers(sides: Sides) -> Iterator[Change]:
    """Yield the servers that came or went."""
    old, new = (list(surface.contract.servers) for surface in (sides.old, sides.new))
    bases = {_base(url) for url in new or ["/"]}
    for url in old:
        if url in new:
            continue
        if _base(url) in bases:
            yield SERVER_REMOVED.change("servers", f"the server {url} is not listed any more")
        else:
            yield BASE_REMOVED.change("servers", f"the server {url} is not listed any more, nor any with its path")
    for url in new:
        if url not in old:
            yield SERVER_ADDED.change("servers", f"the server {url} is new")


def _base(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return url


def compare_version(sides: Sides, found: Iterable[Change]) -> Iterator[Change]:
    """Yield what is wrong with the version, where something broke and versions are semantic."""
    if not any(change.level is Level.BREAKING for change in found):
        return
    was, is_ = sides.old.contract.version, sides.new.contract.version
    before, after = (_SEMANTIC.fullmatch(text.strip()) for text in (was, is_))
    if before is None or after is None:
        return
    old, new = (tuple(int(part) for part in match.groups()) for match in (before, after))
    if old == new:
        yield NOT_BUMPED.change("info", f"something broke, and the version is still {was}")
    elif new < old:
        yield DECREASED.change("info", f"something broke, and the version went from {was} back to {is_}")
    elif new[0] == old[0] and (old[0] > 0 or new[1] == old[1]):
        yield MAJOR_NOT_BUMPED.change("info", f"something broke, and the version went only from {was} to {is_}")
