"""Reads a request by the contract: its parameters as they are serialised, and its body by its media type."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from seamwright.contracts.media import is_form
from seamwright.contracts.schemas import items, member, properties, types
from seamwright.contracts.texts import readings
from seamwright.engines.mock import Arrival, Routed
from seamwright.model.bench import Violation
from seamwright.model.exchange import Case, Request
from seamwright.model.operation import Contract, Operation, Parameter, Schema
from seamwright.services.mock.bodies import body_of, is_xml

__all__ = ["arrival_of"]

Pairs = list[tuple[str, str]]

_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}


def arrival_of(contract: Contract, routed: Routed, request: Request, path: str, base: str) -> Arrival:
    """What a request for an operation means; what cannot be read at all is told in `broken`.

    Scalars stay the texts that they came as; lists and objects are put together. Query parameters that the contract
    does not have are kept by their names.
    """
    operation = routed.operation
    pairs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    media_type, body, why = _body(contract, operation, request)
    case = Case(
        operation.id,
        path={p.name: _in_path(p, routed.values[p.name]) for p in operation.at("path") if p.name in routed.values},
        query=_query(contract, operation, pairs),
        headers=dict(request.headers),
        cookies=_cookies(request),
        body=body,
        media_type=media_type,
        raw=_unjudged(request, media_type),
    )
    broken = (Violation("/body", "json" if "json" in (media_type or "") else "syntax", why),) if why else ()
    return Arrival(request, case, routed.values, path, base, broken)


def _unjudged(request: Request, media_type: str | None) -> bytes | None:
    """The bytes of a body that is not held against its schema: none at all, or XML, which has no schema of its own."""
    if media_type is None:
        return b""
    return request.body if is_xml(media_type) else None


def _body(contract: Contract, operation: Operation, request: Request) -> tuple[str | None, Any, str]:
    """The media type, the value and what is wrong with a body; the operation's first one where no type is told."""
    told = request.header("content-type")
    form = told is not None and operation.body is not None and is_form(told)
    parted = told is not None and told.lower().startswith("multipart/")
    if not request.body and (not form or (parted and "boundary=" not in (told or "").lower())):
        # A form without fields has no bytes; it is a form all the same, and may lack what it must have. One in parts
        # tells by what they are parted (RFC 2046, section 5.1.1).
        return None, None, ""
    if told is None:
        told = next(iter(operation.body.content), None) if operation.body else None
    if told is None:
        # An operation that takes no body need not read one (RFC 9110, section 9.3.1).
        return (None, None, "") if operation.body is None else ("application/octet-stream", None, "")
    if operation.body is None:
        return None, None, ""
    value, why = body_of(contract, operation, told, request.body)
    return told, value, why


def _query(contract: Contract, operation: Operation, pairs: Pairs) -> dict[str, Any]:
    found: dict[str, Any] = {}
    known: set[str] = set()
    for parameter in operation.at("query"):
        names, value = _one(contract, parameter, pairs)
        known |= names
        if value is not None:
            found[parameter.name] = value
    for name, text in pairs:
        if name not in known:
            found.setdefault(name, text)
    return found


def _one(contract: Contract, parameter: Parameter, pairs: Pairs) -> tuple[set[str], Any]:
    """The names in the query that a parameter has taken, and its value; None where it was not given."""
    name, kinds = parameter.name, types(contract, parameter.schema)
    texts = [text for key, text in pairs if key == name]
    if parameter.media_type is not None or not kinds & {"array", "object"}:
        return {name}, texts[-1] if texts else None
    if "object" in kinds:
        names, value = _object(contract, parameter, pairs)
        if value or kinds <= {"object", "null"}:
            return names | {name}, value or None
    if "array" not in kinds:
        return {name}, texts[-1] if texts else None
    bare = [text for key, text in pairs if key in (name, f"{name}[]")]
    if not bare or (kinds - {"array", "null"} and len(bare) == 1):
        return {name, f"{name}[]"}, bare[-1] if bare else None
    item = items(contract, parameter.schema) or {}
    if parameter.style in _DELIMITERS or not parameter.explode:
        split = bare[-1].split(_DELIMITERS.get(parameter.style, ",")) if bare[-1] else []
        bare = split if len(bare) == 1 else bare
    return {name, f"{name}[]"}, [readings(contract, item, text)[0] for text in bare]


def _object(contract: Contract, parameter: Parameter, pairs: Pairs) -> tuple[set[str], dict[str, Any]]:
    name = parameter.name
    named: Mapping[str, Any] = properties(contract, parameter.schema, certain=False)
    inside = [(key, text) for key, text in pairs if key.startswith(f"{name}[") and key.endswith("]")]
    if inside:
        value: dict[str, Any] = {}
        for key, text in inside:
            _put(contract, value, key[len(name) + 1 : -1].split("]["), text, parameter.schema)
        return {key for key, _ in inside}, value
    if parameter.explode and parameter.style == "form":
        value = {key: readings(contract, named[key], text)[0] for key, text in pairs if key in named}
        return set(value), value
    parts = next((text for key, text in reversed(pairs) if key == name), "").split(
        _DELIMITERS.get(parameter.style, ",")
    )
    flat = zip(parts[::2], parts[1::2], strict=False)
    return {name}, {key: readings(contract, member(contract, parameter.schema, key), text)[0] for key, text in flat}


def _put(contract: Contract, value: dict[str, Any], steps: list[str], text: str, whole: Schema) -> None:
    """Put a text where `a[b][c]=text` says; `a[]` and a name that comes again make a list."""
    for step in steps[:-1] if steps[-1] else steps[:-2]:
        whole = member(contract, whole, step)
        inner = value.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        value = inner
    step = steps[-1] or (steps[-2] if len(steps) > 1 else "")
    schema = member(contract, whole, step)
    item = items(contract, schema)
    read = readings(contract, item if item is not None else schema, text)[0]
    if not steps[-1] or item is not None:
        there = value.setdefault(step, [])
        value[step] = [*there, read] if isinstance(there, list) else [there, read]
    else:
        value[step] = read


def _in_path(parameter: Parameter, text: str) -> str:
    """The text of a path parameter without what its style puts before it (RFC 6570, `.` and `;`)."""
    if parameter.style == "label":
        return text.removeprefix(".")
    if parameter.style == "matrix":
        return text.removeprefix(f";{parameter.name}=").removeprefix(";")
    return text


def _cookies(request: Request) -> dict[str, str]:
    try:
        jar = SimpleCookie(request.header("cookie") or "")
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}
