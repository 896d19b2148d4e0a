"""Every operation that asks for credentials says what it answers without them."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if reading.protected(call) and not call.answer("401") and "default" not in call.answers:
            place = call.part.below("responses")
            yield Found(place, f"{call} asks for credentials and describes no 401", "describe the answer 401")


RULE = Rule(
    id="unauthorized-response",
    severity=Severity.WARNING,
    says="every operation that asks for credentials says what it answers without them",
    why="clients renew their tokens on 401 and on nothing else (RFC 9110, section 15.5.2; OWASP API2:2023)",
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
      responses: {"200": {description: every order}, "401": {description: no valid token}}
""",
)
