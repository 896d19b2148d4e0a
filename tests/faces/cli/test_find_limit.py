"""The summary of a search: each rate, what keeps and what fails with how often, the knee, and the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.faces.cli.find_limit import limit_of, summary
from seamwright.model.errors import UsageError
from tests.run.test_limit_by_hand import limited, sure


async def test_everything_that_was_found_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with limited("refuse", "25") as url:
        limit, row = await sure(
            tmp_path, url, first=20.0, precision=0.9, reproduce="seamwright load", promised={"rate": 40}
        )
    summary(row, limit)
    shown = capsys.readouterr().out
    assert "keeps 20/s: 2 of 2 kept" in shown
    assert "fails 40/s: 2 of 2 broken" in shown or "fails 28.28/s" in shown
    assert "gave out first at " in shown
    assert "/s: errors" in shown
    assert "✗ refuted api" in shown
    assert "again: seamwright load" in shown


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="--warm-up"):
        limit_of(None, None, "5s", "long", 0.05, 3)
    made = limit_of(100.0, 10.0, "5s", "0", 0.1, 2)
    assert (made.first, made.most, made.step, made.warm_up, made.precision, made.repeats) == (10, 100, 5, 0, 0.1, 2)
