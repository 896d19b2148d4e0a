"""An answer that asks to come back later says when."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        for status in ("429", "503"):
            answer = call.answers.get(status)
            if answer is None or not answer.part.node:
                continue
            headers = reading.child(answer.part, "headers").node
            if not any(name.lower() == "retry-after" for name in headers):
                yield Found(answer.part.place, f"the answer {status} has no Retry-After header", "describe it")


RULE = Rule(
    id="retry-after",
    severity=Severity.INFO,
    says="an answer that asks to come back later says when",
    why="clients that have to guess come back all at once (RFC 9110, section 10.2.3)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {"429": {description: too many calls}}}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "429": {description: too many calls, headers: {Retry-After: {schema: {type: integer}}}}
""",
)
