"""Reads the pages of a listing one after the other, as small or as large as is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from seamwright.checks._cells import answered, excerpt, sent, undecidable
from seamwright.checks.contract._paging import Page, Paging, identified, page_of
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation

__all__ = ["MOST_PAGES", "Listing", "Walked", "asked", "begun", "walk"]

MOST_PAGES = 40
"""Pages that are read at most, of either size."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing as it is called: the operation, its paging, by whom, and the small size and the large one."""

    operation: Operation
    paging: Paging
    identity: Identity
    base: Case
    small: int
    large: int


@dataclass(frozen=True, slots=True)
class Walked:
    """Pages that were read one after the other; `complete` says that the end was reached."""

    pages: tuple[Page, ...]
    exchanges: tuple[Exchange, ...]
    complete: bool

    @property
    def items(self) -> list[Any]:
        """What all pages show, in order."""
        return [item for page in self.pages for item in page.items]


async def walk(bench: Bench, listing: Listing, size: int, most: int = MOST_PAGES) -> Walked:
    """Read page after page until one is empty, or says that it is the last; what is refused beyond the end, too."""
    paging = listing.paging
    pages: list[Page] = []
    exchanges: list[Exchange] = []
    at: Any = None if paging.style == "cursor" else paging.first
    for _ in range(most):
        page, exchange = await _page(bench, listing, size, at, beyond=bool(pages))
        pages.append(page)
        exchanges.append(exchange)
        if not page.items or page.more is False:
            return Walked(tuple(pages), tuple(exchanges), True)
        if len(pages) > 2 and page.items == pages[-2].items == pages[-3].items:
            return Walked(tuple(pages), tuple(exchanges), False)  # It would go on like this for ever.
        if paging.style == "cursor":
            following = page.next or (_last_id(page) if paging.follows_ids and page.next is None else "")
            if not following or following == at:
                return Walked(tuple(pages), tuple(exchanges), True)
            at = following
        else:
            # A large page may be cut to what the service thinks is large; a small one leaves no reason to.
            step = size if paging.size is not None and size == listing.small else len(page.items)
            at += step if paging.style == "offset" else 1
    return Walked(tuple(pages), tuple(exchanges), False)


async def begun(bench: Bench, listing: Listing) -> Listing:
    """The listing with the number that its first page really has: contracts seldom say whether one counts from 0.

    The first page is what comes without a number.
    """
    if listing.paging.style == "cursor":
        return listing

    async def shown(at: int | None) -> tuple[Any, ...]:
        exchange = await asked(bench, listing, listing.small, at)
        page = page_of(bench.contract, listing.operation, listing.paging, exchange) if exchange.ok else None
        return page.items if page is not None else ()

    declared, bare = listing.paging.first, await shown(None)
    for first in (declared, 1 - declared):
        if bare and await shown(first) == bare:
            return replace(listing, paging=replace(listing.paging, first=first))
    return listing


async def _page(bench: Bench, listing: Listing, size: int, at: Any, *, beyond: bool) -> tuple[Page, Exchange]:
    exchange = await asked(bench, listing, size, at)
    if beyond and exchange.status in (400, 404, 416, 422):
        return Page((), None, "", False), exchange
    if why := undecidable(exchange):
        raise Undecided(f"{listing.operation.id}: a page could not be read: {why}")
    page = page_of(bench.contract, listing.operation, listing.paging, exchange) if exchange.ok else None
    if page is None:
        raise Undecided(f"{listing.operation.id}: {sent(exchange)} does not show a page: {excerpt(exchange)}")
    return page, exchange


async def asked(bench: Bench, listing: Listing, size: int | None, at: Any) -> Exchange:
    query = dict(listing.base.query)
    if listing.paging.size is not None and size is not None:
        query[listing.paging.size.name] = size
    if at is not None:
        query[listing.paging.at.name] = at
    return answered(await bench.call(listing.base.but(query=query), listing.identity, note="reads a page"))


def _last_id(page: Page) -> str:
    return next(iter(identified([page.items])[0][-1:]), "")
