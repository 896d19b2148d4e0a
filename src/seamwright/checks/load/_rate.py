"""What is sent at the declared rate, and the figures of a run in the form in which reports show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import excerpt, statuses
from seamwright.checks._honest import Caller, accepted, caller, renewed, succeeded
from seamwright.model.bench import Bench, LoadFigures
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["BOUNDARY", "DURATION", "Mix", "declared_rate", "figures_of", "kept", "reads", "writes"]

BOUNDARY = "boundary"
"""The one cell: objectives are promised of the boundary as a whole."""

DURATION = 3.0
"""Seconds of a run, where nothing asks for more."""

CASES = 2
"""Different calls of each operation."""


@dataclass(frozen=True, slots=True)
class Mix:
    """What is sent in turn, the calls that were tried one by one beforehand, and what had to be left out with why."""

    cases: tuple[tuple[Case, Identity | None], ...]
    tried: tuple[Exchange, ...]
    left_out: Mapping[str, str]


def declared_rate(subject: Subject) -> float | None:
    """The rate at which the objectives must hold, in requests a second."""
    rate = subject.boundary.objectives.rate
    return rate if rate else None


async def reads(bench: Bench, named: Collection[str] = ()) -> Mix:
    """Calls of safe operations on real objects, each answered with success once before it is sent at a rate.

    Of all operations, or of those that are named. Raises Undecided when there is none.
    """
    cases: list[tuple[Case, Identity | None]] = []
    tried: list[Exchange] = []
    left_out: dict[str, str] = {}
    for operation in bench.subject.operations:
        if operation.method != "GET" or (named and operation.id not in named):
            continue
        try:
            who = caller(bench.subject, operation)
            for _ in range(CASES if operation.parameters else 1):
                case = await who.case(bench, operation)
                await _warm(bench, operation, who, case, tried)
                cases.append((case, who.identity))
        except Undecided as error:
            left_out[operation.id] = str(error)
    if not cases:
        why = "; ".join(left_out.values()) or "there is no safe operation"
        raise Undecided(f"no call could be found that is answered with success, to be sent at a rate: {why}")
    return Mix(tuple(cases), tuple(tried), left_out)


async def _warm(bench: Bench, operation: Operation, who: Caller, case: Case, tried: list[Exchange]) -> None:
    exchange = await who.call(bench, case, note="one by one, before the load")
    tried.append(exchange)
    if not exchange.ok:
        raise Undecided(f"{operation.id} was answered {statuses([exchange])}: {excerpt(exchange)}")


async def writes(bench: Bench, operations: tuple[str, ...], count: int) -> Mix:
    """Different creating calls, `count` of each operation; those that are not accepted one by one are left out."""
    cases: list[tuple[Case, Identity | None]] = []
    tried: list[Exchange] = []
    left_out: dict[str, str] = {}
    for name in operations:
        operation = bench.operation(name)
        try:
            good = await accepted(bench, operation)
            tried.append(good.exchange)
            again = await good.caller.call(bench, await renewed(bench, operation, good), note="created twice")
            if not succeeded(operation, again):
                raise Undecided(f"{name} was answered {statuses([again])} the second time")
            cases += [(await renewed(bench, operation, good), good.caller.identity) for _ in range(count)]
        except Undecided as error:
            left_out[name] = str(error)
    return Mix(tuple(cases), tuple(tried), left_out)


def kept(figures: LoadFigures) -> LoadFigures:
    """The figures, where something can be concluded from them. Raises Undecided with the reason otherwise."""
    if not figures.kept_schedule:
        why = figures.why_not or "requests left too late"
        raise Undecided(f"the rate of {figures.target_rate:g}/s could not be kept on our side: {why}", Cause.OURS)
    if figures.sent == 0:
        raise Undecided("no request could be sent: nothing listens there, or every connection failed")
    if figures.answered == 0:
        raise Undecided(f"none of {figures.sent} requests was answered ({dict(figures.errors)})")
    return figures


def figures_of(figures: LoadFigures, objectives: Mapping[str, float]) -> dict[str, Any]:
    """The figures for `measures["load"]`; times in seconds, objectives by name."""
    return {
        "target_rate": figures.target_rate,
        "duration": figures.duration,
        "sent": figures.sent,
        "answered": figures.answered,
        "statuses": dict(figures.statuses),
        "errors": dict(figures.errors),
        "intended": dict(figures.intended),
        "service": dict(figures.service),
        "send_lag": dict(figures.send_lag),
        "timeline": [dict(window) for window in figures.timeline],
        "objectives": dict(objectives),
    }
