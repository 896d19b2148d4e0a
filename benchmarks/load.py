"""Requests a CPU-second of the client, beside wrk, hey and h2load; and what each says of a target that was frozen.

One server in a process of its own, pinned apart from the clients where there are two CPUs; runs alternate, the medians
are told. As the peers do, 32 connections each wait for their answer. Peers come from packages (wrk, hey,
nghttp2-client); those that are not installed are named. Coordinated omission: the server is stopped for one second of
ten at 1,000 requests a second, so that the true p99 is about 900 ms. Send lag: how late requests leave at 10,000 a
second, by one process and, where CPUs are left for them, by several; and how long those take to start.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _peers

from seamwright.contracts.conformance import ContractValidator
from seamwright.contracts.openapi import load_openapi
from seamwright.engines.load import (
    LoadPlan,
    LoadResult,
    Offered,
    Profile,
    RequestTemplate,
    Response,
    Users,
    render_request,
    run_load,
    run_spread,
)
from seamwright.model.exchange import Request
from seamwright.run.answers import Answers

HERE = Path(__file__).parent

Validate = Callable[[RequestTemplate, Response], str | None]

PACKAGES = {"wrk": "wrk", "hey": "hey", "h2load": "nghttp2-client"}
"""Peers by program, with the package that brings each."""

CONNECTIONS = 32

CARRIED = 0.7
"""Share of what so many connections carry that is offered by the clock: no CPU is spent on what cannot be sent."""

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "plain", "version": "1"},
    "paths": {
        "/": {
            "get": {
                "operationId": "get",
                "responses": {
                    "200": {
                        "description": "a cup",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id", "name"],
                                    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
                                }
                            }
                        },
                    }
                },
            }
        }
    },
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers, and what they took of the client."""

    answered: int
    cpu: float
    wall: float

    @property
    def rate(self) -> float:
        return self.answered / self.cpu


@contextlib.contextmanager
def served(*words: str) -> Iterator[tuple[int, int]]:
    """The plain server on the last CPU: its port and its process id."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "_plain.py"), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            pinned(process.pid, -1)
            yield int(process.stdout.readline()), process.pid
        finally:
            process.kill()


def pinned(pid: int, which: int) -> None:
    """Pin a process to one of the CPUs that we may use, where there are two."""
    if hasattr(os, "sched_setaffinity") and len(CPUS) > 1:
        os.sched_setaffinity(pid, {CPUS[which]})


CPUS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def run(plan: LoadPlan) -> LoadResult:
    return on_quickest(run_load(plan))


def on_quickest(running: Coroutine[Any, Any, LoadResult]) -> LoadResult:
    """On uvloop, where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(running)
    return uvloop.run(running)


def validator(port: int, *, remember: bool) -> Validate:
    """Holds every answer against the contract, as `seamwright load` does; with or without remembering equal ones."""
    contract = load_openapi(DOCUMENT, source="plain.json", digest="0" * 64)
    (operation,) = contract.operations
    known = {asked(port).data: (operation, Request("GET", "http://127.0.0.1/"))}
    return Answers(ContractValidator(contract), known, remember=remember)


def asked(port: int) -> RequestTemplate:
    return RequestTemplate("get", render_request("GET", "/", {"Host": f"127.0.0.1:{port}"}))


def ours(port: int, offered: Offered, validate: Validate | None) -> Measured:
    plan = LoadPlan(
        "127.0.0.1", port, (asked(port),), profile=offered, connections=CONNECTIONS, timeout=1.0, validate=validate
    )
    before, clock = time.process_time(), time.perf_counter()
    result = run(plan)
    cpu, wall = time.process_time() - before, time.perf_counter() - clock
    if result.invalid:
        raise SystemExit(f"the plain server was said to break its contract: {result.failures[0].reason}")
    if isinstance(offered, Users) and result.errors:
        raise SystemExit(f"the plain server was said to fail: {result.error_samples[0].detail}")
    return Measured(result.answered, cpu, wall)


def peer(name: str, port: int, seconds: float) -> Measured:
    url = f"http://127.0.0.1:{port}/"
    command = {
        "wrk": ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", url],
        "hey": ["hey", "-c", str(CONNECTIONS), "-z", f"{seconds:g}s", url],
        "h2load": ["h2load", "--h1", "-t1", f"-c{CONNECTIONS}", f"-D{max(1, round(seconds))}", url],
    }[name]
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    counts = {
        "wrk": r"(\d+) requests in",
        "hey": r"\[200\]\s+(\d+) responses",
        "h2load": r"(\d+) succeeded",
    }
    match = re.search(counts[name], text)
    if match is None:
        raise SystemExit(f"{name} said nothing of how many requests were answered:\n{text}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(int(match[1]), cpu, time.perf_counter() - clock)


def throughput(seconds: float, rounds: int, peers: list[str]) -> dict[str, Any]:
    """Answers a CPU-second of each, in rounds that alternate.

    As many connections as the peers have, each of which waits for its answer before it asks again; and once by the
    clock, which no peer does.
    """
    runs: dict[str, list[Measured]] = {}
    users = Users(CONNECTIONS, seconds)
    with served() as (port, _), served("numbered") as (numbered, _):
        ways: dict[str, Callable[[], Measured]] = {
            "unvalidated": lambda: ours(port, users, None),
            "every answer validated": lambda: ours(port, users, validator(port, remember=False)),
            "every answer validated, equal ones once": lambda: ours(port, users, validator(port, remember=True)),
            "unvalidated, all answers differ": lambda: ours(numbered, users, None),
            "every answer validated, all differ": lambda: ours(numbered, users, validator(numbered, remember=True)),
        }
        warm = ours(port, Users(CONNECTIONS, 1.0), None)
        clock = Profile.constant(CARRIED * warm.answered / warm.wall, seconds)
        ways["unvalidated, by the clock"] = lambda: ours(port, clock, None)
        for _ in range(rounds):
            for way, measure in ways.items():
                runs.setdefault(f"seamwright, {way}", []).append(measure())
            for name in peers:
                runs.setdefault(name, []).append(peer(name, port, seconds))
    base = [measured.rate for measured in runs.get("wrk", [])]
    return {
        name: {
            "answers_per_cpu_second": round(statistics.median(m.rate for m in measured)),
            "answers_per_second": round(statistics.median(m.answered / m.wall for m in measured)),
            "of_wrk": [round(m.rate / other, 2) for m, other in zip(measured, base, strict=False)],
            "runs": len(measured),
        }
        for name, measured in runs.items()
    }


@contextlib.contextmanager
def frozen(pid: int, after: float, length: float) -> Iterator[None]:
    """Stop the process for a time, after a time."""

    def freeze() -> None:
        time.sleep(after)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(length)
        finally:
            os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=freeze)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def omission(rounds: int, peers: list[str], whole: float, stall: float) -> dict[str, Any]:
    """The p99 in milliseconds that each says, at 1,000 requests a second; wrk has no rate, and is left out."""
    said: dict[str, list[float]] = {}
    kept: list[bool] = []
    with served() as (port, pid):
        request = asked(port)
        for _ in range(rounds):
            with frozen(pid, 0.4 * whole, stall):
                result = run(LoadPlan("127.0.0.1", port, (request,), profile=Profile.constant(1000, whole)))
            kept.append(result.kept_schedule)
            if result.intended is not None and result.service is not None:
                said.setdefault("seamwright, intended", []).append(1000 * result.intended.p99)
                said.setdefault("seamwright, service", []).append(1000 * result.service.p99)
            if "hey" in peers:
                with frozen(pid, 0.4 * whole, stall):
                    said.setdefault("hey", []).append(hey_p99(port, whole))
            if "h2load" in peers:
                with frozen(pid, 0.4 * whole, stall):
                    said.setdefault("h2load", []).append(h2load_p99(port, whole))
    return {
        "stall_ms": 1000 * stall,
        "seconds": whole,
        "kept_schedule": kept,
        "p99_ms": {name: [round(value, 1) for value in values] for name, values in said.items()},
    }


def hey_p99(port: int, whole: float) -> float:
    # 50 workers at 20 a second each.
    command = ["hey", "-c", "50", "-q", "20", "-z", f"{whole:g}s", f"http://127.0.0.1:{port}/"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    match = re.search(r"99%+ in ([\d.]+) secs", text)
    if match is None:
        raise SystemExit(f"hey said nothing of its p99:\n{text}")
    return 1000 * float(match[1])


def h2load_p99(port: int, whole: float) -> float:
    """From its log of single requests: when each began, its status, and its duration in microseconds."""
    log = _peers.FOLDER / "h2load.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    # 50 connections of 20 requests a second, each with its share of all.
    command = ["h2load", "--h1", "-t1", "-c50", "--rps=20", f"-n{round(1000 * whole)}", f"--log-file={log}"]
    subprocess.run([*command, f"http://127.0.0.1:{port}/"], capture_output=True, check=True)
    durations = sorted(int(line.split()[2]) for line in log.read_text().splitlines())
    return durations[round(0.99 * len(durations)) - 1] / 1000


LAG_RATE = 10_000


def lag(rounds: int, seconds: float) -> dict[str, Any]:
    """How late requests leave at 10,000 a second, in milliseconds, round by round; by one process and by several."""
    most = max(1, len(CPUS) - 1)
    rows: dict[str, list[LoadResult]] = {}
    with served() as (port, _):
        plan = LoadPlan("127.0.0.1", port, (asked(port),), profile=Profile.constant(LAG_RATE, seconds))
        for _ in range(rounds):
            for number in dict.fromkeys((1, min(2, most), most)):
                # One process has the first CPU; several share all but the server's.
                if number > 1:
                    os.sched_setaffinity(0, set(CPUS[:-1]))
                rows.setdefault(f"{number} process{'es' if number > 1 else ''}", []).append(spread(plan, number))
                pinned(0, 0)
    return {
        name: {
            "send_lag_p99_ms": [round(1000 * result.send_lag.p99, 2) for result in results],
            "own_lag_p99_ms": [round(1000 * result.own_lag.p99, 2) for result in results],
            "own_lag_max_ms": [round(1000 * result.own_lag.maximum, 2) for result in results],
            "cpu": [round(result.cpu, 2) for result in results],
            "answered": [result.answered for result in results],
            "kept_schedule": [result.kept_schedule for result in results],
            "ready_after_s": [round(result.ready_after, 2) for result in results],
        }
        for name, results in rows.items()
    }


def spread(plan: LoadPlan, number: int) -> LoadResult:
    return on_quickest(run_spread(plan, number)) if number > 1 else run(plan)


def start_cost(rounds: int) -> list[float]:
    """Seconds until two processes are ready, on the CPU of the client."""
    with served() as (port, _):
        plan = LoadPlan("127.0.0.1", port, (asked(port),), profile=Profile.constant(10, 0.2))
        return [round(spread(plan, 2).ready_after, 3) for _ in range(rounds)]


def told(result: dict[str, Any]) -> str:
    lines = [f"{'':52} answers/CPU-s  answers/s  of wrk, round by round"]
    for name, row in result["throughput"].items():
        ratios = row["of_wrk"]
        ratio = f"  {statistics.median(ratios):.2f} ({', '.join(map(str, ratios))})" if ratios else ""
        lines.append(f"{name:52} {row['answers_per_cpu_second']:13,} {row['answers_per_second']:10,}{ratio}")
    omitted = result["omission"]
    lines.append(f"frozen for {omitted['stall_ms']:g} ms of {omitted['seconds']:g} s at 1,000/s, p99 in ms:")
    lines += [f"{name:52} {', '.join(map(str, values))}" for name, values in omitted["p99_ms"].items()]
    if not all(omitted["kept_schedule"]):
        lines.append("(our own schedule was not kept in every run: the machine was busy)")
    for name, row in result["lag"].items():
        lines.append(f"{name} at {LAG_RATE:,}/s, in ms, round by round:")
        lines += [
            f"{'  ' + what:52} {', '.join(map(str, row[key]))}"
            for what, key in (
                ("send lag, p99", "send_lag_p99_ms"),
                ("our own part of it, p99", "own_lag_p99_ms"),
                ("our own part of it, maximum", "own_lag_max_ms"),
                ("schedule kept", "kept_schedule"),
            )
        ]
    lines.append(f"{'two processes are ready after, in s':52} {', '.join(map(str, result['start_cost_s']))}")
    lines += [f"{name} is missing: apt-get install {package}" for name, package in result["missing"].items()]
    lines.append(json.dumps(result["machine"]))
    return "\n".join(lines)


def main() -> None:
    options = _peers.arguments(__doc__ or "")
    peers = [name for name in PACKAGES if shutil.which(name)]
    machine = _peers.machine()
    pinned(0, 0)
    result = {
        "machine": machine,
        "missing": {name: package for name, package in PACKAGES.items() if name not in peers},
        "throughput": throughput(1.0 if options.quick else 5.0, 2 if options.quick else 5, peers),
        "omission": omission(1 if options.quick else 5, peers, 10.0, 1.0),
        "lag": lag(1 if options.quick else 5, 2.0 if options.quick else 10.0),
        "start_cost_s": start_cost(1 if options.quick else 5),
    }
    result["machine"]["load_after"] = os.getloadavg()[0]
    _peers.printed(result, options.json, told)


if __name__ == "__main__":
    main()
