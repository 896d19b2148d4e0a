"""Runs `seamwright` as a person or a CI does: as a process of its own, in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.warm import Warm, run_warm

__all__ = [
    "PROGRAM",
    "Done",
    "Shop",
    "alive",
    "begun",
    "descendants",
    "environment",
    "program",
    "seamwright",
    "shop_up",
    "until",
]

PROGRAM = Path(sys.executable).with_name("seamwright")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of this process without what would change the command line's ways."""
    ours = ("SEAMWRIGHT_", "SHOP_", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ.get('PATH', '')}", **(more or {})}


def seamwright(*words: str, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 90) -> Done:
    """Run a command to its end, in a process whose imports are done already."""
    return Done(*run_warm(words, cwd, environment(env), timeout))


def program(*words: str, cwd: Path, env: Mapping[str, str] | None = None) -> Done:
    """Run the installed program to its end, as a shell does."""
    done = subprocess.run(
        [str(PROGRAM), *words],
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=90,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextlib.contextmanager
def begun(
    *words: str, cwd: Path, env: Mapping[str, str] | None = None, cold: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Begin a command in a process group of its own, as a terminal does; whatever is left at the end is killed.

    Its imports are done already, unless it is to begin `cold`, as the installed program does.
    """
    pipe, command = subprocess.PIPE, [str(PROGRAM), *words]
    how: Any = {"cwd": cwd, "env": environment(env), "stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe}
    process: subprocess.Popen[bytes]
    if cold:
        process = subprocess.Popen(command, start_new_session=True, **how)
    else:
        process = Warm("seamwright.faces.cli:main", command, command, start_new_session=True, **how)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that `seamwright demo up` keeps up: what its ready line says, and the folder it was started in."""

    told: Mapping[str, Any]
    process: subprocess.Popen[bytes]
    here: Path

    @property
    def manifest(self) -> str:
        """The manifest's path as the ready line gives it."""
        return str(self.told["manifest"])

    @property
    def data(self) -> Path:
        """The folder with its logs and secrets."""
        return Path(self.told["data"])

    def received(self, service: str) -> list[str]:
        """One line, `METHOD PATH STATUS`, for each request that a service got, by its own access log."""
        return (self.data / service / "access.log").read_text(encoding="utf-8").splitlines()

    def secrets(self) -> dict[str, str]:
        """What the shop's `.env` says."""
        from dotenv import dotenv_values

        return {name: value or "" for name, value in dotenv_values(self.data / ".env", interpolate=False).items()}


@contextlib.contextmanager
def shop_up(here: Path, *words: str, env: Mapping[str, str] | None = None) -> Iterator[Shop]:
    """`seamwright demo up --json …` in a folder; ended with Ctrl-C, after which no process of it may be left."""
    with begun("demo", "up", "--json", *words, cwd=here, env=env) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1].decode()
        yield Shop(json.loads(line), process, here)
        family = descendants(process.pid)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(15)
        until(lambda: not any(alive(pid) for pid in family), "every process of the shop to end")


def until(come: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Wait for what only a file or the process table tells."""
    end = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < end, f"waited {seconds:g} s in vain for {what}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie, which only waits to be counted, does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return _status(pid)[0] != "Z"
    return False


def descendants(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                parents[int(entry.name)] = int(_status(int(entry.name))[1])
    found, last = [], [pid]
    while last:
        last = [child for child, parent in parents.items() if parent in last]
        found += last
    return found


def _status(pid: int) -> list[str]:
    """State and parent of a process (proc(5), /proc/PID/stat); the name before them may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
