"""Every text that comes in has a greatest length."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_BOUNDED = frozenset({"date", "date-time", "time", "uuid", "ipv4", "ipv6", "hostname", "email", "duration"})
_STREAMS = frozenset({"binary"})


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.inputs.items():
        told = schema.get("type")
        if told != "string" and not (isinstance(told, list) and "string" in told):
            continue
        bounded = str(schema.get("format")) in _BOUNDED | _STREAMS or "contentMediaType" in schema
        if not bounded and not {"maxLength", "enum", "const", "pattern"} & schema.keys():
            yield Found(
                place,
                f"{reading.called(place)} may be of any length",
                "set maxLength, or an enum, a pattern or a format",
            )


RULE = Rule(
    id="string-limit",
    severity=Severity.INFO,
    says="every text that comes in has a greatest length",
    why="whoever sends more than fits exhausts memory or breaks what lies behind (OWASP API4:2023)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      parameters: [{name: state, in: query, schema: {type: string}}]
      responses: {}
""",
    right="""
paths:
  /orders:
    get:
      parameters: [{name: state, in: query, schema: {type: string, maxLength: 20}}]
      responses: {}
""",
)
