"""Every body in JSON says what it looks like."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Medium, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        for medium in call.body.media if call.body else ():
            if _empty(reading, medium):
                yield Found(
                    medium.part.place, f"the body of {call} in {medium.type} may be anything", "give it a schema"
                )
        for status, answer in call.answers.items():
            for medium in answer.media:
                if _empty(reading, medium):
                    text = f"the answer {status} of {call} in {medium.type} may be anything"
                    yield Found(medium.part.place, text, "give it a schema")


def _empty(reading: Reading, medium: Medium) -> bool:
    if not medium.json:
        return False
    schema, place = medium.schema
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and not schema["$ref"].startswith("#"):
        return False  # `reference-remote` tells of it.
    target, _ = reading.target(schema, place)
    says = set(target) - {"title", "description", "example", "examples"} if isinstance(target, dict) else set()
    return not says


RULE = Rule(
    id="body-schema",
    severity=Severity.WARNING,
    says="every body in JSON says what it looks like",
    why="nothing can be proved, generated or mocked from a body that may be anything",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {"200": {description: orders, content: {application/json: {schema: {}}}}}}
""",
    right="""
paths:
  /orders:
    get: {responses: {"200": {description: orders, content: {application/json: {schema: {type: object}}}}}}
""",
)
