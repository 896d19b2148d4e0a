"""Cuts a listing into pages by whatever parameters the contract has for it, and says where each page stands.

Known are `limit` with `offset`, `page` with `per_page`, and cursors (`after`, `starting_after`, `page_token` …), in the
usual spellings.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from seamwright.engines.mock.schemas import flat

__all__ = ["Page", "page_of", "page_parameters"]

_LIMIT = frozenset(
    {"limit", "perpage", "pagesize", "size", "maxresults", "maxpagesize", "max", "top", "take", "num", "rows", "first",
     "pagelimit", "resultsperpage", "itemsperpage", "hitsperpage", "maxitems", "count"}
)  # fmt: skip
_OFFSET = frozenset({"offset", "skip", "start", "startindex", "from", "startat", "pageoffset"})
_PAGE = frozenset({"page", "pagenumber", "pageno", "pagenum", "currentpage", "p", "pageindex"})
_AFTER = frozenset(
    {"cursor", "after", "startingafter", "pagetoken", "nexttoken", "nextpagetoken", "continue", "marker", "nextcursor",
     "continuation", "continuationtoken", "nextmarker", "startcursor", "aftercursor", "pagecursor", "scrollid",
     "exclusivestartkey", "lastevaluatedkey"}
)  # fmt: skip
_BEFORE = frozenset({"before", "endingbefore", "prevcursor", "previouscursor", "beforecursor"})

_ROLES = {"limit": _LIMIT, "offset": _OFFSET, "page": _PAGE, "after": _AFTER, "before": _BEFORE}

_USUAL = 100
"""Items of a page where nobody says how many."""

_TOKEN = "seamwright:"


def page_parameters(schemas: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Those parameters, of which the schemas are given, that choose a page, so that none of them is a filter. `after`
    and `before` are filters where they are times, `from` and `start` where they are texts."""
    found = (name for name in schemas if any(flat(name) in known for known in _ROLES.values()))
    return tuple(name for name in found if not _filters(name, schemas[name]))


def _filters(name: str, schema: Mapping[str, Any]) -> bool:
    timed = str(schema.get("format", "")).startswith("date")
    return timed or (flat(name) in _OFFSET and schema.get("type") == "string")


@dataclass(frozen=True, slots=True)
class Page:
    """The items of one page, and where it stands: positions count from 0, pages from `first_page`."""

    items: list[Any]
    total: int
    start: int
    limit: int
    path: str
    query: Mapping[str, Any]
    names: Mapping[str, str]
    """What the contract calls `limit`, `offset`, `page` and `after`, where it has them."""
    first_page: int = 1
    key: Callable[[Any], str] = str

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return self.start + len(self.items) < self.total

    @property
    def number(self) -> int:
        """The number of this page."""
        return self.first_page + self.start // self.limit

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.limit))

    def token(self, *, forward: bool = True) -> str | None:
        """What the cursor of the next (or the previous) page is; None where there is none."""
        if forward:
            if not self.more:
                return None
            if flat(self.names.get("after", "")) in ("startingafter", "after") and self.items:
                return self.key(self.items[-1])
            return _token(self.start + len(self.items))
        return _token(max(0, self.start - self.limit)) if self.start else None

    def link(self, to: Literal["next", "prev", "first", "last", "self"], origin: str = "") -> str | None:
        """The address of another page; None where there is none."""
        start = {
            "next": self.start + len(self.items) if self.more else None,
            "prev": max(0, self.start - self.limit) if self.start else None,
            "first": 0,
            "last": (self.pages - 1) * self.limit,
            "self": self.start,
        }[to]
        if start is None:
            return None
        changed = {name: value for name, value in self.query.items() if not isinstance(value, Mapping)}
        by_cursor = "after" in self.names and bool(self.query.get(self.names["after"]))
        if "offset" in self.names and not by_cursor:
            changed[self.names["offset"]] = start
        elif "page" in self.names and not by_cursor:
            changed[self.names["page"]] = self.first_page + start // self.limit
        elif "after" in self.names and start:
            changed[self.names["after"]] = self.token() if to == "next" else _token(start)
        if "limit" in self.names:
            changed[self.names["limit"]] = self.limit
        query = urlencode(changed, doseq=True)
        return f"{origin}{self.path}?{query}" if query else f"{origin}{self.path}"

    def said(self, name: str, origin: str = "") -> tuple[Any, ...]:
        """What a field of this name may say around a list, the likeliest first; nothing where the name is not known.

        A field that is called `last` is a flag in one contract, and an address in another.
        """
        return tuple(known(self, origin) for known in _FIELDS.get(flat(name), ()))


def page_of(
    items: Sequence[Any],
    query: Mapping[str, Any],
    names: Sequence[str],
    path: str,
    key: Callable[[Any], str],
    schemas: Mapping[str, Mapping[str, Any]],
) -> Page:
    """The page that a query asks for. `names` are the parameters that the contract has, with their `schemas`."""
    called = {role: next((name for name in names if flat(name) in known), None) for role, known in _ROLES.items()}
    told = {role: name for role, name in called.items() if name is not None}
    said = {role: schemas.get(name, {}) for role, name in told.items()}
    asked = {role: query.get(name, said[role].get("default")) for role, name in told.items()}
    limit = _number(asked.get("limit"), _USUAL) or _USUAL
    counted = said.get("page", {})
    first_page = 0 if _number(counted.get("default", counted.get("minimum")), 1) == 0 else 1
    start = _number(asked.get("offset"), 0)
    if "offset" in told and "page" not in told and flat(told["offset"]) == "startindex":
        start = max(0, start - 1)  # OpenSearch and SCIM count from 1 (RFC 7644, section 3.4.2.4).
    if asked.get("page") is not None and "offset" not in told:
        start = max(0, _number(asked["page"], first_page) - first_page) * limit
    if asked.get("after"):
        start = _after(items, str(asked["after"]), key)
    elif asked.get("before"):
        end = _position(items, str(asked["before"]), key)
        start = max(0, end - limit)
        limit = min(limit, end - start) or limit
    shown = list(items[start : start + limit])
    return Page(shown, len(items), min(start, len(items)), limit, path, query, told, first_page, key)


def _after(items: Sequence[Any], cursor: str, key: Callable[[Any], str]) -> int:
    position = _token_position(cursor)
    if position is not None:
        return position
    found = _position(items, cursor, key)
    return found + 1 if found < len(items) else 0


def _position(items: Sequence[Any], cursor: str, key: Callable[[Any], str]) -> int:
    position = _token_position(cursor)
    if position is not None:
        return position
    return next((index for index, item in enumerate(items) if key(item) == cursor), len(items))


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(f"{_TOKEN}{position}".encode()).decode().rstrip("=")


def _token_position(cursor: str) -> int | None:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        return None
    position = text.removeprefix(_TOKEN)
    return int(position) if text.startswith(_TOKEN) and position.isdigit() else None


def _number(value: Any, otherwise: int) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return otherwise


_Said = Callable[[Page, str], Any]


def _fields() -> dict[str, tuple[_Said, ...]]:
    """The fields around a list by their flat names, and what each may say."""
    known: list[tuple[_Said, str]] = [
        (
            lambda page, _: page.total,
            """total totalcount totalitems totalresults totalelements totalrecords totalrows totalsize count itemcount
            recordcount numfound totalentries hitcount matches totalhits""",
        ),
        (lambda page, _: page.total - page.start - len(page.items), "remainingitemcount remaining"),
        (lambda page, _: page.limit, "limit perpage pagesize itemsperpage maxresults pagelimit"),
        (lambda page, _: len(page.items), "size numberofelements returned resultcount itemcountinpage"),
        (lambda page, _: page.start, "offset skip start startindex from startat"),
        (lambda page, _: page.start + len(page.items), "end to endindex"),
        (lambda page, _: page.number, "page pagenumber currentpage pageno number pageindex"),
        (lambda page, _: page.pages, "totalpages pages pagecount lastpage numpages"),
        (lambda page, _: page.more, "hasmore more hasnext hasnextpage istruncated incomplete"),
        (lambda page, _: page.start > 0, "hasprevious hasprev haspreviouspage"),
        (lambda page, _: not page.more, "last islast done islastpage"),
        (lambda page, _: not page.start, "first isfirst isfirstpage"),
        (lambda page, _: not page.items, "empty isempty"),
        (
            lambda page, _: page.token(),
            """nexttoken nextpagetoken nextcursor cursor continue nextmarker continuationtoken after endcursor
            nextpagecursor nextpagekey scrollid lastevaluatedkey""",
        ),
        (lambda page, _: page.token(forward=False), "prevcursor previouscursor before startcursor"),
        (
            lambda page, origin: page.link("next", origin),
            "next nextpage nextpageuri nextlink nexturl nextpageurl nextpagelink nexthref",
        ),
        (
            lambda page, origin: page.link("prev", origin),
            "previous prev previouspage previouspageuri prevlink previouslink prevurl previousurl",
        ),
        (lambda page, origin: page.link("first", origin), "first firstpageuri firstpage firstlink firsturl"),
        (lambda page, origin: page.link("last", origin), "last lastpageuri lastlink lasturl"),
        (lambda page, origin: page.link("self", origin), "self href uri selflink"),
        (lambda page, _: page.key(page.items[0]) if page.items else None, "firstid"),
        (lambda page, _: page.key(page.items[-1]) if page.items else None, "lastid"),
    ]
    found: dict[str, tuple[_Said, ...]] = {}
    for said, names in known:
        for name in names.split():
            found[name] = (*found.get(name, ()), said)
    return found


_FIELDS = _fields()
