"""The summary of a search: each rate, what keeps and what fails with how often, the knee, and the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.engines.load.search import Knee
from seamwright.faces.cli.find_limit import limit_of, summary
from seamwright.model.errors import UsageError
from seamwright.run.limit_by_hand import Found
from tests.run.test_limit_by_hand import limited, sure


async def test_everything_that_was_found_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with limited("refuse", "15") as url:
        limit, row = await sure(tmp_path, url, first=40.0, least=40.0, most=40.0, reproduce="seamwright load")
    summary(row, limit)
    shown = capsys.readouterr().out
    assert "fails 40/s: 2 of 2 broken" in shown
    assert "gave out first at 40/s: errors" in shown
    assert "✗ refuted api" in shown
    assert "again: seamwright load" in shown
    limit.found = Found(
        keeps=20.0,
        keeps_tries={"kept": 3, "ours": 1},
        fails=40.0,
        fails_tries={"broken": 3},
        sometimes={25.5: {"broken": 1, "kept": 2}},
        out_of_reach=None,
        confirmed=True,
        gave_out=("latency", "errors"),
        knee=Knee(0.0125, 10.0, 14.14),
    )
    summary(row, limit)
    shown = capsys.readouterr().out
    assert "keeps 20/s: 3 of 3 kept (1 more, in which our own side was late)" in shown
    assert "sometimes 25.5/s: 1 of 3 broken, 2 of 3 kept" in shown
    assert "gave out first at 40/s: latency, then errors" in shown
    assert "knee: the p90 leaves its plateau of 12.5 ms between 10/s and 14.14/s" in shown


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="--warm-up"):
        limit_of(None, None, "5s", "long", 0.05, 3)
    made = limit_of(100.0, 10.0, "5s", "0", 0.1, 2)
    assert (made.first, made.most, made.step, made.warm_up, made.precision, made.repeats) == (10, 100, 5, 0, 0.1, 2)
