"""Renders a case of an operation to the request that goes over the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from seamwright.engines.generate.parameters import serialise
from seamwright.engines.generate.uploads import ANY_FILE, NAMES
from seamwright.model.exchange import Case, Request
from seamwright.model.operation import Contract, Operation, Parameter

__all__ = ["encoded_body", "files_of", "media_type_for", "names_something", "render"]

_PREFERRED = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_BOUNDARY = "seamwright-9c1f0e6b7a"

_json = json.JSONEncoder(ensure_ascii=False).encode


def media_type_for(operation: Operation) -> str | None:
    """The media type that a body is sent in: JSON where it is offered; None where the operation takes no body."""
    if operation.body is None or not operation.body.content:
        return None
    offered = list(operation.body.content)
    for media_type in offered:
        if _is_json(media_type):
            return media_type
    return next((m for m in _PREFERRED if m in offered), offered[0])


def render(base: str, contract: Contract, operation: Operation, case: Case) -> Request:
    """Make the request of a case; `base` is the URL that the operation's path is appended to.

    A path parameter without a value, or with one that leaves its place empty, raises ValueError: a request that is
    not the one asked for must not leave. Other parameters that the contract does not know are sent as they are, and
    headers of the case come instead of those that would be added by themselves.
    """
    path = operation.path
    for parameter in operation.parameters:
        if parameter.location != "path":
            continue
        if parameter.name not in case.path:
            raise ValueError(f"{operation.id}: the case has no value for the path parameter {parameter.name}")
        placed = _placed(parameter, case.path[parameter.name])
        if not placed:
            raise ValueError(f"{operation.id}: the value of the path parameter {parameter.name} is empty")
        path = path.replace("{" + parameter.name + "}", placed)
    # Clients take `..` out of a path (RFC 3986, section 5.2.4), and would call another operation.
    if "/." in path:
        path = "/".join(part.replace(".", "%2E") if part in (".", "..") else part for part in path.split("/"))
    pairs = [_query(operation, name, value) for name, value in case.query.items()]
    query = "&".join([text for text in pairs if text])
    given = {name.lower() for name in case.headers}
    headers = [] if "accept" in given else [("accept", _accepts(operation))]
    for name, value in case.headers.items():
        known = operation.parameter("header", name)
        headers.append((name, _placed(known, value) if known else str(value)))
    cookies = [_cookie(operation, name, value) for name, value in case.cookies.items()]
    if cookies:
        headers.append(("cookie", "; ".join(cookies)))
    body, content_type = _content(contract, operation, case)
    if content_type and "content-type" not in given:
        headers.append(("content-type", content_type))
    # Some contracts write a query into their paths, which OpenAPI forbids.
    sign = ("&" if "?" in path else "?") if query else ""
    return Request(operation.method, f"{base}{path}{sign}{query}", tuple(headers), body)


def names_something(parameter: Parameter, value: Any) -> bool:
    """Whether a value can stand in its place of a path: one that is empty there would ask for another path."""
    return parameter.location != "path" or _placed(parameter, value) != ""


def encoded_body(value: Any, media_type: str, files: Mapping[str, str] | None = None) -> tuple[bytes, str]:
    """Encode a value as a media type: the bytes, and the content type to declare for them.

    `files` are the fields of a multipart form that hold files, each with its media type.
    """
    plain = media_type.split(";")[0].strip().lower()
    if plain == "application/x-www-form-urlencoded":
        return urlencode(_form(value), doseq=True).encode(), media_type
    if plain == "multipart/form-data":
        return _multipart(value, files or {}), f"multipart/form-data; boundary={_BOUNDARY}"
    if isinstance(value, str) and not _is_json(plain) and plain not in ("*/*", "application/*"):
        return value.encode("utf-8", "surrogatepass"), media_type
    if "*" in plain:
        media_type = "application/json"
    return _json(value).encode("utf-8", "surrogatepass"), media_type


def _content(contract: Contract, operation: Operation, case: Case) -> tuple[bytes, str | None]:
    if case.raw is not None:
        return case.raw, case.media_type
    if case.media_type is None:
        return b"", None
    media = operation.body.content.get(case.media_type) if operation.body else None
    if _is_xml(case.media_type) and not isinstance(case.body, str):
        from seamwright.engines.generate.xml import xml_body

        return xml_body(case.body, media.schema if media else {}, contract.resolve), case.media_type
    return encoded_body(case.body, case.media_type, files_of(contract, operation, case.media_type))


def files_of(contract: Contract, operation: Operation, media_type: str) -> dict[str, str]:
    """The fields of a multipart form that hold files, each with its media type: text in `binary` format (OpenAPI 3.0),
    or of a media type of its own (3.1)."""
    media = operation.body.content.get(media_type) if operation.body else None
    if media is None or not media_type.startswith("multipart/"):
        return {}
    found: dict[str, str] = {}
    for whole in _branches(contract, media.schema):
        named = whole.get("properties")
        for name, child in named.items() if isinstance(named, Mapping) else ():
            for branch in _branches(contract, child):
                kind = branch.get("contentMediaType")
                if branch.get("format") == "binary" or (kind and "contentEncoding" not in branch):
                    found[name] = kind or ANY_FILE
    return found


def _branches(contract: Contract, schema: Any) -> list[Mapping[str, Any]]:
    """A schema and what it is put together from, references followed, the items of a list too."""
    found: list[Mapping[str, Any]] = []
    waiting = [schema]
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        found.append(node)
        ref = node.get("$ref")
        if isinstance(ref, str) and ref not in seen:
            seen.add(ref)
            waiting.append(contract.resolve(ref))
        for key in ("allOf", "anyOf", "oneOf"):
            waiting += node.get(key) or ()
        waiting.append(node.get("items"))
    return found


def _placed(parameter: Parameter, value: Any) -> str:
    if parameter.media_type is not None:
        text = json.dumps(value, ensure_ascii=False)
        return quote(text, safe="") if parameter.location != "header" else text
    return serialise(
        value,
        location=parameter.location,
        name=parameter.name,
        style=parameter.style,  # type: ignore[arg-type]
        explode=parameter.explode,
        allow_reserved=parameter.allow_reserved,
    ).text


def _query(operation: Operation, name: str, value: Any) -> str:
    known = operation.parameter("query", name)
    if known is None:
        return f"{quote(name, safe='')}={quote(str(value), safe='')}"
    if known.media_type is not None:
        return f"{quote(name, safe='')}={_placed(known, value)}"
    return _placed(known, value)


def _cookie(operation: Operation, name: str, value: Any) -> str:
    known = operation.parameter("cookie", name)
    return _placed(known, value) if known and known.media_type is None else f"{name}={quote(str(value), safe='')}"


def _accepts(operation: Operation) -> str:
    """What the operation answers with when all goes well, and problem details (RFC 9457) when not."""
    offered = [m for status, a in operation.answers.items() if status.startswith("2") for m in a.content]
    return ", ".join(dict.fromkeys([*offered, "application/problem+json;q=0.9", "*/*;q=0.1"])) if offered else "*/*"


def _is_json(media_type: str) -> bool:
    plain = media_type.split(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")


def _is_xml(media_type: str) -> bool:
    plain = media_type.split(";")[0].strip().lower()
    return plain in ("application/xml", "text/xml") or plain.endswith("+xml")


def _form(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {"value": value}
    return {name: _form_field(field) for name, field in value.items()}


def _form_field(field: Any) -> Any:
    if isinstance(field, bool):
        return "true" if field else "false"
    if isinstance(field, Mapping):
        return json.dumps(field, ensure_ascii=False)
    return "" if field is None else field


def _multipart(value: Any, files: Mapping[str, str]) -> bytes:
    """Multipart form data (RFC 7578); a file is told from text by its name (section 4.2)."""
    parts = []
    for name, field in _form(value).items():
        for item in field if isinstance(field, list) else [field]:
            known = NAMES.get(item) if name in files and isinstance(item, str) else None
            data = item if isinstance(item, bytes) else str(item).encode("latin-1" if known else "utf-8")
            escaped = name.replace('"', "%22")
            head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{escaped}"'
            if name in files:
                called, kind = known or ("seamwright.bin", files[name])
                head += f'; filename="{called}"\r\nContent-Type: {kind}'
            parts.append(f"{head}\r\n\r\n".encode() + data + b"\r\n")
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
