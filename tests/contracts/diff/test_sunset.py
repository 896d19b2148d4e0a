"""A sunset is a day, written as RFC 3339 writes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from seamwright.contracts.diff.sunset import SunsetError, rank, stability_of, sunset_date


@pytest.mark.parametrize("told", ["2030-12-31", "2030-12-31T23:59:00Z", "2030-12-31T00:00:00+02:00"])
def test_a_day_or_a_moment(told: str) -> None:
    assert sunset_date(told) == date(2030, 12, 31)


@pytest.mark.parametrize("told", ["soon", "31.12.2030", "2030-13-01", 20301231, True, ""])
def test_anything_else_is_refused_with_what_was_written(told: Any) -> None:
    with pytest.raises(SunsetError, match="is no date such as 2030-12-31"):
        sunset_date(told)


def test_stabilities() -> None:
    assert stability_of(None) == "stable"
    assert stability_of("beta") == "beta"
    assert stability_of("ga") is None
    assert stability_of(1) is None
    assert rank("draft") == 0
    assert rank(None) == 3
    assert rank("ga") is None
