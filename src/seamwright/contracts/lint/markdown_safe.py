"""No description runs a script where it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seamwright.contracts.bundle import escaped
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_SCRIPT = re.compile(r"<\s*script\b|\bjavascript:|\beval\s*\(|\bon(?:error|load|click)\s*=", re.IGNORECASE)


def _run(reading: Reading) -> Iterator[Found]:
    waiting: list[tuple[Any, str]] = [(reading.bundle.document, "#")]
    while waiting:
        node, place = waiting.pop()
        if isinstance(node, list):
            waiting += [(child, f"{place}/{index}") for index, child in enumerate(node)]
        elif isinstance(node, dict):
            for key, child in node.items():
                here = f"{place}/{escaped(key)}"
                if key in ("description", "summary", "title") and isinstance(child, str):
                    if _SCRIPT.search(child):
                        yield Found(here, "this text would run a script where it is shown", "remove the script")
                elif isinstance(child, dict | list) and key not in ("example", "examples", "default", "enum"):
                    waiting.append((child, here))


RULE = Rule(
    id="markdown-safe",
    severity=Severity.WARNING,
    says="no description runs a script where it is shown",
    why="descriptions are shown as HTML in portals, and contracts come from other people",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {description: "<script>alert(1)</script>", responses: {}}
""",
    right="""
paths:
  /orders:
    get: {description: "Lists **all** orders.", responses: {}}
""",
)
