"""Values of parameters as text in a path, query, header or cookie: OpenAPI's styles over RFC 6570 and RFC 3986."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

__all__ = ["ParameterLocation", "Placed", "Style", "serialise"]

ParameterLocation = Literal["path", "query", "header", "cookie"]
Style = Literal["simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject"]

_DEFAULT: dict[str, Style] = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_STYLES: dict[str, tuple[Style, ...]] = {
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form",),
}
_RESERVED = ":/?#[]@!$&'()*+,;="


@dataclass(frozen=True, slots=True)
class Placed:
    """What to put where.

    `text` is ready to be written: for `path` it stands instead of `{name}`, for `query` it is one or more
    `name=value` joined by `&` (empty when the parameter is not sent at all), for `header` it is the value of the
    header `name`, for `cookie` it is one or more `name=value` joined by `; `.
    """

    location: ParameterLocation
    name: str
    text: str


def serialise(
    value: Any,
    *,
    location: ParameterLocation,
    name: str,
    style: Style | None = None,
    explode: bool | None = None,
    allow_reserved: bool = False,
) -> Placed:
    """`value` as the parameter `name`, by the style rules of OpenAPI 3.1.1, section 4.8.12.

    Left out, `style` and `explode` are as OpenAPI says (`simple` or `form`; explode only for `form`). Path, query and
    cookie text is percent-encoded (RFC 3986), delimiters inside values included; a header's is not. Raises ValueError
    for a style that the location does not have.
    """
    style = style or _DEFAULT[location]
    if style not in _STYLES[location]:
        raise ValueError(f"parameter '{name}': style {style} is not for {location}; use {', '.join(_STYLES[location])}")
    explode = style in ("form", "deepObject") if explode is None else explode
    if location == "header":
        return Placed(location, name, _joined(value, ",", "=" if explode else ",", _text))
    safe = _RESERVED if allow_reserved and location == "query" else ""

    def encode(part: Any) -> str:
        return quote(_text(part), safe=safe)

    if location == "path":
        return Placed(location, name, _path(value, name, style, explode, encode))
    pairs = _pairs(value, name, style, explode, encode)
    return Placed(location, name, ("&" if location == "query" else "; ").join(f"{key}={text}" for key, text in pairs))


def _path(value: Any, name: str, style: str, explode: bool, encode: Callable[[Any], str]) -> str:
    equals = "=" if explode else ","
    if style == "simple":
        return _joined(value, ",", equals, encode)
    if style == "label":
        return "." + _joined(value, "." if explode else ",", equals, encode)
    key = encode(name)
    if explode and isinstance(value, Mapping):
        return "".join(f";{encode(each)}={encode(part)}" for each, part in value.items())
    if explode and _is_list(value):
        return "".join(f";{key}={encode(part)}" for part in value)
    text = _joined(value, ",", ",", encode)
    return f";{key}={text}" if text else f";{key}"


def _pairs(value: Any, name: str, style: str, explode: bool, encode: Callable[[Any], str]) -> list[tuple[str, str]]:
    key = quote(name, safe="")
    if style == "deepObject" and isinstance(value, Mapping):
        return _deep(value, key, encode)
    if isinstance(value, Mapping):
        if explode:
            return [(quote(str(each), safe=""), encode(part)) for each, part in value.items()]
        return [(key, _joined(value, _delimiter(style), _delimiter(style), encode))] if value else []
    if _is_list(value):
        if explode:
            return [(key, encode(part)) for part in value]
        return [(key, _delimiter(style).join(encode(part) for part in value))] if value else []
    return [(key, encode(value))]


def _deep(value: Mapping[str, Any], key: str, encode: Callable[[Any], str]) -> list[tuple[str, str]]:
    """`key[member]=value`; deeper members and lists as most servers read them, since OpenAPI leaves them open."""
    out: list[tuple[str, str]] = []
    for each, part in value.items():
        inner = f"{key}%5B{quote(str(each), safe='')}%5D"
        if isinstance(part, Mapping):
            out.extend(_deep(part, inner, encode))
        elif _is_list(part):
            out.extend((inner, encode(item)) for item in part)
        else:
            out.append((inner, encode(part)))
    return out


def _joined(value: Any, delimiter: str, equals: str, encode: Callable[[Any], str]) -> str:
    if isinstance(value, Mapping):
        return delimiter.join(f"{encode(each)}{equals}{encode(part)}" for each, part in value.items())
    if _is_list(value):
        return delimiter.join(encode(part) for part in value)
    return encode(value)


def _delimiter(style: str) -> str:
    return {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _text(value: Any) -> str:
    """A scalar as text; what is nested deeper than a style can say becomes JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
