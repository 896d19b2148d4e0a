"""A rule is a fault, which requests it strikes, and how long it lives: as JSON, and as words for a command line.

latency,seconds=200ms,operation=GET /orders/{id}
status,code=429,retry_after=2,first=3,ttl=30s
{"kind": "drop-answer", "where": {"nth": 2}, "ttl": 60}
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from seamwright.engines.faults.door import check_ttl
from seamwright.engines.faults.faults import Fault, fault_from, kinds
from seamwright.engines.faults.selection import Selection, selection_from

__all__ = ["Rule", "rule_as_json", "rule_from", "rule_of"]

Rule = tuple[Fault, float, Selection]
"""Fault, time to live in seconds, and what it strikes."""

_UNITS = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "kB": 1e3,
    "MB": 1e6,
    "KiB": 1024.0,
    "MiB": 1048576.0,
}
_NUMBER = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(_UNITS)})?")
_KEY = re.compile(r",(?=[a-z_]+(?:=|,|$))")


def rule_of(asked: Any, ttl: float | None = None) -> Rule:
    """The rule of a JSON object; `ttl` is what it lives for where it does not say so. Raises ValueError."""
    names = {"kind", "params", "where", "ttl"}
    needed = {"kind"} if ttl is not None else {"kind", "ttl"}
    if not isinstance(asked, Mapping) or set(asked) - names or not needed <= set(asked):
        raise ValueError('a fault is armed with {"kind": …, "params": {…}, "where": {…}, "ttl": seconds}')
    params, where = asked.get("params", {}), asked.get("where", {})
    if not isinstance(params, Mapping) or not isinstance(where, Mapping) or not isinstance(asked["kind"], str):
        raise ValueError("kind must be a string, params and where objects")
    return fault_from(asked["kind"], params), check_ttl(asked.get("ttl", ttl)), selection_from(where)


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """The JSON object of a rule; `rule_of` makes it again."""
    fault, ttl, where = rule
    return {"kind": fault.kind, "params": fault.params(), "where": where.params(), "ttl": ttl}


def rule_from(text: str, ttl: float) -> Rule:
    """The rule of these words, or of the JSON they are; `ttl` where none is said. Raises ValueError."""
    if text.lstrip().startswith("{"):
        return rule_of(json.loads(text), ttl)
    kind, *words = (part.strip() for part in _KEY.split(text))
    known = kinds().get(kind)
    if known is None:
        raise ValueError(f"fault {kind!r} is not known; there are {', '.join(kinds())}")
    params: dict[str, Any] = {}
    where: dict[str, Any] = {}
    own = {field.name for field in fields(known)}
    selecting = {field.name for field in fields(Selection)}
    for word in words:
        name, equals, value = word.partition("=")
        if name == "ttl":
            ttl = _value(value)
        elif name in own:
            params[name] = _value(value) if equals else True
        elif name in selecting:
            where[name] = value if name == "operation" else _value(value) if equals else True
        else:
            there = ", ".join([*sorted(own), *sorted(selecting), "ttl"])
            raise ValueError(f"fault {kind!r} has no {name!r}; there are {there}")
    return fault_from(kind, params), check_ttl(ttl), selection_from(where)


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    number, unit = found.groups()
    if unit is None:
        return float(number) if "." in number else int(number)
    value = float(number) * _UNITS[unit]
    return int(value) if value.is_integer() else value
