"""The timeline as CSV reads back as it was."""

from __future__ import annotations

import csv
import io

import pytest

from seamwright.engines.load.exports import timeline
from tests.engines.load.exports.loaded import loaded


def test_rows_read_back_and_what_was_not_measured_is_empty() -> None:
    result = loaded()
    rows = list(csv.DictReader(io.StringIO(timeline(result), newline="")))
    assert [(row["start"], row["offered"], row["sent"], row["answered"], row["errors"]) for row in rows] == [
        ("0", "14", "13", "12", "1"),
        ("1", "0", "0", "0", "0"),
    ]
    assert float(rows[0]["p99"]) == pytest.approx(result.timeline[0].p99)
    assert rows[1]["p99"] == ""
