"""Values as XML, by what a schema says of names, attributes and wrapping (OpenAPI 3.1, section 4.8.26, XML object)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

__all__ = ["xml_body"]

Resolve = Callable[[str], Any]

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_UNCARRIED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can hold (XML 1.0, section 2.2)."""


def xml_body(value: Any, schema: Any, resolve: Resolve) -> bytes:
    """The document of a value, in UTF-8; its root is named by the schema, the component that it refers to, or `root`.

    Characters that XML cannot hold are left out.
    """
    text = "".join(_element(value, schema, _root_name(schema), resolve))
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


def _root_name(schema: Any) -> str:
    ref = schema.get("$ref") if isinstance(schema, Mapping) else None
    return str(ref).rpartition("/")[2] if isinstance(ref, str) else "root"


def _element(value: Any, schema: Any, name: str, resolve: Resolve) -> Iterator[str]:
    """One element; a list is one for each of its items, inside one of their own where it is wrapped."""
    whole = _whole(schema, resolve)
    about = _about(whole)
    if isinstance(value, list):
        yield from _items(value, whole, about, name, resolve)
        return
    tag, namespace = _tag(about, name)
    if isinstance(value, Mapping):
        named = whole.get("properties")
        children = named if isinstance(named, Mapping) else {}
        attributes, inside = "", []
        for key, member in value.items():
            child = children.get(key, {})
            said = _about(_whole(child, resolve))
            if said.get("attribute") and not isinstance(member, Mapping | list):
                attributes += f" {_tag(said, str(key))[0]}={quoteattr(_text(member))}"
            else:
                inside.append("".join(_element(member, child, str(key), resolve)))
        yield f"<{tag}{namespace}{attributes}>{''.join(inside)}</{tag}>"
    elif value is None:
        yield f"<{tag}{namespace}/>"
    else:
        yield f"<{tag}{namespace}>{escape(_text(value))}</{tag}>"


def _items(
    value: list[Any], whole: Mapping[str, Any], about: Mapping[str, Any], name: str, resolve: Resolve
) -> Iterator[str]:
    item = whole.get("items", {})
    wrapped = bool(about.get("wrapped"))
    # The name of an item is its own; where it has none, it is called as the property is.
    inner = "".join("".join(_element(each, item, name, resolve)) for each in value)
    if not wrapped:
        yield inner
        return
    tag, namespace = _tag(about, name)
    yield f"<{tag}{namespace}>{inner}</{tag}>"


def _tag(about: Mapping[str, Any], name: str) -> tuple[str, str]:
    tag = str(about.get("name") or name)
    if not _NAME.fullmatch(tag):
        tag = "_" + re.sub(r"[^\w.-]", "_", tag)
    prefix, namespace = about.get("prefix"), about.get("namespace")
    declared = f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(str(namespace))}" if namespace else ""
    return (f"{prefix}:{tag}" if prefix else tag), declared


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _UNCARRIED.sub("", "" if value is None else str(value))


def _about(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    said = schema.get("xml")
    return said if isinstance(said, Mapping) else {}


def _whole(schema: Any, resolve: Resolve) -> Mapping[str, Any]:
    """A schema with its references followed and the members of its branches put together."""
    found: dict[str, Any] = {}
    members: dict[str, Any] = {}
    waiting, seen = [schema], set[str]()
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, Mapping):
            continue
        ref = node.get("$ref")
        if isinstance(ref, str) and ref not in seen:
            seen.add(ref)
            waiting.append(resolve(ref))
        for key in ("allOf", "oneOf", "anyOf"):
            waiting += node.get(key) or ()
        members |= {k: v for k, v in (node.get("properties") or {}).items() if k not in members}
        found = {**node, **found}
    return {**found, "properties": members}
