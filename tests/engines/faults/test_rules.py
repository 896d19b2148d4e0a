"""Rules as words and as JSON mean the same."""

from __future__ import annotations

import pytest

from seamwright.engines.faults.faults import Bandwidth, Hang, Latency, Reset, Status
from seamwright.engines.faults.rules import Rule, rule_as_json, rule_from, rule_of
from seamwright.engines.faults.selection import ALL, Selection


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("reset", (Reset(), 60.0, ALL)),
        ("latency,seconds=200ms,ttl=5m", (Latency(0.2), 300.0, ALL)),
        (
            "latency,seconds=1.5,spread=0.5,distribution=normal,operation=GET /orders/{id},first=3",
            (Latency(1.5, 0.5, "normal"), 60.0, Selection(operation="GET /orders/{id}", first=3)),
        ),
        ("status,code=429,retry_after=2,every=3", (Status(429, 2), 60.0, Selection(every=3))),
        ("bandwidth,rate=64KiB,direction=request", (Bandwidth(65536, "request"), 60.0, ALL)),
        (
            "reset,operation=SELECT a, b FROM t,open",
            (Reset(), 60.0, Selection(operation="SELECT a, b FROM t", open=True)),
        ),
        ('{"kind": "hang", "params": {"after": 3}, "where": {"nth": 2}}', (Hang(3), 60.0, Selection(nth=2))),
    ],
)
def test_words(text: str, rule: Rule) -> None:
    assert rule_from(text, 60.0) == rule
    assert rule_of(rule_as_json(rule)) == rule


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("flood", "there are latency"),
        ("reset,code=3", "fault 'reset' has no 'code'; there are"),
        ("latency", "seconds"),
        ("latency,seconds=soon", "must be a number"),
        ("reset,ttl=2h", "time to live"),
        ("reset,nth=x", "nth must be"),
        ('{"kind": "reset"', "delimiter"),
        ('{"kind": "reset", "also": 1}', "armed with"),
        ('{"kind": "reset", "where": []}', "objects"),
    ],
)
def test_nonsense_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rule_from(text, 60.0)
