"""Walks the cells of a check, one operation at a time, so that one that cannot be decided does not stop the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from urllib.parse import urlsplit

from seamwright.model.bench import Bench
from seamwright.model.check import Applies, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = [
    "LAST",
    "answered",
    "by_operation",
    "each_operation",
    "excerpt",
    "in_depth",
    "in_time",
    "sent",
    "statuses",
    "these",
    "undecidable",
]

Decide = Callable[[Bench, Operation], AsyncIterator[Observation]]

LAST = 1.0
"""Seconds of the budget that are kept back: a cell that ends in time is worth more than one that is cut off."""

SHORTEST = 0.5
"""Seconds that every operation may take, however many there are."""

WORTH_WHILE = 0.02
"""Seconds that there must be for each operation, so that a second round is worth its while."""

GENEROUS = 3.0
"""How many times its even share of what is left an operation may take; most take far less."""

_LONGEST = 240


def these(subject: Subject, why_not: Callable[[Operation], str | None], nothing: str) -> Applies | DoesNotApply:
    """The operations for which `why_not` gives no reason are the cells; `nothing` is said where there are none."""
    if not subject.operations:
        return DoesNotApply("it has no contract with operations")
    left_out = {o.id: reason for o in subject.operations if (reason := why_not(o)) is not None}
    cells = tuple(o.id for o in subject.operations if o.id not in left_out)
    if cells:
        return Applies(cells, left_out)
    reasons = list(dict.fromkeys(left_out.values()))
    return DoesNotApply(f"{nothing} ({reasons[0]})" if len(reasons) == 1 else nothing)


async def each_operation(
    bench: Bench, decide: Decide, *, writes_first: bool = False, at_once: int = 1, cells: Sequence[str] = ()
) -> AsyncIterator[Observation]:
    """Decide the cells in order, or in that of `cells`; Undecided makes one cell unknown and the next one is tried.

    With `writes_first`, operations that only read come last, so that listings have something to show; `at_once` cells
    are under way at a time. A slow operation ends with a share of the time, so that it does not take that of all the
    others. Each cell has randomness of its own: it is tried alike by itself and among others.
    """
    cells = cells or bench.cells
    if writes_first:
        cells = sorted(cells, key=lambda cell: bench.operation(cell).safe)
    if at_once == 1:
        for number, cell in enumerate(cells):
            async for observation in _decided(bench, cell, decide, len(cells) - number):
                yield observation
        return
    waiting = iter(enumerate(cells))
    seen: asyncio.Queue[Observation | None] = asyncio.Queue()

    async def lane() -> None:
        try:
            for number, cell in waiting:
                async for observation in _decided(bench, cell, decide, max(1, (len(cells) - number) // at_once)):
                    seen.put_nowait(observation)
        finally:
            seen.put_nowait(None)

    lanes = [asyncio.ensure_future(lane()) for _ in range(at_once)]
    try:
        for _ in lanes:
            while (found := await seen.get()) is not None:
                yield found
        await asyncio.gather(*lanes)
    finally:
        for task in lanes:
            task.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)


async def in_depth(bench: Bench, cells: Sequence[str], deepen: Decide) -> AsyncIterator[Observation]:
    """A second round over cells that have had their turn, each in its share of the time that is left, if that is worth
    its while.

    Where the share ends first, the cell's verdict rests on what came by then; to tell it is left to the caller.
    """
    for number, cell in enumerate(cells):
        share = (bench.remaining - LAST) / (len(cells) - number)
        if share <= WORTH_WHILE:
            return
        seconds = min(max(SHORTEST, GENEROUS * share), bench.remaining - LAST / 2)
        observations = deepen(bench.apart(f"{cell} more"), bench.operation(cell))
        with suppress(_OutOfTime):
            async with aclosing(observations):  # type: ignore[type-var]
                async for observation in _within(observations, bench, seconds):
                    yield observation


async def _decided(bench: Bench, cell: str, decide: Decide, left: int) -> AsyncIterator[Observation]:
    """The observations of one cell, in its share of the time where so many are left."""
    if bench.remaining < LAST:
        yield Unknown(cell, "not reached: the time budget of the check ended before it", Cause.USAGE)
        return
    share = min(max(SHORTEST, GENEROUS * bench.remaining / left), bench.remaining - LAST / 2)
    try:
        async with aclosing(decide(bench.apart(cell), bench.operation(cell))) as observations:  # type: ignore[type-var]
            async for observation in _within(observations, bench, share):
                yield observation
    except Undecided as error:
        yield Unknown(cell, str(error), error.cause)
    except _OutOfTime:
        why = f"it is slow: its share of {share:.1f} s of the time budget ended; give more with --budget"
        yield Unknown(cell, why, Cause.USAGE)


class _OutOfTime(Exception):
    """One cell has used up its share of the time."""


async def _within(observations: AsyncIterator[Observation], bench: Bench, seconds: float) -> AsyncIterator[Observation]:
    """The observations, as long as they come within so many seconds in all. Raises _OutOfTime."""
    # Only what the check itself does is timed: whoever takes an observation may take its time.
    until = bench.remaining - seconds
    while True:
        try:
            async with asyncio.timeout(max(0.0, bench.remaining - until)) as limit:
                observation = await anext(observations)
        except StopAsyncIteration:
            return
        except TimeoutError:
            if limit.expired():
                raise _OutOfTime from None
            raise
        yield observation


async def by_operation(
    bench: Bench, attempt: Callable[[Bench, Operation], Awaitable[Observation]]
) -> AsyncIterator[Observation]:
    """As `each_operation`, for attempts that end in one observation."""

    async def decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
        yield await attempt(bench, operation)

    async for observation in each_operation(bench, decide):
        yield observation


def in_time(bench: Bench, done: int, of: str) -> None:
    """Raise Undecided when the budget is nearly spent: a part of the cases is no proof of all of them."""
    if bench.remaining < LAST:
        raise Undecided(
            f"the time budget of the check ended after {done} {of}; give it more with --budget", Cause.USAGE
        )


def answered(exchange: Exchange) -> Exchange:
    """The exchange itself, where an answer came. Raises Undecided where none did."""
    if exchange.failure is not None:
        what = f"{exchange.request.method} {exchange.request.url}"
        raise Undecided(f"no answer came to {what}: {exchange.failure.kind}, {exchange.failure.text}", Cause.TARGET)
    return exchange


def undecidable(exchange: Exchange) -> str:
    """Why an answer decides nothing: none came, the caller was slowed down, or the server failed; else empty."""
    if exchange.response is None:
        return f"no answer came: {exchange}"
    if exchange.status == 429:
        return f"too many requests were sent for the boundary's taste: {exchange}"
    if exchange.status >= 500:
        return f"the boundary failed instead of deciding: {excerpt(exchange)}"
    return ""


def excerpt(exchange: Exchange) -> str:
    """An answer in one line: status, media type and the beginning of its body."""
    if exchange.response is None:
        return f"no answer ({exchange.failure.kind})" if exchange.failure else "no answer"
    response = exchange.response
    text = " ".join(response.text.split())
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    kind = f" {response.media_type}" if response.media_type else ""
    return f"{response.status}{kind}: {shown}" if shown else f"{response.status}{kind}, no body"


def sent(exchange: Exchange) -> str:
    """A request in one line: method, path with query, and the beginning of its body."""
    url = urlsplit(exchange.request.url)
    target = url.path + (f"?{url.query}" if url.query else "")
    text = " ".join(exchange.request.body.decode("utf-8", "replace").split())
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{exchange.request.method} {target}{f' {shown}' if shown else ''}"


def statuses(exchanges: Iterable[Exchange]) -> str:
    """How calls were answered, counted: `3 times 404, once 422`."""
    counts: dict[str, int] = {}
    for exchange in exchanges:
        what = (
            str(exchange.status)
            if exchange.response
            else f"no answer ({exchange.failure.kind})"
            if exchange.failure
            else "?"
        )
        counts[what] = counts.get(what, 0) + 1
    return ", ".join(f"{'once' if n == 1 else f'{n} times'} {what}" for what, n in counts.items()) or "none"
