"""The timeline of a load run as CSV (RFC 4180): one row a second."""

from __future__ import annotations

import csv
import io
from dataclasses import fields

from seamwright.engines.load.recorder import Window
from seamwright.engines.load.result import LoadResult

__all__ = ["timeline"]


def timeline(result: LoadResult) -> str:
    """A header with the names of `Window`, then its rows: seconds and counts; empty where nothing was measured."""
    text = io.StringIO(newline="")
    names = [each.name for each in fields(Window)]
    writer = csv.writer(text)
    writer.writerow(names)
    for window in result.timeline:
        values = (getattr(window, name) for name in names)
        writer.writerow("" if value is None else format(value, ".9g") for value in values)
    return text.getvalue()
