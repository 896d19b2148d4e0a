"""`seamwright load`: one load run by hand."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seamwright.faces.cli.options import (
    DEFAULT_LEDGER,
    AsJson,
    LedgerAt,
    Seed,
    environment_named,
    known_names,
    seconds,
    seeded,
    token_in,
)
from seamwright.faces.workbench import Workbench

if TYPE_CHECKING:
    from seamwright.engines.load import Offered, Profile, Trace, Users
    from seamwright.faces.cli.load_source import Source
    from seamwright.faces.targets import Aim
    from seamwright.model.run import RunRecord
    from seamwright.run.load_by_hand import LoadByHand
    from seamwright.run.loading import Loaded

__all__ = ["load"]

PROFILES = ("constant", "ramp", "steps", "spike", "poisson", "replay")

EXPORTS = (".json", ".csv", ".hlog", ".prom")

BEFORE = 90.0
"""Seconds in which the calls must have been found that are then sent at a rate."""

LAST = 40.0
"""Seconds for the teardown, and what it takes to end."""


def load(
    target: Annotated[
        str,
        typer.Argument(
            metavar="BOUNDARY|URL", help="A boundary of the manifest by name, or the URL of an OpenAPI document."
        ),
    ],
    rate: Annotated[
        str | None, typer.Option("--rate", help="Requests, like 200/s or 600/min; by default the objectives' rate.")
    ] = None,
    duration: Annotated[
        str | None,
        typer.Option(
            "--duration", help="How long requests come due, 30s by default; with --find-limit all of it at most, 10m."
        ),
    ] = None,
    profile: Annotated[
        str,
        typer.Option("--profile", help=f"How the rate goes over time: {', '.join(PROFILES)}."),
    ] = "constant",
    start: Annotated[
        str | None,
        typer.Option("--from", help="Rate at the start of ramp and steps, and around a spike; a tenth of --rate."),
    ] = None,
    steps: Annotated[int, typer.Option("--steps", min=2, help="Equal steps from --from up to --rate.")] = 5,
    spike: Annotated[
        str | None, typer.Option("--spike", help="How long the spike lasts in the middle; a tenth of --duration.")
    ] = None,
    random: Annotated[
        bool, typer.Option("--random", help="Requests come as a Poisson process of that rate, not evenly spread.")
    ] = False,
    trace: Annotated[
        Path | None, typer.Option("--trace", help="Replay: a file with an offset in seconds on each line.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option("--speed", help="With --trace or --har: so many times as quickly as it was recorded."),
    ] = None,
    users: Annotated[
        int | None,
        typer.Option("--users", min=1, help="A closed model instead: so many callers, who wait for each answer."),
    ] = None,
    think: Annotated[
        str | None, typer.Option("--think", help="With --users: how long each thinks between two calls, like 500ms.")
    ] = None,
    operation: Annotated[
        list[str] | None,
        typer.Option(
            "--operation",
            "--operations",
            help="Only these, with weights: listOrders=3,getOrder. By default every safe one.",
        ),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option("--scenario", help="Only these scenarios of the manifest, with weights: buy=3. By default all."),
    ] = None,
    har: Annotated[
        Path | None, typer.Option("--har", help="Send what a HAR file recorded of this boundary, as one scenario.")
    ] = None,
    objective: Annotated[
        list[str] | None,
        typer.Option(
            "--objective",
            help="What is to hold, in place of the manifest's: p99<300ms, errors<1%, rate>=200/s.",
        ),
    ] = None,
    abort: Annotated[
        bool,
        typer.Option("--abort", help="End the run when an objective is plainly broken, and was for five seconds."),
    ] = False,
    find_limit: Annotated[
        bool,
        typer.Option(
            "--find-limit", help="Search the highest rate that keeps the objectives, from --from up to --rate."
        ),
    ] = False,
    step: Annotated[
        str, typer.Option("--step", help="With --find-limit: how long each rate is tried at least.")
    ] = "5s",
    warm_up: Annotated[
        str, typer.Option("--warm-up", help="With --find-limit: how long each rate is sent before it counts.")
    ] = "1s",
    precision: Annotated[
        float, typer.Option("--precision", help="With --find-limit: how close, as a share of the rate.")
    ] = 0.05,
    repeat: Annotated[
        int, typer.Option("--repeat", min=1, help="With --find-limit: how often what keeps and what fails is tried.")
    ] = 3,
    connections: Annotated[
        int | None,
        typer.Option(
            "--connections", min=1, help="Most requests on their way at a time; 64, and 256 with --find-limit."
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            min=1,
            help="Processes that share the schedule; by default as many as the rate needs and cores are free.",
        ),
    ] = None,
    seed: Seed = None,
    environment: Annotated[
        str | None, typer.Option("--environment", help="test, staging or production; only test allows load.")
    ] = None,
    token_env: Annotated[
        str | None, typer.Option("--token-env", help="With a URL: the variable that holds a bearer token to call with.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", "-m", help="The manifest; by default seamwright.yaml here or above.")
    ] = None,
    export: Annotated[
        list[Path] | None,
        typer.Option("--export", help="Write figures, by ending: .json, .csv (timeline), .hlog (HdrHistogram), .prom."),
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    ledger: LedgerAt = DEFAULT_LEDGER,
) -> None:
    """Send requests by the clock, validate every answer, and hold the figures against the objectives.

    Exit status: 0 they hold, 1 one is broken, 2 wrong usage, 3 it cannot be said: our own schedule was not kept, or
    there were too few answers.
    """
    from math import isfinite
    from urllib.parse import urlsplit

    from seamwright.engines.load import choose, cores_here
    from seamwright.faces.cli.load_source import source
    from seamwright.faces.cli.running import run
    from seamwright.faces.targets import aimed
    from seamwright.faces.workbench import exit_status
    from seamwright.model.errors import UsageError
    from seamwright.run.load_by_hand import LoadByHand
    from seamwright.run.loading import CONNECTIONS
    from seamwright.run.promises import promised

    exports = tuple(export or ())
    for path in exports:
        if path.suffix not in EXPORTS:
            raise UsageError(f"--export: {path} ends with none of {', '.join(EXPORTS)}")
    weights = _weights(operation or [])
    if speed is not None and not (isfinite(speed) and speed > 0):
        raise UsageError(f"--speed: {speed:g} is no number above 0; 2 is twice as quick")
    if manifest is not None and "://" in target:
        raise UsageError("--manifest goes with the name of a boundary, not with a URL")
    targets = (target,) if manifest is None else (str(manifest), target)
    aim = _one(aimed(targets, environment=environment_named(environment), token=token_in(token_env)))
    boundary = aim.manifest.boundaries[aim.boundaries[0]]
    objectives, url = promised(objective or [], boundary.objectives), boundary.url
    number = seeded(seed)
    again = shlex.join(["seamwright", *sys.argv[1:], *(() if seed is not None else ("--seed", str(number)))])
    if aim.notice and not quiet:
        print(f"note {aim.notice}", file=sys.stderr)
    if find_limit:
        from seamwright.faces.cli.find_limit import find, limit_of

        _not_with_find_limit(
            {
                "--users": users,
                "--think": think,
                "--profile": profile if profile != "constant" else None,
                "--spike": spike,
                "--trace": trace,
                "--random": random or None,
                "--abort": abort or None,
                "--export": exports or None,
                "--scenario": scenario,
                "--har": har,
                "--speed": speed,
            }
        )
        limit = limit_of(
            None if rate is None else _per_second(rate, "--rate"),
            None if start is None else _per_second(start, "--from"),
            step,
            warm_up,
            precision,
            repeat,
        )
        limit.operations, limit.reproduce, limit.objectives = weights, again, objectives
        limit.connections, limit.processes = connections or limit.connections, processes
        raise typer.Exit(find(Workbench(ledger), aim, limit, number, duration or "10m", as_json, quiet))
    duration = duration or "30s"
    section = aim.manifest.load.get(aim.boundaries[0])
    chosen = _weights(scenario or [], "--scenario", "buy=3")
    what = source(section, chosen, weights, har, speed=speed, trace=trace, profile=profile)
    if what.has_script and (processes or 1) > 1:
        raise UsageError("--processes: scenarios and recordings are sent by one process; leave it out")
    offered: Offered
    if users is not None:
        clashing = {"--rate": rate, "--from": start, "--spike": spike, "--trace": trace, "--random": random or None}
        offered = _users(
            users, think, duration, profile, [name for name, value in clashing.items() if value is not None]
        )
    elif think is not None:
        raise UsageError("--think goes with --users: by the clock, nobody waits for an answer")
    else:
        if har is not None and rate is None and trace is None and not what.replayed:
            raise UsageError("--har: say how often it is walked through: --rate 2/s, --users 5, or --profile replay")
        full = objectives.rate / what.steps if objectives.rate is not None else None
        by_clock = _offered(profile, rate, full, duration, start, steps, spike, trace, what)
        offered = _randomly(by_clock) if random and profile != "poisson" else by_clock
    by_hand = LoadByHand(offered, weights, connections or CONNECTIONS, again, processes, objectives, abort)
    if processes is None and not what.has_script:
        by_hand.processes, why = choose(offered, urlsplit(url or "").hostname or "", cores_here())
        if not quiet and by_hand.processes > 1:
            print(f"{by_hand.processes} processes: {why}", file=sys.stderr)
    slowest = max((limit for _, _, limit in objectives.latency.items()), default=1.0)
    record = run(_loaded(Workbench(ledger), aim, by_hand, what, number, slowest, quiet))
    evidence = record.evidence[0]
    if by_hand.loaded is not None:
        for path in exports:
            _exported(path, by_hand.loaded)
            if not quiet:
                print(f"export: {path}", file=sys.stderr)
    elif exports:
        print("nothing was exported: no load was sent", file=sys.stderr)
    if as_json:
        from seamwright.faces.cli.terminal import print_json

        print_json(_told(record, by_hand))
    else:
        from seamwright.faces.cli.load_summary import summary

        summary(evidence, by_hand)
    raise typer.Exit(exit_status(evidence.verdict))


def _not_with_find_limit(given: dict[str, Any]) -> None:
    from seamwright.model.errors import UsageError

    clashing = [name for name, value in given.items() if value is not None]
    if clashing:
        raise UsageError(f"--find-limit tries one constant rate after the other; leave out {', '.join(clashing)}")


def _one(aim: Aim) -> Aim:
    """The aim at the one boundary that was named, or that there is. Raises UsageError."""
    from seamwright.model.errors import UsageError

    names = aim.boundaries or tuple(aim.manifest.boundaries)
    if len(names) != 1:
        raise UsageError(f"load takes one boundary; there are: {', '.join(names)}")
    known_names("BOUNDARY", names, aim.manifest.boundaries)
    return replace(aim, boundaries=names)


def _weights(operations: list[str], option: str = "--operation", like: str = "listOrders=3") -> dict[str, float]:
    from math import isfinite

    from seamwright.model.errors import UsageError

    weights: dict[str, float] = {}
    for text in (part.strip() for value in operations for part in value.split(",")):
        name, equals, weight = text.rpartition("=")
        if not equals:
            name, weight = text, "1"
        try:
            value = float(weight)
        except ValueError:
            value = 0.0
        if not name or not (isfinite(value) and value > 0):
            what = option.removeprefix("--")
            raise UsageError(f"{option}: {text!r} is no {what} with a weight above 0; write it like {like}")
        weights[name] = value
    return weights


def _per_second(text: str, option: str) -> float:
    from pydantic import TypeAdapter, ValidationError

    from seamwright.model.errors import UsageError
    from seamwright.model.units import PerSecond

    try:
        return float(TypeAdapter(PerSecond).validate_python(text))
    except ValidationError:
        raise UsageError(f"{option}: {text!r} is no rate above 0; write it like 200/s or 600/min") from None


def _offered(
    name: str,
    rate: str | None,
    promised: float | None,
    duration: str,
    start: str | None,
    steps: int,
    spike: str | None,
    trace: Path | None,
    what: Source,
) -> Profile | Trace:
    """What the options ask for by the clock. Raises UsageError."""
    import numpy as np

    from seamwright.engines.load import Profile, Trace
    from seamwright.model.errors import UsageError

    if name not in PROFILES:
        raise UsageError(f"--profile: {name!r} is none of {', '.join(PROFILES)}")
    if trace is not None and name not in ("replay", "constant"):
        raise UsageError("--trace FILE says when requests come, and so does --profile; leave one out")
    if trace is not None:
        return _trace(trace).at_speed(what.speed)
    if what.replayed:
        return Trace(np.zeros(1, dtype=np.int64))  # its moments are known once it was matched with the contract
    if name == "replay":
        raise UsageError("--profile replay wants --trace FILE or --har FILE: when was it?")
    if rate is None and promised is None:
        raise UsageError("--rate is needed: the boundary's objectives give no rate")
    full = _per_second(rate, "--rate") if rate is not None else promised or 0.0
    length = seconds(duration, "--duration")
    least = _per_second(start, "--from") if start is not None else full / 10
    if start is not None and name in ("constant", "poisson"):
        raise UsageError(f"--from says nothing of a rate that is {name}; it goes with ramp, steps and spike")
    if spike is not None and name != "spike":
        raise UsageError("--spike goes with --profile spike")
    match name:
        case "ramp":
            return Profile.ramp(least, full, length)
        case "steps":
            return Profile.steps(np.linspace(least, full, steps).tolist(), length)
        case "spike":
            lasts = seconds(spike, "--spike") if spike is not None else length / 10
            if lasts >= length:
                raise UsageError(f"--spike: {lasts:g} s is not shorter than the whole run of {length:g} s")
            return Profile.spike(least, full, length, lasts)
        case "poisson":
            return Profile.constant(full, length).poisson()
    return Profile.constant(full, length)


def _users(number: int, think: str | None, duration: str, profile: str, clashing: list[str]) -> Users:
    """The closed model that the options ask for. Raises UsageError."""
    from seamwright.engines.load import Users
    from seamwright.model.errors import UsageError

    if profile != "constant":
        clashing.append("--profile")
    if clashing:
        raise UsageError(f"--users: {', '.join(clashing)} ask for requests by the clock; leave them or --users out")
    length = seconds(duration, "--duration")
    pause = 0.0 if think is None or think in ("0", "0s") else seconds(think, "--think")
    return Users(number, length, pause)


def _trace(path: Path) -> Trace:
    from seamwright.engines.load import read_trace
    from seamwright.model.errors import UsageError

    try:
        with path.open(encoding="utf-8") as lines:
            return read_trace(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--trace: {path} cannot be read: {error}") from None
    except ValueError as error:
        raise UsageError(f"--trace: {path}: {error}") from None


def _randomly(offered: Profile | Trace) -> Profile:
    from seamwright.engines.load import Trace
    from seamwright.model.errors import UsageError

    if isinstance(offered, Trace):
        raise UsageError("--random: a trace is replayed as it was recorded")
    return offered.poisson()


async def _loaded(
    bench: Workbench, aim: Aim, by_hand: LoadByHand, what: Source, seed: int, slowest: float, quiet: bool
) -> RunRecord:
    """Run it; `slowest` is the longest latency in seconds that is promised."""
    from seamwright.model.run import Notice, RunFinished
    from seamwright.run.once import Order

    (name,) = aim.boundaries
    more = BEFORE + 12 * slowest
    by_hand.scripted = what.has_script
    prepared = await bench.prepare_load(aim, by_hand)
    subject = prepared.subjects.by_name[name]
    known_names("--operation", by_hand.operations, (o.id for o in subject.operations))
    by_hand.offered = offered = what.offered(subject, by_hand.offered)
    record: RunRecord | None = None
    with what.opened(subject, seed) as script:
        by_hand.script = script
        if script is not None:
            by_hand.left_out = script.left_out
            more += script.longest + LAST + script.most * max(10.0, 8 * slowest)
        if not quiet:
            sized = _sized(offered) if script is None or script.in_turn else _sized(offered, "walks")
            print(f"{sized} over {offered.duration:g} s, seed {seed}", file=sys.stderr)
        order = Order(seed, offered.duration + more, arguments=tuple(sys.argv[1:]))
        async for event in bench.verify(prepared, order):
            if isinstance(event, Notice) and not quiet:
                print(f"note {event.text}", file=sys.stderr)
            if isinstance(event, RunFinished):
                record = event.record
    assert record is not None
    return record


def _sized(offered: Offered, what: str = "requests") -> str:
    from seamwright.engines.load import Users

    if isinstance(offered, Users):
        return f"{offered.number} user{'s' if offered.number > 1 else ''}"
    return f"{offered.count} {what}"


def _exported(path: Path, loaded: Loaded) -> None:
    """Write the figures in the format that the ending names. Raises UsageError."""
    from seamwright.engines.load import exports
    from seamwright.faces.writing import write_whole

    match path.suffix:
        case ".json":
            import json

            text = json.dumps(exports.document(loaded.result), indent=2) + "\n"
        case ".csv":
            text = exports.timeline(loaded.result)
        case ".hlog":
            text = exports.hdr_log(loaded.result, loaded.started)
        case _:
            text = exports.openmetrics(loaded.result)
    write_whole(path, text.encode())


def _told(record: RunRecord, by_hand: LoadByHand) -> dict[str, Any]:
    from seamwright.engines.load.exports import document

    evidence = record.evidence[0]
    return {
        "run": record.run.id,
        "boundary": evidence.boundary,
        "seed": record.run.seed,
        "verdict": evidence.verdict,
        "why": evidence.why,
        "thresholds": [asdict(threshold) for threshold in by_hand.thresholds],
        "left_out": dict(by_hand.left_out),
        "notes": list(by_hand.script.notes) if by_hand.script is not None else [],
        "load": None if by_hand.loaded is None else document(by_hand.loaded.result),
    }
