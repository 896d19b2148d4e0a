"""An answer 201 says where the new object is."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        answer = call.answers.get("201")
        if answer is None or not answer.part.node:
            continue
        headers = reading.child(answer.part, "headers").node
        named = any(
            name.lower() in ("id", "uuid", "self", "href", "url")
            or name.lower().endswith(("_id", "-id"))
            or name[-2:] == "Id"
            for medium in answer.media
            for name in reading.properties(*medium.schema)
        )
        if not named and not any(name.lower() == "location" for name in headers):
            yield Found(
                answer.part.place,
                f"the answer 201 of {call} says neither where the new object is nor its id",
                "describe a Location header, or an id in the body",
            )


RULE = Rule(
    id="created-location",
    severity=Severity.INFO,
    says="an answer 201 says where the new object is",
    why="whoever created it must find it again (RFC 9110, section 15.3.2)",
    run=_run,
    wrong="""
paths:
  /orders:
    post: {responses: {"201": {description: the order was taken}}}
""",
    right="""
paths:
  /orders:
    post:
      responses:
        "201": {description: the order was taken, headers: {Location: {schema: {type: string}}}}
""",
)
