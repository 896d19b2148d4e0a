"""Scenarios: what callers do one after the other, with what they know by then, and how long they think. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from seamwright.engines.load.correlation import Keeps
from seamwright.engines.load.feed import Feed
from seamwright.engines.load.plan import RequestTemplate
from seamwright.engines.load.recorder import Quantiles
from seamwright.engines.load.template import Template

if TYPE_CHECKING:
    from seamwright.engines.load.result import LoadResult

__all__ = ["Drawn", "Scenario", "ScenarioResult", "Step", "Think", "Walks", "share", "single_results"]

_SECOND = 1_000_000_000
_MASK = (1 << 64) - 1

LONGEST = 10.0
"""Times its mean that an exponential think time takes at most."""


@dataclass(frozen=True, slots=True)
class Think:
    """How long a caller thinks after an answer, in seconds: always `first`; anything from `first` to `second`, equally
    likely; or exponentially distributed around `first`, cut off at ten times that."""

    kind: Literal["constant", "uniform", "exponential"] = "constant"
    first: float = 0.0
    second: float = 0.0

    @property
    def longest(self) -> float:
        """Seconds that it takes at most."""
        return {"constant": self.first, "uniform": self.second, "exponential": LONGEST * self.first}[self.kind]

    def at(self, share: float) -> int:
        """Nanoseconds where `share`, from 0 to below 1, was drawn."""
        if self.kind == "constant":
            seconds = self.first
        elif self.kind == "uniform":
            seconds = self.first + share * (self.second - self.first)
        else:
            seconds = min(-self.first * math.log1p(-share), LONGEST * self.first)
        return int(seconds * _SECOND)


def share(seed: int, walk: int, place: int) -> float:
    """A number from 0 to below 1 that depends on these three alone, and not on when it is asked for.

    splitmix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014).
    """
    state = (seed * 0x9E3779B97F4A7C15 + walk * 0xD1B54A32D192ED03 + place * 0x8CB92BA72F3D8DD7) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((state ^ (state >> 31)) >> 11) / (1 << 53)


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a scenario: what is sent, what is kept of the answer, and the thinking that follows.

    `name` is what its figures are told under, and is the step's own: `buy/createOrder`.
    """

    name: str
    operation: str
    template: Template
    keeps: Keeps | None = None
    think: Think = Think()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A feed of which each walk draws a row, and where the columns of the row go among the variables."""

    feed: Feed
    variables: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps that one caller takes in order; `weight` is its share among the scenarios that are begun."""

    name: str
    steps: tuple[Step, ...]
    weight: float = 1.0
    feeds: tuple[Drawn, ...] = ()

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError(f"scenario {self.name} needs at least one step")
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise ValueError(f"weight of scenario {self.name} must be a number above 0, not {self.weight}")

    @property
    def thinking(self) -> float:
        """Seconds that a walk through it thinks at most; after the last step nobody thinks."""
        return math.fsum(step.think.longest for step in self.steps[:-1])


@dataclass(frozen=True, slots=True)
class Walks:
    """What walks there are: each is begun when the offered load says so, and takes the steps of one scenario.

    The scenario is chosen by weight and the seed, or in turn. `variables` is how many values a walk carries;
    `number`, where given, is the one that tells how many walks were begun before it.
    """

    scenarios: tuple[Scenario, ...]
    variables: int = 0
    number: int | None = None
    in_turn: bool = False

    def __post_init__(self) -> None:
        if not self.scenarios:
            raise ValueError("walks need at least one scenario")
        names = [step.name for scenario in self.scenarios for step in scenario.steps]
        if len(set(names)) != len(names):
            raise ValueError("two steps have one name")

    @property
    def requests(self) -> tuple[RequestTemplate, ...]:
        """One for each step, in order: what a plan wants to know of them."""
        return tuple(
            RequestTemplate(step.name, step.template.data, scenario.weight)
            for scenario in self.scenarios
            for step in scenario.steps
        )

    @property
    def single(self) -> bool:
        """Whether each walk is one request that is always the same, so that there is nothing to walk."""
        return not self.in_turn and all(
            len(scenario.steps) == 1
            and not scenario.feeds
            and scenario.steps[0].template.constant
            and scenario.steps[0].keeps is None
            for scenario in self.scenarios
        )


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario's part in a run. `begun == completed + sum(failed.values())`.

    `duration` is that of completed walks, in seconds from when the first step was due to the end of the last answer,
    thinking included; None where none was completed. `failed` says at which step the others ended.
    """

    begun: int
    completed: int
    duration: Quantiles | None
    failed: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    """The name of each step, under which its figures are told, and its operation."""


def single_results(walks: Walks, result: LoadResult) -> dict[str, ScenarioResult]:
    """The results of scenarios of one request each that is always the same: those of the request."""
    found = {}
    for scenario in walks.scenarios:
        step = scenario.steps[0]
        part = result.operations[step.name]
        completed = sum(count for status, count in part.statuses.items() if status < 400)
        begun = part.answered + sum(part.errors.values())
        duration = result.recorder.latency("intended", step.name, ("2xx", "3xx")).summary()
        failed = {step.name: begun - completed} if begun > completed else {}
        found[scenario.name] = ScenarioResult(begun, completed, duration, failed, {step.name: step.operation})
    return found
