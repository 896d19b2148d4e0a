"""Every operation says what it answers when it succeeds."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if not any(status[:1] in "123" or status == "default" for status in call.answers):
            place = call.part.below("responses") if "responses" in call.part.node else call.part.place
            yield Found(place, f"{call} does not say what it answers when it succeeds", "describe an answer of 2XX")


RULE = Rule(
    id="success-response",
    severity=Severity.ERROR,
    says="every operation says what it answers when it succeeds",
    why="without it nobody can tell success from failure, or use what comes back",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {"404": {description: there is none}}}
""",
    right="""
paths:
  /orders:
    get: {responses: {"200": {description: every order}}}
""",
)
