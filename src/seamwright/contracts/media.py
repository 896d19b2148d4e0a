"""Media types: which declared one an answer belongs to, and whether its bytes are JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

__all__ = ["declared", "is_form", "is_json", "is_text"]

T = TypeVar("T")


def declared(content: Mapping[str, T], content_type: str) -> tuple[str, T] | None:
    """Find the entry of a `content` map that covers a Content-Type; the most specific one (RFC 9110, section 12.5.1).

    A declared parameter (`application/json; version=2`) must be met, others are free; `*` and `*+json` are ranges.
    """
    base, told = _split(content_type)
    best: tuple[int, str, T] | None = None
    for key, value in content.items():
        wanted, parameters = _split(key)
        rank = _rank(wanted, base)
        parameters.pop("charset", None)
        if rank == 0 or any(told.get(name) != text for name, text in parameters.items()):
            continue
        rank = rank * 10 + len(parameters)
        if best is None or rank > best[0]:
            best = rank, key, value
    return best and best[1:]


def is_json(media_type: str) -> bool:
    """Whether a media type's bytes are one JSON value (RFC 6839: the suffix `+json`)."""
    base, _ = _split(media_type)
    return base in ("application/json", "text/json") or base.endswith("+json")


def is_text(media_type: str) -> bool:
    """Whether a media type's bytes are plain text."""
    return _split(media_type)[0].startswith("text/")


def is_form(media_type: str) -> bool:
    """Whether a media type carries the fields of a form."""
    return _split(media_type)[0] in ("application/x-www-form-urlencoded", "multipart/form-data")


def _split(media_type: str) -> tuple[str, dict[str, str]]:
    base, *rest = media_type.split(";")
    parameters = {}
    for part in rest:
        name, found, value = part.partition("=")
        if found:
            parameters[name.strip().lower()] = value.strip().strip('"').lower()
    return base.strip().lower(), parameters


def _rank(wanted: str, base: str) -> int:
    if wanted == base:
        return 4
    kind, _, subtype = wanted.partition("/")
    base_kind, _, base_subtype = base.partition("/")
    if wanted in ("*/*", "*"):
        return 1
    if kind != base_kind or not base:
        return 0
    if subtype.startswith("*+") and base_subtype.endswith(subtype[1:]):
        return 3
    return 2 if subtype == "*" else 0
