"""Documents for the rules, written as short as they can be."""

from __future__ import annotations

from pathlib import Path

from seamwright.contracts.lint import Problem, lint, rules
from seamwright.contracts.parsing import parsed
from seamwright.contracts.source import Source

__all__ = ["only", "problems", "source", "whole"]


def whole(text: str) -> str:
    """A document with the version and the title that it leaves out; one in JSON is complete."""
    text = text.lstrip("\n")
    if text.startswith("{"):
        return text
    head = "" if "openapi:" in text or "swagger:" in text else "openapi: 3.1.0\n"
    head += "" if "info:" in text else "info: {title: Shop, version: 1.0.0}\n"
    return head + text


def source(text: str, path: Path | None = None) -> Source:
    """A document as it is written."""
    data = whole(text).encode()
    return Source(str(path or "shop.yaml"), data, parsed(data, source="shop.yaml"), path)


def problems(text: str, *names: str, path: Path | None = None) -> tuple[Problem, ...]:
    """What the rules see in a document; all of them where none is named."""
    known = rules()
    held = {known[name]: known[name].severity for name in names or known}
    return lint(source(text, path), held)


def only(text: str, name: str) -> list[str]:
    """What one rule says about a document."""
    return [problem.text for problem in problems(text, name)]
