"""References that cannot be followed: to nothing, in a circle, or to another host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.contracts.bundle import Bundle, escaped, pointed, tokens

__all__ = ["circular", "without"]


def circular(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """References that lead back to themselves with nothing in between, as (place, reference), each circle's first."""
    found: list[tuple[str, str]] = []
    settled: set[str] = set()
    waiting: list[tuple[Any, str]] = [(document, "#")]
    while waiting:
        node, place = waiting.pop()
        if isinstance(node, list):
            waiting += [(child, f"{place}/{index}") for index, child in reversed(list(enumerate(node)))]
        elif isinstance(node, dict):
            ref = node.get("$ref")
            if isinstance(ref, str) and _circles(document, ref, settled):
                found.append((place, ref))
            waiting += [(child, f"{place}/{escaped(key)}") for key, child in reversed(node.items())]
    return found


def _circles(document: Mapping[str, Any], ref: str, settled: set[str]) -> bool:
    path: list[str] = []
    while ref not in settled and ref.startswith("#"):
        if ref in path:
            settled.update(path)
            return True
        path.append(ref)
        try:
            target = pointed(document, ref)
        except KeyError:
            break
        following = target.get("$ref") if isinstance(target, dict) else None
        if not isinstance(following, str):
            break
        ref = following
    settled.update(path)
    return False


def without(bundle: Bundle, circles: list[tuple[str, str]]) -> dict[str, Any]:
    """A copy with something harmless in place of every reference that cannot be followed, and with no `$id`.

    The references of a bundled document start at its top, whatever `$id` they stand under. The type `file`, which
    Swagger 2.0 has and JSON Schema has not, becomes text.
    """
    broken = {place for place, _ in (*bundle.dangling, *bundle.remote, *circles)}
    copied: dict[str, Any] = _copied(bundle.document, "#", broken)
    return copied


def _copied(node: Any, place: str, broken: set[str]) -> Any:
    if isinstance(node, list):
        return [_copied(child, f"{place}/{index}", broken) for index, child in enumerate(node)]
    if not isinstance(node, dict):
        return node
    if place in broken:
        steps = tokens(place)
        if "parameters" in steps[-2:]:
            return {"name": f"x{place}", "in": "header", "schema": {}}
        return {}
    if node.get("type") == "file":
        node = {**node, "type": "string"}
    return {
        key: _copied(child, f"{place}/{escaped(key)}", broken)
        for key, child in node.items()
        if key != "$id" or not isinstance(child, str)
    }
