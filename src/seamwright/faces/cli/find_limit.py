"""`seamwright load --find-limit`: the search for the highest rate, as it goes and when it is over."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from seamwright.faces.cli.load_summary import verdict
from seamwright.faces.cli.options import known_names, seconds
from seamwright.faces.cli.terminal import out

if TYPE_CHECKING:
    from seamwright.faces.targets import Aim
    from seamwright.faces.workbench import Workbench
    from seamwright.model.evidence import Evidence
    from seamwright.model.run import RunRecord
    from seamwright.run.limit_by_hand import Found, LimitByHand
    from seamwright.run.limit_step import Step
    from seamwright.run.load_by_hand import LoadByHand

__all__ = ["carried_out", "find", "limit_of", "summary"]

BEFORE = 90.0
"""Seconds in which the calls must have been found that are then sent at a rate."""


def limit_of(
    most: float | None, first: float | None, step: str, warm_up: str, precision: float, repeats: int
) -> LimitByHand:
    """What the options ask for. Raises UsageError."""
    from seamwright.model.errors import UsageError
    from seamwright.run.limit_by_hand import LimitByHand

    if not 0 < precision < 1:
        raise UsageError(f"--precision is a share of the rate between 0 and 1, such as 0.05, not {precision:g}")
    if most is not None and first is not None and first > most:
        raise UsageError(f"--from: {first:g}/s is above --rate, the highest that is tried")
    pause = 0.0 if warm_up in ("0", "0s") else seconds(warm_up, "--warm-up")
    lasts = seconds(step, "--step")
    if lasts < 1:
        raise UsageError(f"--step: {step} is too short to tell; 1s at least")
    return LimitByHand(first, most, step=lasts, warm_up=pause, precision=precision, repeats=repeats)


def find(bench: Workbench, aim: Aim, limit: LimitByHand, seed: int, duration: str, as_json: bool, quiet: bool) -> int:
    """Search, show what was found, and give the exit status."""
    from seamwright.faces.cli.running import run
    from seamwright.faces.workbench import exit_status

    record = run(_told(bench, aim, limit, seed, seconds(duration, "--duration") + BEFORE, quiet))
    evidence = record.evidence[0]
    if as_json:
        from seamwright.faces.cli.terminal import print_json

        print_json(_document(record, limit))
    else:
        summary(evidence, limit)
    return exit_status(evidence.verdict)


async def _told(bench: Workbench, aim: Aim, limit: LimitByHand, seed: int, budget: float, quiet: bool) -> RunRecord:
    """The run, with a line for each step when it is over."""
    if quiet:
        return await carried_out(bench, aim, limit, seed, budget, quiet)
    limit.at_step = lambda step: print(_line(step), file=sys.stderr)
    return await carried_out(bench, aim, limit, seed, budget, quiet)


async def carried_out(
    bench: Workbench, aim: Aim, by_hand: LoadByHand | LimitByHand, seed: int, budget: float, quiet: bool
) -> RunRecord:
    """Carry out the one check of a load by hand; its record. Raises UsageError."""
    from seamwright.model.run import Notice, RunFinished
    from seamwright.run.once import Order

    prepared = await bench.prepare_load(aim, by_hand)
    (name,) = aim.boundaries
    known_names("--operation", by_hand.operations, (o.id for o in prepared.subjects.by_name[name].operations))
    record: RunRecord | None = None
    async for event in bench.verify(prepared, Order(seed, budget, arguments=tuple(sys.argv[1:]))):
        if isinstance(event, Notice) and not quiet:
            print(f"note {event.text}", file=sys.stderr)
        if isinstance(event, RunFinished):
            record = event.record
    assert record is not None
    return record


def summary(evidence: Evidence, limit: LimitByHand) -> None:
    """Print each step, what keeps and what fails with how often it was tried, the knee, and the verdict."""
    console = out()
    table = Table("rate", "", "answered", "failed", "p50", "p90", "p99", box=None, pad_edge=False)
    for step in sorted(limit.steps, key=lambda step: step.rate):
        answered = f"{step.throughput:.4g}/s"
        quantiles = [_ms(value) for value in (step.p50, step.p90, step.p99)]
        table.add_row(f"{step.rate:.4g}/s", str(step.tried), answered, str(step.failed), *quantiles)
    if limit.steps:
        console.print(table)
    if limit.found is not None:
        for line in _found(limit.found):
            console.print(escape(line))
    verdict(evidence, limit.left_out)


def _found(found: Found) -> list[str]:
    lines = []
    if found.keeps is not None:
        lines.append(f"keeps {found.keeps:.4g}/s: {_tries(found.keeps_tries)}")
    lines += [f"sometimes {rate:.4g}/s: {_tries(tries)}" for rate, tries in found.sometimes.items()]
    if found.fails is not None:
        lines.append(f"fails {found.fails:.4g}/s: {_tries(found.fails_tries)}")
    if found.gave_out:
        where = found.out_of_reach if found.out_of_reach is not None else found.fails
        lines.append(f"gave out first at {where:.4g}/s: {', then '.join(found.gave_out)}")
    if found.knee is not None:
        knee = found.knee
        lines.append(
            f"knee: the p90 leaves its plateau of {_ms(knee.plateau)} between {knee.on:.4g}/s and {knee.off:.4g}/s"
        )
    return lines


def _tries(tries: Any) -> str:
    ours = tries.get("ours", 0)
    told = {what: count for what, count in sorted(tries.items()) if what != "ours"}
    text = ", ".join(f"{count} of {sum(told.values())} {what}" for what, count in told.items())
    return text + (f" ({ours} more, in which our own side was late)" if ours else "")


def _line(step: Step) -> str:
    why = f": {step.why}" if step.why else ""
    return f"{step.rate:.4g}/s {step.tried}, p99 {_ms(step.p99)}{why}"


def _document(record: RunRecord, limit: LimitByHand) -> dict[str, Any]:
    from seamwright.run.limit_by_hand import document

    evidence = record.evidence[0]
    return {
        "run": record.run.id,
        "boundary": evidence.boundary,
        "seed": record.run.seed,
        "verdict": evidence.verdict,
        "why": evidence.why,
        "left_out": dict(limit.left_out),
        "limit": document(limit),
    }


def _ms(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{1000 * value:.3g} ms" if value < 1 else f"{value:.3g} s"
