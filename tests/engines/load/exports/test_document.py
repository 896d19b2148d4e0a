"""The document of a run holds its figures, and JSON can carry it."""

from __future__ import annotations

import json
from dataclasses import replace

from seamwright.engines.load import ScenarioResult
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


def test_scenarios_are_told_with_the_figures_of_their_steps() -> None:
    assert "scenarios" not in document(loaded())
    run = loaded()
    walked = ScenarioResult(13, 12, run.intended, {'say "hi"': 1}, {"list, all": "list", 'say "hi"': "say"})
    told = json.loads(json.dumps(document(replace(run, scenarios={"buy": walked}, used_up="no row is left"))))
    part = told["scenarios"]["buy"]
    assert (part["begun"], part["completed"], part["failed_at"]) == (13, 12, {'say "hi"': 1})
    assert part["duration"]["maximum"] == 5.0
    assert [(step["step"], step["operation"], step["errors"]) for step in part["steps"]] == [
        ("list, all", "list", {}),
        ('say "hi"', "say", {"timeout": 1}),
    ]
    assert part["steps"][0]["latency"] == told["operations"]["list, all"]["latency"]
    assert told["used_up"] == "no row is left"
