"""`seamwright proxy`: a fault proxy by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seamwright.faces.cli.options import AsJson, Seed

if TYPE_CHECKING:
    from seamwright.engines.faults.rules import Rule
    from seamwright.engines.faults.standing import Standing, Wanted

__all__ = ["proxy"]

NOTES = Path(".seamwright") / "proxies"

TLS = Path(".seamwright") / "tls"

PROTOCOLS = ("auto", "http", "postgres", "redis", "tcp")


def proxy(
    upstream: Annotated[str | None, typer.Option("--upstream", metavar="HOST:PORT", help="Where to relay to.")] = None,
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where callers connect; a free port by default.")
    ] = "127.0.0.1:0",
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            help="A fault: latency,seconds=200ms or status,code=503,operation=GET /orders/{id},first=3,ttl=30s.",
        ),
    ] = None,
    protocol: Annotated[
        str, typer.Option("--protocol", help=f"What is spoken, so that requests are known: {', '.join(PROTOCOLS)}.")
    ] = "auto",
    ttl: Annotated[str, typer.Option("--ttl", help="How long a rule lives that does not say so; at most 1h.")] = "10m",
    seed: Seed = None,
    control: Annotated[
        bool, typer.Option("--control", help="Tell the address and the token of the control API, to arm more faults.")
    ] = False,
    control_port: Annotated[
        int, typer.Option("--control-port", min=0, max=65535, help="Its port; a free one by default.")
    ] = 0,
    tls: Annotated[
        bool, typer.Option("--tls", help=f"End the TLS of callers; let them trust {TLS / 'ca.pem'}.")
    ] = False,
    upstream_tls: Annotated[bool, typer.Option("--upstream-tls", help="Speak TLS to the target.")] = False,
    upstream_ca: Annotated[
        Path | None, typer.Option("--upstream-ca", help="With --upstream-tls: whom to trust; by default the system's.")
    ] = None,
    toxiproxy: Annotated[
        int | None,
        typer.Option(
            "--toxiproxy",
            metavar="PORT",
            min=0,
            max=65535,
            help="Instead of --upstream: serve Toxiproxy's API, usually on 8474; its clients make the proxies.",
        ),
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", help="Write one line of JSON for each fault that is injected.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Relay to a target and show faults on the way, each for a limited time, until Ctrl-C.

    The rules are in force before the first connection is accepted, and gone when this ends, in whatever way. The same
    seed and the same order of requests give the same fault log.
    """
    from seamwright.engines.faults.rules import rule_from
    from seamwright.engines.faults.standing import Wanted
    from seamwright.faces.cli.options import seconds, seeded
    from seamwright.faces.cli.running import run
    from seamwright.model.errors import UsageError

    lives = seconds(ttl, "--ttl")
    rules: list[Rule] = []
    for text in rule or ():
        try:
            rules.append(rule_from(text, lives))
        except ValueError as error:
            raise UsageError(f"--rule {text}: {error}") from None
    if protocol not in PROTOCOLS:
        raise UsageError(f"--protocol: {protocol!r} is none of {', '.join(PROTOCOLS)}")
    if log is not None and not log.parent.is_dir():
        raise UsageError(f"--log: {log} cannot be written; there is no folder {log.parent}")
    if (upstream is None) is (toxiproxy is None):
        raise UsageError("say either --upstream HOST:PORT, or --toxiproxy PORT and let its clients make the proxies")
    if toxiproxy is not None and rules:
        raise UsageError("--rule goes with --upstream; with --toxiproxy, toxics are added over its API")
    if upstream_ca is not None and not (upstream_tls and upstream_ca.is_file()):
        raise UsageError(f"--upstream-ca: goes with --upstream-tls, and {upstream_ca} must be a file")
    wanted = Wanted(
        upstream=_address(upstream, "--upstream") if upstream is not None else "",
        toxiproxy=toxiproxy,
        ttl=lives,
        listen=_address(listen, "--listen"),
        rules=tuple(rules),
        protocol=protocol,
        seed=seeded(seed),
        log=log.absolute() if log is not None else None,
        tls=TLS if tls else None,
        upstream_tls=upstream_tls,
        upstream_ca=upstream_ca,
        control_port=control_port,
    )
    run(_kept_up(wanted, as_json, control))


def _address(text: str, option: str) -> str:
    from seamwright.model.errors import UsageError

    host, colon, port = text.removeprefix("tcp://").removeprefix("http://").rstrip("/").rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"{option}: {text!r} is not HOST:PORT")
    return f"{host}:{port}"


async def _kept_up(wanted: Wanted, as_json: bool, control: bool) -> None:
    """Keep the relay up until somebody ends this; one that was killed is put up again, without faults."""
    import asyncio
    import signal
    from dataclasses import replace

    from seamwright.engines.faults.standing import NotStarted, standing
    from seamwright.model.errors import UsageError

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    first = True
    while not ended.is_set():
        try:
            async with standing(wanted, NOTES, _say) as relay:
                if first:
                    _tell(relay, wanted, as_json, control)
                first = False
                # The same address and the same control API, and no fault, for as long as this runs.
                again = int(relay.control.rpartition(":")[2])
                if wanted.toxiproxy is not None:
                    wanted = replace(wanted, toxiproxy=int(relay.address.rpartition(":")[2]))
                wanted = replace(
                    wanted, listen=relay.address, rules=(), token=relay.token, control_port=again, log_goes_on=True
                )
                lost = asyncio.ensure_future(relay.lost())
                waiting = asyncio.ensure_future(ended.wait())
                await asyncio.wait([lost, waiting], return_when=asyncio.FIRST_COMPLETED)
                lost.cancel()
                waiting.cancel()
        except NotStarted as error:
            raise UsageError(str(error)) from None
        if relay.process.returncode == 0 and lost.done() and not lost.cancelled():
            return  # somebody asked it to end
        if not ended.is_set():
            _say(f"the relay's process ended; it is put up again on {relay.address}, without faults")


def _tell(relay: Standing, wanted: Wanted, as_json: bool, control: bool) -> None:
    from seamwright.engines.faults.rules import rule_as_json

    if as_json:
        import json

        told: dict[str, Any] = {
            "proxy": relay.address,
            "upstream": wanted.upstream,
            "seed": wanted.seed,
            "rules": [rule_as_json(rule) for rule in wanted.rules],
            "pid": relay.process.pid,
        }
        more = {"control": relay.control, "token": relay.token} if control else {}
        print(json.dumps({**told, **more}), flush=True)
        return
    if wanted.toxiproxy is not None:
        print(f"Toxiproxy's API at http://{relay.address}, seed {wanted.seed}", flush=True)
    else:
        print(f"proxy at {relay.address} to {wanted.upstream}, seed {wanted.seed}", flush=True)
    if wanted.tls is not None:
        print(f"TLS: let callers trust {wanted.tls / 'ca.pem'}", flush=True)
    for number, (fault, ttl, where) in enumerate(wanted.rules, 1):
        said = {**fault.params(), **where.params()}
        words = ", ".join(f"{name} {value}" for name, value in said.items() if value is not None)
        print(f"rule {number}: {fault.kind}{' ' if words else ''}{words}, for {ttl:g} s", flush=True)
    if control:
        print(f"control API at {relay.control}, token {relay.token}", flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
