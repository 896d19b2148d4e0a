"""Where evidence comes from: versions, and the git tree that a run started in."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from seamwright import __version__

__all__ = ["git_tree", "versions"]

_TOLD = ("httpx2", "jsonschema-rs", "sqlalchemy", "pydantic", "uvloop")


def versions() -> Mapping[str, str]:
    """The versions that a verdict may depend on."""
    found = {"seamwright": __version__, "python": platform.python_version(), "platform": platform.platform(terse=True)}
    for name in _TOLD:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def git_tree(folder: Path) -> str:
    """Hash of the git tree at HEAD, `-dirty` appended when the work tree differs; empty outside git."""
    if shutil.which("git") is None:
        return ""
    tree = _git(folder, "rev-parse", "HEAD^{tree}")
    if not tree:
        return ""
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    # A tree that git cannot look through is not known to be clean.
    return tree if changed == "" else f"{tree}-dirty"


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
