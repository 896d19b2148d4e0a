"""Every operation that lists can be asked for a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._reading import Call, Medium, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_PAGED = frozenset(
    {"page", "pages", "limit", "offset", "cursor", "skip", "top", "take", "after", "before", "marker"}
) | {
    *(
        "size",
        "first",
        "last",
        "start",
        "max",
        "count",
        "rows",
        "pagesize",
        "perpage",
        "pagetoken",
        "continue",
        "until",
    ),
    *("since", "next", "token", "range", "maxresults"),
}


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        if (
            call.method != "get"
            or call.path.startswith("/.well-known/")
            or any(_pages(parameter.text("name")) for parameter in call.parameters)
        ):
            continue
        for answer in call.success().values():
            medium = next((medium for medium in answer.media if medium.json and _lists(reading, call, medium)), None)
            if medium is not None:
                yield Found(
                    call.part.place,
                    f"{call} answers a list of any length, and takes neither a limit nor a cursor",
                    "add a parameter such as limit or cursor, or bound the list with maxItems",
                )
                break


def _pages(name: str) -> bool:
    return bool(_PAGED & set(words(name))) or re.sub(r"[^a-z]", "", name.lower()) in _PAGED


def _lists(reading: Reading, call: Call, medium: Medium) -> bool:
    """Whether it is an array, or an object with one array that is not the object that the path names."""
    schema, place = medium.schema
    if reading.types(schema, place) == {"array"}:
        return not _bounded(reading, schema, place)
    if call.item.segments[-1:] and "{" in call.item.segments[-1]:
        return False
    arrays = [
        (child, here)
        for child, here in reading.properties(schema, place).values()
        if reading.types(child, here) in ({"array"}, {"array", "null"})
    ]
    return len(arrays) == 1 and not _bounded(reading, *arrays[0])


def _bounded(reading: Reading, schema: object, place: str) -> bool:
    return any("maxItems" in node for node, _ in reading.in_place(schema, place))


RULE = Rule(
    id="pagination",
    severity=Severity.WARNING,
    says="every operation that lists can be asked for a page",
    why="the list grows until it no longer fits, and one call can exhaust the system (OWASP API4:2023)",
    run=_run,
    wrong="""
paths:
  /orders:
    get:
      responses:
        "200":
          description: every order
          content:
            application/json: {schema: {properties: {items: {type: array, items: {type: string}}}}}
""",
    right="""
paths:
  /orders:
    get:
      parameters: [{name: cursor, in: query, schema: {type: string}}]
      responses:
        "200":
          description: a page of orders
          content:
            application/json: {schema: {properties: {items: {type: array, items: {type: string}}}}}
""",
)
