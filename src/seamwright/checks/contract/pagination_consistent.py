"""Pages fit together: none is longer than asked for, none shows what another one shows, and nothing falls between.

A listing is read in pages as small as they may be and then in one as large as it may be; both show the same items,
compared as sets, since nobody promised an order. A total that is told is the number of items, the last page ends, and a
size of 0 or below is refused or harmless. Where the collection changes while it is read, it is read once more.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, sent, these
from seamwright.checks._honest import accepted, nobody_may, renewed, repeatable
from seamwright.checks._reading import read_case
from seamwright.checks.contract._cause import root
from seamwright.checks.contract._page_walk import MOST_PAGES, Listing, Walked, asked, begun, walk
from seamwright.checks.contract._paging import identified, page_of, paging_of
from seamwright.contracts.links import path_parameters, shape
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

ENOUGH = 3
"""Small pages that the items should fill, so that something can fall between them."""

MOST_MADE = 30
"""Objects that are created at most so that there is enough to page through."""

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Wrong:
    kind: str
    what: str
    expected: str
    seen: str
    exchanges: tuple[Exchange, ...]


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        if subject.contract is None or paging_of(subject.contract, operation) is None:
            return "it is no listing with parameters for pages"
        return nobody_may(subject, operation)

    return these(subject, why_not, "none of its operations lists anything in pages")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    listing = await _listing(bench, operation)
    await _filled(bench, listing)
    listing = await begun(bench, listing)
    tried, kinds = 0, dict[str, list[_Wrong]]()
    for attempt in range(ATTEMPTS):
        steady = await _steady(bench, listing)
        if steady is None:
            continue
        small, large = steady
        tried += len(small.pages) + len(large.pages)
        found = [*_inconsistent(listing, small, large), *await _beyond(bench, listing, large)]
        for wrong in found:
            kinds.setdefault(wrong.kind, []).append(wrong)
        if not found or attempt:
            break
    if not tried:
        raise Undecided(f"{operation.id}: the collection changes while it is read, {ATTEMPTS} times")
    certain = [wrongs for wrongs in kinds.values() if len(wrongs) > 1]
    for wrongs in certain:
        yield Refuted(operation.id, _finding(bench, operation, wrongs[0]), tried=tried)
    if kinds and not certain:
        wrong = next(iter(kinds.values()))[0]
        raise Undecided(f"{operation.id}: once it {wrong.what}, and not when it was read again")
    if not kinds:
        yield Proved(operation.id, tried=tried)


async def _listing(bench: Bench, operation: Operation) -> Listing:
    paging = paging_of(bench.contract, operation)
    identity = bench.subject.honest(operation)
    assert paging is not None
    assert identity is not None
    case = await bench.case(operation, identity)
    case = await read_case(bench, operation, identity, case.path)
    first = answered(await bench.call(case, identity, note="control: the listing as it is"))
    page = page_of(bench.contract, operation, paging, first) if first.ok else None
    if page is None:
        raise Undecided(f"{operation.id}: an honest call of it does not show a list: {excerpt(first)}")
    small = max(paging.smallest, 2) if paging.size is not None else max(1, len(page.items))
    return Listing(operation, paging, identity, case, small, max(paging.largest, small))


async def _filled(bench: Bench, listing: Listing) -> None:
    """Create objects until there are enough for a few small pages; fewer have to do where nothing can be created."""
    wanted = listing.small * (ENOUGH - 1) + 1
    have = await _count(bench, listing)
    why = "nothing creates them"
    if have < wanted and wanted - have <= MOST_MADE:
        try:
            await _created(bench, listing, wanted - have)
        except Undecided as reason:
            why = str(reason)
        have = await _count(bench, listing)
    if have <= listing.small:
        raise Undecided(
            f"{listing.operation.id}: it shows {have} items, which is no more than fits on one page of "
            f"{listing.small}, and there are not more of them: {why}"
        )


async def _created(bench: Bench, listing: Listing, count: int) -> None:
    """Create objects in the very collection. Raises Undecided."""
    place = shape(listing.operation.path)
    creates = [o for o in bench.subject.operations if o.method == "POST" and shape(o.path) == place]
    reads = [o for o in bench.subject.operations if o.method == "GET" and shape(o.path) == f"{place}/{{}}"]
    if creates:
        good = await repeatable(bench, creates[0], await accepted(bench, creates[0]))
        own = dict(zip(path_parameters(creates[0].path), listing.base.path.values(), strict=False))
        for _ in range(count):
            case = await renewed(bench, creates[0], good)
            await bench.call(case.but(path={**case.path, **own}), listing.identity, note="something to page through")
    elif reads and not listing.base.path:
        for _ in range(count):
            await bench.own(reads[0], listing.identity)


async def _count(bench: Bench, listing: Listing) -> int:
    """How many items the first page shows when it is as large as it may be."""
    exchange = await asked(bench, listing, listing.large, None)
    page = page_of(bench.contract, listing.operation, listing.paging, exchange) if exchange.ok else None
    return len(page.items) if page is not None else 0


async def _steady(bench: Bench, listing: Listing) -> tuple[Walked, Walked] | None:
    """The listing in small pages and in large ones; None where it was another before than after."""
    before = await walk(bench, listing, listing.large)
    fill = len(before.items) // listing.small + 1
    small = await walk(bench, listing, listing.small, most=min(fill + 2, MOST_PAGES))
    after = await walk(bench, listing, listing.large)
    names = identified([page.items for walked in (before, after) for page in walked.pages])
    one, other = names[: len(before.pages)], names[len(before.pages) :]
    return (small, after) if sorted(chain.from_iterable(one)) == sorted(chain.from_iterable(other)) else None


def _inconsistent(listing: Listing, small: Walked, large: Walked) -> list[_Wrong]:
    """What does not fit together of two readings of a collection that did not change in between."""
    found: list[_Wrong] = []
    size = listing.small
    sized = listing.paging.size is not None
    long = [n for n, page in enumerate(small.pages) if len(page.items) > size]
    if long and sized:
        found.append(
            _Wrong(
                "too long",
                "shows more items on a page than were asked for",
                f"at most {size} items",
                f"{len(small.pages[long[0]].items)} items: {sent(small.exchanges[long[0]])}",
                (small.exchanges[long[0]],),
            )
        )
        return found
    ids = identified([page.items for walked in (large, small) for page in walked.pages])
    whole, pages = [*chain.from_iterable(ids[: len(large.pages)])], ids[len(large.pages) :]
    shown = [name for page in pages for name in page]
    twice = sorted({name for name in shown if shown.count(name) > 1})
    if twice and not small.complete:
        found.append(
            _Wrong(
                "end",
                "does not end: it goes on with items that it has shown before",
                f"an end after {len(set(whole))} items",
                f"{twice[0]} is shown {shown.count(twice[0])} times on {len(pages)} pages of {size}",
                small.exchanges[-3:],
            )
        )
    elif twice:
        which = [n for n, page in enumerate(pages) if twice[0] in page]
        found.append(
            _Wrong(
                "overlap",
                "shows an item on two pages",
                "each item on one page",
                f"{twice[0]} is on {len(which)} pages ({len(twice)} such items)",
                tuple(small.exchanges[n] for n in which),
            )
        )
    lost = sorted(set(whole) - set(shown))
    if lost and small.complete:
        found.append(
            _Wrong(
                "lost",
                "leaves items out between its pages",
                f"the pages of {size} show all {len(set(whole))} items that pages of {listing.large} show",
                f"{len(lost)} of them are on none, {lost[0]} for one",
                (*small.exchanges[:4], *large.exchanges[:1]),
            )
        )
    totals = [(p.total, e) for w in (large, small) for p, e in zip(w.pages, w.exchanges, strict=True) if p.items]
    off = [(total, exchange) for total, exchange in totals if total is not None and total != len(set(whole))]
    if off and large.complete:
        found.append(
            _Wrong(
                "total",
                "tells a total that is not the number of its items",
                f"a total of {len(set(whole))}",
                f"{off[0][0]}: {sent(off[0][1])}",
                (off[0][1],),
            )
        )
    return found


async def _beyond(bench: Bench, listing: Listing, large: Walked) -> list[_Wrong]:
    """What comes beyond the end, and to sizes that make no sense."""
    found: list[_Wrong] = []
    seen = sum(len(page.items) for page in large.pages)
    known = set(chain.from_iterable(identified([page.items for page in large.pages])))
    paging = listing.paging
    probes: list[tuple[str, int | None, Any]] = []
    if paging.size is not None:
        start = None if paging.style == "cursor" else paging.first
        probes += [("size 0", 0, start), ("size -1", -1, start)]
    if paging.style != "cursor":
        probes.append(("begin -1", listing.small, -1))
    for name, size, at in probes:
        exchange = await asked(bench, listing, size, at)
        if exchange.status >= 500:
            found.append(
                _Wrong(
                    name,
                    f"fails when it is asked for {name}",
                    "a refusal (4xx), or a page that makes sense",
                    f"{sent(exchange)}: {excerpt(exchange)}",
                    (exchange,),
                )
            )
    if paging.style == "cursor" or not large.complete:
        return found
    far = seen + 10 * listing.small if paging.style == "offset" else paging.first + seen + 10
    exchange = await asked(bench, listing, listing.small, far)
    page = page_of(bench.contract, listing.operation, paging, exchange) if exchange.ok else None
    shown = set(identified([page.items])[0]) & known if page is not None and page.items else set()
    if exchange.status >= 500 or shown:
        found.append(
            _Wrong(
                "end",
                "does not end: a page beyond the last one " + ("shows items" if shown else "fails"),
                "an empty page, or a refusal (4xx)",
                f"{sent(exchange)}: {excerpt(exchange)}",
                (exchange,),
            )
        )
    return found


def _finding(bench: Bench, operation: Operation, wrong: _Wrong) -> Finding:
    failed = next((exchange for exchange in wrong.exchanges if exchange.status >= 500), None)
    return Finding(
        title=f"{operation.label} {wrong.what}",
        detail=f"expected: {wrong.expected}\nseen: {wrong.seen}\nso it was both times; nothing else was changed",
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"pagination-consistent:{operation.id}:{wrong.kind}",
        # A listing that crashes does so for what other checks have seen as well.
        root=root(bench, operation, failed) if failed is not None else "",
        exchanges=tuple(e.number for e in wrong.exchanges),
        facts={"kind": wrong.kind},
    )


CHECK = Check(
    id="contract.pagination-consistent",
    proves="the pages of a listing are as long as asked for, do not overlap, leave nothing out, and end",
    oracle="twice, pages of a collection that does not change overlap, lose items, are too long, fail or do not end",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    alone=True,
)
