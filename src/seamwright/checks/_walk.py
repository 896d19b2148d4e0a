"""Walks the cells of a check, so that one that is slow or cannot be decided does not stop the others.

A cell that has used up its share of the time is kept back, and not cut off: it goes on from where it was when there is
time again, here or at the end of the run, and what it sends is the same as if it had never been kept back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress

from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

__all__ = ["LAST", "SHORTEST", "Decide", "each_operation", "in_depth"]

Decide = Callable[[Bench, Operation], AsyncGenerator[Observation, None]]

LAST = 1.0
"""Seconds of the budget that are kept back: a cell that ends in time is worth more than one that is cut off."""

SHORTEST = 0.5
"""Seconds that every operation may take, however many there are."""

LEAST = 0.1
"""Seconds without which no operation is begun."""

MARGIN = 0.05
"""Seconds by which a cell is kept back before it could see that the time of its check is ending."""

AGAIN_AT_ONCE = 4
"""Cells that are under way at a time at least, when those that were kept back go on: they wait for answers mostly."""

WORTH_WHILE = 0.02
"""Seconds that there must be for each operation, so that a second round is worth its while."""

GENEROUS = 3.0
"""How many times its even share of what is left an operation may take; most take far less."""

BOUND = 0.5
"""The part of a check's time that may lie in cells that are kept back, before they go on instead of new ones: where
all are slow, half of them decided is worth more than all of them begun."""

SETTLED = 0.2
"""Seconds before the end of its time by which a cell that is kept back has to stand still, or is cut off."""


async def each_operation(
    bench: Bench,
    decide: Decide,
    *,
    writes_first: bool = False,
    at_once: int = 1,
    cells: Sequence[str] = (),
    deepen: Decide | None = None,
) -> AsyncGenerator[Observation, None]:
    """Decide the cells in order, or in that of `cells`; Undecided makes one cell unknown and the next one is tried.

    With `writes_first`, operations that only read come last, so that listings have something to show; `at_once` cells
    are under way at a time. A slow operation is kept back with a share of the time, so that it does not take that of
    all the others, and goes on when all checks of the run have had their turn; what is not done even then is unknown.
    With `deepen`, what was decided is tried once more in depth, as far as the time goes; where that ends first, the
    verdict rests on what came by then, and to tell it is left to the caller. Each cell has randomness of its own: it is
    tried alike by itself and among others.
    """
    cells = cells or bench.cells
    if writes_first:
        cells = sorted(cells, key=lambda cell: bench.operation(cell).safe)
    walk = _Walk(bench)
    turns = left = [_Turn(bench, cell, decide, walk.seen) for cell in cells]

    async def still() -> bool:
        await _settled(bench, turns)
        return any(turn.goes_on for turn in turns)

    try:
        while True:
            before = {id(turn) for turn in turns if turn.decided}
            async for observation in walk.round(left, at_once):
                yield observation
            if deepen is not None:
                new = [turn.cell for turn in turns if turn.decided and id(turn) not in before]
                async with aclosing(in_depth(bench, new, deepen)) as observations:
                    async for observation in observations:
                        yield observation
            more = any(turn.goes_on for turn in turns) and await bench.more(still)
            for observation in walk.late():
                yield observation
            if not more:
                break
            left, at_once = [turn for turn in turns if turn.goes_on], max(at_once, AGAIN_AT_ONCE)
        for turn in turns:
            if not turn.ended:
                yield turn.unknown()
    finally:
        for turn in turns:
            await turn.cut()


class _Turn:
    """The turn of one cell."""

    def __init__(self, bench: Bench, cell: str, decide: Decide, seen: asyncio.Queue[Observation | None]) -> None:
        self.cell = cell
        self.spent = 0.0
        """Seconds that it was under way."""
        self.share = 0.0
        """Seconds that it had the last time."""
        self.ended = False
        self.decided = False
        """Whether it has ended, and not with Undecided."""
        self.cut_off = False
        self._bench = bench.apart(cell)
        self._decide = decide
        self._seen = seen.put_nowait
        self._told = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def goes_on(self) -> bool:
        """Whether it is not done, and can go on."""
        return not self.ended and not self.cut_off

    async def go_on(self, seconds: float) -> None:
        """Go on for so many seconds at most, and stand still then."""
        self.share = seconds
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        self._bench.hold.let(seconds)
        clock = asyncio.get_running_loop().time
        began = clock()
        await asyncio.wait({self._task}, timeout=seconds)
        self.spent += clock() - began
        if self._task.done():
            self.ended = True
            self._task.result()
        else:
            self._bench.hold.keep()

    async def settled(self) -> None:
        """Wait until nothing of it is under way any more."""
        if self._task is None or self.ended:
            return
        still = asyncio.create_task(self._bench.hold.still())
        try:
            await asyncio.wait({self._task, still}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            still.cancel()
        if self._task.done():
            self.ended = True
            self._task.result()

    async def cut(self) -> None:
        """End it where it is, for good; gives nothing to know that was not told before."""
        if self._task is None or self.ended:
            return
        self.cut_off = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def unknown(self) -> Unknown:
        """Why it is not decided, and how much was tried all the same."""
        if self._task is None:
            why = "not reached: the time budget of the check ended before it"
            return Unknown(self.cell, why, Cause.USAGE)
        calls = self._bench.hold.answered
        why = (
            f"it is slow: its share of {self.spent:.1f} s of the time budget ended after "
            f"{calls} {'call' if calls == 1 else 'calls'}; give more with --budget"
        )
        return Unknown(self.cell, why, Cause.USAGE, tried=max(0, calls - self._told))

    async def _run(self) -> None:
        try:
            operation = self._bench.operation(self.cell)
            async with aclosing(self._decide(self._bench, operation)) as observations:
                async for observation in observations:
                    if isinstance(observation, Proved | Refuted):
                        self._told += observation.tried
                    self._seen(observation)
            self.decided = True
        except Undecided as error:
            self._seen(Unknown(self.cell, str(error), error.cause))


class _Walk:
    """Rounds over the cells of one check."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.seen: asyncio.Queue[Observation | None] = asyncio.Queue()
        """What is observed, and None whenever a lane has ended."""
        self._waiting: deque[_Turn] = deque()
        self._back: deque[_Turn] = deque()
        """Those that were kept back in this round."""
        self._whole = 0.0

    async def round(self, turns: Sequence[_Turn], at_once: int) -> AsyncGenerator[Observation, None]:
        """Give every one its turn, so many at once, in its share of the time, as far as that goes."""
        self._waiting, self._back, self._whole = deque(turns), deque(), self._bench.remaining
        lanes = [asyncio.create_task(self._lane(at_once)) for _ in range(at_once)]
        try:
            for _ in lanes:
                while (found := await self.seen.get()) is not None:
                    yield found
            await asyncio.gather(*lanes)
        finally:
            for task in lanes:
                task.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    def late(self) -> Iterator[Observation]:
        """What was observed since the round ended, in cells that came to their end before they could be kept back."""
        while not self.seen.empty():
            observation = self.seen.get_nowait()
            if observation is not None:
                yield observation

    async def _lane(self, at_once: int) -> None:
        try:
            while (left := self._bench.remaining - LAST - MARGIN) > LEAST:
                back = self._to_go_on(at_once)
                if back is not None:
                    await back.go_on(min(2 * back.share, left))
                elif self._waiting:
                    even = self._bench.remaining / max(1, len(self._waiting) // at_once)
                    turn = self._waiting.popleft()
                    await turn.go_on(min(max(SHORTEST, GENEROUS * even), left))
                    if not turn.ended:
                        self._back.append(turn)
                else:
                    return
        finally:
            self.seen.put_nowait(None)

    def _to_go_on(self, at_once: int) -> _Turn | None:
        """The first that was kept back, where too much of the time lies in such cells; each but once in a round."""
        bound = sum(turn.spent for turn in self._back)
        return self._back.popleft() if bound > BOUND * self._whole * at_once else None


async def _settled(bench: Bench, turns: Sequence[_Turn]) -> None:
    """Wait until nothing of those that are kept back is under way; what does not come to rest in time is cut off."""
    waits = {asyncio.create_task(turn.settled()): turn for turn in turns if turn.goes_on}
    if not waits:
        return
    try:
        done, pending = await asyncio.wait(waits, timeout=max(0.0, bench.remaining - SETTLED))
        for task in done:
            task.result()
        for task in pending:
            await waits[task].cut()
    finally:
        for task in waits:
            task.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def in_depth(bench: Bench, cells: Sequence[str], deepen: Decide) -> AsyncGenerator[Observation, None]:
    """A second round over cells that have had their turn, each in its share of the time that is left, if that is worth
    its while."""
    for number, cell in enumerate(cells):
        share = (bench.remaining - LAST) / (len(cells) - number)
        if share <= WORTH_WHILE:
            return
        seconds = min(max(SHORTEST, GENEROUS * share), bench.remaining - LAST / 2)
        with suppress(_OutOfTime):
            async with aclosing(deepen(bench.apart(f"{cell} more"), bench.operation(cell))) as observations:
                async for observation in _within(observations, bench, seconds):
                    yield observation


class _OutOfTime(Exception):
    """One cell has used up its share of the time."""


async def _within(
    observations: AsyncGenerator[Observation, None], bench: Bench, seconds: float
) -> AsyncGenerator[Observation, None]:
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
