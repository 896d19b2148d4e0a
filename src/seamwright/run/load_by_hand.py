"""One load run that a person asks for, as a check that is made for it: it gets a bench, and leaves evidence."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from seamwright.checks.load._rate import BOUNDARY, Mix, figures_of, reads, writes
from seamwright.model.bench import Bench
from seamwright.model.boundary import Objectives
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.bench import CheckBench
from seamwright.run.loading import CONNECTIONS, Loaded
from seamwright.run.scripts import Script
from seamwright.run.thresholds import SCENARIO_ERRORS, Threshold, failures, refusals, thresholds
from seamwright.run.walked import Walked

if TYPE_CHECKING:
    from seamwright.engines.load import LoadResult, Offered

__all__ = ["LoadByHand", "applies", "mixed", "weights_of"]

CREATED = 40
"""Different creating calls of an operation that was named; a longer run sends them again."""

REFUSED = 0.05
"""Share of refusals (4xx) above which the load was not really carried."""


@dataclass(slots=True)
class LoadByHand:
    """What was asked for; once the run of its `check` is over, what came of it.

    `operations` are weights by operation, and every safe operation where it is empty. An operation that is not safe is
    only called when it is named, with bodies of its own, and test data is put back afterwards where the manifest says
    how.
    """

    offered: Offered
    operations: Mapping[str, float] = field(default_factory=dict)
    connections: int = CONNECTIONS
    reproduce: str = ""
    """The command that does the same again."""
    processes: int | None = None
    """How many send it; as many as are needed and free, by default."""
    objectives: Objectives | None = None
    """What is to hold; the objectives of the boundary by default."""
    abort: bool = False
    """Whether the run ends early when an objective is plainly broken."""

    script: Script | None = None
    """Scenarios, where it is not single operations that are called."""
    scripted: bool = False
    """Whether there will be scenarios, once the contract is known that they are read by."""

    loaded: Loaded | None = None
    thresholds: tuple[Threshold, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Operations that could not be called, each with why."""

    @property
    def check(self) -> Check:
        """The check that carries it out."""
        return Check(
            id="load.by-hand",
            proves="under the load that was asked for, the objectives hold",
            oracle="a quantile, a share of failures or a rate beyond its objective, in a run that kept its schedule",
            applies=functools.partial(applies, self.operations, scripted=self.scripted),
            run=self._run,
            dares=Dares.LOAD,
            alone=True,
        )

    async def _run(self, bench: Bench) -> AsyncIterator[Observation]:
        assert isinstance(bench, CheckBench)
        script = self.script
        wrote = any(not bench.operation(name).safe for name in self.operations)
        wrote = wrote or (script is not None and script.writes)
        walked = Walked(bench, script) if script is not None else None
        try:
            objectives = self.objectives or bench.subject.boundary.objectives
            if walked is not None:
                self.loaded = await walked.load(self.offered, self.connections, objectives, abort=self.abort)
            else:
                mix = await mixed(bench, self.operations)
                self.left_out = mix.left_out
                self.loaded = await bench.loaded(
                    mix.cases,
                    self.offered,
                    weights=weights_of(mix, self.operations),
                    connections=self.connections,
                    objectives=objectives,
                    abort=self.abort,
                    processes=self.processes,
                )
            self.thresholds = thresholds(objectives, self.loaded.result)
            verdict = self._judged(objectives, self.loaded)
        except Undecided as error:
            verdict = Unknown(BOUNDARY, str(error), error.cause)
        if wrote:
            try:
                await bench.settle()
            except Undecided as error:
                yield Unknown(BOUNDARY, f"the load was sent, and then {error}", error.cause)
        if walked is not None and walked.complaints:
            yield Unknown(BOUNDARY, f"the teardown did not end well: {'; '.join(walked.complaints)}", Cause.TARGET)
        yield verdict

    def _judged(self, objectives: Objectives, loaded: Loaded) -> Observation:
        result = loaded.result
        limits = {name: limit for name, _, limit in objectives.latency.items()}
        measures: dict[str, Any] = {
            "load": figures_of(loaded.figures(), limits),
            "thresholds": [asdict(threshold) for threshold in self.thresholds],
            "ended_early": result.ended_early,
        }
        if result.scenarios:
            measures["load"] |= {"scenarios": scenario_figures(result), "used_up": result.used_up}
        if not result.kept_schedule:
            why = f"our own schedule was not kept: {result.not_kept_because}"
            return Unknown(BOUNDARY, why, Cause.OURS, measures)
        if result.target == 0:
            return Unknown(BOUNDARY, "no request came due; ask for a higher rate or longer", Cause.USAGE, measures)
        broken = [threshold for threshold in self.thresholds if threshold.held is False]
        if broken:
            return Refuted(BOUNDARY, self._finding(loaded, broken), result.target, measures)
        if refusals(result) > REFUSED * result.target:
            why = f"{refusals(result)} of {result.target} requests were refused ({dict(result.statuses)})"
            return Unknown(BOUNDARY, f"{why}, so the load was not really carried", Cause.TARGET, measures)
        lacking = {kind: count for kind, count in result.errors.items() if kind in SCENARIO_ERRORS}
        if sum(lacking.values()) > REFUSED * result.target:
            why = f"{sum(lacking.values())} of {result.target} steps could not be gone on from ({lacking})"
            return Unknown(
                BOUNDARY, f"{why}: the scenarios want what the contract does not promise", Cause.USAGE, measures
            )
        if result.ended_early:
            return Unknown(BOUNDARY, f"the run was ended early: {result.ended_early}", Cause.TARGET, measures)
        unwalked = [name for name, part in result.scenarios.items() if not part.completed]
        if unwalked:
            why = f"no walk through {', '.join(unwalked)} came to its end in this run; ask for a higher rate or longer"
            return Unknown(BOUNDARY, why, Cause.USAGE, measures)
        open_ones = [threshold.why for threshold in self.thresholds if threshold.held is None]
        if open_ones:
            return Unknown(BOUNDARY, "; ".join(open_ones), Cause.USAGE, measures)
        return Proved(BOUNDARY, result.target, measures)

    def _finding(self, loaded: Loaded, broken: list[Threshold]) -> Finding:
        result = loaded.result
        told = ", ".join(f"{threshold.name} {_told(threshold)}" for threshold in broken)
        return Finding(
            title=f"At {result.rate:.4g} requests a second on average, {told}",
            detail=(
                "expected: the objectives hold, latency counted from when each request was due\n"
                f"seen: {result.target} requests due in {result.duration:.1f} s, {result.answered} answered, "
                f"failed: {failures(result) or 'none'}"
                + (f"\nended early: {result.ended_early}" if result.ended_early else "")
            ),
            severity=Severity.HIGH,
            key="thresholds",
            exchanges=tuple(exchange.number for exchange in loaded.samples),
            reproduce=self.reproduce,
            facts={"broken": [asdict(threshold) for threshold in broken]},
        )


def _told(threshold: Threshold) -> str:
    measured = threshold.measured or 0.0
    if threshold.name.startswith("latency"):
        return f"is {1000 * measured:.4g} ms, above the {1000 * threshold.limit:g} ms that are promised"
    if threshold.name == "rate":
        return f"is {measured:.4g}/s, below the {threshold.limit:g}/s that are promised"
    return f"is {measured:.3%}, below the {threshold.limit:.5%} that are promised"


def applies(operations: Mapping[str, float], subject: Subject, *, scripted: bool = False) -> Applicability:
    """Whether there is anything to be called: scenarios, what was named, or else a safe operation."""
    if not (scripted or operations or any(operation.method == "GET" for operation in subject.operations)):
        return DoesNotApply("it has no safe operation; name those that may be called with --operation")
    return Applies((BOUNDARY,))


async def mixed(bench: Bench, operations: Mapping[str, float]) -> Mix:
    """Calls of these operations, or of every safe one, that are answered with success one by one.

    Raises Undecided where an operation that was named has none; what else was left out is in the mix.
    """
    safe = [name for name in operations if bench.operation(name).method == "GET"]
    unsafe = [name for name in operations if name not in safe]
    parts = [await reads(bench, safe)] if safe or not unsafe else []
    if unsafe:
        parts.append(await writes(bench, tuple(unsafe), CREATED))
    mix = Mix(
        tuple(case for part in parts for case in part.cases),
        tuple(exchange for part in parts for exchange in part.tried),
        {name: why for part in parts for name, why in part.left_out.items()},
    )
    missing = [why for name, why in mix.left_out.items() if name in operations]
    if missing:
        raise Undecided(f"no call could be found that is answered with success: {'; '.join(missing)}")
    return mix


def weights_of(mix: Mix, operations: Mapping[str, float]) -> list[float]:
    """The weight of each case, so that those of one operation share its own."""
    names = [case.operation for case, _ in mix.cases]
    return [operations.get(name, 1.0) / names.count(name) for name in names]


def scenario_figures(result: LoadResult) -> dict[str, Any]:
    """Figures of each scenario and its steps, as plain values; times in seconds."""
    from seamwright.engines.load.exports import scenarios

    return scenarios(result)
