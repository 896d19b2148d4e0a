"""Root causes: what makes two failures the same one, so that it is told once, with a count."""

from __future__ import annotations

import json
import re
from typing import Any

from seamwright.model.exchange import Exchange
from seamwright.model.operation import Operation

__all__ = ["fingerprint", "kind_of_answer", "resource", "shape"]

_LONGEST = 400

_FRAME = re.compile(
    r'File "([^"]+)", line (\d+)|\bat ([\w.$<>]+)\(([\w.]+:\d+)\)|^\s+at .+?([\w./-]+:\d+:\d+)', re.MULTILINE
)
_VARYING = (
    (re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.,Z+-]*"), "<time>"),
    (re.compile(r"\b(?:0x)?[0-9a-fA-F]{12,}\b"), "<hex>"),
    (re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`"), "<text>"),
    (re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"), "<number>"),
)


def fingerprint(exchange: Exchange) -> str:
    """What is the same of two error answers that have one cause: the stack trace where one is shown, otherwise status,
    media type and text without what varies from call to call (ids, times, quoted texts, numbers)."""
    response = exchange.response
    if response is None:
        return f"no answer ({exchange.failure.kind})" if exchange.failure else "no answer"
    text = response.text[:20_000]
    frames = ["".join(part for part in found if part) for found in _FRAME.findall(text)]
    if frames:
        return f"{response.status} trace {' '.join(frames[-6:])}"
    try:
        told = json.dumps(_lasting(response.json()), sort_keys=True)
    except (ValueError, RecursionError):
        told = " ".join(str(_lasting(text)).split())
    return f"{response.status} {response.media_type} {told[:_LONGEST]}"


def kind_of_answer(exchange: Exchange) -> str:
    """Status, media type and the names of the members: what answers have in common that one handler makes."""
    response = exchange.response
    if response is None:
        return fingerprint(exchange)
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    names = " ".join(sorted(map(str, body))) if isinstance(body, dict) else type(body).__name__
    return f"{response.status} {response.media_type} {names}"


def _lasting(value: Any) -> Any:
    """A JSON value without what varies from call to call."""
    if isinstance(value, dict):
        return {name: _lasting(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_lasting(member) for member in value[:8]]
    if isinstance(value, str):
        for pattern, instead in _VARYING:
            value = pattern.sub(instead, value)
        return value
    return value if value is None or isinstance(value, bool) else "<number>"


def resource(operation: Operation) -> str:
    """What an operation is about: the words of its path, without the ids and what is done with the object."""
    words = [part for part in operation.path.split("/") if part and "{" not in part]
    return "/".join(words[:2]) if words and re.fullmatch(r"api|v\d+|rest", words[0]) else words[0] if words else "/"


def shape(place: str) -> str:
    """The place with every index as `*`: each item of a list is wrong for the same reason."""
    return re.sub(r"/\d+(?=/|$)", "/*", place)
