"""Processes that are forked from one whose imports are done: 0.1 s each instead of 1 s.

Nothing else is shared: each process has a folder, environment and streams of its own, and is a child of whoever asked
for it, as any other. What has to begin cold, as for a user, is tried by `terminal.program` and where `cold` is said.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import seamwright

__all__ = ["Warm", "run_warm"]

ROOT = Path(__file__).parents[1]
_ONE_AT_A_TIME = threading.Lock()
_PR_SET_CHILD_SUBREAPER = 36
_LONGEST_ORDER = 1_000_000
_CANNOT = sys.platform != "linux"
"""Elsewhere a process cannot be handed to another parent, and each begins cold."""


class Warm(subprocess.Popen[Any]):
    """A process that runs `module:function` with these words as its `sys.argv`, or as `command` says where it cannot.

    It takes what Popen takes of `cwd`, `env`, `stdin`, `stdout`, `stderr`, `text` and `start_new_session`.
    """

    def __init__(self, run: str, words: list[str], command: list[str], **how: Any) -> None:
        self._run, self._words = run, words
        super().__init__(command, **how)

    def _execute_child(self, *given: Any) -> None:
        """As Popen's own (CPython 3.11 to 3.14), which starts the program once the pipes are there."""
        if _CANNOT:
            super()._execute_child(*given)  # type: ignore[misc]
            return
        _, _, _, _, _, cwd, env, _, _, _, stdin, own_in, own_out, out, own_err, err, *rest = given
        streams = [own if stream == -1 else stream for own, stream in zip((0, 1, 2), (stdin, out, err), strict=True)]
        order = {"run": self._run, "words": self._words, "cwd": str(cwd or Path.cwd()), "session": rest[5]}
        text = json.dumps({**order, "env": dict(os.environ if env is None else env)}).encode()
        assert len(text) < _LONGEST_ORDER
        with _ONE_AT_A_TIME, _adopting():
            server = _server()
            socket.send_fds(server, [text], streams)
            self.pid = int(server.recv(64))
        self._child_created = True
        self._close_pipe_fds(stdin, own_in, own_out, out, own_err, err)  # type: ignore[attr-defined]


def run_warm(words: tuple[str, ...], cwd: Path, env: Mapping[str, str], timeout: float) -> tuple[int, str, str]:
    """Run `seamwright` with these words: its status, standard output and standard error."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        # Files, because whom the command leaves behind may hold them open.
        given = ["seamwright", *words]
        command = [sys.executable, "-m", *given]
        with Warm(
            "seamwright.faces.cli:main",
            given,
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        ) as process:
            try:
                status = process.wait(timeout)
            except BaseException:
                process.kill()
                raise
        for file in (out, err):
            file.seek(0)
        return status, out.read().decode(), err.read().decode()


@contextlib.contextmanager
def _adopting() -> Iterator[None]:
    """Meanwhile, whose parent has ended becomes a child of this process (prctl(2))."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    assert prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield
    finally:
        assert prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) == 0


@cache
def _server() -> socket.socket:
    """One for this process; it ends when our end of the socket is closed, which is at the latest when we end."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST_ORDER)
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve() -> None:
    _warm_up()
    # What a child never touches is never copied.
    gc.collect()
    gc.freeze()
    orders = socket.socket(fileno=int(sys.argv[1]))
    while True:
        text, streams, _, _ = socket.recv_fds(orders, _LONGEST_ORDER, 3)
        if not text:
            return
        reader, writer = os.pipe()
        between = os.fork()
        if between == 0:
            # The process in between ends at once, so that its child becomes one of the asker's.
            child = os.fork()
            if child != 0:
                os.write(writer, str(child).encode())
                os._exit(0)
            for descriptor in (orders.fileno(), reader, writer):
                os.close(descriptor)
            _become(json.loads(text), streams)
        os.waitpid(between, 0)
        orders.send(os.read(reader, 64))
        for descriptor in (reader, writer, *streams):
            os.close(descriptor)


def _warm_up() -> None:
    """Import all that any command loads, which for a user happens when it is needed."""
    for name in ("alembic.command", "openapi_spec_validator", "rich.progress", "sqlalchemy.dialects.sqlite", "uvloop"):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(seamwright.__path__, "seamwright."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)


def _become(order: Mapping[str, Any], streams: list[int]) -> None:
    """Be the process that was ordered; never returns."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if order["session"]:
            os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        for stream in streams:
            os.close(stream)
        # What a stream is decides how it is buffered, and whether one may seek in it.
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)))
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(2, "w", closefd=False)), errors="backslashreplace", line_buffering=True
        )
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        sys.argv = order["words"]
        module, _, name = order["run"].partition(":")
        getattr(importlib.import_module(module), name)()
        status = 0
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
