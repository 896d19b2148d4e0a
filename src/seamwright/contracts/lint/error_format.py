"""All errors have one format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


_OAUTH = frozenset({"error", "error_description", "error_uri"})
"""The format that token endpoints must have (RFC 6749, section 5.2)."""


def _run(reading: Reading) -> Iterator[Found]:
    shapes: dict[str, tuple[str, str]] = {}
    for call in reading.calls:
        for status, answer in call.answers.items():
            if status[:1] not in "45" and not (status == "default" and call.success()):
                continue
            for medium in answer.media:
                names = sorted(reading.properties(*medium.schema)) if medium.json else []
                if medium.json and not (names and _OAUTH.issuperset(names)):
                    shape = f"{medium.type.partition(';')[0].strip()} with {', '.join(names) or 'no known fields'}"
                    shapes[medium.part.place] = (shape, f"{status} of {call}")
    count = Counter(shape for shape, _ in shapes.values())
    if len(count) < 2:
        return
    main = count.most_common(1)[0][0]
    for place, (shape, where) in shapes.items():
        if shape != main:
            yield Found(place, f"the answer {where} is {shape}; most errors are {main}", "give all errors one format")


RULE = Rule(
    id="error-format",
    severity=Severity.WARNING,
    says="all errors have one format",
    why="a client needs one handler for errors and not one for each operation (RFC 9457)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "400":
          description: wrong
          content: {application/json: {schema: {properties: {message: {type: string}}}}}
        "500":
          description: broken
          content: {application/json: {schema: {properties: {reason: {type: string}}}}}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "400":
          description: wrong
          content: {application/problem+json: {schema: {properties: {title: {type: string}}}}}
        "500":
          description: broken
          content: {application/problem+json: {schema: {properties: {title: {type: string}}}}}
""",
)
