"""How many cases a CPU-second of the client generates, sends and validates, beside Schemathesis.

And how long a response takes to be validated. Whole commands against the same servers in one run, alternating; the
medians are told.
"""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _peers

from seamwright.contracts.conformance import ContractValidator
from seamwright.contracts.openapi import load_openapi

HERE = Path(__file__).parent
SEAMWRIGHT = Path(sys.executable).with_name("seamwright")


STREAMING = ("contract.response-conforms", "contract.server-error-on-valid", "contract.undocumented-status")
"""The checks that generate, send and validate by the thousand: what the peer does in its default run."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server to be tried: the URL of its contract, the arguments for ours, and the headers for the peer."""

    name: str
    contract: str
    ours: tuple[str, ...]
    headers: tuple[str, ...] = ()
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class Measured:
    """Cases that a whole command sent, and what it took of the client."""

    cases: int
    cpu: float
    wall: float

    @property
    def rate(self) -> float:
        return self.cases / self.cpu


def measured(command: list[str], folder: Path) -> tuple[str, float, float]:
    """Run a command to its end: its output, and the CPU and wall seconds of it and its children."""
    # Both sides may keep their bytecode, as they do wherever they are used.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, wall = os.times(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    after = os.times()
    cpu = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return done.stdout + done.stderr, cpu, time.perf_counter() - wall


def ours(target: Target, cases: int, seed: int, budget: str = "60s") -> Measured:
    """The whole command, its start and its evidence included; all runs on one target go into one ledger."""
    ledger = target.folder / "ledger.db"
    command = [str(SEAMWRIGHT), "verify", *target.ours, "--check", ",".join(STREAMING), "--cases", str(cases)]
    command += ["--seed", str(seed), "--budget", budget, "--ledger", str(ledger), "--json", "--quiet"]
    text, cpu, wall = measured(command, target.folder)
    try:
        record = json.loads(text)
    except ValueError:
        raise SystemExit(f"seamwright verify of {target.name} gave no report: {text[-500:]}") from None
    return Measured(sum(row["calls"] for row in record["coverage"]), cpu, wall)


def peer(python: Path, target: Target, examples: int, seed: int) -> Measured:
    """The peer's whole command, with the same number of workers as it takes by itself."""
    command = [str(python.with_name("schemathesis")), "run", target.contract, "--max-examples", str(examples)]
    command += ["--seed", str(seed), "--suppress-health-check", "all", "--no-color", "--generation-database", "none"]
    for header in target.headers:
        command += ["-H", header]
    text, cpu, wall = measured(command, target.folder)
    # The summary says how many cases were generated; each was sent.
    found = re.findall(r"([\d,]+) generated", text)
    if not found:
        raise SystemExit(f"schemathesis run of {target.name} told no number of cases: {text[-800:]}")
    return Measured(int(found[-1].replace(",", "")), cpu, wall)


@contextmanager
def ten(folder: Path) -> Iterator[Target]:
    """The API of ten operations."""
    port = _free_port()
    process = subprocess.Popen([sys.executable, str(HERE / "_ten.py"), str(port)])
    try:
        url = f"http://127.0.0.1:{port}/openapi.json"
        _wait(url)
        yield Target("FastAPI, 10 operations", url, (url,), folder=folder)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def demo(folder: Path) -> Iterator[Target]:
    """The orders service of the demo, with a customer who may call it."""
    command = [str(SEAMWRIGHT), "demo", "up", "--data", str(folder / "demo"), "--json"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        shop = json.loads(process.stdout.readline())
        contract = f"{shop['urls']['orders']}/openapi.json"
        _wait(contract)
        bearer = f"Authorization: Bearer {_token(shop['urls']['identity'], folder / 'demo')}"
        yield Target("demo, orders", contract, (shop["manifest"], "orders"), (bearer,), folder)
    finally:
        process.terminate()
        process.wait()


def _token(identity: str, data: Path) -> str:
    from dotenv import dotenv_values

    password = dotenv_values(data / ".env")["SHOP_ALICE_PASSWORD"]
    body = json.dumps({"user": "alice", "password": password}).encode()
    request = urllib.request.Request(f"{identity}/login", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["access_token"])


def validation(rounds: int) -> dict[str, float]:
    """Microseconds to parse and validate a body of 13 kB, the median of the rounds."""
    line = {
        "type": "object",
        "required": ["id", "sku", "quantity", "price", "note"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
            "quantity": {"type": "integer", "minimum": 1, "maximum": 100},
            "price": {"type": "number", "minimum": 0},
            "note": {"type": ["string", "null"], "maxLength": 200},
        },
    }
    schema = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": line}}}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/orders": {"get": {"operationId": "list", "responses": answer}}},
    }
    item = {
        "id": "0d9f5b1e-2c3a-4e5f-8a9b-0c1d2e3f4a5b",
        "sku": "ABC-1234",
        "quantity": 3,
        "price": 12.5,
        "note": "x" * 20,
    }
    count = 13_000 // len(json.dumps(item))
    body = json.dumps({"items": [item] * count}).encode()
    contract = load_openapi(document, source="bench", digest="0" * 64)
    validator, operation = ContractValidator(contract), contract.operations[0]
    assert validator.check_body(operation, 200, "application/json", body) is None
    assert validator.check_body(operation, 200, "application/json", body.replace(b"ABC", b"abc", 1)) is not None
    times = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(1000):
            validator.check_body(operation, 200, "application/json", body)
        times.append((time.process_time() - start) * 1000)
    return {"bytes": len(body), "microseconds": round(statistics.median(times), 1)}


def main() -> None:
    """Measure in alternation, and print."""
    options = _peers.arguments(__doc__ or "")
    python = _peers.peer_python("schemathesis", "schemathesis>=4")
    rounds, cases, budget, examples = (1, 1_000, "60s", 20) if options.quick else (2, 5_000, "240s", 100)
    about = _peers.machine()
    figures: dict[str, Any] = {"validation_of_13_kb": validation(3)}
    peers: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    for served in (ten, demo):
        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as target:
            ours(target, 10, 0), peer(python, target, 2, 0)  # what is done once only, such as compiling, is not counted
            own, other = [], []
            for seed in range(1, rounds + 1):
                own.append(ours(target, cases, seed, budget))
                other.append(peer(python, target, examples, seed))
            figures[target.name] = _told(own)
            peers[target.name] = _told(other)
            ratio = figures[target.name]["cases_per_cpu_second"] / peers[target.name]["cases_per_cpu_second"]
            ratios[target.name] = round(ratio, 1)
    result = {"name": "contract", "figures": figures, "peers": {"schemathesis": peers}, "ratios": ratios}
    _peers.printed({**result, "machine": about}, options.json, _text)


def _told(runs: list[Measured]) -> dict[str, float]:
    return {
        "cases_per_cpu_second": round(statistics.median(run.rate for run in runs), 1),
        "cases": runs[0].cases,
        "cpu_seconds": round(statistics.median(run.cpu for run in runs), 2),
        "wall_seconds": round(statistics.median(run.wall for run in runs), 2),
    }


def _text(result: dict[str, Any]) -> str:
    lines = []
    for name, ratio in result["ratios"].items():
        own, other = result["figures"][name], result["peers"]["schemathesis"][name]
        rates = (own["cases_per_cpu_second"], other["cases_per_cpu_second"])
        lines += [
            f"{name}: cases a CPU-second of the client, whole command",
            f"  seamwright verify, streaming checks   {rates[0]:>9,.1f}  ({own['cases']:,} cases)",
            f"  schemathesis run                     {rates[1]:>9,.1f}  ({other['cases']:,} cases)",
            f"  ratio                                {ratio:>9,.1f}",
        ]
    body = result["figures"]["validation_of_13_kb"]
    lines.append(f"parsing and validating a body of {body['bytes']:,} bytes: {body['microseconds']} µs")
    return "\n".join(lines)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(url: str) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    main()
