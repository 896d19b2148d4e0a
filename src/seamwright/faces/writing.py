"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from seamwright.model.errors import UsageError

__all__ = ["folder_for", "write_whole"]


def folder_for(path: Path) -> None:
    """Make a folder before the work that fills it, so that a wrong place is told at once. Raises UsageError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        writable = os.access(path, os.W_OK | os.X_OK)
    except OSError as error:
        raise UsageError(f"{path} cannot be a folder: {error.strerror or error}; choose another place") from None
    if not writable:
        raise UsageError(f"{path} may not be written by this user; choose another place")


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write through a temporary file beside it, so that a reader never sees half. Raises UsageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}; choose another place") from None
