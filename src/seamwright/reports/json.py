"""The whole record of a run as JSON, and back: nothing is lost, and the same record gives the same bytes."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from seamwright.model.coverage import answered, by_kind, points
from seamwright.model.errors import UsageError
from seamwright.model.report import Report
from seamwright.model.run import RunRecord
from seamwright.reports._summary import Summary

__all__ = ["FORMAT", "REPORT", "read"]

FORMAT = "seamwright.run/1"
"""Stands under `format` in the document; a change that older readers would misread raises the number."""


def render(record: RunRecord) -> bytes:
    """Give one JSON object: `format`, `summary` (made from the rest, for `jq`), and the fields of the record.

    Keys are sorted at every level. A number that JSON has no word for is `{"$float": "nan"}` (or `inf`, `-inf`), and
    bytes are `{"$bytes": base64}`. Tuples inside `facts` and `measures` come back as lists; all else is the same.
    """
    summary = Summary(record)
    document = {
        **TypeAdapter(RunRecord).dump_python(record),
        "format": FORMAT,
        "summary": {
            "verdict": summary.verdict,
            "headline": summary.headline,
            "sentences": summary.tally.total,
            "proved": summary.tally.proved,
            "refuted": summary.tally.refuted,
            "unknown": summary.tally.unknown,
            "tried": summary.tried,
            "findings": summary.findings,
            "coverage": _coverage(record),
        },
    }
    text = json.dumps(_plain(document), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    # A lone surrogate becomes \udXXX, which is JSON's own escape for it.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _coverage(record: RunRecord) -> dict[str, Any]:
    """The sums of the coverage: of operations, of points, and of points by what they are about."""
    rows = record.coverage
    kinds = {str(kind): asdict(share) for kind, share in by_kind(rows).items()}
    return {"operations": asdict(answered(rows)), "points": asdict(points(rows)), "kinds": kinds}


def read(data: bytes) -> RunRecord:
    """Read back what `render` gave. Raises UsageError when it is no record of a run."""
    try:
        document = json.loads(data, object_hook=_tagged)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"this is no JSON report of a run: {error}; make one with --format json") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else type(document).__name__
        raise UsageError(f"this is no JSON report of a run: its format is {found!r}, and {FORMAT!r} is understood")
    fields = {key: value for key, value in document.items() if key not in ("format", "summary")}
    try:
        return TypeAdapter(RunRecord).validate_python(fields)
    except ValidationError as error:
        raise UsageError(f"this JSON report of a run is damaged: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(inner) for inner in value), key=repr)
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _tagged(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        if isinstance(text := found.get("$float"), str):
            return float(text)
        if isinstance(text := found.get("$bytes"), str):
            return base64.b64decode(text)
    return found


REPORT = Report(
    name="json",
    suffix=".json",
    media_type="application/json",
    says="The whole record of the run, for programs; it can be read back without loss.",
    render=render,
)
