"""A GET, HEAD or DELETE takes no body."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if call.method in ("get", "head", "delete") and call.body is not None:
            place = call.part.below("requestBody")
            yield Found(place, f"{call} takes a body", "take it as parameters, or use POST or QUERY")


RULE = Rule(
    id="body-on-read",
    severity=Severity.WARNING,
    says="a GET, HEAD or DELETE takes no body",
    why="it has no meaning there; proxies and clients drop it or refuse it (RFC 9110, sections 9.3.1 and 9.3.5)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {}
""",
    right="""
paths:
  /orders:
    get:
      parameters: [{name: state, in: query, schema: {type: string}}]
      responses: {}
""",
)
