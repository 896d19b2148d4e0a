"""A load run of scenarios: the schedule begins walks, and each step of a walk is due when the one before has ended.

A step is sent, waited for and counted as any request of a run; what is added is what happens between two of them.
"""

from __future__ import annotations

import heapq
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, cycle
from typing import Any

import numpy as np

from seamwright.engines.load.lane import Lane
from seamwright.engines.load.plan import LoadPlan, RequestTemplate
from seamwright.engines.load.profile import Users
from seamwright.engines.load.recorder import Histogram, Row, Series
from seamwright.engines.load.result import LoadResult, ValidationFailure
from seamwright.engines.load.run import NEVER, Run
from seamwright.engines.load.scenario import Scenario, ScenarioResult, Step, Walks, share
from seamwright.engines.load.schedule import arrivals
from seamwright.engines.load.template import Unfit
from seamwright.wire.http1 import Response

__all__ = ["WalkingRun"]

_SECOND = 1_000_000_000
# Walks that think on after the last one has begun draw the figures out; up to this share of the time that is no matter.
_TAIL = 0.05
_now = time.monotonic_ns


class _Kept:
    """What is counted of one scenario, and where its steps stand among all."""

    __slots__ = ("begun", "completed", "durations", "failed", "first", "histogram", "scenario")

    def __init__(self, scenario: Scenario, first: int) -> None:
        self.scenario = scenario
        self.first = first
        self.begun = self.completed = 0
        self.failed: Counter[str] = Counter()
        self.durations = array("q")
        self.histogram = Histogram()

    def flush(self) -> None:
        self.histogram.record(np.array(self.durations, dtype=np.int64))
        del self.durations[:]


class _Walk:
    """One caller on the way through a scenario."""

    __slots__ = ("began", "kept", "number", "place", "values")

    def __init__(self, kept: _Kept, number: int, began: int, values: list[Any]) -> None:
        self.kept = kept
        self.number = number
        self.began = began
        self.values = values
        self.place = 0


class WalkingRun(Run):
    """A run in which the index of a request is that of a walk: what it sends, and as what, changes step by step."""

    def __init__(self, plan: LoadPlan, walks: Walks, at_row: Callable[[Row], None]) -> None:
        super().__init__(plan, at_row)
        self.walks_plan = walks
        self.wants_answers = True
        firsts = np.cumsum([0, *(len(scenario.steps) for scenario in walks.scenarios)]).tolist()
        self.kept = [_Kept(scenario, first) for scenario, first in zip(walks.scenarios, firsts, strict=False)]
        if walks.in_turn:
            self.choices = cycle(range(len(walks.scenarios)))
        else:
            self.choices = self.chosen([scenario.weight for scenario in walks.scenarios])
        offered = plan.offered
        self.moments: Iterator[int] = iter(())
        if not isinstance(offered, Users):
            self.moments = chain.from_iterable(chunk.tolist() for chunk in arrivals(offered, plan.seed))
        # By step, what the run before knew by request; by walk, the same of the step that it is at.
        self.by_step: list[tuple[RequestTemplate, dict[int, Series]]] = [(request, {}) for request in plan.requests]
        self.data: list[bytes] = []
        self.index: list[int] = []
        self.series: list[dict[int, Series]] = []
        self.requests: list[RequestTemplate] = []
        self.walks: list[_Walk | None] = []
        self.free: list[int] = []
        self.begun = 0
        self.arrives_at = NEVER
        self.arrives: _Kept | None = None
        self.used_up = ""
        self.unfit: dict[int, str] = {}

    # the schedule

    def _prepare(self) -> None:
        super()._prepare()
        self._arrive()

    def stop(self, reason: str | None = None) -> None:
        if self.stopped:
            return
        for _, ticket in (*self.thinking, *self.waiting):
            self._cut_short(ticket)
        if self.next_due != NEVER:
            self._cut_short(self.next_request)
        super().stop(reason)
        self.moments, self.arrives_at = iter(()), NEVER

    def _cut_short(self, ticket: int) -> None:
        """A walk that the early end of the run keeps from its own is in no number."""
        walk = self.walks[ticket]
        assert walk is not None
        walk.kept.begun -= 1
        self._leave(ticket)

    def _arrive(self) -> None:
        moment = next(self.moments, None)
        self.arrives_at = NEVER if moment is None or self.used_up else self.start + moment

    def _advance(self) -> None:
        while True:
            if self.thinking and self.thinking[0][0] <= self.arrives_at:
                self.next_due, self.next_request = heapq.heappop(self.thinking)
                return
            if self.arrives_at == NEVER:
                self.next_due = NEVER
                return
            due = self.arrives_at
            ticket = self._begin(due)
            self._arrive()
            if ticket is not None:
                self.next_due, self.next_request = due, ticket
                return

    def _calls(self, due: int) -> None:
        """A user begins a walk at this moment, unless it is all over by then."""
        if due < self.end and not self.used_up:
            ticket = self._begin(due)
            if ticket is not None:
                heapq.heappush(self.thinking, (due, ticket))

    def _begin(self, due: int) -> int | None:
        """A new walk, ready for its first step; None where a feed is used up."""
        kept = self.kept[next(self.choices)]
        scenario = kept.scenario
        values: list[Any] = [None] * self.walks_plan.variables
        for drawn in scenario.feeds:
            row = drawn.feed.draw()
            if row is None:
                at = max(0.0, (due - self.start) / _SECOND)
                self.used_up = f"the feed of {scenario.name} was used up after {drawn.feed.rows} rows, {at:.1f} s in"
                return None
            for variable, value in zip(drawn.variables, row, strict=True):
                values[variable] = value
        if self.walks_plan.number is not None:
            values[self.walks_plan.number] = self.begun
        walk = _Walk(kept, self.begun, due, values)
        self.begun += 1
        kept.begun += 1
        if self.free:
            ticket = self.free.pop()
            self.walks[ticket] = walk
        else:
            ticket = len(self.walks)
            self.walks.append(walk)
            self.data.append(b"")
            self.index.append(0)
            self.series.append({})
            self.requests.append(self.plan.requests[0])
        self._ready(ticket, walk)
        return ticket

    def _ready(self, ticket: int, walk: _Walk) -> None:
        """Write the request of the step that the walk is at; one that cannot be written fails when it is due."""
        kept = walk.kept
        place = kept.first + walk.place
        self.index[ticket] = place
        self.requests[ticket], self.series[ticket] = self.by_step[place]
        template = kept.scenario.steps[walk.place].template
        if template.constant:
            self.data[ticket] = template.data
            return
        try:
            self.data[ticket] = template.render(walk.values)
        except Unfit as error:
            self.unfit[ticket] = str(error)

    def _pump(self) -> None:
        if self.unfit:
            now = _now()
            due, self.waiting = self.waiting, deque()
            for intended, ticket in due:
                why = self.unfit.pop(ticket, None)
                if why is None:
                    self.waiting.append((intended, ticket))
                else:
                    self._failed(ticket, intended, now, None, "unfit", f"was not sent: {why}")
        super()._pump()

    def _look_again(self) -> None:
        super()._look_again()
        if self.next_due < self.armed_for and self.ticker is not None and not self.finished.done():
            self._arm(_now())

    # outcomes

    def answered(self, lane: Lane, status: int, response: Response | None, usable: bool) -> None:
        now = _now()
        ticket, intended = lane.request, lane.intended
        walk = self.walks[ticket]
        assert walk is not None
        assert response is not None
        step = walk.kept.scenario.steps[walk.place]
        request, data, place = self.requests[ticket], self.data[ticket], self.index[ticket]
        missing = None
        if step.keeps is not None and status < 400:
            missing = step.keeps.take(response, walk.values)
        if missing is None:
            series = self.series[ticket].get(status)
            if series is None:
                series = self._series(ticket, status)
        else:
            series = self.recorder.series(place, "correlation")
        series.intended(now - intended)
        series.service(now - lane.sent_at)
        self.ended += 1
        try:
            if missing is not None:
                self._sample(step, f"correlation: {missing}", data, response, intended)
            self._on(ticket, walk, step, now, failed=missing is not None or status >= 400)
            waiting = self.waiting
            if not usable:
                if waiting:
                    self._pump()
            elif waiting and not self.unfit:
                lane.intended, lane.request = waiting.popleft()
                self.sent += 1
                lane.put(self.data[lane.request], now)
            else:
                lane.free_since = now
                self.idle.append(lane)
                if waiting:
                    self._pump()
            if self.validate is not None:
                reason = self.validate(request, response)
                if reason is not None:
                    self.invalid_by[place] += 1
                    self.breaches += status < 400
                    self._sample(step, reason, data, response, intended)
        except Exception as error:  # noqa: BLE001 - a protocol callback has no caller; run_load must hear of it
            self._abort(error)

    def _on(self, ticket: int, walk: _Walk, step: Step, now: int, *, failed: bool) -> None:
        """The walk goes on to its next step, or is over."""
        kept = walk.kept
        if not failed and walk.place + 1 < len(kept.scenario.steps):
            if self.stopped:
                self._cut_short(ticket)
                return
            think = 0
            if step.think.kind != "constant":
                think = step.think.at(share(self.plan.seed, walk.number, walk.place))
            elif step.think.first:
                think = step.think.at(0.0)
            walk.place += 1
            self._ready(ticket, walk)
            if think:
                heapq.heappush(self.thinking, (now + think, ticket))
                self._look_again()
            else:
                self.target += 1
                self.waiting.append((now, ticket))
            return
        if failed:
            kept.failed[step.name] += 1
        else:
            kept.completed += 1
            kept.durations.append(now - walk.began)
        self._leave(ticket)
        if self.users is not None:
            self._again(now)

    def _again(self, now: int) -> None:
        """A user has walked to the end, and begins again: at once where it does not think."""
        if self.think:
            self._calls(now + self.think)
            self._look_again()
        elif now < self.end and not self.used_up:
            following = self._begin(now)
            if following is not None:
                self.target += 1
                self.waiting.append((now, following))

    def _failed(self, request: int, intended: int, now: int, sent_at: int | None, failure: str, detail: str) -> None:
        walk = self.walks[request]
        assert walk is not None
        walk.kept.failed[walk.kept.scenario.steps[walk.place].name] += 1
        super()._failed(request, intended, now, sent_at, failure, detail)
        self._leave(request)

    def _leave(self, ticket: int) -> None:
        self.walks[ticket] = None
        self.free.append(ticket)

    def _sample(self, step: Step, reason: str, data: bytes, response: Response, intended: int) -> None:
        if len(self.failures) < self.plan.max_samples:
            at = (intended - self.zero) / _SECOND
            self.failures.append(ValidationFailure(step.name, reason, data, response, at))

    def _close_window(self, now: int, *, last: bool = False) -> None:
        super()._close_window(now, last=last)
        for kept in self.kept:
            kept.flush()

    # the end

    def told(self, result: LoadResult) -> LoadResult:
        """The result of this run with what is known of its scenarios."""
        elapsed = result.elapsed
        duration = min(result.duration, elapsed) if self.used_up else result.duration
        drawn_out = self.users is not None or elapsed > (1 + _TAIL) * duration
        scenarios = {
            kept.scenario.name: ScenarioResult(
                kept.begun,
                kept.completed,
                kept.histogram.summary(),
                dict(kept.failed),
                {step.name: step.operation for step in kept.scenario.steps},
            )
            for kept in self.kept
        }
        rate = result.target / (elapsed if drawn_out else duration)
        return replace(result, rate=rate, duration=duration, scenarios=scenarios, used_up=self.used_up)
