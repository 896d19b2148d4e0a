"""Every operation says what it asks of its callers."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if reading.security(call) is None:
            yield Found(
                call.part.place,
                f"{call} does not say whether a caller must authenticate",
                "name the security scheme, or write `security: []` where everybody may call it",
                Severity.WARNING if call.safe else None,
            )


RULE = Rule(
    id="security-missing",
    severity=Severity.ERROR,
    says="every operation says what it asks of its callers",
    why="an open door must be open on purpose (OWASP API2:2023); a safe method without it is a warning",
    run=_run,
    wrong="""
paths:
  /orders:
    post: {responses: {}}
""",
    right="""
paths:
  /orders:
    post: {security: [{bearer: []}], responses: {}}
  /login:
    post: {security: [], responses: {}}
""",
)
