"""Seconds, a date, or nonsense."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from seamwright.kit.retry_after import seconds_of


def _noon() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 12:00:05 -0000", 5.0),
        ("-3", None),
        ("soon", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_what_it_says(value: str | None, seconds: float | None) -> None:
    assert seconds_of(value, now=_noon) == seconds
