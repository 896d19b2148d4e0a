"""An open-model load run on the running event loop: what is due is sent, and what must wait is counted as late."""

from __future__ import annotations

import asyncio
import errno
import heapq
import math
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

import numpy as np

from seamwright.engines.load.lane import Heads, Lane
from seamwright.engines.load.limits import Watch
from seamwright.engines.load.outcome import Outcome, result_of
from seamwright.engines.load.plan import LoadPlan
from seamwright.engines.load.profile import Users
from seamwright.engines.load.recorder import Histogram, Recorder, Row, Series, Window
from seamwright.engines.load.result import ErrorSample, LoadResult, ValidationFailure
from seamwright.engines.load.scenario import single_results
from seamwright.engines.load.schedule import picks, schedule
from seamwright.engines.load.ticker import Ticker, open_ticker
from seamwright.wire.http1 import ExchangeError, Failure, Response, dial

__all__ = ["NEVER", "Run", "run_load", "window_of"]

_SECOND = 1_000_000_000
# The loop looks up this often though nothing is due: to end what timed out, and to notice that it was held up.
_HEARTBEAT = 20_000_000
# Requests due within this of each other go out in one tick; waking for each would cost more than it is exact.
_GAP = 200_000
# Rows of the timeline at most, so that a run of a week has one too.
_ROWS = 3600
NEVER = 1 << 62
# A user waits so long at least after a request that failed.
_AFTER_FAILURE = 50_000_000
_now = time.monotonic_ns
_OWN_ERRORS = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM})


async def run_load(plan: LoadPlan) -> LoadResult:
    """Carry out `plan` and say what came of it.

    Runs on the current event loop (uvloop is quicker, plain asyncio as exact) and shares its thread: whatever else
    works there makes the run late, which the result tells. An error of the target never raises; an exception of
    `plan.validate` ends the run and is raised. Cancelling it closes all its connections.
    """
    timeline: list[Window] = []
    watch = Watch(plan.limits) if plan.limits is not None else None

    def row(row: Row) -> None:
        timeline.append(row.window)
        why = watch.see(row) if watch is not None else None
        if why is not None:
            run.stop(why)

    run: Run
    if plan.walks is not None and not plan.walks.single:
        from seamwright.engines.load.walking import WalkingRun

        run = walking = WalkingRun(plan, plan.walks, row)
        return walking.told(result_of(plan, [await run.execute()], timeline))
    run = Run(plan, row)
    result = result_of(plan, [await run.execute()], timeline)
    return result if plan.walks is None else replace(result, scenarios=single_results(plan.walks, result))


def window_of(plan: LoadPlan) -> int:
    """How long one row of the timeline is, in nanoseconds."""
    return max(1, math.ceil(plan.offered.duration / _ROWS)) * _SECOND


class Run:
    """One run, or the share of one process in it: of every `of` requests or users the one whose turn is `share`.

    `at_row` hears of each window when it is over. `execute` once.
    """

    def __init__(self, plan: LoadPlan, at_row: Callable[[Row], None], *, share: int = 0, of: int = 1) -> None:
        self.plan = plan
        self.at_row = at_row
        self.share, self.of = share, of
        self.names = list(dict.fromkeys(request.operation for request in plan.requests))
        self.index = [self.names.index(request.operation) for request in plan.requests]
        self.recorder = Recorder(self.names)
        # By request: status -> series. One look-up on the hot path, and nothing else has to be counted there.
        self.series: list[dict[int, Series]] = [{} for _ in plan.requests]
        self.data = [request.data for request in plan.requests]
        self.heads = Heads()
        self.validate = plan.validate
        self.wants_answers = plan.validate is not None
        self.invalid_by = [0] * len(self.names)
        self.failures: list[ValidationFailure] = []
        self.error_samples: list[ErrorSample] = []

        weights = [request.weight for request in plan.requests]
        offered = plan.offered
        self.users = offered if isinstance(offered, Users) else None
        most = offered.number if isinstance(offered, Users) else plan.connections
        self.connections = max(1, len(range(share, most, of)))
        due = iter(()) if isinstance(offered, Users) else schedule(offered, weights, plan.seed)
        self.due: Iterator[tuple[int, int]] = islice(due, share, None, of)
        self.choices: Iterator[int] = self.chosen(weights)
        self.think = int(offered.think * _SECOND) if isinstance(offered, Users) else 0
        self.thinking: list[tuple[int, int]] = []
        self.end = 0
        self.next_due = NEVER
        self.next_request = 0
        self.waiting: deque[tuple[int, int]] = deque()
        self.lanes: set[Lane] = set()
        self.idle: list[Lane] = []
        self.opening: set[asyncio.Task[None]] = set()

        self.timeout = int(plan.timeout * _SECOND)
        self.trusted = int(plan.idle * _SECOND)
        self.target = self.sent = self.ended = self.connects = self.own_failures = 0
        self.most_waiting = self.most_in_flight = self.windows_offered = self.windows_sent = 0
        self.start = self.zero = self.armed_for = self.window_start = self.window_end = self.swept = 0
        self.warming = plan.warm_up > 0
        self.breaches = self.withdrawn = self.stopped = 0
        self.ended_early: str | None = None
        # A look at every connection costs; with very many it is taken less often, and a time-out told later.
        self.sweep = max(_HEARTBEAT, self.connections * 20_000)
        self.window = window_of(plan)
        self.send_lag, self.own_lag, self.loop_lag = (array("q") for _ in range(3))
        self.own_lags, self.loop_lags = Histogram(), Histogram()
        self.ticker: Ticker | None = None
        self.cpu = 0.0
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.all_gone: asyncio.Future[None] | None = None

    def chosen(self, weights: Sequence[float]) -> Iterator[int]:
        """Indices by weight, without end; those of this share."""
        picked = chain.from_iterable(chunk.tolist() for chunk in picks(weights, self.plan.seed))
        return islice(picked, self.share, None, self.of)

    async def execute(self) -> Outcome:
        """Warm up, run, and close everything again."""
        try:
            await self.warm()
            return await self.go(_now() + 2_000_000)
        finally:
            await self.close()

    async def go(self, start: int) -> Outcome:
        """Run from this moment on, in nanoseconds of the monotonic clock, unless it was stopped already.

        `close` afterwards, come what may.
        """
        self.ticker = open_ticker(self._tick)
        self.start = self.window_start = start
        self.zero = start + int(self.plan.warm_up * _SECOND)
        self.window_end = self.zero if self.warming else self.zero + self.window
        self._prepare()
        self._advance()
        self.cpu = time.thread_time()
        self._arm(self.start)
        await self.finished
        ended = _now()
        cpu = time.thread_time() - self.cpu
        if self.warming:  # it was over before it counted
            self.zero = ended
            self._warmed(ended)
        self._close_window(ended, last=True)
        return self._outcome((ended - self.zero) / _SECOND, cpu * _SECOND / max(1, ended - self.zero))

    def stop(self, reason: str | None = None) -> None:
        """Nothing more comes due, what waits is taken back, and what is on its way is waited for."""
        if self.stopped:
            return
        self.stopped, self.ended_early = _now(), reason
        self.due, self.end, self.next_due = iter(()), 0, NEVER
        self.thinking.clear()
        self.withdrawn = len(self.waiting)
        self.waiting.clear()

    # the schedule

    def _prepare(self) -> None:
        if self.users is not None and not self.stopped:
            self._enter(self.users)

    def _advance(self) -> None:
        if self.thinking:
            self.next_due, self.next_request = heapq.heappop(self.thinking)
            return
        due = next(self.due, None)
        if due is None:
            self.next_due = NEVER
        else:
            self.next_due, self.next_request = self.start + due[0], due[1]

    def _enter(self, users: Users) -> None:
        """The users begin: at once, or spread over the time that they think, so that they do not walk in step."""
        self.end = self.start + int(users.duration * _SECOND)
        for user in range(self.share, users.number, self.of):
            self._calls(self.start + int(user / users.number * self.think))

    def _calls(self, due: int) -> None:
        """A user calls at this moment, unless it is all over by then."""
        if due < self.end:
            heapq.heappush(self.thinking, (due, next(self.choices)))

    def _arm(self, now: int) -> None:
        at = now + _HEARTBEAT
        if self.next_due < at:
            at = max(self.next_due, now + _GAP)
        self.armed_for = at
        assert self.ticker is not None
        self.ticker.arm(at)

    def _tick(self) -> None:
        if self.finished.done():
            return
        try:
            now = _now()
            self.loop_lag.append(max(0, now - self.armed_for))
            waiting, own_lag = self.waiting, self.own_lag.append
            while self.next_due <= now:
                self.target += 1
                own_lag(now - self.next_due)
                waiting.append((self.next_due, self.next_request))
                self._advance()
            if waiting:
                self._pump()
            if now - self.swept >= self.sweep:
                self._give_up(now)
            if now >= self.window_end:
                self._close_window(now)
            if self.next_due == NEVER and not waiting and self.ended == self.sent:
                self.finished.set_result(None)
            else:
                self._arm(now)
        except Exception as error:  # noqa: BLE001 - a timer has no caller; run_load is the one who must hear of it
            self._abort(error)

    def _pump(self) -> None:
        """Give what waits, oldest first, to the connections that are free; open more where there are too few."""
        waiting, idle = self.waiting, self.idle
        now = _now()
        while waiting and idle:
            lane = idle.pop()
            if lane.closing():
                continue
            if now - lane.free_since > self.trusted:
                lane.close()
                continue
            lane.intended, lane.request = waiting.popleft()
            self.sent += 1
            lane.put(self.data[lane.request], now)
        if self.sent - self.ended > self.most_in_flight:
            self.most_in_flight = self.sent - self.ended
        if waiting:
            self.most_waiting = max(self.most_waiting, len(waiting))
            wanted = min(len(waiting), self.connections - len(self.lanes))
            for _ in range(wanted - len(self.opening)):
                self._open()

    def _give_up(self, now: int) -> None:
        self.swept = now
        waiting = self.waiting
        late = now - self.timeout
        for lane in [lane for lane in self.lanes if lane.busy and lane.sent_at <= late]:
            lane.fail("timeout", f"no whole answer within {self.plan.timeout:g} s")
        while waiting and waiting[0][0] <= late:
            intended, request = waiting.popleft()
            detail = f"no free connection within {self.plan.timeout:g} s; all {self.connections} were in use"
            if len(self.lanes) < self.connections:
                detail = f"no connection was opened within {self.plan.timeout:g} s"
            self._failed(request, intended, now, None, "unsent", detail)

    # connections

    async def warm(self) -> None:
        """Open what the first moments need, so that they measure the target and not its handshake."""
        for _ in range(self._first()):
            self._open()
        while self.opening:
            await asyncio.wait(self.opening)

    def _first(self) -> int:
        offered = self.plan.offered
        if isinstance(offered, Users):
            return min(self.connections, 512)
        return min(self.connections, max(1, math.ceil(offered.peak / self.of / 50)), 32)

    def _open(self) -> None:
        task = asyncio.get_running_loop().create_task(self._dial())
        self.opening.add(task)
        task.add_done_callback(self._opened)

    async def _dial(self) -> None:
        lane = Lane(self, self.heads, self.plan.max_body, answers=self.wants_answers)
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
        lane.free_since = _now()
        self.lanes.add(lane)
        self.idle.append(lane)
        if self.waiting:
            self._pump()

    def _connect_failed(self, failure: Failure, detail: str) -> None:
        """The oldest request that waits is the one that the connection was opened for."""
        if self.waiting:
            intended, request = self.waiting.popleft()
            self._failed(request, intended, _now(), None, failure, detail)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self.opening.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._abort(error)
        elif self.waiting and not self.finished.done():
            self._pump()

    def gone(self, lane: Lane) -> None:
        self.lanes.discard(lane)
        if self.all_gone is not None and not self.lanes and not self.all_gone.done():
            self.all_gone.set_result(None)

    # outcomes

    def answered(self, lane: Lane, status: int, response: Response | None, usable: bool) -> None:
        now = _now()
        request = lane.request
        intended = lane.intended
        series = self.series[request].get(status)
        if series is None:
            series = self._series(request, status)
        series.intended(now - intended)
        series.service(now - lane.sent_at)
        self.ended += 1
        try:
            if self.users is not None:
                self._again(now)
            waiting = self.waiting
            if not usable:
                if waiting:
                    self._pump()
            elif waiting:
                lane.intended, lane.request = waiting.popleft()
                self.sent += 1
                lane.put(self.data[lane.request], now)
            else:
                lane.free_since = now
                self.idle.append(lane)
            if self.validate is not None:
                assert response is not None
                reason = self.validate(self.plan.requests[request], response)
                if reason is not None:
                    self._broken(request, intended, response, reason)
        except Exception as error:  # noqa: BLE001 - a protocol callback has no caller; run_load must hear of it
            self._abort(error)

    def _again(self, now: int) -> None:
        """A user has its answer, and calls again: at once where it does not think."""
        if self.think:
            self._calls(now + self.think)
            self._look_again()
        elif now < self.end:
            self.target += 1
            self.waiting.append((now, next(self.choices)))

    def _look_again(self) -> None:
        """What comes next may have been thought of only now."""
        if self.thinking and self.thinking[0][0] < self.next_due:
            if self.next_due != NEVER:
                heapq.heappush(self.thinking, (self.next_due, self.next_request))
            self._advance()

    def _series(self, request: int, status: int) -> Series:
        series = self.recorder.series(self.index[request], f"{status // 100}xx", status)
        self.series[request][status] = series
        return series

    def _broken(self, request: int, intended: int, response: Response, reason: str) -> None:
        template = self.plan.requests[request]
        self.invalid_by[self.index[request]] += 1
        self.breaches += response.status < 400
        if len(self.failures) < self.plan.max_samples:
            at = (intended - self.zero) / _SECOND
            self.failures.append(ValidationFailure(template.operation, reason, template.data, response, at))

    def lost(self, lane: Lane, failure: Failure, detail: str) -> None:
        self.ended += 1
        self._failed(lane.request, lane.intended, _now(), lane.sent_at, failure, detail)

    def _failed(self, request: int, intended: int, now: int, sent_at: int | None, failure: str, detail: str) -> None:
        operation = self.index[request]
        series = self.recorder.series(operation, failure)
        series.intended(now - intended)
        if sent_at is not None:
            series.service(now - sent_at)
            self.send_lag.append(sent_at - intended)
        if len(self.error_samples) < self.plan.max_samples:
            at = (intended - self.zero) / _SECOND
            self.error_samples.append(ErrorSample(self.names[operation], failure, detail, at))
        if self.users is not None:
            # A target that refuses at once is not asked as quickly as it can refuse.
            self._calls(now + max(self.think, _AFTER_FAILURE))
            self._look_again()

    def _close_window(self, now: int, *, last: bool = False) -> None:
        if self.warming:
            self._warmed(now)
            return
        late = int((np.array(self.own_lag, dtype=np.int64) > self.plan.lag_bound * _SECOND).sum())
        row = self.recorder.row(
            (self.window_start - self.zero) / _SECOND,
            (now - self.zero) / _SECOND,
            offered=self.target - self.windows_offered,
            sent=self.sent - self.windows_sent,
            breaches=self.breaches,
            late=late,
        )
        self.window_start, self.windows_offered, self.windows_sent, self.breaches = now, self.target, self.sent, 0
        # Windows lie on a grid, so that those of several processes are of the same time.
        self.window_end = self.zero + ((now - self.zero) // self.window + 1) * self.window
        lags = ((self.send_lag, self.recorder.send_lag), (self.own_lag, self.own_lags), (self.loop_lag, self.loop_lags))
        for values, histogram in lags:
            histogram.record(np.array(values, dtype=np.int64))
            del values[:]
        # The last heartbeat, in which nothing happened, is no row.
        if not (last and row.empty and row.end - row.start < 0.1):
            self.at_row(row)

    def _warmed(self, now: int) -> None:
        """From now on it counts; what has not come to its end yet counts from now on, too."""
        self.warming = False
        self.recorder.flush()
        self.recorder.forget()
        self.series = [{} for _ in self.series]
        for values in (self.send_lag, self.own_lag, self.loop_lag):
            del values[:]
        in_flight = self.sent - self.ended
        self.target, self.sent, self.ended = len(self.waiting) + in_flight, in_flight, 0
        self.most_waiting, self.most_in_flight = len(self.waiting), in_flight
        self.windows_offered = self.windows_sent = self.breaches = self.own_failures = 0
        self.invalid_by = [0] * len(self.names)
        self.failures.clear()
        self.error_samples.clear()
        self.cpu = time.thread_time()
        self.window_start, self.window_end = now, self.zero + self.window

    # the end

    def _abort(self, error: BaseException) -> None:
        if not self.finished.done():
            self.finished.set_exception(error)

    async def close(self) -> None:
        """Close every connection, and wait until they are."""
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

    def _outcome(self, elapsed: float, cpu: float) -> Outcome:
        return Outcome(
            recorder=self.recorder,
            invalid=dict(zip(self.names, self.invalid_by, strict=True)),
            failures=self.failures,
            error_samples=self.error_samples,
            target=self.target,
            sent=self.sent,
            withdrawn=self.withdrawn,
            connects=self.connects,
            own_failures=self.own_failures,
            backlog=self.most_waiting,
            in_flight=self.most_in_flight,
            elapsed=elapsed,
            offered_for=max(0, self.stopped - self.zero) / _SECOND if self.stopped else self.plan.offered.duration,
            cpu=cpu,
            ended_early=self.ended_early,
            own_lags=self.own_lags,
            loop_lags=self.loop_lags,
        )
