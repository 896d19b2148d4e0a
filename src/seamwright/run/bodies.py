"""Bodies member by member, and what a refusal says of them: which it does not want, which it lacks, which are taken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from seamwright.engines.generate.formats import shown_format
from seamwright.model.exchange import Exchange

__all__ = [
    "DISLIKED",
    "Path",
    "addresses",
    "at",
    "is_taken",
    "members",
    "places",
    "put",
    "replaced",
    "without",
    "words",
]

_ENVELOPE = frozenset(
    {"type", "title", "status", "detail", "instance", "code", "error", "message", "path", "timestamp"}
)
"""What a refusal has at its top whatever it refuses (RFC 9457, section 3.1, and the habits of frameworks)."""

_READ = 10_000
"""Characters of a refusal that are searched for the names of members."""

Path = tuple[str | int, ...]
"""Where a member stands in a body: names of members and places in lists, from the outside in."""

_TAKEN = re.compile(r"\b(already|taken|in use|unique|duplicated?|(?<!not )exists)\b", re.IGNORECASE)

_CONFLICT = 409

DISLIKED = frozenset({400, 422})
"""Statuses that say that something in the body is not as the service wants it."""

_PLACE = re.compile(r"[\w$-]+(?:[./][\w$-]+)+")


def members(value: Any, above: Path = ()) -> dict[Path, Any]:
    """The members of all objects in a body by their path, the outer ones before those inside them."""
    if isinstance(value, Mapping):
        here: dict[Path, Any] = {(*above, str(name)): child for name, child in value.items()}
        inner = here
    else:
        here = {}
        inner = {(*above, index): child for index, child in enumerate(value)} if isinstance(value, list) else {}
    for path, child in inner.items():
        if isinstance(child, Mapping | list):
            here = here | members(child, path)
    return here


def without(value: Any, paths: Iterable[Path]) -> Any:
    """A body without the members at these paths, as far as it has them."""
    for path in paths:
        value = _cut(value, path)
    return value


def _cut(value: Any, path: Path) -> Any:
    name, *rest = path
    if isinstance(value, Mapping):
        kept = value if rest else {key: child for key, child in value.items() if key != name}
        return {key: _cut(child, tuple(rest)) if rest and key == name else child for key, child in kept.items()}
    if isinstance(value, list) and rest:
        return [_cut(child, tuple(rest)) if index == name else child for index, child in enumerate(value)]
    return value


def words(exchange: Exchange) -> set[str]:
    """The words of an answer in lower case, without the names that any refusal has at its top."""
    response = exchange.response
    if response is None:
        return set()
    try:
        told = response.json()
    except ValueError:
        told = response.text
    if isinstance(told, Mapping):
        told = [v if k in _ENVELOPE and isinstance(v, str | int) else {k: v} for k, v in told.items()]
    text = (told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))[:_READ].lower()
    return {*re.findall(r"[\w$@-]+", text), *re.findall(r"\w+", text)}


def addresses(value: Any) -> list[str]:
    """The e-mail addresses in a body, at any depth, each once."""
    if isinstance(value, str):
        return [value] if "@" in value and shown_format([value]) == "email" else []
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return list(dict.fromkeys(address for child in inner for address in addresses(child)))


def replaced(value: Any, new: Mapping[str, str]) -> Any:
    """A body with other texts in place of those that are named."""
    if isinstance(value, str):
        return new.get(value, value)
    if isinstance(value, Mapping):
        return {name: replaced(child, new) for name, child in value.items()}
    return [replaced(child, new) for child in value] if isinstance(value, list) else value


def put(value: Any, path: Path, new: Any) -> Any:
    """A body with another value at a path, whose way is there; the last member is added where it is missing."""
    name, *rest = path
    if isinstance(value, list):
        return [
            (put(child, tuple(rest), new) if rest else new) if at == name else child for at, child in enumerate(value)
        ]
    if not isinstance(value, Mapping):
        return value
    return {**value, str(name): put(value.get(name), tuple(rest), new) if rest else new}


def at(value: Any, path: Path) -> Any:
    """What stands at a path of a body; None where nothing does."""
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and isinstance(name, int) and name < len(value):
            value = value[name]
        else:
            return None
    return value


def is_taken(exchange: Exchange) -> bool:
    """Whether a refusal may mean that a value is another object's already."""
    if exchange.response is None or exchange.status not in (_CONFLICT, *DISLIKED):
        return False
    return exchange.status == _CONFLICT or _TAKEN.search(exchange.response.text[:_READ]) is not None


def places(exchange: Exchange) -> list[Path]:
    """The places of a body that a refusal spells out: `user.name`, `/user/name`, `["body", "user", "name"]`."""
    response = exchange.response
    if response is None:
        return []
    found: list[Path] = []
    try:
        waiting: list[Any] = [response.json()]
    except ValueError:
        waiting = [response.text[:_READ]]
    while waiting:
        told = waiting.pop(0)
        if isinstance(told, Mapping):
            waiting += told.values()
        elif isinstance(told, list):
            if len(told) > 1 and all(isinstance(step, str | int) for step in told):
                found.append(tuple(told))
            waiting += told
        elif isinstance(told, str):
            spelt = (re.split(r"[./]", place.group()) for place in _PLACE.finditer(told[:_READ]))
            found += [tuple(int(step) if step.isdigit() else step for step in steps) for steps in spelt]
    return list(dict.fromkeys(place[1:] if place[0] == "body" else place for place in found if len(place) > 1))
