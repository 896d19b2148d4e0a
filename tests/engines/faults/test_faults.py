"""Faults travel as JSON and refuse nonsense."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamwright.engines.faults.faults import DropAnswer, Fault, Hang, Refuse, Reset, Slow, fault_from, kinds


@pytest.mark.parametrize("fault", [Slow(0.5), Slow(1, first_n=2), Refuse(), Reset(first_n=1), Hang(), DropAnswer()])
def test_a_fault_survives_json(fault: Fault) -> None:
    assert fault_from(fault.kind, json.loads(json.dumps(fault.params()))) == fault
    assert fault.kind in kinds()


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("flood", {}, "there are slow, refuse, reset, hang, drop-answer"),
        ("slow", {}, "seconds"),
        ("slow", {"seconds": -1}, "more than 0"),
        ("slow", {"seconds": "1"}, "must be a number"),
        ("slow", {"seconds": float("nan")}, "more than 0"),
        ("reset", {"first_n": 0}, "first_n"),
        ("reset", {"first_n": True}, "first_n"),
        ("refuse", {"first_n": 1}, "has no parameter first_n"),
    ],
)
def test_nonsense_is_refused_with_what_would_be_right(kind: str, params: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fault_from(kind, params)
