"""Every operation that asks for credentials says what it answers to a caller who may not."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        told = call.answer("403") or (call.item.names and call.answer("404")) or "default" in call.answers
        if reading.protected(call) and not told:
            place = call.part.below("responses")
            text = f"{call} asks for credentials and does not say what a caller gets who may not call it"
            yield Found(place, text, "describe the answer 403, or 404 where the object is to stay hidden")


RULE = Rule(
    id="forbidden-response",
    severity=Severity.INFO,
    says="every operation that asks for credentials says what it answers to a caller who may not",
    why="a client must tell a wrong token from a missing right (RFC 9110, section 15.5.4; OWASP API5:2023)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {security: [{bearer: []}], responses: {"200": {description: every order}}}
""",
    right="""
paths:
  /orders:
    get:
      security: [{bearer: []}]
      responses: {"200": {description: every order}, "403": {description: not allowed}}
""",
)
