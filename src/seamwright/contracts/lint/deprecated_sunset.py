"""What is deprecated says when it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._reading import Call, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_WORDS = re.compile(r"sunset|\bend[- ]of[- ]life\b|\bremoved?\b|\buntil\b|\d{4}-\d{2}-\d{2}", re.IGNORECASE)


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if call.part.node.get("deprecated") is True and not _told(reading, call):
            yield Found(
                call.part.below("deprecated"),
                f"{call} is deprecated, and nothing says when it ends",
                "describe a Sunset header on its answers, set x-sunset, or say the date in its description",
            )


def _told(reading: Reading, call: Call) -> bool:
    if any(key.lower().startswith("x-") and "sunset" in key.lower() for key in call.part.node):
        return True
    if _WORDS.search(call.part.text("description")) or _WORDS.search(call.part.text("summary")):
        return True
    return any(
        name.lower() == "sunset"
        for answer in call.answers.values()
        for name in reading.child(answer.part, "headers").node
    )


RULE = Rule(
    id="deprecated-sunset",
    severity=Severity.WARNING,
    says="what is deprecated says when it ends",
    why="callers move when they know the day (RFC 8594, RFC 9745)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {deprecated: true, responses: {"200": {description: orders}}}
""",
    right="""
paths:
  /orders:
    get:
      deprecated: true
      responses: {"200": {description: orders, headers: {Sunset: {schema: {type: string}}}}}
""",
)
