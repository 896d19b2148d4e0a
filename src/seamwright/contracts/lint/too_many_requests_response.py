"""The contract says what a caller gets who calls too often."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    silent = [call for call in reading.calls if not call.answer("429") and "default" not in call.answers]
    if 2 * len(silent) > len(reading.calls):
        text = f"{len(silent)} of {len(reading.calls)} operations do not describe the answer 429"
        yield Found("#/paths", text, "say what a caller gets who calls too often")
        return
    for call in silent:
        yield Found(call.part.below("responses"), f"{call} does not describe the answer 429, as others do")


RULE = Rule(
    id="too-many-requests-response",
    severity=Severity.INFO,
    says="the contract says what a caller gets who calls too often",
    why="without a limit one caller takes the system away from all (RFC 6585, section 4; OWASP API4:2023)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {"200": {description: every order}}}
""",
    right="""
paths:
  /orders:
    get: {responses: {"200": {description: every order}, "429": {description: too many calls}}}
""",
)
