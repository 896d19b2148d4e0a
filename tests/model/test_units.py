"""Numbers with units."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from seamwright.model.units import PerSecond, Ratio, Seconds

SECONDS: TypeAdapter[float] = TypeAdapter(Seconds)
PER_SECOND: TypeAdapter[float] = TypeAdapter(PerSecond)
RATIO: TypeAdapter[float] = TypeAdapter(Ratio)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("300ms", 0.3), ("5s", 5), ("2m", 120), ("2 min", 120), ("1h", 3600), ("7d", 604800), ("50us", 5e-5), (1.5, 1.5)],
)
def test_durations(text: Any, seconds: float) -> None:
    assert SECONDS.validate_python(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["300", "5 seconds", "-1s", "1e3s", "s", "", True, -1, None, float("nan"), [1]])
def test_what_is_no_duration(text: Any) -> None:
    with pytest.raises(ValidationError, match="write it like 300ms"):
        SECONDS.validate_python(text)


@pytest.mark.parametrize(("text", "rate"), [("200/s", 200), ("60/min", 1), ("90 / m", 1.5), ("7200/h", 2), (5, 5)])
def test_rates(text: Any, rate: float) -> None:
    assert PER_SECOND.validate_python(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["200", "200/d", "/s", False, -5, 0, "0/s", float("inf")])
def test_what_is_no_rate(text: Any) -> None:
    with pytest.raises(ValidationError, match="write it like 200/s"):
        PER_SECOND.validate_python(text)


@pytest.mark.parametrize(("text", "share"), [("99.9%", 0.999), ("100%", 1), ("0%", 0), (0.5, 0.5), (1, 1)])
def test_shares(text: Any, share: float) -> None:
    assert RATIO.validate_python(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["99.9", "100.1%", "-1%", 99.9, 2, -0.1, True])
def test_what_is_no_share(text: Any) -> None:
    with pytest.raises(ValidationError, match=r"write it like 99\.9%"):
        RATIO.validate_python(text)
