"""Every pattern is a regular expression."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema_rs

from seamwright.contracts.bundle import escaped
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.schemas.items():
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and not _usable(pattern):
            yield Found(f"{place}/pattern", f"{pattern!r} is no regular expression", "correct it")
        if isinstance(pattern, str) and len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
            yield Found(f"{place}/pattern", f"the slashes of {pattern!r} are a part of it", "leave them off")
        for name in mapping(schema.get("patternProperties")):
            if not _usable(name):
                here = f"{place}/patternProperties/{escaped(name)}"
                yield Found(here, f"{name!r} is no regular expression", "correct it")


def _usable(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


RULE = Rule(
    id="pattern-valid",
    severity=Severity.ERROR,
    says="every pattern is a regular expression",
    why="validators refuse the schema or leave the pattern out (ECMA-262)",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    Sku: {type: string, pattern: "[A-Z"}
""",
    right="""
paths: {}
components:
  schemas:
    Sku: {type: string, pattern: "^[A-Z]{3}$"}
""",
)
