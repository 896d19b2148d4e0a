"""Faults travel as JSON and refuse nonsense."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamwright.engines.faults import faults
from seamwright.engines.faults.faults import Fault, fault_from, kinds

EACH: list[Fault] = [
    faults.Latency(0.5, 0.1, "uniform", "request"),
    faults.Bandwidth(1000),
    faults.Trickle(10, 0.1, 5),
    faults.SlowClose(1),
    faults.Refuse(),
    faults.Reset(0.1),
    faults.Close(),
    faults.Hang(7, 1.5, "close"),
    faults.DropAnswer("close"),
    faults.Truncate(100, total=True),
    faults.Status(429, 3),
    faults.Malformed("length"),
    faults.Oversize(1000),
]


@pytest.mark.parametrize("fault", EACH, ids=lambda fault: fault.kind)
def test_a_fault_survives_json(fault: Fault) -> None:
    assert fault_from(fault.kind, json.loads(json.dumps(fault.params()))) == fault


def test_each_is_told_by_name() -> None:
    assert list(kinds().values()) == [type(fault) for fault in EACH]
    assert [kind for kind, fault in kinds().items() if fault.answers] == ["status", "malformed", "oversize"]


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("flood", {}, "there are latency, bandwidth, trickle, slow-close, refuse, reset"),
        ("latency", {}, "seconds"),
        ("latency", {"seconds": -1}, "more than 0"),
        ("latency", {"seconds": "1"}, "must be a number"),
        ("latency", {"seconds": float("nan")}, "more than 0"),
        ("latency", {"seconds": float("inf")}, "at most 1e"),
        ("latency", {"seconds": 10**400}, "at most 1e"),
        ("trickle", {"size": 10**400, "seconds": 1}, "whole number from 1"),
        ("latency", {"seconds": 1, "spread": 1}, "constant latency has no spread"),
        ("latency", {"seconds": 1, "distribution": "odd"}, "one of constant, uniform, normal"),
        ("latency", {"seconds": 1, "direction": "up"}, "one of answer, request"),
        ("bandwidth", {"rate": 0}, "more than 0"),
        ("trickle", {"size": 2, "seconds": 1, "variation": 2}, "less than its size"),
        ("trickle", {"size": 2, "seconds": 1, "spare_head": 1}, "true or false"),
        ("truncate", {"after": -1}, "whole number from 0"),
        ("truncate", {"after": 1, "end": "bang"}, "one of reset, close"),
        ("status", {"code": 101}, "whole number from 200"),
        ("status", {"code": 600}, "200 to 599"),
        ("hang", {"seconds": 0}, "more than 0"),
        ("oversize", {"size": True}, "whole number from 2"),
        ("malformed", {"what": "all"}, "one of body, head, length"),
        ("refuse", {"first_n": 1}, "has no parameter first_n"),
    ],
)
def test_nonsense_is_refused_with_what_would_be_right(kind: str, params: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fault_from(kind, params)
