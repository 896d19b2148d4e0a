"""`seamwright init`: writes a first manifest."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from seamwright.faces.workbench import Workbench

__all__ = ["init"]


def init(
    source: Annotated[
        str,
        typer.Argument(
            help="URL or file of an OpenAPI document or a GraphQL schema, a GraphQL endpoint, grpc://host:port, "
            "a .proto file or a folder of them, or ws://host/path."
        ),
    ],
    url: Annotated[str | None, typer.Option("--url", help="Where the API is, when SOURCE is a file.")] = None,
    place: Annotated[Path, typer.Option("--out", help="The manifest to write.")] = Path("seamwright.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a manifest that is there.")] = False,
) -> None:
    """Write a first manifest from a contract, or from a server that tells its own; it can be verified as it is."""
    from seamwright.faces.cli.console import errors
    from seamwright.faces.cli.running import run
    from seamwright.faces.workbench import fetch
    from seamwright.faces.writing import write_whole
    from seamwright.model.errors import UsageError
    from seamwright.run.first import first_manifest

    if place.exists() and not force:
        raise UsageError(f"{place} is there already; say --force to replace it, or --out to write elsewhere")
    text, notes = run(first_manifest(source, url, place, fetch))
    write_whole(place, text.encode())
    console = errors()
    for note in notes:
        console.print(f"note {note}", markup=False)
    print(place)
    known = len(Workbench().checks())
    command = shlex.join(["seamwright", "verify", str(place), "--plan"])
    console.print(f"next: {command}   ({known} checks are known)", markup=False)
