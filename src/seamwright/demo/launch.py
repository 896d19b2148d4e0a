"""Starts the shop: everything is imported once, the ports are bound, then one process is forked for each service.

Forking comes before any event loop or thread, so that the whole shop is up in about a second.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from seamwright.demo.defect import Defect
from seamwright.demo.defects import chosen
from seamwright.demo.identity.app import identity_app
from seamwright.demo.inventory.app import inventory_app
from seamwright.demo.orders.app import orders_app
from seamwright.demo.payments.app import payments_app
from seamwright.demo.settings import SERVICES, Settings

__all__ = ["bind", "launch"]

_APPS: Mapping[str, Callable[[Settings, list[Defect]], ASGIApp]] = {
    "identity": identity_app,
    "orders": orders_app,
    "payments": payments_app,
    "inventory": inventory_app,
}
_START_WITHIN = 20.0
_STOP_WITHIN = 4.0
_PR_SET_PDEATHSIG = 1


def bind(ports: Mapping[str, int]) -> dict[str, socket.socket]:
    """A listening loopback socket for each service; a port that is not named is any free one.

    They are bound here and handed down, so that no other program can take a port in between.
    """
    sockets: dict[str, socket.socket] = {}
    for service in SERVICES:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = ports.get(service, 0)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise SystemExit(f"port {port} for {service} is taken: leave it out, and a free one is used") from error
        listener.listen(2048)
        sockets[service] = listener
    return sockets


def launch(
    settings: Settings,
    sockets: Mapping[str, socket.socket],
    describe: Callable[[Mapping[str, int]], Mapping[str, Any]],
    *,
    lifeline: bool,
) -> int:
    """Runs the shop until it is told to end; the exit status.

    Prints what `describe` makes of the processes' ids as one line of JSON when all services are healthy. Ends on
    SIGTERM and Ctrl-C, when all services have ended, and with `lifeline` when standard input reaches its end.
    """
    defects = chosen(settings.defects)
    alarm = _Alarm()
    alive_read, alive_write = os.pipe()
    children: dict[str, int] = {}
    parent = os.getpid()
    for service in SERVICES:
        child = os.fork()
        if child == 0:
            os.close(alive_write)
            _serve(service, settings, defects, sockets, alive_read, parent, alarm)
        children[service] = child
    os.close(alive_read)
    for listener in sockets.values():
        listener.close()
    running = dict(children)
    try:
        if not _all_healthy(settings, running, alarm, lifeline):
            return 1
        sys.stdout.write(json.dumps(describe(children)) + "\n")
        sys.stdout.flush()
        while running:
            if _wait(alarm, lifeline, None):
                return 0
            _reap(running)
        print("shop: all services have ended", file=sys.stderr)
        return 1
    finally:
        _stop(running)


class _Alarm:
    """Turns SIGTERM, SIGINT and SIGCHLD into something that `select` sees."""

    def __init__(self) -> None:
        self.reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.set_blocking(self.reader, False)
        self._writer = writer
        self.told_to_end = False
        signal.set_wakeup_fd(writer)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        signal.signal(signal.SIGCHLD, self._child)

    def _end(self, number: int, frame: object) -> None:
        self.told_to_end = True

    def _child(self, number: int, frame: object) -> None:
        """Its arrival alone wakes `select`; what has ended is read by `_reap`."""

    def disarm(self) -> None:
        """In a child: the server brings handlers of its own."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.close(self.reader)
        os.close(self._writer)


def _wait(alarm: _Alarm, lifeline: bool, timeout: float | None) -> bool:
    """Waits until something happens; whether it is time to end."""
    watched = [alarm.reader] + ([0] if lifeline else [])
    ready, _, _ = select.select(watched, [], [], timeout)
    if alarm.reader in ready:
        os.read(alarm.reader, 4096)
    if lifeline and 0 in ready and os.read(0, 4096) == b"":
        return True
    return alarm.told_to_end


def _all_healthy(settings: Settings, running: dict[str, int], alarm: _Alarm, lifeline: bool) -> bool:
    waiting = set(SERVICES)
    until = time.monotonic() + _START_WITHIN
    while waiting:
        if time.monotonic() > until:
            print(f"shop: {', '.join(sorted(waiting))} not healthy within {_START_WITHIN:g} s", file=sys.stderr)
            return False
        waiting -= {service for service in waiting if _healthy(settings.urls[service])}
        if waiting and _wait(alarm, lifeline, 0.02):
            return False
        if _reap(running):
            print(f"shop: not started; see errors above and {settings.data}/*/errors.log", file=sys.stderr)
            return False
    return True


def _healthy(url: str) -> bool:
    """Asks for /health by hand: an HTTP client would start threads and take longer to import than to answer."""
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1.0) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _reap(running: dict[str, int]) -> list[str]:
    """Takes note of services that have ended."""
    ended = []
    for service, child in list(running.items()):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            del running[service]
            ended.append(service)
            print(f"shop: {service} ended ({os.waitstatus_to_exitcode(status)})", file=sys.stderr)
    return ended


def _stop(running: dict[str, int]) -> None:
    """SIGTERM to each service, SIGKILL to those that have not ended in time."""
    for child in running.values():
        os.kill(child, signal.SIGTERM)
    until = time.monotonic() + _STOP_WITHIN
    left = dict(running)
    while left and time.monotonic() < until:
        left = {service: child for service, child in left.items() if os.waitpid(child, os.WNOHANG)[0] == 0}
        if left:
            time.sleep(0.01)
    for child in left.values():
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _serve(
    service: str,
    settings: Settings,
    defects: list[Defect],
    sockets: Mapping[str, socket.socket],
    alive: int,
    parent: int,
    alarm: _Alarm,
) -> None:
    """In the child: serves until told to end; never returns."""
    status = 1
    try:
        alarm.disarm()
        _end_with_parent(parent, alive)
        for other, listener in sockets.items():
            if other != service:
                listener.close()
        config = uvicorn.Config(
            _APPS[service](settings, [defect for defect in defects if defect.service == service]),
            access_log=False,
            log_level="warning",
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=2,
            loop="uvloop",
            http="httptools",
            ws="none",
        )
        server = uvicorn.Server(config)
        server.run(sockets=[sockets[service]])
        status = 0 if server.started else 1
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001  a forked child must never run on into its parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _end_with_parent(parent: int, alive: int) -> None:
    """Ends this process when its parent is gone, however it went.

    The kernel says so on Linux. Elsewhere, and for a child whose event loop hangs, the pipe says so whose other end
    only the parent holds.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(0)

    def watch() -> None:
        os.read(alive, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_STOP_WITHIN)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
