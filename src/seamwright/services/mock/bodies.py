"""Reads the body of a request into a value: JSON, forms with or without files, XML, and text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

import orjson

from seamwright.contracts.media import declared, is_form, is_json, is_text
from seamwright.contracts.schemas import items, member, properties, resolved, types
from seamwright.contracts.texts import readings
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["body_of", "is_xml"]

_LIMITS = frozenset({"enum", "const", "format", "pattern", "minLength"})
_STEPS = re.compile(r"\[([^\[\]]*)\]")


def body_of(contract: Contract, operation: Operation, content_type: str, data: bytes) -> tuple[Any, str]:
    """The value of a body, and why it has none (empty where it has one).

    Bytes that nothing here reads (images, archives) are a text of one character for each byte.
    """
    if is_json(content_type):
        try:
            return orjson.loads(data), ""
        except orjson.JSONDecodeError as error:
            return None, f"is no valid JSON: {error.msg}"
    match = declared(operation.body.content, content_type) if operation.body is not None else None
    schema: Schema = match[1].schema if match is not None else {}
    if is_form(content_type):
        multipart = content_type.lower().startswith("multipart/") and bool(data)
        try:
            pairs = _parts(content_type, data) if multipart else parse_qsl(data.decode(), keep_blank_values=True)
        except ValueError as error:
            return None, f"is no valid form: {error}"
        return _typed(contract, schema, _nested(pairs)), ""
    if is_xml(content_type):
        return _of_xml(contract, schema, data)
    if is_text(content_type):
        try:
            return data.decode("utf-8"), ""
        except UnicodeDecodeError:
            return data.decode("latin-1"), ""
    return data.decode("latin-1"), ""


def is_xml(content_type: str) -> bool:
    """Whether a media type's bytes are XML (RFC 7303)."""
    base = content_type.partition(";")[0].strip().lower()
    return base.endswith(("/xml", "+xml"))


def _of_xml(contract: Contract, schema: Schema, data: bytes) -> tuple[Any, str]:
    """An XML document as an object: elements and attributes are members, elements of the same name a list."""
    from xml.etree import ElementTree

    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        return None, f"is no valid XML: {error}"
    return _of_element(contract, schema, root), ""


def _of_element(contract: Contract, schema: Schema, element: Any) -> Any:
    item = items(contract, schema)
    if item is not None:
        return [_of_element(contract, item, child) for child in element]
    if not len(element) and not element.attrib:
        return readings(contract, schema, element.text or "")[0]
    named = properties(contract, schema, certain=False)
    found: dict[str, Any] = {name: readings(contract, named.get(name, {}), t)[0] for name, t in element.attrib.items()}
    for child in element:
        name = _name(child)
        inner = items(contract, named.get(name, {}))
        if inner is None:
            found[name] = _of_element(contract, named.get(name, {}), child)
        else:
            # A list is wrapped in an element of its own, or its items follow each other (OpenAPI 3.1, XML object).
            wrapped = len(child) > 0 and not any(_name(each) in properties(contract, inner) for each in child)
            given = [_of_element(contract, inner, each) for each in (child if wrapped else [child])]
            found[name] = [*found.get(name, []), *given]
    return found


def _name(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Fields of a form put together as `a[b][0]=c` says: dicts, with a list of texts at each end."""
    found: dict[str, Any] = {}
    for key, text in pairs:
        name, bracket, rest = key.partition("[")
        steps = [name, *_STEPS.findall(f"[{rest}")] if bracket and rest.endswith("]") and name else [key]
        node = found
        for step in steps[:-1]:
            if not isinstance(node.get(step), dict):
                node[step] = {}
            node = node[step]
        there = node.get(steps[-1])
        node[steps[-1]] = [*there, text] if isinstance(there, list) else [text]
    return found


def _typed(contract: Contract, schema: Schema, node: Any) -> Any:
    """Texts of a form as what the schema says that they stand for."""
    item = items(contract, schema)
    if node == [""]:
        return _empty(contract, schema)
    if isinstance(node, list):
        if item is not None:
            whole = _structure(node[0]) if len(node) == 1 else None
            return whole if isinstance(whole, list) else [_typed(contract, item, [text]) for text in node]
        if "object" in types(contract, schema) and isinstance(whole := _structure(node[-1]), dict):
            return whole
        # A form writes no object as `name,value`.
        meant = readings(contract, schema, node[-1])
        return next((value for value in meant if not isinstance(value, dict)), node[-1])
    if not isinstance(node, Mapping):
        return node
    if set(node) == {""} or (item is not None and all(key.isdigit() for key in node)):
        parts = node[""] if "" in node else [node[key] for key in sorted(node, key=int)]
        return [_typed(contract, item or {}, [each] if isinstance(each, str) else each) for each in parts]
    named = properties(contract, schema, certain=False)
    read = {key: _typed(contract, member(contract, schema, key), child) for key, child in node.items()}
    # A form cannot tell a list without items from none.
    required = resolved(contract, schema).get("required", ())
    return read | {n: [] for n in required if n in named and n not in read and items(contract, named[n]) is not None}


def _empty(contract: Contract, schema: Schema) -> Any:
    """What a field without text stands for: nothing, no text, or a list without items where items have limits."""
    wanted, item = types(contract, schema), items(contract, schema)
    if "array" in wanted and item is not None and not wanted & {"null", "string"}:
        return [""] if not resolved(contract, item).keys() & _LIMITS and "string" in types(contract, item) else []
    return "" if "string" in wanted and "null" not in wanted else readings(contract, schema, "")[0]


def _structure(text: str) -> Any:
    """The list or object that a field holds as JSON; None where it holds none."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _parts(content_type: str, data: bytes) -> list[tuple[str, str]]:
    """The fields of a multipart form (RFC 7578); files are texts of one character for each byte."""
    head = Message()
    head["content-type"] = content_type
    boundary = head.get_boundary()
    if not boundary:
        raise ValueError("its media type names no boundary")
    found: list[tuple[str, str]] = []
    for part in (b"\r\n" + data).split(b"\r\n--" + boundary.encode("latin-1"))[1:]:
        if part.startswith(b"--"):
            break
        lines, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        fields = Message()
        for line in lines.decode("latin-1").split("\r\n"):
            header, _, value = line.partition(":")
            fields[header.strip()] = value.strip()
        name = fields.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise ValueError("a part of it has no name")
        file = fields.get_param("filename", header="content-disposition") is not None
        found.append((name, body.decode("latin-1") if file else body.decode("utf-8", "replace")))
    return found
