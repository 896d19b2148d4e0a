"""Reads what an operation takes: its parameters with their serialisation, and its body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from seamwright.contracts.document import Node
from seamwright.model.operation import Body, Location, MediaType, Parameter

__all__ = ["body", "examples_of", "media_types", "parameter_list"]

_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
# OpenAPI 3.1, parameter object: definitions of these names are ignored, other parts of the document say them.
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


def parameter_list(item: Node, operation: Node, path: str) -> tuple[Parameter, ...]:
    """The parameters of an operation: those of its path item, its own winning, and what the path's template implies."""
    found: dict[tuple[str, str], Parameter] = {}
    for node in [*item.at("parameters").items(), *operation.at("parameters").items()]:
        parameter = _parameter(node)
        if parameter is not None:
            found[parameter.location, parameter.name] = parameter
    template = re.findall(r"{([^{}]+)}", path)
    for location, name in list(found):
        if location == "path" and name not in template:
            operation.document.notice(operation.place, f"the path parameter {name} is not in {path}; it is ignored")
            del found[location, name]
    for name in template:
        if ("path", name) not in found:
            operation.document.notice(operation.place, f"the path parameter {name} is not described; any text is sent")
            found["path", name] = Parameter(name, "path", True, {"type": "string", "minLength": 1}, "simple", False)
    return tuple(found.values())


def _parameter(node: Node) -> Parameter | None:
    name, location = node.text("name"), node.text("in")
    if location not in _STYLES:
        node.document.notice(node.place, f"a parameter in {location!r} is not known; it is ignored")
        return None
    if location == "header" and name.lower() in _IGNORED_HEADERS:
        node.document.notice(node.place, f"a header parameter {name} is ignored, as OpenAPI says")
        return None
    content = media_types(node.at("content"))
    media = next(iter(content), None)
    schema = content[media].schema if media else node.mapping().get("schema", {})
    style = node.text("style", _STYLES[location])
    return Parameter(
        name=name,
        location=cast(Location, location),
        required=location == "path" or node.flag("required"),
        schema=schema,
        style=style,
        explode=node.flag("explode", style == "form"),
        examples=(content[media].examples if media else ()) or examples_of(node, schema),
        media_type=media,
        allow_reserved=node.flag("allowReserved"),
        deprecated=node.flag("deprecated"),
    )


def body(node: Node) -> Body | None:
    """The body of a request; None where the operation takes none."""
    if node.value is None:
        return None
    content = media_types(node.at("content"))
    return Body(required=node.flag("required"), content=content) if content else None


def media_types(node: Node) -> dict[str, MediaType]:
    """A `content` map: media type → schema and examples."""
    found = {}
    for key, media in node.children(extensions=True):
        schema = media.mapping().get("schema", {})
        found[key] = MediaType(schema=schema, examples=examples_of(media, schema))
    return found


def examples_of(node: Node, schema: Any) -> tuple[Any, ...]:
    """The examples that stand at a place, or those of its schema where there are none."""
    values = node.mapping()
    found = [values["example"]] if "example" in values else []
    named = node.raw("examples")
    if isinstance(named.value, Mapping):
        found += [example.mapping()["value"] for _, example in named.children() if "value" in example.mapping()]
    elif isinstance(named.value, list):
        found += named.value
    if not found and isinstance(schema, Mapping):
        target = Node(node.document, schema, f"{node.place}/schema").followed().value
        if isinstance(target, Mapping):
            found = [target["example"]] if "example" in target else []
            if not found and isinstance(target.get("examples"), list):
                found = list(target["examples"])
    return tuple(found)
