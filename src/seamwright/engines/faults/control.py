"""One relay as a small process of its own, so that it can stand beside a long-running system:

    python -m seamwright.engines.faults.control --upstream 127.0.0.1:8802

It prints one line of JSON when everything is bound: {"relay": "host:port", "control": "http://…", "token": "…"}. The
control API takes and gives JSON and wants `Authorization: Bearer TOKEN`:

    GET /state                                upstream, listening, open connections, requests, faults in force
    GET /log?since=N                          the entries after number N
    POST /faults {kind, params, where, ttl}   arm; answers with the id
    DELETE /faults/ID                         end one
    DELETE /faults                            end all
    POST /stop                                end the process
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import signal
import ssl
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from seamwright.engines.faults.api import Api, armed_as_json, joined
from seamwright.engines.faults.authority import authority_in, client_context
from seamwright.engines.faults.door import MAX_TTL, check_ttl
from seamwright.engines.faults.journal import Journal
from seamwright.engines.faults.left import Note
from seamwright.engines.faults.protocols import PROTOCOLS
from seamwright.engines.faults.relay import Relay
from seamwright.engines.faults.rules import Rule, rule_from
from seamwright.engines.faults.toxiproxy import Toxiproxy

__all__ = ["TOKEN_VARIABLE", "main"]

TOKEN_VARIABLE = "SEAMWRIGHT_FAULTS_TOKEN"

_TTL = 600.0
"""Seconds that a rule of the command line lives for where it does not say so."""


def main(arguments: list[str] | None = None) -> int:
    """Serve one relay until SIGTERM, SIGINT or, with --lifeline, the end of stdin. 2 when it cannot start."""
    options = _parser().parse_args(arguments)
    # From the environment, because a command line can be read by everybody on the machine.
    token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(24)
    try:
        check_ttl(options.ttl)
        rules = [rule_from(text, options.ttl) for text in options.rule]
        journal = Journal(options.log, goes_on=options.log_goes_on) if options.log is not None else None
    except (ValueError, OSError) as error:
        print(f"the relay cannot start: {error}", file=sys.stderr)
        return 2
    try:
        _run(_main(options, token, rules, journal))
    except (ValueError, OSError) as error:
        print(f"the relay cannot start: {error}", file=sys.stderr)
        return 2
    finally:
        if journal is not None:
            journal.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m seamwright.engines.faults.control",
        description="A relay that shows faults on demand, each with a time to live.",
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--upstream", type=_host_and_port, metavar="HOST:PORT", help="where to relay to")
    target.add_argument(
        "--toxiproxy", type=int, metavar="PORT", help="serve Toxiproxy's API here instead; its clients make the relays"
    )
    parser.add_argument("--ttl", default=_TTL, type=float, metavar="SECONDS", help="what a fault lives for by default")
    parser.add_argument(
        "--listen", default="127.0.0.1:0", type=_host_and_port, metavar="HOST:PORT", help="default: a free port"
    )
    parser.add_argument("--protocol", default="tcp", choices=tuple(PROTOCOLS), help="what the connections speak")
    parser.add_argument("--seed", default=0, type=int, help="decides what is left to chance")
    parser.add_argument("--rule", default=[], action="append", help="a fault that is armed from the beginning")
    parser.add_argument("--log", type=Path, metavar="FILE", help="one line of JSON for each fault that is injected")
    parser.add_argument("--log-goes-on", action="store_true", help="append to the log; by default it begins anew")
    parser.add_argument(
        "--tls",
        type=Path,
        metavar="FOLDER",
        help="end the TLS of callers, by an authority whose files lie in this folder or are made there",
    )
    parser.add_argument("--upstream-tls", action="store_true", help="speak TLS to the upstream")
    parser.add_argument("--upstream-ca", type=Path, metavar="FILE", help="whom to trust there; default: the system's")
    parser.add_argument("--control-port", default=0, type=int, metavar="PORT", help="on 127.0.0.1; default: a free one")
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument(
        "--lifeline", action="store_true", help="exit when stdin ends, so that no relay outlives its parent"
    )
    ends.add_argument(
        "--outlive",
        type=Path,
        metavar="FOLDER",
        help="when stdin ends without a word, end all faults and pass on for an hour; keep a note in this folder",
    )
    return parser


class _Diary:
    """Keeps the note of this process, where there is to be one."""

    def __init__(self, relay: Relay | Toxiproxy) -> None:
        self._relay = relay
        self._note: Note | None = None
        self._closed = False

    def begin(self, note: Note) -> None:
        self._note = note
        self.write()

    def write(self) -> None:
        """Other faults are in force."""
        if self._note is not None and not self._closed:
            self._written(self._note)

    def close(self) -> None:
        """Whoever started us was killed: what was in force then is kept for the next who starts."""
        if self._note is not None:
            self._written(self._note, orphaned=time.time())
        self._closed = True

    def _written(self, note: Note, *, orphaned: float | None = None) -> None:
        try:
            note.write([armed_as_json(armed) for armed in self._relay.in_force], orphaned=orphaned)
        except OSError as error:  # a fault that ends must end, whether or not that can be written down
            print(f"the note {note.path} cannot be written: {error}", file=sys.stderr, flush=True)

    def remove(self) -> None:
        if self._note is not None:
            self._note.remove()


async def _main(options: argparse.Namespace, token: str, rules: Sequence[Rule], journal: Journal | None) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    write = journal.write if journal is not None else None
    relay: Relay | Toxiproxy
    if options.toxiproxy is not None:
        relay = Toxiproxy(
            options.toxiproxy, ttl=options.ttl, seed=options.seed, journal=write, changed=lambda: diary.write()
        )
    else:
        relay = Relay(
            *options.listen,
            *options.upstream,
            protocol=options.protocol,
            seed=options.seed,
            journal=write,
            changed=lambda: diary.write(),
            tls=_server_context(options),
            upstream_tls=client_context(options.upstream_ca) if options.upstream_tls else None,
        )
    diary = _Diary(relay)
    api = Api(relay, token, stop)
    clearing: list[asyncio.Task[int]] = []

    def lifeline_ended(farewell: bool) -> None:
        if farewell or options.lifeline:
            stop.set()
            return
        diary.close()
        clearing.append(loop.create_task(relay.clear()))
        loop.call_later(MAX_TTL, stop.set)

    try:
        server = await loop.create_server(api.connection, "127.0.0.1", options.control_port)
        await relay.start(rules)
        told: dict[str, Any] = {
            "relay": joined(relay.address),
            "upstream": joined(relay.upstream),
            "control": f"http://{joined(server.sockets[0].getsockname())}",
            "token": token,
            "pid": os.getpid(),
        }
        if options.outlive is not None:
            facts = {name: told[name] for name in ("upstream", "control", "token", "pid")}
            diary.begin(Note(options.outlive, told["relay"], facts))
        if options.lifeline or options.outlive is not None:
            # A thread, because stdin may be a file, which no event loop can wait for.
            threading.Thread(target=_await_end_of_stdin, args=(loop, lifeline_ended), daemon=True).start()
        print(json.dumps(told), flush=True)
        await stop.wait()
        server.close()
        if api.tasks:
            await asyncio.wait(api.tasks, timeout=1.0)
    finally:
        await relay.stop()
        diary.remove()


def _server_context(options: argparse.Namespace) -> ssl.SSLContext | None:
    """What callers are shown: a certificate for this machine, and for the upstream that we stand in for."""
    if options.tls is None:
        return None
    names = dict.fromkeys(("localhost", "127.0.0.1", "::1", options.listen[0], options.upstream[0]))
    names.pop("0.0.0.0", None)
    return authority_in(options.tls).server_context(list(names))


def _await_end_of_stdin(loop: asyncio.AbstractEventLoop, ended: Callable[[bool], None]) -> None:
    last = b""
    while data := os.read(0, 4096):
        last = data
    if not loop.is_closed():
        loop.call_soon_threadsafe(ended, bool(last))


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:  # it has no wheel for this platform; the relay is as right without it
        asyncio.run(work)
    else:
        uvloop.run(work)


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


if __name__ == "__main__":
    raise SystemExit(main())
