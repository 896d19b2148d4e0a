"""The document of a run holds its figures, and JSON can carry it."""

from __future__ import annotations

import json

from seamwright.engines.load.exports import document
from tests.engines.load.exports.loaded import loaded


def test_every_figure_is_there_and_adds_up() -> None:
    told = json.loads(json.dumps(document(loaded()), allow_nan=False))
    assert (told["offered"], told["sent"], told["answered"], told["errors"]) == (13, 13, 12, {"timeout": 1})
    assert told["latency"]["intended"]["maximum"] == 5.0
    assert told["operations"]["list, all"]["latency"]["service"]["count"] == 12
    assert told["operations"]['say "hi"']["latency"]["service"] is None
    assert [row["offered"] for row in told["timeline"]] == [14, 0]
    assert told["timeline"][1]["p50"] is None
