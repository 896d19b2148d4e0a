"""All properties are written in one style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.bundle import escaped
from seamwright.contracts.lint._naming import inconsistent
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping

__all__ = ["RULE"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _run(reading: Reading) -> Iterator[Found]:
    # Each name counts once, so that a field that is everywhere does not outweigh all others.
    names: dict[str, str] = {}
    for place, schema in reading.schemas.items():
        for name in mapping(schema.get("properties")):
            if _NAME.fullmatch(name):
                names.setdefault(name, f"{place}/properties/{escaped(name)}")
    places = {place: name for name, place in names.items()}
    yield from inconsistent(places, "camelCase", "the property", "call it {} in the next version of the API")


RULE = Rule(
    id="property-style",
    severity=Severity.WARNING,
    says="all properties are written in one style",
    why="callers mistype what they cannot guess, and an unknown property is mostly ignored without a word",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    Order: {properties: {orderedAt: {}, customerId: {}, unit_price: {}}}
""",
    right="""
paths: {}
components:
  schemas:
    Order: {properties: {orderedAt: {}, customerId: {}, unitPrice: {}}}
""",
)
