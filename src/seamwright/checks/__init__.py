"""The checks: one file proves one sentence; the folders say what is proved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seamwright.model.check import Check
from seamwright.seams import discover

__all__ = ["checks"]


def checks(folder: Path | None = None, asked: Callable[[str], bool] | None = None) -> dict[str, Check]:
    """Give every check by its id: our own, those of installed packages, and the plain files of the user's `folder`.

    With `asked`, those of our own are left out, and not even loaded, for whose ids it says no. Raises SeamError for a
    file without its CHECK, and for an id that is there twice.
    """
    return discover(
        "seamwright.checks",
        "CHECK",
        Check,
        key=lambda check: check.id,
        group="seamwright.checks",
        folder=folder,
        asked=asked,
    )
