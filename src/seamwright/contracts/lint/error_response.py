"""Every operation says what it answers when a call is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if call.safe and not call.parameters and call.body is None and not reading.protected(call):
            continue  # There is nothing that a caller could get wrong.
        if call.answers and not any(status[:1] == "4" or status == "default" for status in call.answers):
            place = call.part.below("responses")
            yield Found(place, f"{call} describes no answer of 4XX", "say what it answers to a call that is wrong")


RULE = Rule(
    id="error-response",
    severity=Severity.WARNING,
    says="every operation says what it answers when a call is wrong",
    why="a client that only knows success cannot handle anything else (OWASP API8:2023)",
    run=_run,
    wrong="""
paths:
  /orders:
    post: {responses: {"200": {description: the order}}}
""",
    right="""
paths:
  /orders:
    post: {responses: {"200": {description: the order}, "400": {description: the body is wrong}}}
""",
)
