"""The text keeps the rules of OpenMetrics: families in one piece, labels escaped, an end."""

from __future__ import annotations

import re

from seamwright.engines.load.exports import openmetrics
from tests.engines.load.exports.loaded import loaded

SAMPLE = re.compile(r'([a-z0-9_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')


def test_every_line_is_a_sample_of_the_family_above_it() -> None:
    text = openmetrics(loaded())
    assert text.endswith("# EOF\n")
    family = ""
    seen: set[str] = set()
    for line in text.splitlines()[:-1]:
        if line.startswith("# TYPE "):
            family = line.split()[2]
            assert family not in seen
            seen.add(family)
        elif not line.startswith("# "):
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1].removeprefix(family) in ("", "_total", "_count", "_sum"), line
            float(match[3])


def test_the_figures() -> None:
    lines = openmetrics(loaded()).splitlines()
    assert 'seamwright_load_requests_total{operation="list, all",outcome="200"} 12' in lines
    assert r'seamwright_load_requests_total{operation="say \"hi\"",outcome="timeout"} 1' in lines
    assert 'seamwright_load_latency_seconds{kind="intended",operation="list, all",quantile="1.0"} 0.987654321' in lines
    assert 'seamwright_load_latency_seconds_count{kind="intended",operation="list, all"} 12' in lines
    assert "seamwright_load_kept_schedule 1" in lines
