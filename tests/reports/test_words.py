"""Numbers, times and text."""

from __future__ import annotations

import pytest

from seamwright.reports._words import amount, clipped, duration, moment, number, plural, quantile, short, visible


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.00004, "40 µs"),
        (0.0124, "12.4 ms"),
        (0.3, "300 ms"),
        (3.2, "3.2 s"),
        (41.87, "41.9 s"),
        (100.0, "100 s"),
        (245.0, "4 min 5 s"),
        (7200.0, "2 h"),
        (1e-9, "0.001 µs"),
        (0.9996, "1,000 ms"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text.replace(",", "")


def test_the_rest() -> None:
    assert amount(12400) == "12,400"
    assert amount(0.5) == "0.5"
    assert plural(1, "try", "tries") == "1 try"
    assert plural(12, "try", "tries") == "12 tries"
    assert quantile("p999") == "p99.9"
    assert quantile("max") == "max"
    assert short("a" * 40 + "-dirty") == "a" * 12 + "-dirty"
    assert moment(0) == "1970-01-01 00:00:00 UTC"
    assert moment(1e30) == "1e+30"
    assert number(float("nan")) is None
    assert number(True) is None
    assert clipped("abcdef", 3).startswith("abc … (3 more characters")
    assert visible("a\tb\nc\x00\u202e") == "a\tb\nc\\x00\\u202e"
