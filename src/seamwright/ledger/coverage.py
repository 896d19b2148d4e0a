"""Coverage as it lies in the ledger: large contracts have tens of thousands of points, so each is a short list.

`{"reasons": […], "rows": [[boundary, operation, method, path, calls, statuses, clipped, points], …]}`, where each of
the points is `[kind, place, keyword, done, missing]`, and `missing` pairs an aspect with the number of a reason. Rows
written before points were measured are a list of objects, and are read as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from seamwright.ledger import encoding
from seamwright.model.run import Covered, Exercised

__all__ = ["decoded", "encoded"]


def encoded(coverage: Sequence[Covered]) -> str:
    """Write coverage as canonical JSON."""
    reasons: dict[str, int] = {}
    rows = [
        [
            row.boundary,
            row.operation,
            row.method,
            row.path,
            row.calls,
            dict(row.statuses),
            row.clipped,
            [
                [
                    each.kind,
                    each.place,
                    each.keyword,
                    list(each.done),
                    [[aspect, reasons.setdefault(why, len(reasons))] for aspect, why in each.missing.items()],
                ]
                for each in row.points
            ],
        ]
        for row in coverage
    ]
    return encoding.canonical({"reasons": list(reasons), "rows": rows})


def decoded(text: str) -> tuple[Covered, ...]:
    """Read back what `encoded` wrote. Raises ValueError where the text is no coverage."""
    written = json.loads(text)
    if isinstance(written, list):
        return encoding.decoded(tuple[Covered, ...], text)
    try:
        reasons = written["reasons"]
        return tuple(_row(row, reasons) for row in written["rows"])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not coverage: {error!r}") from error


def _row(written: list[Any], reasons: list[str]) -> Covered:
    boundary, operation, method, path, calls, statuses, clipped, points = written
    return Covered(
        boundary=str(boundary),
        operation=str(operation),
        method=str(method),
        path=str(path),
        calls=int(calls),
        statuses={str(status): int(count) for status, count in statuses.items()},
        points=tuple(
            Exercised(kind, place, keyword, tuple(done), {aspect: reasons[why] for aspect, why in missing})
            for kind, place, keyword, done, missing in points
        ),
        clipped=bool(clipped),
    )
