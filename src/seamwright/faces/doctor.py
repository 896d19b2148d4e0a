"""The doctor: what is installed, reachable and missing, each with the command that mends it."""

from __future__ import annotations

import asyncio
import importlib.util
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from seamwright import __version__
from seamwright.faces.targets import aimed
from seamwright.faces.workbench import Workbench
from seamwright.model.boundary import Boundary
from seamwright.model.errors import ManifestError, SeamwrightError, UsageError

__all__ = ["Finding", "examined"]

State = Literal["fine", "missing", "broken"]

_EXTRAS: dict[str, tuple[tuple[str, ...], str]] = {
    "graphql": (("graphql",), "GraphQL endpoints and schemas"),
    "grpc": (("grpc", "grpc_reflection", "grpc_tools", "google.protobuf"), "gRPC services and .proto files"),
    "websocket": (("websockets",), "WebSockets"),
    "postgres": (("psycopg",), "PostgreSQL databases and ledgers"),
    "mysql": (("pymysql",), "MariaDB and MySQL databases"),
    "amqp": (("aio_pika",), "RabbitMQ"),
    "nats": (("nats",), "NATS"),
    "redis": (("redis",), "Redis"),
}
"""Extra → the modules that it brings, and what they are for."""

_PORTS = {
    "http": 80,
    "https": 443,
    "ws": 80,
    "wss": 443,
    "grpc": 443,
    "grpcs": 443,
    "amqp": 5672,
    "nats": 4222,
    "redis": 6379,
}
_PORTS |= {"postgresql": 5432, "postgres": 5432, "mysql": 3306, "mariadb": 3306}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `missing` is no fault until something needs it."""

    what: str
    state: State
    detail: str
    mend: str = ""


async def examined(manifest: Path | None, ledger: str) -> list[Finding]:
    """Look at the installation, the ledger, the manifest, and whether each boundary answers at its address."""
    findings = [
        Finding(f"Seamwright {__version__}", "fine", f"Python {platform.python_version()} at {sys.prefix}"),
        *_extras(),
        _checks(),
        _ledger(ledger),
    ]
    try:
        aim = aimed((str(manifest),) if manifest else ())
    except ManifestError as error:
        findings.append(Finding("manifest", "broken", str(error), "correct the lines that it names"))
        return findings
    except UsageError as error:
        findings.append(Finding("manifest", "missing", str(error), "seamwright init URL"))
        return findings
    source = aim.manifest.origin.source
    findings.append(Finding(f"manifest {source}", "fine", f"{len(aim.manifest.boundaries)} boundaries"))
    findings += await asyncio.gather(*(_reached(boundary) for boundary in aim.manifest.boundaries.values()))
    return findings


def _extras() -> Iterator[Finding]:
    for extra, (modules, what) in _EXTRAS.items():
        missing = [module for module in modules if not _installed(module)]
        if not missing:
            yield Finding(f"extra {extra}", "fine", what)
            continue
        lacks = "not installed" if len(missing) == len(modules) else f"without {', '.join(missing)}"
        yield Finding(f"extra {extra}", "missing", f"{lacks}; for {what}", f"pip install 'seamwright[{extra}]'")


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it is missing
        return False


def _checks() -> Finding:
    try:
        return Finding("checks", "fine", f"{len(Workbench().checks())} found")
    except SeamwrightError as error:
        return Finding("checks", "broken", str(error), "mend the file that it names")


def _ledger(url: str) -> Finding:
    where = url if "://" not in url else f"{urlsplit(url).scheme}://{urlsplit(url).hostname or ''}…"
    if "://" not in url and not Path(url).exists():
        return Finding(f"ledger {where}", "missing", "is made by the first run", "seamwright verify")
    try:
        with Workbench(url).ledger(create=False) as ledger:
            count = len(ledger.runs(limit=None))
    except SeamwrightError as error:
        return Finding(f"ledger {where}", "broken", str(error), "see the message")
    return Finding(f"ledger {where}", "fine", f"{count} runs")


async def _reached(boundary: Boundary) -> Finding:
    """Open a TCP connection to the boundary's address, and nothing more."""
    parts = urlsplit(boundary.url)
    what = f"boundary {boundary.name}"
    if parts.scheme.startswith("sqlite"):
        path = Path(boundary.url.partition(":///")[2].partition("?")[0])
        if path.is_file():
            return Finding(what, "fine", str(path))
        return Finding(what, "broken", f"there is no file {path}", f"correct boundaries.{boundary.name}.url")
    port = parts.port or _PORTS.get(parts.scheme.partition("+")[0])
    if not parts.hostname or port is None:
        return Finding(what, "missing", "its URL names no host and port that could be looked at")
    try:
        async with asyncio.timeout(3):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except (OSError, TimeoutError) as error:
        detail = f"nothing answers at {parts.hostname}:{port} ({error or 'timeout'})"
        return Finding(what, "broken", detail, f"start it, or correct boundaries.{boundary.name}.url")
    writer.close()
    return Finding(what, "fine", f"{parts.hostname}:{port} takes connections")
