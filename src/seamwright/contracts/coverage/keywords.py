"""Keywords of JSON Schema as closures: each looks at one value and says which of the keyword's points it is.

A look gives `valid`, `limit` (valid, and exactly at the limit), `broken`, the label of a listed value, or None where
the keyword says nothing about such a value. Keywords are those of JSON Schema 2020-12, validation, section 6.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import jsonschema_rs

from seamwright.contracts.coverage.points import BROKEN, LIMIT, VALID

__all__ = ["FORMAT_RANGES", "Keyword", "Look", "broken_type", "keywords", "kind_of", "label"]

Look = Callable[[Any], str | None]

LISTED = 32
"""Values of an `enum` that are points of their own; of a longer list any one value stands for all."""

FORMAT_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""OpenAPI's formats that are a range of integers (OpenAPI 3.1.1, section 4.4)."""

_LABEL = 60
_NEAR = 2e-6
"""How near to an excluded limit a number counts as the nearest there is, where there is no step: a millionth, and a bit
for rounding."""

_ASSERTED = frozenset(
    {"date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri"}
    | {"uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer"}
    | {"regex"}
)
"""Formats that a value can break; others are notes for people (JSON Schema 2020-12, validation, section 7)."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword of a schema: its points, and how a value is told apart."""

    name: str
    aspects: tuple[str, ...]
    look: Look


def keywords(schema: Mapping[str, Any], *, textual: bool, path: bool = False) -> Iterator[Keyword]:
    """The keywords of one schema that speak about the value itself and hold no schema of its parts.

    `textual` values travel as text, so that an empty list cannot be sent at all; `path` ones cannot be empty either.
    Where the values are listed, the list says all: nothing that stands beside it can be met or broken on its own.
    """
    listed = list(_listed(schema))
    if listed:
        yield from listed
        return
    yield from _numbers(schema)
    yield from _texts(schema, path)
    yield from _sizes(schema, textual)


def broken_type(allowed: frozenset[str]) -> Look:
    """Gives the type of a value where it is allowed, else `broken`. Integers are numbers too."""

    def look(value: Any) -> str:
        kind = kind_of(value)
        if kind in allowed:
            return kind
        return "number" if kind == "integer" and "number" in allowed else BROKEN

    return look


def kind_of(value: Any) -> str:
    """The type of a value by JSON Schema, `integer` for every whole number."""
    kind = _KINDS.get(type(value))
    if kind == "number":
        return "integer" if value.is_integer() else "number"
    return kind or ("object" if isinstance(value, Mapping) else "array" if isinstance(value, tuple) else "string")


_KINDS = {
    str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", list: "array", dict: "object",
    bytes: "string",
}  # fmt: skip


def label(value: Any) -> str:
    """How a listed value is called."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


def _listed(schema: Mapping[str, Any]) -> Iterator[Keyword]:
    for name in ("enum", "const"):
        members = [schema["const"]] if name == "const" and "const" in schema else schema.get(name)
        if not isinstance(members, list):
            continue
        labels = {_key(member): label(member) for member in members}
        single = name == "const" or len(labels) > LISTED
        if single:
            labels = dict.fromkeys(labels, VALID)
        aspects = tuple(dict.fromkeys(labels.values()))
        yield Keyword(name, (*aspects, BROKEN), _lookup(labels))


def _lookup(labels: Mapping[Any, str]) -> Look:
    def look(value: Any) -> str:
        return labels.get(_key(value), BROKEN)

    return look


def _key(value: Any) -> Any:
    """Equal exactly for values that JSON Schema calls equal: 1 is 1.0, and not true."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is bool:
        return ("bool", value)
    if kind is int or kind is float:
        return ("number", value)
    return ("json", json.dumps(value, sort_keys=True, default=str))


def _numbers(schema: Mapping[str, Any]) -> Iterator[Keyword]:
    low, high = schema.get("minimum"), schema.get("maximum")
    span = FORMAT_RANGES.get(str(schema.get("format")))
    if span is not None:
        # Where the contract states a closer limit, the range of the format cannot be met.
        least, most = (span[0] if low == span[0] else -math.inf), (span[1] if high == span[1] else math.inf)
        met = least != -math.inf or most != math.inf
        yield Keyword("format", (VALID, LIMIT, BROKEN) if met else (VALID,), _within(least, most))
    step = _step(schema)
    if low is not None and not (span and low == span[0]):
        yield Keyword("minimum", (VALID, LIMIT, BROKEN), _bound(low, 1, _edge(low, step, 1, excluded=False)))
    if high is not None and not (span and high == span[1]):
        yield Keyword("maximum", (VALID, LIMIT, BROKEN), _bound(high, -1, _edge(high, step, -1, excluded=False)))
    for name, sign in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        if name in schema:
            edge = _edge(schema[name], step, sign, excluded=True)
            yield Keyword(name, (VALID, LIMIT, BROKEN), _bound(schema[name], sign, edge, excluded=True))
    if "multipleOf" in schema:
        yield Keyword("multipleOf", (VALID, BROKEN), _multiple(schema["multipleOf"]))


def _step(schema: Mapping[str, Any]) -> Fraction | None:
    """The distance between two numbers that a schema allows; None where they lie dense."""
    told = schema.get("type")
    types = {told} if isinstance(told, str) else set(told or ())
    whole = "integer" in types and "number" not in types
    multiple = _exact(schema["multipleOf"]) if "multipleOf" in schema else None
    if not whole:
        return multiple
    if multiple is None:
        return Fraction(1)
    return Fraction(multiple.numerator)  # the least whole number that is a multiple of a fraction in lowest terms


def _edge(bound: float, step: Fraction | None, sign: int, *, excluded: bool) -> float | None:
    """The outermost allowed number; None where there is no such one."""
    if step is None:
        return None if excluded else bound
    ratio = _exact(bound) / step
    index = math.ceil(ratio) if sign > 0 else math.floor(ratio)
    if excluded and index == ratio:
        index += sign
    value = index * step
    return int(value) if value.denominator == 1 else float(value)


def _exact(value: float) -> Fraction:
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def _bound(bound: float, sign: int, edge: float | None, *, excluded: bool = False) -> Look:
    nearness = max(1.0, abs(bound)) * _NEAR

    def look(value: Any) -> str | None:
        kind = type(value)
        if kind is not int and kind is not float:
            return None
        if value == bound:
            return BROKEN if excluded else LIMIT
        if (value < bound) is (sign > 0):
            return BROKEN
        if edge is None:
            return LIMIT if abs(value - bound) <= nearness else VALID
        return LIMIT if value == edge else VALID

    return look


def _within(low: float, high: float) -> Look:
    def look(value: Any) -> str | None:
        kind = type(value)
        if kind is not int and kind is not float:
            return None
        if value < low or value > high:
            return BROKEN
        return LIMIT if value in (low, high) else VALID

    return look


def _multiple(step: float) -> Look:
    exact = _exact(step)

    def look(value: Any) -> str | None:
        kind = type(value)
        if kind is not int and (kind is not float or not math.isfinite(value)):
            return None
        return BROKEN if _exact(value) % exact else VALID

    return look


def _texts(schema: Mapping[str, Any], path: bool) -> Iterator[Keyword]:
    for name, sign in (("minLength", 1), ("maxLength", -1)):
        bound = schema.get(name)
        if bound is None or (name == "minLength" and bound == 0):
            continue
        never = path and name == "minLength" and bound == 1  # a path without it is another path
        yield Keyword(name, (VALID, LIMIT) if never else (VALID, LIMIT, BROKEN), _size(bound, sign, str))
    if "pattern" in schema:
        yield Keyword("pattern", (VALID, BROKEN), _text_check("pattern", schema["pattern"]))
    form = schema.get("format")
    if form in _ASSERTED:
        yield Keyword("format", (VALID, BROKEN), _text_check("format", form))
    elif form is not None and form not in FORMAT_RANGES:
        yield Keyword("format", (VALID,), _any_text_or_number)


def _any_text_or_number(value: Any) -> str | None:
    return VALID if type(value) in (str, bytes, int, float) else None


def _size(bound: int, sign: int, kind: type[str] | type[list[Any]] | type[dict[str, Any]]) -> Look:
    def look(value: Any) -> str | None:
        if type(value) is not kind:
            return None
        size = len(value)
        if size == bound:
            return LIMIT
        return BROKEN if (size < bound) is (sign > 0) else VALID

    return look


@lru_cache(maxsize=4096)
def _text_check(name: str, argument: str) -> Look:
    holds = jsonschema_rs.Draft202012Validator({name: argument}, validate_formats=True).is_valid

    def look(value: Any) -> str | None:
        if type(value) is not str:
            return None
        return VALID if holds(value) else BROKEN

    return look


def _sizes(schema: Mapping[str, Any], textual: bool) -> Iterator[Keyword]:
    sizes: tuple[tuple[str, int, type[list[Any]] | type[dict[str, Any]]], ...] = (
        ("minItems", 1, list),
        ("maxItems", -1, list),
        ("minProperties", 1, dict),
        ("maxProperties", -1, dict),
    )
    for name, sign, kind in sizes:
        bound = schema.get(name)
        if bound is None or (sign > 0 and bound == 0):
            continue
        never = textual and sign > 0 and bound == 1  # a parameter without any is no parameter at all
        yield Keyword(name, (VALID, LIMIT) if never else (VALID, LIMIT, BROKEN), _size(bound, sign, kind))
    if schema.get("uniqueItems") is True:
        yield Keyword("uniqueItems", (VALID, BROKEN), _unique)


def _unique(value: Any) -> str | None:
    if type(value) is not list or len(value) < 2:
        return None
    return VALID if len({_key(item) for item in value}) == len(value) else BROKEN
