"""What a relay costs beside haproxy: work a CPU-second of the relay alone, and the delay that it adds.

One upstream in a process of its own; client and upstream share the last CPU, the relay has the first. Runs alternate,
and medians are told. Nothing is armed: TCP, HTTP-aware, and bulk; and HTTP-aware with one rule armed that strikes
another operation. haproxy runs with one thread; for bulk with and without its own `splice-response`. Peers come from
packages (haproxy, wrk); those that are not installed are named.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _peers

HERE = Path(__file__).parent
PACKAGES = {"haproxy": "haproxy", "wrk": "wrk"}
CONNECTIONS = 32
CPUS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
TICK = os.sysconf("SC_CLK_TCK")

HAPROXY = """
global
  nbthread 1
  maxconn 2000
defaults
  mode {mode}
  {option}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  {reuse}
listen relay
  bind 127.0.0.1:{port}
  server one 127.0.0.1:{upstream}
"""

POUR = """
import socket, sys
chunk = memoryview(bytes(1 << 20))
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(listening.getsockname()[1], flush=True)
    while True:
        peer, _ = listening.accept()
        with peer:
            try:
                count = int(peer.recv(32) or 0)
                for _ in range(count):
                    peer.sendall(chunk)
            except OSError:
                pass
"""


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay that runs: where it listens, and its process."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


def pinned(pid: int, which: int) -> None:
    """Pin a process to one of the CPUs that we may use, where there are two."""
    if len(CPUS) > 1:
        os.sched_setaffinity(pid, {CPUS[which]})


@contextlib.contextmanager
def upstream(*command: str) -> Iterator[int]:
    """A server that prints its port, on the last CPU."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            pinned(process.pid, -1)
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextlib.contextmanager
def relayed(name: str, port: int) -> Iterator[Relay]:
    """One of the relays in front of this port, on the first CPU."""
    with ours(port, name.partition(" ")[2]) if name.startswith("seamwright") else haproxy(port, name) as relay:
        pinned(relay.pid, 0)
        yield relay


@contextlib.contextmanager
def ours(port: int, protocol: str) -> Iterator[Relay]:
    command = [sys.executable, "-m", "seamwright.engines.faults.control", "--upstream", f"127.0.0.1:{port}"]
    command += ["--protocol", "tcp" if protocol == "TCP" else "http", "--lifeline"]
    if "armed" in protocol:
        command += ["--rule", "reset,operation=DELETE /orders/{id},ttl=1h"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        try:
            yield Relay(int(ready["relay"].rpartition(":")[2]), process.pid)
        finally:
            process.terminate()


@contextlib.contextmanager
def haproxy(port: int, name: str) -> Iterator[Relay]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        own = probe.getsockname()[1]
    http = "HTTP" in name
    text = HAPROXY.format(
        mode="http" if http else "tcp",
        option="option splice-response\n  option splice-request" if "splice" in name else "",
        reuse="http-reuse always" if http else "",
        port=own,
        upstream=port,
    )
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
        file.write(text)
        file.flush()
        with subprocess.Popen(["haproxy", "-db", "-q", "-f", file.name]) as process:
            try:
                until_open(own)
                yield Relay(own, process.pid)
            finally:
                process.send_signal(signal.SIGTERM)


def until_open(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise SystemExit(f"nothing listens on {port}")


def requests(relay: Relay, seconds: float) -> tuple[float, float]:
    """Requests a CPU-second of the relay, and a second."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", f"http://127.0.0.1:{relay.port}/"]
    before, clock = relay.cpu(), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pinned(process.pid, -1)
        text = process.communicate()[0]
    found = re.search(r"(\d+) requests in", text)
    if found is None or "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"wrk was not served:\n{text}")
    count = int(found[1])
    return count / (relay.cpu() - before), count / (time.perf_counter() - clock)


def bulk(relay: Relay, megabytes: int) -> tuple[float, float]:
    """Megabytes a CPU-second of the relay, and a second."""
    before, clock = relay.cpu(), time.perf_counter()
    buffer = bytearray(1 << 20)
    left = megabytes << 20
    with socket.create_connection(("127.0.0.1", relay.port)) as connection:
        connection.sendall(str(megabytes).encode())
        while left:
            got = connection.recv_into(buffer)
            if not got:
                raise SystemExit(f"the connection ended {left} bytes too early")
            left -= got
    return megabytes / max(relay.cpu() - before, 1 / TICK), megabytes / (time.perf_counter() - clock)


async def latencies(port: int, count: int) -> list[float]:
    """Microseconds of single requests, one after the other, on one connection."""
    ask = b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"
    taken = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            began = time.perf_counter()
            connection.sendall(ask)
            connection.recv(4096)
            taken.append(1e6 * (time.perf_counter() - began))
    return taken


def small(seconds: float, rounds: int, names: list[str]) -> dict[str, Any]:
    """Small requests, by relay."""
    rates: dict[str, list[tuple[float, float]]] = {}
    delays: dict[str, list[float]] = {}
    with upstream(sys.executable, str(HERE / "_plain.py")) as port, contextlib.ExitStack() as stack:
        relays = {name: stack.enter_context(relayed(name, port)) for name in names}
        for relay in relays.values():
            requests(relay, 1)
        for _ in range(rounds):
            delays.setdefault("none", []).append(statistics.median(asyncio.run(latencies(port, 2000))))
            for name, relay in relays.items():
                rates.setdefault(name, []).append(requests(relay, seconds))
                delays.setdefault(name, []).append(statistics.median(asyncio.run(latencies(relay.port, 2000))))
    without = statistics.median(delays["none"])
    return {
        name: {
            "requests_per_cpu_second": round(statistics.median(rate for rate, _ in measured)),
            "requests_per_second": round(statistics.median(rate for _, rate in measured)),
            "spread": [round(min(rate for rate, _ in measured)), round(max(rate for rate, _ in measured))],
            "added_p50_us": round(statistics.median(delays[name]) - without, 1),
        }
        for name, measured in rates.items()
    }


def large(megabytes: int, rounds: int, names: list[str]) -> dict[str, Any]:
    """One long answer, by relay."""
    rates: dict[str, list[tuple[float, float]]] = {}
    with upstream(sys.executable, "-c", POUR) as port, contextlib.ExitStack() as stack:
        relays = {name: stack.enter_context(relayed(name, port)) for name in names}
        for _ in range(rounds):
            for name, relay in relays.items():
                rates.setdefault(name, []).append(bulk(relay, megabytes))
    return {
        name: {
            "megabytes_per_cpu_second": round(statistics.median(rate for rate, _ in measured)),
            "megabytes_per_second": round(statistics.median(rate for _, rate in measured)),
        }
        for name, measured in rates.items()
    }


def ratios(result: dict[str, Any]) -> dict[str, float]:
    """Of work a CPU-second, ours to haproxy's; and microseconds that we add to a median delay beyond haproxy's."""
    found = {}
    for name, unit, kinds in (
        ("small", "requests_per_cpu_second", ("TCP", "HTTP")),
        ("bulk", "megabytes_per_cpu_second", ("TCP",)),
    ):
        rows = result[name]
        for kind in kinds:
            mine, theirs = rows[f"seamwright {kind}"], rows.get(f"haproxy {kind}")
            if theirs is not None:
                found[f"{name} {kind}"] = round(mine[unit] / theirs[unit], 2)
                if name == "small":
                    found[f"added p50 {kind} us"] = round(mine["added_p50_us"] - theirs["added_p50_us"], 1)
    return found


def told(result: dict[str, Any]) -> str:
    lines = [f"{'':28} requests/CPU-s      of haproxy  added p50"]
    for name, row in result["small"].items():
        base = result["small"].get(f"haproxy {name.partition(' ')[2].partition(',')[0]}", row)
        ratio = row["requests_per_cpu_second"] / base["requests_per_cpu_second"]
        lines.append(f"{name:28} {row['requests_per_cpu_second']:14,} {ratio:14.2f}  {row['added_p50_us']:6.1f} us")
    lines.append(f"{'':28} megabytes/CPU-s     of haproxy")
    for name, row in result["bulk"].items():
        base = result["bulk"].get("haproxy TCP", row)
        ratio = row["megabytes_per_cpu_second"] / base["megabytes_per_cpu_second"]
        lines.append(f"{name:28} {row['megabytes_per_cpu_second']:14,} {ratio:14.2f}")
    lines += [f"{name} is missing: apt-get install {package}" for name, package in result["missing"].items()]
    lines.append(json.dumps(result["machine"]))
    return "\n".join(lines)


def main() -> None:
    options = _peers.arguments(__doc__ or "")
    machine = _peers.machine()
    missing = {name: package for name, package in PACKAGES.items() if shutil.which(name) is None}
    if "wrk" in missing:
        raise SystemExit("wrk is missing: apt-get install wrk")
    pinned(0, -1)
    peers = [] if "haproxy" in missing else ["haproxy TCP", "haproxy HTTP"]
    bulk_peers = [] if "haproxy" in missing else ["haproxy TCP", "haproxy TCP with splice"]
    rounds = 3 if options.quick else 7
    result = {
        "machine": machine,
        "missing": missing,
        "small": small(
            1 if options.quick else 3, rounds, ["seamwright TCP", "seamwright HTTP", "seamwright HTTP, armed", *peers]
        ),
        "bulk": large(1000 if options.quick else 4000, rounds, ["seamwright TCP", *bulk_peers]),
    }
    result["ratios"] = ratios(result)
    result["machine"]["load_after"] = os.getloadavg()[0]
    _peers.printed(result, options.json, told)


if __name__ == "__main__":
    main()
