"""Reads how a listing is paged: by which parameters, where its items stand, and what it tells of the pages to come."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from seamwright.checks._reading import json_of
from seamwright.contracts.links import success_schema
from seamwright.contracts.schemas import formats, items, properties, resolved, types
from seamwright.model.accounts import flat
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Contract, Operation, Parameter

__all__ = ["Page", "Paging", "identified", "page_of", "paging_of"]

_SIZE = re.compile(
    r"limit|(?:page)?(?:size|limit|length)|per_?page|count|top|take|first|max(?:results|items|count|size)?|results"
    r"|rows|itemsperpage|pagecount|num(?:results)?"
)
_OFFSET = re.compile(r"(?:page)?offset|skip|start(?:index|at|from)?|from")
_PAGE = re.compile(r"page(?:number|no|num|index)?|p|currentpage|pagination")
_CURSOR = re.compile(
    r"(?:page|next)?cursor|(?:page)?after|(?:next)?pagetoken|nexttoken|startingafter|marker|continuation(?:token)?"
    r"|startafter|exclusivestartkey|lastid|nextpage"
)
_FOLLOWS = re.compile(r"(?:page)?after|startingafter|startafter|lastid")
"""Cursors that may be the id of the last item that was seen."""

_NEXT = re.compile(
    r"next|next(?:cursor|pagetoken|token|marker|page|link|url|key)|endcursor|continuation(?:token)?|cursor|after"
)
_MORE = re.compile(r"(?:has)?more(?:items|results)?|hasnext(?:page)?")
_TOTAL = re.compile(r"total(?:count|items|elements|results|records|size|hits|rows|entries)?|(?:item|record)count")
_AROUND = frozenset(
    {"meta", "metadata", "page", "paging", "pagination", "links", "cursors", "pageinfo", "info", "summary", "data"}
)
_ITEMS = ("items", "data", "results", "records", "content", "entries", "values", "list", "rows", "objects", "hits")
_IDENTITIES = (
    "id",
    "uuid",
    "guid",
    "uid",
    "gid",
    "sid",
    "key",
    "slug",
    "code",
    "number",
    "sku",
    "email",
    "username",
    "name",
)

LARGEST = 100
"""What is asked for as a large page where the contract names no maximum."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How a listing is paged: `size` says how many items are wanted, `at` where the page begins."""

    style: Literal["offset", "page", "cursor"]
    at: Parameter
    size: Parameter | None
    smallest: int
    largest: int
    first: int
    """The number of the first page, or the first offset."""

    @property
    def follows_ids(self) -> bool:
        """Whether the cursor may be the id of the last item."""
        return _FOLLOWS.fullmatch(flat(self.at.name)) is not None


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its items, what it tells of all of them, and how one gets to the next (None: it does not say)."""

    items: tuple[Any, ...]
    total: int | None
    next: str | None
    more: bool | None


def paging_of(contract: Contract, operation: Operation) -> Paging | None:
    """How an operation pages what it lists; None where its contract does not say that it does."""
    if operation.method != "GET" or not _lists(contract, operation):
        return None
    query = {p.name: p for p in operation.at("query")}
    size = _first(contract, query, _SIZE, {"integer", "number"})
    styles: tuple[tuple[Literal["cursor", "offset", "page"], re.Pattern[str]], ...] = (
        ("offset", _OFFSET),
        ("page", _PAGE),
        ("cursor", _CURSOR),
    )
    for style, pattern in styles:
        kinds = {"string"} if style == "cursor" else {"integer", "number"}
        others = {name: p for name, p in query.items() if size is None or name != size.name}
        at = _first(contract, others, pattern, kinds)
        if at is not None and (size is not None or style != "offset"):
            smallest, largest = _bounds(contract, size)
            return Paging(style, at, size, smallest, largest, _begins(contract, style, at))
    return None


def page_of(contract: Contract, operation: Operation, paging: Paging, exchange: Exchange) -> Page | None:
    """What an answer shows as a page; None where there is no list in it."""
    value = json_of(exchange)
    found = _listed(value)
    if found is None:
        return None
    around = list(_around(value))
    total = next((v for n, v in around if _TOTAL.fullmatch(n) and isinstance(v, int) and not isinstance(v, bool)), None)
    more = next((v for n, v in around if _MORE.fullmatch(n) and isinstance(v, bool)), None)
    told = exchange.response.header("x-total-count") if exchange.response else None
    if total is None and told is not None and told.isdigit():
        total = int(told)
    return Page(tuple(found), total, _next(paging, around, exchange), more)


def identified(pages: Sequence[Sequence[Any]]) -> list[list[str]]:
    """The items of pages by what identifies them: a field that all have and none shares, or else all that they hold.

    What is told apart on one page is told apart on all of them, so the longest page chooses the field.
    """
    longest = max(pages, key=len, default=())
    name = next((n for n in _names(longest) if _identifies(n, longest)), None)
    return [[_told(item, name) for item in page] for page in pages]


def _names(page: Sequence[Any]) -> Iterator[str]:
    first = page[0] if page and isinstance(page[0], Mapping) else {}
    spelt = {flat(str(name)): str(name) for name in first}
    yield from (spelt[word] for word in _IDENTITIES if word in spelt)
    yield from (name for word, name in spelt.items() if word.endswith(("id", "uuid")) and word not in _IDENTITIES)


def _identifies(name: str, page: Sequence[Any]) -> bool:
    values = [item.get(name) if isinstance(item, Mapping) else None for item in page]
    plain = all(isinstance(value, str | int) and not isinstance(value, bool) for value in values)
    return plain and len(set(map(str, values))) == len(values)


def _told(item: Any, name: str | None) -> str:
    if name is not None and isinstance(item, Mapping) and name in item:
        return str(item[name])
    return json.dumps(item, sort_keys=True, default=str)


def _lists(contract: Contract, operation: Operation) -> bool:
    """Whether the declared answer is, or holds, an array; where nothing is declared it may."""
    answered = success_schema(contract, operation)
    if answered is None:
        return any(status.startswith("2") or status == "default" for status in operation.answers)
    if items(contract, answered) is not None:
        return True
    top = properties(contract, answered, certain=False)
    below = [child for shown in top.values() for child in properties(contract, shown, certain=False).values()]
    return not top or any(items(contract, child) is not None for child in (*top.values(), *below))


def _first(
    contract: Contract, query: Mapping[str, Parameter], pattern: re.Pattern[str], kinds: set[str]
) -> Parameter | None:
    for parameter in query.values():
        known = types(contract, parameter.schema) - {"null"}
        # What follows a time is a filter: `after` with a date is no cursor.
        timed = any(each.startswith("date") for each in formats(contract, parameter.schema))
        if pattern.fullmatch(flat(parameter.name)) and (not known or known & kinds) and not timed:
            return parameter
    return None


def _bounds(contract: Contract, size: Parameter | None) -> tuple[int, int]:
    schema = resolved(contract, size.schema) if size is not None else {}
    low, high = schema.get("minimum"), schema.get("maximum")
    smallest = int(low) if isinstance(low, int | float) and low > 0 else 1
    largest = int(high) if isinstance(high, int | float) and high > 0 else LARGEST
    return smallest, min(largest, 1000)


def _begins(contract: Contract, style: str, at: Parameter) -> int:
    """The first page or offset: as the contract's default or minimum says; pages mostly count from 1."""
    schema = resolved(contract, at.schema)
    for key in ("default", "minimum"):
        value = schema.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1):
            return value
    return 1 if style == "page" else 0


def _listed(value: Any) -> list[Any] | None:
    """The list of an answer: itself, or under one of the usual names, or the only one there is."""
    if isinstance(value, list):
        return value
    if not isinstance(value, Mapping):
        return None
    places = [value, *(child for child in value.values() if isinstance(child, Mapping))]
    for place in places:
        spelt = {flat(str(name)): child for name, child in place.items() if isinstance(child, list)}
        for word in _ITEMS:
            if word in spelt:
                return spelt[word]
        if len(spelt) == 1:
            return next(iter(spelt.values()))
    return None


def _around(value: Any) -> Iterator[tuple[str, Any]]:
    """What stands beside the items, with flat names: at the top, and in the usual envelopes."""
    if not isinstance(value, Mapping):
        return
    for name, child in value.items():
        yield flat(str(name)), child
    for name, child in value.items():
        if isinstance(child, Mapping) and flat(str(name)) in _AROUND:
            for inner, below in child.items():
                yield flat(str(inner)), below


def _next(paging: Paging, around: Sequence[tuple[str, Any]], exchange: Exchange) -> str | None:
    """The cursor of the next page; empty where the answer says that there is none, None where it says nothing."""
    link = exchange.response.header("link") if exchange.response else None
    if link is not None and (match := re.search(r'<([^>]*)>[^,]*\brel="?next"?', link)):
        return _cursor(paging, match[1])
    told = [value for name, value in around if _NEXT.fullmatch(name)]
    for value in told:
        href = value.get("href") if isinstance(value, Mapping) else value
        if isinstance(href, str | int) and not isinstance(href, bool) and href != "":
            return _cursor(paging, str(href))
    return "" if told or link is not None else None


def _cursor(paging: Paging, told: str) -> str:
    """A cursor that is told as such, or inside the URL of the next page."""
    if "?" in told or told.startswith(("http://", "https://", "/")):
        values = parse_qs(urlsplit(told).query).get(paging.at.name)
        return values[0] if values else told
    return told
