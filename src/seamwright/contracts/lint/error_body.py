"""Every error says what its body looks like."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if call.method == "head":
            continue
        for status, answer in call.answers.items():
            if status[:1] in "45" and answer.part.node and not answer.media:
                yield Found(answer.part.place, f"the answer {status} of {call} has no body", "describe its `content`")


RULE = Rule(
    id="error-body",
    severity=Severity.WARNING,
    says="every error says what its body looks like",
    why="a client that knows only the status cannot tell what to do about it",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {"400": {description: the query is wrong}}}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "400":
          description: the query is wrong
          content: {application/problem+json: {schema: {type: object}}}
""",
)
