"""Every media type is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_MEDIA = re.compile(rf"{_TOKEN}/{_TOKEN}(?:\s*;\s*{_TOKEN}=(?:{_TOKEN}|\"[^\"]*\"))*\s*")


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        for body in [*([call.body] if call.body else []), *call.answers.values()]:
            for medium in body.media:
                if not _MEDIA.fullmatch(medium.type):
                    yield Found(medium.part.place, f"{medium.type!r} is no media type", "write it as application/json")


RULE = Rule(
    id="media-type",
    severity=Severity.ERROR,
    says="every media type is one",
    why="no Content-Type can ever match it (RFC 9110, section 8.3.1)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {"200": {description: orders, content: {json: {schema: {type: object}}}}}}
""",
    right="""
paths:
  /orders:
    get: {responses: {"200": {description: orders, content: {application/json: {schema: {type: object}}}}}}
""",
)
