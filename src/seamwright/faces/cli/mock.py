"""`seamwright mock`: a contract that answers, with state."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seamwright.faces.cli.options import AsJson

if TYPE_CHECKING:
    from seamwright.services.mock import Running, Settings, Source

__all__ = ["mock"]


def mock(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="Paths or URLs of contracts, or boundaries of the manifest; by default all that have a contract.",
        ),
    ] = None,
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="A free one by default.")] = 0,
    host: Annotated[str, typer.Option("--host", help="Where to listen; only this machine by default.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Other seeds, other first resources and values.")] = 0,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Ask nobody for credentials.")] = False,
    latency: Annotated[
        list[str] | None, typer.Option("--latency", help="50ms or 20ms..200ms; with @OPERATION for some alone.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", help="500:0.1, reset:0.05, slow=5s, drop, hang, truncate, malformed; with @OPERATION."),
    ] = None,
    journal: Annotated[
        Path | None, typer.Option("--journal", help="Append every request to this file, as JSON.")
    ] = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", "-m", help="The manifest of the boundaries.")] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not tell each request.")] = False,
) -> None:
    """Answer for contracts, with state and without any code, until Ctrl-C.

    What is created is there, what is deleted is gone, and every answer keeps the contract. The journal is at
    /__seamwright/journal; POST /__seamwright/reset puts the first state back.
    """
    from seamwright.engines.mock.profile import fault_from, latency_from
    from seamwright.faces.cli.running import run
    from seamwright.services.mock import Settings

    settings = Settings(
        host=host,
        port=port,
        seed=seed,
        auth=not no_auth,
        latencies=tuple(latency_from(text) for text in latency or ()),
        faults=tuple(fault_from(text) for text in fault or ()),
        journal=journal,
        say=(lambda line: None) if quiet else _say,
    )
    run(_kept_up(_sources(tuple(targets or ()), manifest), settings, as_json))


def _sources(targets: tuple[str, ...], manifest: Path | None) -> list[Source]:
    """What the targets name: contracts themselves, or boundaries of the manifest."""
    from seamwright.faces.workbench import fetch
    from seamwright.model.errors import UsageError
    from seamwright.services.mock import Source

    if targets and manifest is None and all(_is_contract(target) for target in targets):
        return [Source(target, Path.cwd(), fetch) for target in targets]
    if targets and manifest is None and not _has_manifest():
        strange = next(target for target in targets if not _is_contract(target))
        raise UsageError(f"{strange}: is no contract, and there is no seamwright.yaml whose boundary it could be")
    return _of_boundaries(targets, manifest)


def _of_boundaries(targets: tuple[str, ...], manifest: Path | None) -> list[Source]:
    from seamwright.faces.cli.options import known_names, manifest_at
    from seamwright.faces.targets import aimed
    from seamwright.faces.workbench import fetch
    from seamwright.model.errors import UsageError
    from seamwright.services.mock import Source

    aim = aimed((*manifest_at(manifest), *targets))
    found, names = aim.manifest, aim.boundaries
    known_names("TARGET", names, found.boundaries)
    chosen = {name: boundary for name, boundary in found.boundaries.items() if not names or name in names}
    without = [name for name, boundary in chosen.items() if boundary.contract is None]
    if names and without:
        raise UsageError(f"{', '.join(without)}: has no contract, so nothing says what to answer; add 'contract'")
    sources = [
        Source(boundary.contract, found.origin.folder, fetch, name, boundary.kind)
        for name, boundary in chosen.items()
        if boundary.contract is not None
    ]
    if not sources:
        raise UsageError(f"{found.origin.source}: no boundary has a contract; name a contract, or add one")
    return sources


def _is_contract(target: str) -> bool:
    from seamwright.model.reading import MANIFEST_NAME

    if Path(target).name == MANIFEST_NAME:
        return False
    if Path(target).is_dir():
        return not (Path(target) / MANIFEST_NAME).is_file() and any(Path(target).rglob("*.proto"))
    return "://" in target or "/" in target or Path(target).is_file() or Path(target).suffix != ""


def _has_manifest() -> bool:
    from seamwright.model.reading import find_manifest

    return find_manifest(Path.cwd()) is not None


async def _kept_up(sources: list[Source], settings: Settings, as_json: bool) -> None:
    """Start every mock, tell where they are, and keep them up until somebody ends this."""
    import asyncio
    import signal
    from contextlib import AsyncExitStack
    from dataclasses import replace

    from seamwright.services.mock import opened

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        running: list[tuple[Source, Running]] = []
        for index, source in enumerate(sources):
            port = settings.port + index if settings.port else 0
            mock = await opened(source, replace(settings, port=port))
            stack.push_async_callback(mock.close)
            running.append((source, mock))
        _tell(running, as_json)
        await ended.wait()


def _tell(running: list[tuple[Source, Running]], as_json: bool) -> None:
    if not as_json:
        for _, mock in running:
            print(f"mock of {mock.title} at {mock.url}", flush=True)
        return
    import json

    told: list[dict[str, Any]] = [
        {"title": mock.title, "url": mock.url, **({"boundary": source.name} if source.name else {}), **mock.facts()}
        for source, mock in running
    ]
    print(json.dumps(told[0] if len(told) == 1 else {"mocks": told}), flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
