"""Every security scheme that is asked for is described."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Part, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    known = reading.child(reading.components, "securitySchemes").node
    for part in [reading.top, *(call.part for call in reading.calls)]:
        yield from _of(part, known)


def _of(part: Part, known: dict[str, object]) -> Iterator[Found]:
    for index, requirement in enumerate(sequence(part.node.get("security"))):
        for name in mapping(requirement):
            if name not in known:
                place = part.below("security", index, name)
                yield Found(place, f"the security scheme {name} is not described", "add it to the security schemes")


RULE = Rule(
    id="security-declared",
    severity=Severity.ERROR,
    says="every security scheme that is asked for is described",
    why="nobody can tell how to authenticate (OpenAPI 3.1, security requirement object)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {security: [{bearer: []}], responses: {}}
""",
    right="""
paths:
  /orders:
    get: {security: [{bearer: []}], responses: {}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
""",
)
