"""The summary of a load run shows figures, promises and the verdict, and nothing of an answer as markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.engines.load import Profile
from seamwright.faces.cli.load_summary import summary
from seamwright.run.load_by_hand import LoadByHand
from tests.run.test_load_by_hand import app, tried


async def test_everything_that_was_measured_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_hand = LoadByHand(Profile.constant(60, 1.0), reproduce="seamwright load [api] --seed 1")
    row = await tried(tmp_path, app(breaks_after=20), by_hand, latency={"p50": "2s"}, availability="99.9%")
    summary(row, by_hand)
    shown = capsys.readouterr().out
    assert "offered 60 (60/s, constant) · sent 60 · answered 60" in shown
    assert "errors: contract " in shown
    assert "✓ latency p50: " in shown
    assert "promised 2 s" in shown
    assert "✗ availability: " in shown
    assert "promised 99.9%" in shown
    assert "✗ refuted api" in shown
    assert "again: seamwright load [api] --seed 1" in shown
    assert all(name in shown for name in ("intended", "service", "p999", "good", "other"))


async def test_a_run_that_sent_nothing_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_hand = LoadByHand(Profile.constant(40, 0.5), {"gone": 1.0})
    row = await tried(tmp_path, app(), by_hand, "/gone")
    summary(row, by_hand)
    shown = capsys.readouterr().out
    assert "offered" not in shown
    assert "? unknown api" in shown
    assert "gone was answered once 404" in shown
