"""`python -m seamwright.demo`: runs the shop until told to end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seamwright.demo.defects import DEFECTS
from seamwright.demo.launch import bind, launch
from seamwright.demo.settings import SERVICES, Settings, gather_secrets

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Reads the arguments, binds the ports, and launches; the exit status."""
    arguments = _parser().parse_args(argv)
    data = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    sockets = bind(arguments.ports)
    ports = {service: listener.getsockname()[1] for service, listener in sockets.items()}
    urls = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    databases = {
        service: getattr(arguments, f"{service}_db") or f"sqlite:///{data / service / f'{service}.db'}"
        for service in ("orders", "payments", "inventory")
    }
    settings = Settings(
        data=data,
        urls=urls,
        payments_url=arguments.payments_url or urls["payments"],
        databases=databases,
        queue=arguments.queue or f"sqlite:///{data / 'queue.db'}",
        secrets=gather_secrets(os.environ),
        defects=tuple(arguments.defect),
    )
    for service in SERVICES:
        settings.folder(service)

    def describe(pids: Mapping[str, int]) -> Mapping[str, Any]:
        return {
            "urls": urls,
            "ports": ports,
            "pids": dict(pids),
            "pid": os.getpid(),
            "data": str(data),
            "databases": databases,
            "queue": settings.queue,
            "payments_url": settings.payments_url,
            "signing_key": str(settings.signing_key),
            "env": dict(settings.secrets),
            "defects": list(settings.defects),
        }

    return launch(settings, sockets, describe, lifeline=arguments.lifeline)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m seamwright.demo", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for databases, keys and logs")
    parser.add_argument(
        "--defect", action="append", default=[], choices=sorted(DEFECTS), metavar="NAME", help="plant this defect"
    )
    parser.add_argument("--ports", type=_ports, default={}, help="orders=8801,… ; free ones are used for the rest")
    parser.add_argument("--payments-url", help="where orders calls payments; a relay may stand there")
    for service in ("orders", "payments", "inventory"):
        parser.add_argument(f"--{service}-db", metavar="URL", help=f"the database of {service}; SQLite by default")
    parser.add_argument("--queue", metavar="URL", help="sqlite:///, amqp:// or nats://; SQLite by default")
    parser.add_argument("--lifeline", action="store_true", help="end when standard input ends")
    return parser


def _ports(text: str) -> dict[str, int]:
    ports = {}
    for part in text.split(","):
        service, _, port = part.partition("=")
        if service not in SERVICES or not port.isdigit():
            raise argparse.ArgumentTypeError(f"{part!r} is not SERVICE=PORT with one of {', '.join(SERVICES)}")
        ports[service] = int(port)
    return ports


if __name__ == "__main__":
    sys.exit(main())
