"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seamwright.faces.workbench import LEDGER

if TYPE_CHECKING:
    from seamwright.model.manifest import Environment

__all__ = [
    "AsJson",
    "LedgerAt",
    "ManifestAt",
    "Seed",
    "environment_named",
    "known_names",
    "listed",
    "manifest_at",
    "seconds",
    "seeded",
    "token_in",
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value on standard output.")]
LedgerAt = Annotated[
    str, typer.Option("--ledger", envvar="SEAMWRIGHT_LEDGER", help="Path of the SQLite ledger, or a PostgreSQL URL.")
]
ManifestAt = Annotated[
    Path | None, typer.Option("--manifest", "-m", help="The manifest; by default seamwright.yaml here or above.")
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Makes the same choices again; printed by every run.")]

DEFAULT_LEDGER = LEDGER


def listed(values: list[str] | None) -> tuple[str, ...]:
    """Split values such as `a,b` and flatten them."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


def known_names(option: str, names: Iterable[str], there: Iterable[str]) -> None:
    """Refuse a name that is not there, with the one that was perhaps meant. Raises UsageError."""
    from difflib import get_close_matches

    from seamwright.model.errors import UsageError

    known = sorted(there)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise UsageError(f"{option}: there is no {name!r}; {hint}")


def seconds(text: str, option: str) -> float:
    """Read a duration such as `60s`. Raises UsageError."""
    from pydantic import TypeAdapter, ValidationError

    from seamwright.model.errors import UsageError
    from seamwright.model.units import Seconds

    try:
        value = TypeAdapter(Seconds).validate_python(float(text) if text.replace(".", "", 1).isdigit() else text)
    except ValidationError:
        raise UsageError(f"{option}: {text!r} is no duration; write it like 60s or 2m") from None
    if value <= 0:
        raise UsageError(f"{option}: must be more than 0")
    return float(value)


def seeded(seed: int | None) -> int:
    """The given seed, or a new one."""
    if seed is not None:
        return seed
    import secrets

    return secrets.randbelow(2**31)


def manifest_at(path: Path | None) -> tuple[str, ...]:
    """The targets that mean this manifest."""
    return (str(path),) if path is not None else ()


def environment_named(text: str | None) -> Environment | None:
    """The environment of `--environment`. Raises UsageError."""
    from seamwright.model.errors import UsageError

    if text not in (None, "test", "staging", "production"):
        raise UsageError(f"--environment: {text!r} is none of test, staging, production")
    return text  # type: ignore[return-value]


def token_in(variable: str | None) -> str | None:
    """The token in the variable of `--token-env`. Raises UsageError."""
    import os

    from seamwright.model.errors import UsageError

    if variable is None:
        return None
    if not os.environ.get(variable):
        raise UsageError(f"--token-env: the variable {variable} is not set")
    return os.environ[variable]
