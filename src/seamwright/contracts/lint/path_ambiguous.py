"""Every call belongs to one path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._reading import Item, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_MOST = 2000
"""Paths of one length that are compared with each other."""


def _run(reading: Reading) -> Iterator[Found]:
    by_length: dict[int, list[Item]] = {}
    for item in reading.items:
        by_length.setdefault(len(item.segments), []).append(item)
    for items in by_length.values():
        first: dict[str, Item] = {}
        for item in items:
            shape = re.sub(r"{[^{}]*}", "{}", item.path)
            if shape in first:
                text = f"{item.path} and {first[shape].path} are the same path with other names"
                yield Found(item.part.place, text, "put their methods under one of them")
            first.setdefault(shape, item)
        yield from _overlapping(list(first.values())[:_MOST])


def _overlapping(items: list[Item]) -> Iterator[Found]:
    templated = [item for item in items if item.names]
    free = [item for item in templated if "{" in item.segments[0]]
    alike: dict[str, list[Item]] = {}
    for item in templated:
        if "{" not in item.segments[0]:
            alike.setdefault(item.segments[0], []).append(item)
    # Only paths that begin alike can overlap, and those that begin with a name in braces.
    for group in (*alike.values(), free):
        for index, one in enumerate(group):
            others = group[index + 1 :] if group is free else [*group[index + 1 :], *free]
            for other in others:
                if _overlap(one, other):
                    text = f"a call may be of {other.path} as well as of {one.path}"
                    yield Found(other.part.place, text, "tell them apart by a segment without braces", Severity.WARNING)


def _overlap(one: Item, other: Item) -> bool:
    """Whether each is the more exact one in some segment; where only one is, it wins."""
    ahead = behind = False
    for here, there in zip(one.segments, other.segments, strict=True):
        free, free_there = "{" in here, "{" in there
        if not free and not free_there and here != there:
            return False
        ahead |= free_there and not free
        behind |= free and not free_there
    return ahead and behind


RULE = Rule(
    id="path-ambiguous",
    severity=Severity.ERROR,
    says="every call belongs to one path",
    why="routers choose differently (OpenAPI 3.1, path templating); paths that only overlap are a warning",
    run=_run,
    wrong="""
paths:
  /orders/{id}: {}
  /orders/{number}: {}
""",
    right="""
paths:
  /orders/{id}: {}
  /orders/open: {}
""",
)
