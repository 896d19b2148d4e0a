"""Reads what a client prefers to be answered with (`Prefer`, RFC 7240): a status, an example, or fresh values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Preferences", "preferences"]

_PAIR = re.compile(r"""\s*([A-Za-z0-9_-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?\s*(?:[,;]|$)""")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is preferred; None where nothing is said. With `dynamic`, values are made anew and nothing is kept."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None

    def applied(self, *names: str) -> str:
        """The value of `Preference-Applied` for the preferences that were followed; empty where none was."""
        told = {"code": self.code, "example": self.example, "dynamic": str(self.dynamic).lower()}
        return ", ".join(f"{name}={told[name]}" for name in names if getattr(self, name) is not None)


def preferences(headers: Iterable[tuple[str, str]], query: Mapping[str, str]) -> Preferences:
    """Read the `Prefer` headers; the first mention of each counts (RFC 7240, section 2).

    `__code`, `__example` and `__dynamic` of the query say the same, for clients that cannot set headers. What cannot be
    read is passed over, as the RFC has it.
    """
    told: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == "prefer":
            for match in _PAIR.finditer(value):
                quoted = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else None
                told.setdefault(match[1].lower(), quoted if quoted is not None else match[3] or "")
    for name in ("code", "example", "dynamic"):
        if f"__{name}" in query:
            told.setdefault(name, query[f"__{name}"])
    code = told.get("code", "")
    dynamic = {"true": True, "false": False}.get(told.get("dynamic", "").lower())
    return Preferences(
        code=int(code) if re.fullmatch(r"[1-5]\d\d", code) else None,
        example=told.get("example") or None,
        dynamic=dynamic,
    )
