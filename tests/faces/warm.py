"""Runs commands in processes that are forked from one whose imports are done: 0.1 s each instead of 1 s.

Nothing else is shared: each command has a process, folder, environment and streams of its own. What begins cold, as for
a user, is tried by `terminal.begun` and by the tests of the whole command line.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import seamwright

__all__ = ["run_warm"]

ROOT = Path(__file__).parents[2]


def run_warm(words: tuple[str, ...], cwd: Path, env: Mapping[str, str], timeout: float) -> tuple[int, str, str]:
    """Run `seamwright` with these words: its status, standard output and standard error."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        order = {"words": words, "cwd": str(cwd), "env": dict(env), "out": str(out), "err": str(err)}
        server.stdin.write(json.dumps({**order, "timeout": timeout}).encode() + b"\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return status, out.read_bytes().decode(), err.read_bytes().decode()


@cache
def _server() -> subprocess.Popen[bytes]:
    """One for this process; it ends when its standard input does, which is at the latest when this process ends."""
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faces.warm"],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _serve() -> None:
    _warm_up()
    # What a child never touches is never copied.
    gc.collect()
    gc.freeze()
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _warm_up() -> None:
    """Import all that any command loads, which for a user happens when it is needed."""
    for name in ("alembic.command", "openapi_spec_validator", "rich.progress", "sqlalchemy.dialects.sqlite", "uvloop"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(seamwright.__path__, "seamwright."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)


def _become(order: Mapping[str, Any]) -> None:
    """Be the command; never returns."""
    status = 1
    try:
        signal.alarm(int(order["timeout"]))
        streams = [os.open(os.devnull, os.O_RDONLY)]
        streams += [os.open(order[name], os.O_WRONLY | os.O_CREAT, 0o600) for name in ("out", "err")]
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        sys.argv = ["seamwright", *order["words"]]
        from seamwright.faces.cli import main

        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - a forked child must never run on into its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
