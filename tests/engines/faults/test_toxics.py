"""Toxics mean what Toxiproxy's documentation says of them."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.faults.faults import Bandwidth, Fault, Hang, Latency, Reset, SlowClose, Trickle, Truncate
from seamwright.engines.faults.toxics import TYPES, Toxic, toxic_from


@pytest.mark.parametrize(
    ("kind", "stream", "attributes", "fault"),
    [
        ("latency", "downstream", {"latency": 1000}, Latency(1.0)),
        ("latency", "upstream", {"latency": 200, "jitter": 50}, Latency(0.2, 0.05, "uniform", "request")),
        ("latency", "downstream", {}, None),
        ("bandwidth", "downstream", {"rate": 64}, Bandwidth(64_000)),
        ("bandwidth", "downstream", {"rate": 0}, None),
        ("slow_close", "downstream", {"delay": 500}, SlowClose(0.5)),
        ("timeout", "upstream", {"timeout": 100}, Hang(None, 0.1, "close")),
        ("timeout", "downstream", {"timeout": 0}, Hang(0, None, "close")),
        ("reset_peer", "downstream", {"timeout": 2000}, Reset(2.0)),
        (
            "slicer",
            "upstream",
            {"average_size": 64, "size_variation": 32, "delay": 10},
            Trickle(64, 1e-5, 32, "request"),
        ),
        ("limit_data", "downstream", {"bytes": 100}, Truncate(100, "close", total=True)),
    ],
)
def test_each_type(kind: str, stream: str, attributes: dict[str, int], fault: Fault | None) -> None:
    toxic = toxic_from({"type": kind, "stream": stream, "attributes": attributes})
    assert toxic.fault() == fault
    told = toxic.as_json()
    assert told["name"] == f"{kind}_{stream}"
    assert told["attributes"] == {**dict.fromkeys(TYPES[kind], 0), **attributes}
    assert toxic_from(told) == Toxic(toxic.name, kind, stream, 1.0, told["attributes"])


def test_what_is_not_said_stays_as_it_was() -> None:
    before = toxic_from({"type": "latency", "name": "mine", "toxicity": 0.5, "attributes": {"latency": 5, "jitter": 1}})
    after = toxic_from({"attributes": {"latency": 9}}, before)
    assert (after.name, after.toxicity, after.attributes) == ("mine", 0.5, {"latency": 9, "jitter": 1})
    assert after.where().share == 0.5


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([], "a toxic is an object"),
        ({"type": ["latency"]}, "there are latency, bandwidth"),
        ({"type": "latency", "attributes": {"latency": 10**400}}, "whole number"),
        ({"type": "noop"}, "there are latency, bandwidth"),
        ({"type": "latency", "stream": "both"}, "upstream or downstream"),
        ({"type": "latency", "toxicity": 2}, "from 0 to 1"),
        ({"type": "latency", "attributes": {"latency": "1s"}}, "whole number"),
        ({"type": "latency", "attributes": [1]}, "must be an object"),
    ],
)
def test_nonsense_is_refused(asked: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        toxic_from(asked)
