"""Every operation says what it does."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if not call.part.text("summary") and not call.part.text("description"):
            yield Found(call.part.place, f"{call} has neither summary nor description", "say what it does")


RULE = Rule(
    id="operation-described",
    severity=Severity.INFO,
    says="every operation says what it does",
    why="whoever integrates, a person or a program, chooses operations by their descriptions",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {}}
""",
    right="""
paths:
  /orders:
    get: {summary: Lists the orders of the caller, responses: {}}
""",
)
