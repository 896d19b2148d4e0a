"""The JSON report: lossless, stable, and read back."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from seamwright.model.errors import UsageError
from seamwright.model.run import RunRecord
from seamwright.reports.json import FORMAT, REPORT, read
from tests.reports import records


@pytest.mark.parametrize(
    "make", [records.empty, records.dead, records.healthy, records.broken, records.hostile, records.huge]
)
def test_gives_back_the_same_record_and_the_same_bytes(make: Callable[[], RunRecord]) -> None:
    record = make()
    data = REPORT.render(record)
    assert read(data) == record
    assert REPORT.render(read(data)) == data
    assert json.loads(data)["format"] == FORMAT


def test_the_order_of_keys_does_not_depend_on_the_record() -> None:
    record = records.healthy()
    turned = replace(record, run=replace(record.run, versions=dict(reversed([*record.run.versions.items()]))))
    assert [*turned.run.versions] != [*record.run.versions]
    assert REPORT.render(turned) == REPORT.render(record)


def test_keeps_what_json_has_no_word_for() -> None:
    measures = {"worst": math.inf, "least": -math.inf, "none": math.nan, "raw": b"\x00\xff"}
    row = replace(records.healthy().evidence[0], measures=measures)
    data = REPORT.render(records.record((row,)))
    json.loads(data, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    found = read(data).evidence[0].measures
    assert (found["worst"], found["least"], found["raw"]) == (math.inf, -math.inf, b"\x00\xff")
    assert math.isnan(found["none"])


def test_says_what_the_run_comes_to() -> None:
    summary = json.loads(REPORT.render(records.broken()))["summary"]
    assert summary == {
        "verdict": "refuted",
        "headline": "Refuted: 4 of 19 sentences are false.",
        "sentences": 19,
        "proved": 10,
        "refuted": 4,
        "unknown": 5,
        "tried": 2496,
        "findings": 5,
        "coverage": {
            "operations": {"done": 9, "total": 11},
            "points": {"done": 8, "total": 12},
            "kinds": {
                "operation": {"done": 2, "total": 3},
                "status": {"done": 1, "total": 2},
                "parameter": {"done": 2, "total": 2},
                "keyword": {"done": 3, "total": 5},
            },
        },
    }


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"format": "seamwright.run/9"}'])
def test_refuses_what_is_no_record(data: bytes) -> None:
    with pytest.raises(UsageError, match="no JSON report of a run"):
        read(data)


def test_refuses_a_damaged_record() -> None:
    document = json.loads(REPORT.render(records.healthy()))
    del document["run"]["seed"]
    with pytest.raises(UsageError, match=r"damaged(?s:.*)seed"):
        read(json.dumps(document).encode())
