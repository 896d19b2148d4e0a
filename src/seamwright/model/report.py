"""A report: turns the record of a run into bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seamwright.model.run import RunRecord

__all__ = ["Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """One format of report: its name (`--format`), file suffix, media type, and what renders it."""

    name: str
    suffix: str
    media_type: str
    says: str
    render: Callable[[RunRecord], bytes]
