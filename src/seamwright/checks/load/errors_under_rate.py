"""At the declared rate, no more calls fail than the availability objective allows.

Pools that run dry, locks and queues that overflow show only when requests come as fast as was promised. Reads are
mixed with a few creating writes where the environment is for tests. A failure is a server error, a 429 (the rate was
promised), no answer, or an answer that breaks the contract. Without an availability objective none may fail. What is
seen is measured once more before it is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from seamwright.checks._cells import excerpt
from seamwright.checks.load._rate import BOUNDARY, DURATION, Mix, declared_rate, figures_of, kept, reads, writes
from seamwright.contracts.links import path_parameters
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench, LoadFigures
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

WRITES = 0.1
"""Share of the requests that create something."""

MOST_WRITES = 40
"""Different creating calls; a longer run sends them again, as a client that retries would."""

REFUSALS = 0.05
"""Share of refusals (4xx) above which the rate was not really carried."""


@dataclass(frozen=True, slots=True)
class _Count:
    failed: int
    refused: int
    kinds: dict[str, int]


def _applies(subject: Subject) -> Applicability:
    if declared_rate(subject) is None:
        return DoesNotApply("its objectives give no rate")
    if not any(o.method == "GET" for o in subject.operations):
        return DoesNotApply("it has no safe operation that could be sent at a rate")
    return Applies((BOUNDARY,))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    rate = declared_rate(bench.subject) or 0.0
    availability = bench.subject.boundary.objectives.availability
    allowed = 0.0 if availability is None else 1 - availability
    runs: list[LoadFigures] = []
    mix: Mix | None = None
    verdict: Observation | None = None
    try:
        mix = await _mixed(bench, rate)
        for _ in range(2):
            duration = max(0.5, min(DURATION, bench.remaining / 2 - 2))
            runs.append(await bench.load(mix.cases, rate=rate, duration=duration))
            kept(runs[-1])
            if _count(runs[-1]).failed <= allowed * runs[-1].sent:
                break
        verdict = _judged(runs, mix, allowed, availability)
    except Undecided as error:
        verdict = Unknown(BOUNDARY, str(error), error.cause, _measures(runs))
    wrote = mix is not None and any(not bench.operation(case.operation).safe for case, _ in mix.cases)
    unsettled = await _settled(bench) if wrote else ""
    yield verdict if not unsettled else Unknown(BOUNDARY, unsettled, Cause.TARGET, _measures(runs))
    if unsettled:
        yield verdict


def _measures(runs: list[LoadFigures]) -> dict[str, object]:
    return {"load": figures_of(runs[-1], {})} if runs else {}


async def _settled(bench: Bench) -> str:
    """Put test data back, since many objects were made; gives why not, where it is declared and does not work."""
    try:
        await bench.settle()
    except Undecided as error:
        return f"the rate was tried, and then {error}"
    return ""


async def _mixed(bench: Bench, rate: float) -> Mix:
    """Reads, and in a test environment creating writes among them."""
    mix = await reads(bench)
    creating = tuple(o.id for o in bench.subject.operations if _creates(bench, o))
    if bench.subject.manifest.environment != "test" or not creating:
        return mix
    count = min(MOST_WRITES, int(rate * DURATION * WRITES))
    made = await writes(bench, creating, max(1, count // len(creating)))
    if not made.cases:
        return Mix(mix.cases, (*mix.tried, *made.tried), {**mix.left_out, **made.left_out})
    share = max(1, round(len(made.cases) * (1 - WRITES) / WRITES / len(mix.cases)))
    return Mix((*mix.cases * share, *made.cases), (*mix.tried, *made.tried), {**mix.left_out, **made.left_out})


def _creates(bench: Bench, operation: Operation) -> bool:
    """Whether this makes an object that can be read afterwards, on a collection without parents."""
    if operation.method != "POST" or path_parameters(operation.path) or operation.body is None:
        return False
    return reader(bench.contract, operation) is not None


def _count(figures: LoadFigures) -> _Count:
    """Count failures. The load counts every status from 400 among the breaches of the contract; these come off."""
    by_status = {int(status): count for status, count in figures.statuses.items()}
    bad = sum(count for status, count in by_status.items() if status >= 400)
    kinds = {str(s): n for s, n in sorted(by_status.items()) if s >= 500 or s == 429}
    kinds |= {name: count for name, count in figures.errors.items() if name != "contract" and count}
    breaches = max(0, figures.errors.get("contract", 0) - bad)
    if breaches:
        kinds["breaks the contract"] = breaches
    refused = sum(count for status, count in by_status.items() if 400 <= status < 500 and status != 429)
    return _Count(sum(kinds.values()), refused, kinds)


def _judged(runs: list[LoadFigures], mix: Mix, allowed: float, availability: float | None) -> Observation:
    counts = [_count(figures) for figures in runs]
    broken = [count.failed > allowed * figures.sent for count, figures in zip(counts, runs, strict=True)]
    measures = _measures(runs)
    if broken[0] and len(runs) == 2:
        if broken[1]:
            finding = _finding(runs, counts, mix, allowed, availability)
            return Refuted(BOUNDARY, finding, sum(f.sent for f in runs), measures)
        text = f"{counts[0].failed} of {runs[0].sent} failed ({counts[0].kinds}), and then {counts[1].failed}"
        return Unknown(BOUNDARY, f"missed once and held the second time: {text}", Cause.TARGET, measures)
    refused, sent = counts[0].refused, runs[0].sent
    if refused > REFUSALS * sent:
        text = (
            f"{refused} of {sent} requests were refused ({dict(runs[0].statuses)}), so the rate was not really carried"
        )
        return Unknown(BOUNDARY, text, Cause.TARGET, measures)
    return Proved(BOUNDARY, sent, measures)


def _finding(
    runs: list[LoadFigures], counts: list[_Count], mix: Mix, allowed: float, availability: float | None
) -> Finding:
    first, second = runs
    samples = sorted((*second.samples, *first.samples), key=lambda e: 400 <= e.status < 500)
    promised = (
        "no availability is declared, so none may fail" if availability is None else f"{availability:.4g} promised"
    )
    shown = "\n".join(f"for example {e.operation}: {excerpt(e)}" for e in samples[:3])
    witnesses = [*(e.number for e in samples), *(e.number for e in mix.tried)]
    return Finding(
        title=(
            f"At {second.target_rate:g} requests a second more calls fail than is promised "
            f"({', '.join(sorted(counts[1].kinds))})"
        ),
        detail=(
            f"expected: at most {allowed:.4%} of the calls fail ({promised})\n"
            f"seen: {counts[0].failed} of {first.sent}, and once more {counts[1].failed} of {second.sent}\n{shown}"
        ).rstrip(),
        severity=Severity.HIGH,
        key="errors",
        exchanges=tuple(dict.fromkeys(witnesses)),
        facts={"rate": second.target_rate, "allowed": allowed, "first": counts[0].kinds, "second": counts[1].kinds},
    )


CHECK = Check(
    id="load.errors-under-rate",
    proves="at the declared rate, no more calls fail than the availability objective allows",
    oracle="more server errors, 429s, lost answers and breaches of the contract than allowed, in two runs",
    applies=_applies,
    run=_run,
    dares=Dares.LOAD,
    alone=True,
    cwe=("CWE-400",),
)
