"""No key stands twice in one mapping."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lines import repeated_keys
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for text, top in reading.source.texts():
        for place, line in repeated_keys(text):
            yield Found(
                top + place.removeprefix("#"),
                f"this key stands here again on line {line}, and only the last one counts",
                "remove one of them, or give it another name",
            )


RULE = Rule(
    id="duplicate-key",
    severity=Severity.ERROR,
    says="no key stands twice in one mapping",
    why="readers of JSON keep one of the two without a word, and not all of them the same (RFC 8259, section 4)",
    run=_run,
    wrong="""\
{"openapi": "3.1.0", "info": {"title": "Shop", "version": "1.0.0"},
 "paths": {"/orders": {"get": {"operationId": "a", "operationId": "b"}}}}
""",
    right="""\
{"openapi": "3.1.0", "info": {"title": "Shop", "version": "1.0.0"},
 "paths": {"/orders": {"get": {"operationId": "a"}}}}
""",
)
