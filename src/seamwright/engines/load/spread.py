"""A load run in several processes: one schedule, of which each sends its share, and one result.

The processes are started anew and not forked: a fork of a running event loop and of its threads is not sound, and what
they import is the engine alone. They hold a pipe to this process, and end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import pickle
import signal
import sys
import time
from dataclasses import replace
from typing import Any

from seamwright.engines.load.limits import Watch
from seamwright.engines.load.outcome import Outcome, result_of
from seamwright.engines.load.plan import LoadPlan
from seamwright.engines.load.profile import Users
from seamwright.engines.load.recorder import Row, Window
from seamwright.engines.load.result import LoadResult
from seamwright.engines.load.run import run_load, window_of
from seamwright.engines.load.worker import FRAME, Judge, Secure, Share, framed

__all__ = ["LoadProcessError", "run_spread"]

_SECOND = 1_000_000_000
# A process has that long to start and to open its first connections.
_START = 60.0
# Between the last one being ready and the first request: the word to begin must have reached all of them.
_AHEAD = 50_000_000
# After the longest that a run may take, a process that has not ended hangs.
_GRACE = 10.0
_END = 2.0
_TAIL = 2000


class LoadProcessError(RuntimeError):
    """A process of a load run ended with an exception; its traceback is in the message."""


async def run_spread(
    plan: LoadPlan, processes: int, *, judge: Judge | None = None, secure: Secure | None = None
) -> LoadResult:
    """Carry out `plan` in so many processes, and say what came of it, as `run_load` does.

    The k-th process sends the requests k, k + N, … of the very schedule that one process would send, at the same
    moments; users and connections are shared out likewise, so there are never more processes than of these. `judge` and
    `secure` make `validate` and `tls` of the plan in each process; the plan itself has neither.

    A process that is ended from outside ends the run; the result has what the others did, and did not keep its
    schedule. Cancelling ends all processes. Raises LoadProcessError where one of them raised.
    """
    if plan.validate is not None or plan.tls is not None:
        raise ValueError("a plan for several processes has no validate and no tls; give judge and secure instead")
    if processes < 1:
        raise ValueError(f"there must be at least one process, not {processes}")
    number = min(processes, plan.offered.number if isinstance(plan.offered, Users) else plan.connections)
    if number == 1:
        validate, tls = judge() if judge is not None else None, secure() if secure is not None else None
        return await run_load(replace(plan, validate=validate, tls=tls))
    crew = _Crew(plan, number)
    try:
        return await crew.run([Share(plan, index, number, judge, secure) for index in range(number)])
    finally:
        await crew.end()


class _Worker:
    """One process, as far as this one knows."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        loop = asyncio.get_running_loop()
        self.process = process
        self.name = name
        self.ready: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[Outcome | str] = loop.create_future()
        """What came of it, or in words why nothing did."""
        self.reached = -1
        self.tasks: list[asyncio.Task[Any]] = []

    def lost(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_result(f"{self.name} {why}")
        if not self.ready.done():
            self.ready.set_result(None)

    def tell(self, kind: str, value: Any) -> None:
        assert self.process.stdin is not None
        if not self.process.stdin.is_closing():
            self.process.stdin.write(framed((kind, value)))


class _Crew:
    def __init__(self, plan: LoadPlan, number: int) -> None:
        self.plan = plan
        self.number = number
        self.workers: list[_Worker] = []
        self.watch = Watch(plan.limits) if plan.limits is not None else None
        self.window = window_of(plan) / _SECOND
        self.rows: dict[int, Row] = {}
        self.timeline: list[Window] = []
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, shares: list[Share]) -> LoadResult:
        began = time.monotonic()
        for share in shares:
            await self._start(share)
        await self._all([worker.ready for worker in self.workers], _START, "was not ready to begin")
        ready_after = time.monotonic() - began
        if any(worker.ended.done() for worker in self.workers):
            self._stop(None)
        start = time.monotonic_ns() + _AHEAD
        for worker in self.workers:
            if not worker.ended.done():
                worker.tell("go", start)
        longest = self.plan.offered.duration + 3 * self.plan.timeout + _GRACE
        await self._all([worker.ended for worker in self.workers], longest, "had not come to its end")
        self._advance()
        ends = [worker.ended.result() for worker in self.workers]
        outcomes = [end for end in ends if isinstance(end, Outcome)]
        lost = [end for end in ends if isinstance(end, str)]
        result = result_of(self.plan, outcomes, self.timeline, lost, self.number)
        return replace(result, ready_after=ready_after)

    async def end(self) -> None:
        """End every process that is still there, and wait until it is gone."""
        for worker in self.workers:
            assert worker.process.stdin is not None
            worker.process.stdin.close()
        for worker in self.workers:
            try:
                async with asyncio.timeout(_END):
                    await worker.process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    worker.process.kill()
                await worker.process.wait()
            for task in worker.tasks:
                task.cancel()
            await asyncio.gather(*worker.tasks, return_exceptions=True)
        if self.failed.done():
            self.failed.exception()  # so that it counts as heard, though something else ended the run
        self.failed.cancel()

    async def _start(self, share: Share) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-c",
            "from seamwright.engines.load.worker import main; main()",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        worker = _Worker(process, f"process {share.index + 1} of {share.of}")
        self.workers.append(worker)
        assert process.stdin is not None
        process.stdin.write(framed(sys.path) + framed(share))
        worker.tasks.append(asyncio.create_task(self._follow(worker)))

    async def _all(self, futures: list[asyncio.Future[Any]], seconds: float, what: str) -> None:
        """Wait for all of them, for so long; who is late by then is ended, and counts as lost."""
        end = time.monotonic() + seconds
        while not self.failed.done() and (waiting := {future for future in futures if not future.done()}):
            left = end - time.monotonic()
            if left <= 0:
                break
            await asyncio.wait({*waiting, self.failed}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if self.failed.done():
            self.failed.result()
        for worker, future in zip(self.workers, futures, strict=True):
            if not future.done():
                worker.lost(f"{what} after {seconds:.0f} s, and was ended")
                worker.process.kill()

    async def _follow(self, worker: _Worker) -> None:
        """Hear what a process says, until it says no more."""
        process = worker.process
        assert process.stdout is not None
        assert process.stderr is not None
        said = asyncio.create_task(_tail(process.stderr))
        worker.tasks.append(said)
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                (length,) = FRAME.unpack(await process.stdout.readexactly(FRAME.size))
                kind, value = pickle.loads(await process.stdout.readexactly(length))
                self._heard(worker, kind, value)
        code = await process.wait()
        if not worker.ended.done():
            text = (await said).strip()
            worker.lost(f"{_ending(code)} before it was at its end" + (f": {text}" if text else ""))
            self._stop(f"{worker.name} was lost")
        self._advance()

    def _heard(self, worker: _Worker, kind: str, value: Any) -> None:
        match kind:
            case "ready":
                if not worker.ready.done():
                    worker.ready.set_result(None)
            case "row":
                index = math.floor(value.start / self.window + 1e-6)
                worker.reached = index
                if index in self.rows:
                    self.rows[index].add(value)
                else:
                    self.rows[index] = value
                self._advance()
            case "done":
                if not worker.ended.done():
                    worker.ended.set_result(value)
                self._advance()
            case _:
                if not self.failed.done():
                    self.failed.set_exception(LoadProcessError(f"{worker.name} raised:\n{value}"))

    def _advance(self) -> None:
        """Add the rows to the timeline that nobody has anything to add to any more."""
        behind = [worker.reached for worker in self.workers if not worker.ended.done()]
        for index in sorted(self.rows):
            if behind and index > min(behind):
                return
            row = self.rows.pop(index)
            self.timeline.append(row.window)
            why = self.watch.see(row) if self.watch is not None else None
            if why is not None:
                self._stop(why)

    def _stop(self, why: str | None) -> None:
        for worker in self.workers:
            if not worker.ended.done():
                worker.tell("stop", why)


async def _tail(stream: asyncio.StreamReader) -> str:
    """The last that a process wrote to its standard error."""
    tail = b""
    while data := await stream.read(4096):
        tail = (tail + data)[-_TAIL:]
    return tail.decode("utf-8", "replace")


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
