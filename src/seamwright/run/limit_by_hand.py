"""The search for the highest rate that keeps the objectives, as a check that is made for it."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from seamwright.checks.load._rate import BOUNDARY, Mix
from seamwright.engines.load.search import Knee, Search, Tried, knee
from seamwright.model.bench import Bench
from seamwright.model.boundary import Objectives
from seamwright.model.check import Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity
from seamwright.model.verdict import Cause
from seamwright.run.bench import CheckBench
from seamwright.run.limit_step import Step, judged, seconds_for
from seamwright.run.load_by_hand import applies, mixed, weights_of
from seamwright.run.loading import Loaded

__all__ = ["CONNECTIONS", "Found", "LimitByHand", "document", "first_rate"]

CONNECTIONS = 256
"""The most requests that are on their way at a time, where the caller says nothing else."""

SETTLE = 8
"""Times that a target is asked after a rate that it did not keep, a second each, until it serves again."""

_ENOUGH_IN = 20.0
"""Seconds in which the first rate has enough answers for every quantile."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; rates are requests a second, each with how often it was tried by what came of it.

    `gave_out` is what was broken at the rate that fails, what was broken first at the beginning; "our own schedule"
    where the search ended because we could not make a higher rate. `knee` is of the p90 of intended latency.
    """

    keeps: float | None
    keeps_tries: Mapping[str, int]
    fails: float | None
    fails_tries: Mapping[str, int]
    sometimes: Mapping[float, Mapping[str, int]]
    out_of_reach: float | None
    confirmed: bool
    gave_out: tuple[str, ...]
    knee: Knee | None


@dataclass(slots=True)
class LimitByHand:
    """What was asked for; once the run of its `check` is over, what was found.

    A step lasts `step` seconds, or longer where a rare quantile needs more answers, after `warm_up` seconds that do not
    count. The first rate is the lowest at which a step is not long, where none is given.
    """

    first: float | None = None
    most: float | None = None
    least: float = 1.0
    step: float = 5.0
    warm_up: float = 1.0
    precision: float = 0.05
    repeats: int = 3
    operations: Mapping[str, float] = field(default_factory=dict)
    connections: int = CONNECTIONS
    reproduce: str = ""
    """The command that does the same again."""
    processes: int | None = None
    """How many send it; as many as are needed and free, by default."""
    objectives: Objectives | None = None
    """What is to hold; the objectives of the boundary by default."""

    at_step: Callable[[Step], object] = lambda step: None
    """Hears of each step when it is over."""

    steps: list[Step] = field(default_factory=list)
    found: Found | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Operations that could not be called, each with why."""

    @property
    def check(self) -> Check:
        """The check that carries it out."""
        return Check(
            id="load.find-limit",
            proves="the objectives hold up to a rate that is known, and not below the one that is promised",
            oracle="rates that were kept and broken each time they were tried, in runs that kept their schedule",
            applies=functools.partial(applies, self.operations),
            run=self._run,
            dares=Dares.LOAD,
            alone=True,
        )

    async def _run(self, bench: Bench) -> AsyncIterator[Observation]:
        assert isinstance(bench, CheckBench)
        objectives = self.objectives or bench.subject.boundary.objectives
        wrote = any(not bench.operation(name).safe for name in self.operations)
        stopped: Undecided | None = None
        search = self._search(objectives)
        try:
            mix = await mixed(bench, self.operations)
            self.left_out = mix.left_out
            await self._searched(bench, mix, objectives, search)
        except Undecided as error:
            stopped = error
        self.found = self._found(search)
        if wrote:
            try:
                await bench.settle()
            except Undecided as error:
                yield Unknown(BOUNDARY, f"the load was sent, and then {error}", error.cause)
        yield self._judged(objectives, self.found, stopped)

    def _search(self, objectives: Objectives) -> Search:
        first = self.first or min(first_rate(objectives), self.most or float("inf"))
        return Search(first, self.most, min(self.least, first), precision=self.precision, repeats=self.repeats)

    async def _searched(self, bench: CheckBench, mix: Mix, objectives: Objectives, search: Search) -> None:
        while (rate := search.next()) is not None:
            needed = self.warm_up + seconds_for(objectives, rate, self.step)
            if bench.remaining < needed + 5:
                raise Undecided("its time was up before the search was at its end; give it more", Cause.USAGE)
            loaded = await self._load(bench, mix, objectives, rate, needed)
            step = judged(objectives, rate, loaded.result, self.connections, self._usual())
            self.steps.append(step)
            self.at_step(step)
            search.tell(rate, step.tried)
            if step.tried is not Tried.KEPT:
                still = await self._settled(bench, mix, objectives, rate)
                if still and step.tried is Tried.BROKEN and search.keeps is not None:
                    raise Undecided(still)

    async def _load(
        self,
        bench: CheckBench,
        mix: Mix,
        objectives: Objectives,
        rate: float,
        seconds: float,
        *,
        probing: bool = False,
    ) -> Loaded:
        from seamwright.engines.load import Profile

        return await bench.loaded(
            mix.cases,
            Profile.constant(rate, seconds),
            weights=weights_of(mix, self.operations),
            connections=self.connections,
            objectives=objectives,
            warm_up=0.0 if probing else self.warm_up,
            processes=1 if probing else self.processes,
        )

    async def _settled(self, bench: CheckBench, mix: Mix, objectives: Objectives, rate: float) -> str:
        """Wait until the target serves again as it should: what was too much for it may keep it busy for a while.

        Gives what is to be said where it does not; empty where it does, or we cannot tell.
        """
        still = ""
        quiet = min((step.rate for step in self.steps if step.tried is Tried.KEPT), default=max(1.0, rate / 8))
        for _ in range(SETTLE):
            result = (await self._load(bench, mix, objectives, quiet, 1.0, probing=True)).result
            usual = self._usual()
            slow = usual is not None and result.service is not None and result.service.p50 > 2 * usual + 0.01
            if result.answered == result.target and not slow:
                return ""
            if result.kept_schedule:
                still = f"{SETTLE} s after {rate:.4g}/s were asked of it, it did not yet serve {quiet:.4g}/s as before"
        return still

    def _usual(self) -> float | None:
        """The latency in seconds that the target has where it has no trouble."""
        return min((step.p50 for step in self.steps if step.tried is Tried.KEPT and step.p50 is not None), default=None)

    def _found(self, search: Search) -> Found:
        keeps, fails = search.keeps, search.fails
        at_failure = [step for step in self.steps if step.rate == fails and step.tried is Tried.BROKEN]
        beyond = [step for step in self.steps if step.rate == search.out_of_reach]
        told = (beyond or at_failure)[:1]
        points = [(s.rate, s.p90) for s in self.steps if s.p90 is not None and s.tried is not Tried.OURS]
        return Found(
            keeps=keeps,
            keeps_tries=_tries(search, keeps),
            fails=fails,
            fails_tries=_tries(search, fails),
            sometimes={rate: _tries(search, rate) for rate in search.sometimes},
            out_of_reach=search.out_of_reach,
            confirmed=search.confirmed,
            gave_out=told[0].gave_out if told else (),
            knee=knee(points),
        )

    def _judged(self, objectives: Objectives, found: Found, stopped: Undecided | None) -> Observation:
        measures: dict[str, Any] = {"limit": document(self)}
        tried = sum(step.offered for step in self.steps)
        promised = objectives.rate
        if found.keeps is None and found.fails is not None and found.fails_tries.get(Tried.BROKEN, 0) >= self.repeats:
            return Refuted(BOUNDARY, self._finding(found, promised), tried, measures)
        if stopped is not None:
            return Unknown(BOUNDARY, _sofar(str(stopped), found), stopped.cause, measures)
        if promised is not None and found.fails is not None and found.fails <= promised and found.confirmed:
            return Refuted(BOUNDARY, self._finding(found, promised), tried, measures)
        if promised is not None and found.keeps is not None and found.keeps >= promised and found.confirmed:
            return Proved(BOUNDARY, tried, measures)
        if found.out_of_reach is not None:
            why = (
                f"our own side could not make {found.out_of_reach:.4g}/s ({self._own()}); it is no limit of the target"
            )
            return Unknown(BOUNDARY, _sofar(why, found), Cause.OURS, measures)
        if not found.confirmed:
            return Unknown(BOUNDARY, _sofar("the limit was not seen often enough", found), Cause.OURS, measures)
        if found.fails is None:
            why = f"no limit was found up to {found.keeps or 0:.4g}/s, the highest rate that was to be tried"
            return Unknown(BOUNDARY, why, Cause.USAGE, measures)
        if promised is not None:
            why = f"{promised:.4g}/s are promised, and that lies where it could not be told"
            return Unknown(BOUNDARY, _sofar(why, found), Cause.TARGET, measures)
        return Proved(BOUNDARY, tried, measures)

    def _own(self) -> str:
        return next((step.why for step in reversed(self.steps) if step.tried is Tried.OURS), "")

    def _finding(self, found: Found, promised: float | None) -> Finding:
        failing = [step for step in self.steps if step.rate == found.fails and step.tried is Tried.BROKEN]
        limit = "at no rate that was tried" if found.keeps is None else f"up to {found.keeps:.4g} requests a second"
        expected = "some rate" if promised is None else f"{promised:.4g} requests a second"
        return Finding(
            title=f"The objectives hold {limit}" + ("" if promised is None else f", and {promised:.4g} are promised"),
            detail=f"expected: the objectives hold at {expected}\nseen: "
            + "\n".join(f"at {step.rate:.4g}/s {step.why}" for step in failing),
            severity=Severity.HIGH,
            key="limit",
            reproduce=self.reproduce,
            facts={"found": asdict(found) | {"sometimes": {f"{r:g}": dict(t) for r, t in found.sometimes.items()}}},
        )


def document(limit: LimitByHand) -> dict[str, Any]:
    """All that was found, and each step, for JSON; latencies in seconds."""
    found = limit.found
    told: dict[str, Any] = {"steps": [asdict(step) for step in limit.steps]}
    if found is not None:
        told |= asdict(found) | {"sometimes": {f"{rate:g}": dict(tries) for rate, tries in found.sometimes.items()}}
    return told


def first_rate(objectives: Objectives) -> float:
    """A rate at which a step has enough answers for every quantile that is promised, and is not long."""
    return max([10.0, *(3.3 / (1 - quantile) / _ENOUGH_IN for _, quantile, _ in objectives.latency.items())])


def _tries(search: Search, rate: float | None) -> dict[str, int]:
    return {} if rate is None else {str(tried): count for tried, count in search.tries(rate).items()}


def _sofar(why: str, found: Found) -> str:
    if found.keeps is None:
        return why
    return f"{why}; {found.keeps:.4g}/s were kept {found.keeps_tries.get(Tried.KEPT, 0)} times"
