"""An open-model load run on the running event loop: what is due is sent, and what must wait is counted as late."""

from __future__ import annotations

import asyncio
import errno
import heapq
import math
import time
from array import array
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from seamwright.engines.load.lane import Heads, Lane
from seamwright.engines.load.plan import LoadPlan
from seamwright.engines.load.profile import Users
from seamwright.engines.load.recorder import Histogram, Recorder, Series
from seamwright.engines.load.result import ErrorSample, Lag, LoadResult, OperationResult, ValidationFailure
from seamwright.engines.load.scenario import single_results
from seamwright.engines.load.schedule import picks, schedule
from seamwright.engines.load.ticker import Ticker, open_ticker
from seamwright.wire.http1 import ExchangeError, Failure, Response, dial

__all__ = ["NEVER", "Run", "run_load"]

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
    if plan.walks is not None and not plan.walks.single:
        from seamwright.engines.load.walking import WalkingRun

        return await WalkingRun(plan, plan.walks).execute()
    result = await Run(plan).execute()
    return result if plan.walks is None else replace(result, scenarios=single_results(plan.walks, result))


class Run:
    """One run and all that it knows; made for one `execute`."""

    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan
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
        self.connections = offered.number if isinstance(offered, Users) else plan.connections
        self.due = iter(()) if isinstance(offered, Users) else schedule(offered, weights, plan.seed)
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
        self.start = self.armed_for = self.window_start = self.swept = 0
        # A look at every connection costs; with very many it is taken less often, and a time-out told later.
        self.sweep = max(_HEARTBEAT, self.connections * 20_000)
        self.window = max(1, math.ceil(plan.offered.duration / _ROWS)) * _SECOND
        self.send_lag, self.own_lag, self.loop_lag = (array("q") for _ in range(3))
        self.own_lags, self.loop_lags = Histogram(), Histogram()
        self.ticker: Ticker | None = None
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.all_gone: asyncio.Future[None] | None = None

    def chosen(self, weights: Sequence[float]) -> Iterator[int]:
        """Indices by weight, without end."""
        return chain.from_iterable(chunk.tolist() for chunk in picks(weights, self.plan.seed))

    async def execute(self) -> LoadResult:
        """Carry the plan out."""
        try:
            await self._warm()
            self.ticker = open_ticker(self._tick)
            self.start = self.window_start = _now() + 2_000_000
            self._prepare()
            self._advance()
            cpu = time.thread_time()
            self._arm(self.start)
            await self.finished
            ended = _now()
            cpu = time.thread_time() - cpu
            self._close_window(ended)
            last = self.recorder.timeline[-1]
            if last.end - last.start < 0.1 and not (last.offered or last.sent or last.answered or last.errors):
                self.recorder.timeline.pop()  # the last heartbeat, in which nothing happened
            return self._result((ended - self.start) / _SECOND, cpu * _SECOND / (ended - self.start))
        finally:
            await self._close()

    # the schedule

    def _prepare(self) -> None:
        if self.users is not None:
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
        for user in range(users.number):
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
            if now - self.window_start >= self.window:
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

    async def _warm(self) -> None:
        """Open what the first moments need, so that they measure the target and not its handshake."""
        for _ in range(self._first()):
            self._open()
        while self.opening:
            await asyncio.wait(self.opening)

    def _first(self) -> int:
        offered = self.plan.offered
        if isinstance(offered, Users):
            return min(offered.number, 512)
        return min(self.connections, max(1, math.ceil(offered.peak / 50)), 32)

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
        if len(self.failures) < self.plan.max_samples:
            at = (intended - self.start) / _SECOND
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
            at = (intended - self.start) / _SECOND
            self.error_samples.append(ErrorSample(self.names[operation], failure, detail, at))
        if self.users is not None:
            # A target that refuses at once is not asked as quickly as it can refuse.
            self._calls(now + max(self.think, _AFTER_FAILURE))
            self._look_again()

    def _close_window(self, now: int) -> None:
        start, end = ((moment - self.start) / _SECOND for moment in (self.window_start, now))
        self.recorder.close_window(
            start, end, offered=self.target - self.windows_offered, sent=self.sent - self.windows_sent
        )
        self.window_start, self.windows_offered, self.windows_sent = now, self.target, self.sent
        lags = ((self.send_lag, self.recorder.send_lag), (self.own_lag, self.own_lags), (self.loop_lag, self.loop_lags))
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
        by_status = [recorder.statuses(i) for i in range(len(self.names))]
        by_error = [recorder.errors(i) for i in range(len(self.names))]
        statuses: Counter[int] = sum(by_status, Counter())
        errors: Counter[str] = sum(by_error, Counter())
        operations = {
            name: OperationResult(
                sent=recorder.sent(i),
                answered=by_status[i].total(),
                statuses=dict(sorted(by_status[i].items())),
                errors=dict(sorted(by_error[i].items())),
                invalid=self.invalid_by[i],
                intended=recorder.latency("intended", name).summary(),
                service=recorder.latency("service", name).summary(),
            )
            for i, name in enumerate(self.names)
        }
        return LoadResult(
            rate=self.target / elapsed if isinstance(plan.offered, Users) else plan.offered.mean,
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
            send_lag=_lag(recorder.send_lag),
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
