"""All paths are written in one style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._naming import inconsistent
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _run(reading: Reading) -> Iterator[Found]:
    names: dict[str, str] = {}
    for item in reading.items:
        for segment in item.segments:
            # Each segment counts once, where it is met first.
            if _NAME.fullmatch(segment) and segment not in names.values():
                names.setdefault(item.part.place, segment)
    yield from inconsistent(names, "kebab-case", "the segment", "write it {} in the next version of the API")


RULE = Rule(
    id="path-style",
    severity=Severity.WARNING,
    says="all paths are written in one style",
    why="callers mistype what they cannot guess; kebab-case is what most APIs use",
    run=_run,
    wrong="""
paths:
  /line-items: {}
  /orderLines: {}
""",
    right="""
paths:
  /line-items: {}
  /order-lines: {}
""",
)
