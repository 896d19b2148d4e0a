"""An open-model load run on the running event loop: what is due is sent, and what must wait is counted as late."""

from __future__ import annotations

import asyncio
import errno
import math
import time
from array import array
from collections import Counter, deque

import numpy as np

from seamwright.engines.load.plan import LoadPlan
from seamwright.engines.load.recorder import Histogram, Recorder, Series
from seamwright.engines.load.result import ErrorSample, Lag, LoadResult, OperationResult, ValidationFailure
from seamwright.engines.load.schedule import schedule
from seamwright.engines.load.ticker import Ticker, open_ticker
from seamwright.wire.http1 import Connection, ExchangeError, Failure, Response, dial

__all__ = ["run_load"]

_SECOND = 1_000_000_000
# The loop looks up this often though nothing is due: to end what timed out, and to notice that it was held up.
_HEARTBEAT = 20_000_000
# Requests due within this of each other go out in one tick; waking for each would cost more than it is exact.
_GAP = 200_000
# Rows of the timeline at most, so that a run of a week has one too.
_ROWS = 3600
# Busier than this share of the time, our own work is part of every latency that was measured.
_BUSY = 0.95
_ENOUGH = 0.99
_OWN_ERRORS = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM})


async def run_load(plan: LoadPlan) -> LoadResult:
    """Carry out `plan` and say what came of it.

    Runs on the current event loop (uvloop is quicker, plain asyncio as exact) and shares its thread: whatever else
    works there makes the run late, which the result tells. An error of the target never raises; an exception of
    `plan.validate` ends the run and is raised. Cancelling it closes all its connections.
    """
    return await _Run(plan).execute()


class _Lane(Connection):
    """A connection of the run, with what is on its way."""

    __slots__ = ("idle_since", "intended", "operation", "run", "sent_at", "serial")

    def __init__(self, run: _Run) -> None:
        super().__init__(run.plan.max_body)
        self.run = run
        self.operation = 0
        self.intended = 0
        self.sent_at = 0
        self.serial = 0
        self.idle_since = 0

    def on_answer(self, response: Response) -> None:
        self.run.answered(self, response)

    def on_failure(self, failure: Failure, detail: str) -> None:
        self.run.lost(self, failure, detail)

    def on_gone(self) -> None:
        self.run.gone(self)


class _Run:
    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan
        self.names = list(dict.fromkeys(request.operation for request in plan.requests))
        self.index = [self.names.index(request.operation) for request in plan.requests]
        self.recorder = Recorder(self.names)
        # By request: status class -> series. One look-up on the hot path.
        self.series: list[dict[int, Series]] = [{} for _ in plan.requests]
        self.statuses: list[Counter[int]] = [Counter() for _ in self.names]
        self.errors: list[Counter[str]] = [Counter() for _ in self.names]
        self.sent_by = [0] * len(self.names)
        self.invalid_by = [0] * len(self.names)
        self.failures: list[ValidationFailure] = []
        self.error_samples: list[ErrorSample] = []

        self.due = schedule(plan.offered, [r.weight for r in plan.requests], plan.seed)
        self.next: tuple[int, int] | None = None
        self.waiting: deque[tuple[int, int]] = deque()
        self.deadlines: deque[tuple[int, _Lane, int]] = deque()
        self.lanes: set[_Lane] = set()
        self.idle: list[_Lane] = []
        self.opening: set[asyncio.Task[None]] = set()

        self.timeout = int(plan.timeout * _SECOND)
        self.trusted = int(plan.idle * _SECOND)
        self.target = self.sent = self.in_flight = self.connects = self.own_failures = 0
        self.most_waiting = self.most_in_flight = self.window_offered = self.window_sent = 0
        self.start = self.armed_for = self.window_start = 0
        self.window = max(1, math.ceil(plan.offered.duration / _ROWS)) * _SECOND
        self.send_lag, self.own_lag, self.loop_lag = (array("q") for _ in range(3))
        self.send_lags, self.own_lags, self.loop_lags = (Histogram() for _ in range(3))
        self.ticker: Ticker | None = None
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.all_gone: asyncio.Future[None] | None = None

    async def execute(self) -> LoadResult:
        try:
            await self._warm()
            self.ticker = open_ticker(self._tick)
            self.start = self.window_start = time.monotonic_ns() + 2_000_000
            self._advance()
            cpu = time.thread_time()
            self._arm(self.start)
            await self.finished
            ended = time.monotonic_ns()
            cpu = time.thread_time() - cpu
            self._close_window(ended)
            last = self.recorder.timeline[-1]
            if last.end - last.start < 0.1 and not (last.offered or last.sent or last.answered or last.errors):
                self.recorder.timeline.pop()  # the last heartbeat, in which nothing happened
            return self._result((ended - self.start) / _SECOND, cpu * _SECOND / (ended - self.start))
        finally:
            await self._close()

    # the schedule

    def _advance(self) -> None:
        due = next(self.due, None)
        if due is None:
            self.next = None
        else:
            self.target += 1
            self.next = (self.start + due[0], due[1])

    def _arm(self, now: int) -> None:
        at = now + _HEARTBEAT
        if self.next is not None and self.next[0] < at:
            at = max(self.next[0], now + _GAP)
        self.armed_for = at
        assert self.ticker is not None
        self.ticker.arm(at)

    def _tick(self) -> None:
        if self.finished.done():
            return
        try:
            now = time.monotonic_ns()
            self.loop_lag.append(max(0, now - self.armed_for))
            while self.next is not None and self.next[0] <= now:
                self.own_lag.append(now - self.next[0])
                self.waiting.append(self.next)
                self.window_offered += 1
                self._advance()
            self._pump()
            self._give_up(now)
            if now - self.window_start >= self.window:
                self._close_window(now)
            if self.next is None and not self.waiting and not self.in_flight:
                self.finished.set_result(None)
            else:
                self._arm(now)
        except Exception as error:  # noqa: BLE001 - a timer has no caller; run_load is the one who must hear of it
            self._abort(error)

    def _pump(self) -> None:
        """Give what waits, oldest first, to the connections that are free; open more where there are too few."""
        waiting, idle = self.waiting, self.idle
        while waiting and idle:
            lane = idle.pop()
            if not lane.usable:
                continue
            now = time.monotonic_ns()
            if now - lane.idle_since > self.trusted:
                lane.close()
                continue
            lane.intended, lane.operation = waiting.popleft()
            lane.sent_at = now
            lane.serial += 1
            self.deadlines.append((now + self.timeout, lane, lane.serial))
            self.send_lag.append(now - lane.intended)
            self.sent += 1
            self.window_sent += 1
            self.in_flight += 1
            self.sent_by[self.index[lane.operation]] += 1
            lane.send(self.plan.requests[lane.operation].data)
        if self.in_flight > self.most_in_flight:
            self.most_in_flight = self.in_flight
        if waiting:
            self.most_waiting = max(self.most_waiting, len(waiting))
            wanted = min(len(waiting), self.plan.connections - len(self.lanes))
            for _ in range(wanted - len(self.opening)):
                self._open()

    def _give_up(self, now: int) -> None:
        deadlines, waiting = self.deadlines, self.waiting
        while deadlines:
            deadline, lane, serial = deadlines[0]
            current = lane.busy and lane.serial == serial
            if current and deadline > now:
                break
            deadlines.popleft()
            if current:
                lane.fail("timeout", f"no whole answer within {self.plan.timeout:g} s")
        while waiting and waiting[0][0] + self.timeout <= now:
            intended, operation = waiting.popleft()
            detail = f"no free connection within {self.plan.timeout:g} s; all {self.plan.connections} were in use"
            if len(self.lanes) < self.plan.connections:
                detail = f"no connection was opened within {self.plan.timeout:g} s"
            self._failed(operation, intended, now, None, "unsent", detail)

    # connections

    async def _warm(self) -> None:
        """Open what the first moments need, so that they measure the target and not its handshake."""
        for _ in range(min(self.plan.connections, max(1, math.ceil(self.plan.offered.peak / 50)), 32)):
            self._open()
        while self.opening:
            await asyncio.wait(self.opening)

    def _open(self) -> None:
        task = asyncio.get_running_loop().create_task(self._dial())
        self.opening.add(task)
        task.add_done_callback(self._opened)

    async def _dial(self) -> None:
        lane = _Lane(self)
        plan = self.plan
        self.connects += 1
        try:
            await dial(lane, plan.host, plan.port, tls=plan.tls, server_name=plan.server_name, timeout=plan.timeout)
        except ExchangeError as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno in _OWN_ERRORS:
                self.own_failures += 1
            self._connect_failed(error.failure, error.detail)
            return
        except asyncio.CancelledError:
            lane.close()
            raise
        if lane.closed:
            self._connect_failed("reset", "the connection was closed as soon as it was accepted")
            return
        lane.idle_since = time.monotonic_ns()
        self.lanes.add(lane)
        self.idle.append(lane)
        if self.waiting:
            self._pump()

    def _connect_failed(self, failure: Failure, detail: str) -> None:
        """The oldest request that waits is the one that the connection was opened for."""
        if self.waiting:
            intended, operation = self.waiting.popleft()
            self._failed(operation, intended, time.monotonic_ns(), None, failure, detail)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self.opening.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._abort(error)
        elif self.waiting and not self.finished.done():
            self._pump()

    def gone(self, lane: _Lane) -> None:
        self.lanes.discard(lane)
        if self.all_gone is not None and not self.lanes and not self.all_gone.done():
            self.all_gone.set_result(None)

    # outcomes

    def answered(self, lane: _Lane, response: Response) -> None:
        now = time.monotonic_ns()
        status = response.status
        kind = status // 100
        series = self.series[lane.operation].get(kind)
        operation = self.index[lane.operation]
        if series is None:
            series = self.recorder.series(operation, f"{kind}xx")
            self.series[lane.operation][kind] = series
        series.intended(now - lane.intended)
        series.service(now - lane.sent_at)
        self.statuses[operation][status] += 1
        self.in_flight -= 1
        try:
            if self.plan.validate is not None:
                self._look(lane, response)
            if lane.usable:
                lane.idle_since = now
                self.idle.append(lane)
            if self.waiting:
                self._pump()
        except Exception as error:  # noqa: BLE001 - a protocol callback has no caller; run_load must hear of it
            self._abort(error)

    def _look(self, lane: _Lane, response: Response) -> None:
        assert self.plan.validate is not None
        template = self.plan.requests[lane.operation]
        reason = self.plan.validate(template, response)
        if reason is None:
            return
        self.invalid_by[self.index[lane.operation]] += 1
        if len(self.failures) < self.plan.max_samples:
            at = (lane.intended - self.start) / _SECOND
            self.failures.append(ValidationFailure(template.operation, reason, template.data, response, at))

    def lost(self, lane: _Lane, failure: Failure, detail: str) -> None:
        self.in_flight -= 1
        self._failed(lane.operation, lane.intended, time.monotonic_ns(), lane.sent_at, failure, detail)

    def _failed(self, request: int, intended: int, now: int, sent_at: int | None, failure: str, detail: str) -> None:
        operation = self.index[request]
        series = self.recorder.series(operation, failure)
        series.intended(now - intended)
        if sent_at is not None:
            series.service(now - sent_at)
        self.errors[operation][failure] += 1
        if len(self.error_samples) < self.plan.max_samples:
            at = (intended - self.start) / _SECOND
            self.error_samples.append(ErrorSample(self.names[operation], failure, detail, at))

    def _close_window(self, now: int) -> None:
        start, end = ((moment - self.start) / _SECOND for moment in (self.window_start, now))
        self.recorder.close_window(start, end, offered=self.window_offered, sent=self.window_sent)
        self.window_start = now
        self.window_offered = self.window_sent = 0
        lags = ((self.send_lag, self.send_lags), (self.own_lag, self.own_lags), (self.loop_lag, self.loop_lags))
        for values, histogram in lags:
            histogram.record(np.array(values, dtype=np.int64))
            del values[:]

    # the end

    def _abort(self, error: BaseException) -> None:
        if not self.finished.done():
            self.finished.set_exception(error)

    async def _close(self) -> None:
        if self.ticker is not None:
            self.ticker.close()
        for task in self.opening:
            task.cancel()
        if self.opening:
            await asyncio.wait(self.opening)
        if self.lanes:
            self.all_gone = asyncio.get_running_loop().create_future()
            for lane in list(self.lanes):
                lane.busy = False
                lane.close()
            await self.all_gone

    def _why_not_kept(self, cpu: float) -> str | None:
        bound = self.plan.lag_bound
        own = _lag(self.own_lags)
        if own.p99 > bound:
            return (
                f"1% of the requests came {own.p99 * 1e3:.1f} ms or more after their time in our own process "
                f"(bound {bound * 1e3:.0f} ms); give it more CPU or ask for a lower rate"
            )
        loop = _lag(self.loop_lags)
        if loop.p99 > bound:
            return (
                f"the event loop was held up by {loop.p99 * 1e3:.1f} ms or more in 1% of its turns "
                f"(bound {bound * 1e3:.0f} ms); something else runs on it"
            )
        if self.own_failures > (1 - _ENOUGH) * self.target:
            return (
                f"{self.own_failures} of {self.connects} connections could not be opened for want of descriptors, "
                "ports or memory in our own process; raise `ulimit -n` or lower the rate"
            )
        if cpu > _BUSY:
            return f"this process was at work {cpu:.0%} of the time, so its own work is part of every latency"
        return None

    def _result(self, elapsed: float, cpu: float) -> LoadResult:
        plan, recorder = self.plan, self.recorder
        why = self._why_not_kept(cpu)
        statuses: Counter[int] = sum(self.statuses, Counter())
        errors: Counter[str] = sum(self.errors, Counter())
        operations = {
            name: OperationResult(
                sent=self.sent_by[i],
                answered=self.statuses[i].total(),
                statuses=dict(sorted(self.statuses[i].items())),
                errors=dict(sorted(self.errors[i].items())),
                invalid=self.invalid_by[i],
                intended=recorder.latency("intended", name).summary(),
                service=recorder.latency("service", name).summary(),
            )
            for i, name in enumerate(self.names)
        }
        return LoadResult(
            rate=plan.offered.mean,
            duration=plan.offered.duration,
            seed=plan.seed,
            arrival=plan.offered.arrival,
            elapsed=elapsed,
            target=self.target,
            sent=self.sent,
            answered=statuses.total(),
            statuses=dict(sorted(statuses.items())),
            errors=dict(sorted(errors.items())),
            invalid=sum(self.invalid_by),
            intended=recorder.latency("intended").summary(),
            service=recorder.latency("service").summary(),
            send_lag=_lag(self.send_lags),
            own_lag=_lag(self.own_lags),
            kept_schedule=why is None,
            not_kept_because=why,
            backlog=self.most_waiting,
            in_flight=self.most_in_flight,
            connects=self.connects,
            cpu=cpu,
            operations=operations,
            timeline=tuple(recorder.timeline),
            failures=tuple(self.failures),
            error_samples=tuple(self.error_samples),
            recorder=recorder,
        )


def _lag(histogram: Histogram) -> Lag:
    if histogram.count == 0:
        return Lag(0.0, 0.0, 0.0)
    return Lag(*(histogram.quantile(q) for q in (0.5, 0.99, 1.0)))
