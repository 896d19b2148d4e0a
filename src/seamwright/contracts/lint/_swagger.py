"""Finds a place of a Swagger 2.0 document's form of OpenAPI 3 in the document as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.contracts.bundle import escaped, pointed, tokens

__all__ = ["as_written"]

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})
_TOPS = {("components", "securitySchemes"): ["securityDefinitions"], ("servers",): ["host"]}


def as_written(place: str, document: Mapping[str, Any]) -> str:
    """The place in `document`, or the nearest one above it; a place that is in both forms stays what it is."""
    steps = tokens(place)
    for top, written in _TOPS.items():
        if tuple(steps[: len(top)]) == top:
            return _walked(document, [*written, *steps[len(top) :]])
    if len(steps) < 4 or steps[0] != "paths" or steps[2] not in _METHODS:
        return _walked(document, steps)
    path, method, section, rest = steps[1], steps[2], steps[3], steps[4:]
    base = ["paths", path, method]
    match section:
        case "responses" if rest[1:2] == ["content"] and len(rest) > 2:
            return _walked(document, [*base, "responses", rest[0], *rest[3:]])
        case "requestBody":
            return _walked(document, _body(document, base, rest))
        case "parameters" if rest:
            return _walked(document, _parameter(document, base, rest))
    return _walked(document, steps)


def _body(document: Mapping[str, Any], base: list[str], rest: list[str]) -> list[str]:
    """A body is a parameter; the fields of a form are one parameter each."""
    inner = rest[2:] if rest[:1] == ["content"] else []
    parameters = _parameters(document, base)
    for steps, node in parameters:
        if node.get("in") == "body":
            return [*steps, *inner]
    for steps, node in parameters:
        if node.get("in") == "formData" and inner[:2] == ["schema", "properties"] and inner[2:3] == [node.get("name")]:
            return [*steps, *inner[3:]]
    return [*base, "parameters"]


def _parameter(document: Mapping[str, Any], base: list[str], rest: list[str]) -> list[str]:
    """The form of OpenAPI 3 has the shared parameters first, without those that become the body."""
    parameters = _parameters(document, base)
    own = [(steps, node) for steps, node in parameters if len(steps) > 4]
    taken = {_key(node) for _, node in own}
    shared = [(steps, node) for steps, node in parameters if len(steps) == 4 and _key(node) not in taken]
    flat = [steps for steps, node in [*shared, *own] if node.get("in") not in ("body", "formData")]
    index = int(rest[0]) if rest[0].isdigit() else len(flat)
    if index >= len(flat):
        return [*base, "parameters"]
    inner = rest[1:]
    return [*flat[index], *(inner[1:] if inner[:1] == ["schema"] else inner)]


def _key(node: Mapping[str, Any]) -> tuple[str, str]:
    return str(node.get("in")), str(node.get("name"))


def _parameters(document: Mapping[str, Any], base: list[str]) -> list[tuple[list[str], dict[str, Any]]]:
    found = []
    for above in (base[:2], base):
        node: Any = document
        for step in above:
            node = node.get(step) if isinstance(node, dict) else None
        listed = node.get("parameters") if isinstance(node, dict) else None
        for index, parameter in enumerate(listed if isinstance(listed, list) else []):
            found.append(([*above, "parameters", str(index)], _followed(document, parameter)))
    return found


def _followed(document: Mapping[str, Any], node: Any) -> dict[str, Any]:
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        try:
            node = pointed(document, node["$ref"])
        except KeyError:
            return {}
    return node if isinstance(node, dict) else {}


def _walked(document: Mapping[str, Any], steps: list[str]) -> str:
    """Go down as far as there is something, following references on the way: what is shared is written once."""
    node: Any = document
    place = "#"
    for step in steps:
        ref = node.get("$ref") if isinstance(node, dict) and step not in node else None
        if isinstance(ref, str) and ref.startswith("#"):
            place, node = ref, _followed(document, node)
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return place
        place = f"{place}/{escaped(step)}"
    return place
