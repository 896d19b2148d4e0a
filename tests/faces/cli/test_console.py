"""What a terminal shows of a run; also of names that look like markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from seamwright.faces.cli.console import Show, plan_tables, summary
from seamwright.model.check import Dares
from seamwright.model.plan import Plan, Planned, Skipped
from seamwright.model.run import CheckFinished, CheckStarted, Notice, RunFinished, RunRecord, RunStarted
from seamwright.model.verdict import Cause, Verdict
from seamwright.reports._words import visible
from tests.reports import records

EVERY = [records.empty, records.dead, records.healthy, records.broken, records.hostile, records.huge]


@pytest.mark.parametrize("make", EVERY)
def test_the_summary_shows_every_finding_with_how_to_see_it_again(
    make: Callable[[], RunRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    record = make()
    summary(record)
    shown = capsys.readouterr().out
    for row in record.evidence:
        for finding in row.findings:
            assert f"✗ {visible(finding.title)}" in shown
            assert visible(finding.reproduce) in shown
    for seam in record.seams:
        assert visible(seam.name) in shown
    assert str(record.verdict) in shown.splitlines()[-1] or str(record.verdict) in shown


def test_one_reason_is_told_once_however_many_checks_it_stops(capsys: pytest.CaptureFixture[str]) -> None:
    template = records.healthy().evidence[0]
    rows = tuple(
        replace(
            template,
            check=f"contract.number-{n}",
            verdict=Verdict.UNKNOWN,
            cause=Cause.USAGE,
            why=f"nobody is there (and so with {n} more)" if n else "something else",
        )
        for n in range(4)
    )
    summary(records.record(rows))
    told = capsys.readouterr().out
    assert told.count("nobody is there") == 1
    assert "contract.number-1, contract.number-2, contract.number-3" in told
    assert "contract.number-0 (usage): something else" in told


def test_nothing_tried_is_nothing_known(capsys: pytest.CaptureFixture[str]) -> None:
    summary(records.empty())
    assert "nothing was tried, so nothing is known" in capsys.readouterr().out


def test_the_end_says_how_much_of_the_contracts_was_exercised(capsys: pytest.CaptureFixture[str]) -> None:
    summary(records.broken())
    assert "coverage: 9 of 11 operations, 8 of 12 points" in capsys.readouterr().out.splitlines()
    summary(records.dead())
    assert "coverage:" not in capsys.readouterr().out


def test_what_the_environment_forbids_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    why = "environment is production, which does not allow attack"
    skipped = tuple(Skipped("api", f"security.x{n}", "it holds", why, forbidden=True) for n in range(2))
    summary(replace(records.healthy(), plan=Plan((), skipped)))
    assert f"not tried: 2 checks, since {why}" in capsys.readouterr().out


def test_progress_is_a_line_for_each_check_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    record = records.hostile()
    with Show() as show:
        show.event(RunStarted(record.run, record.plan))
        for item, row in zip(record.plan.planned, record.evidence, strict=False):
            show.event(CheckStarted(item))
            show.event(CheckFinished(item, row))
        show.event(Notice("[/red] a note [bold]"))
        show.event(RunFinished(record))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "note [/red] a note [bold]" in shown.err
    assert record.run.system in shown.err
    assert len(shown.err.splitlines()) >= 2 + min(len(record.plan.planned), len(record.evidence))


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    record = records.broken()
    with Show(quiet=True) as show:
        show.event(RunStarted(record.run, record.plan))
        show.event(Notice("a note"))
    assert capsys.readouterr().err == ""


def test_a_plan_says_what_would_run_and_what_would_not(capsys: pytest.CaptureFixture[str]) -> None:
    cells = tuple(f"operation{n}" for n in range(9))
    item = Planned("[/x]", "contract.x", "it holds", Dares.ATTACK, cells, {"list[/x]": "it takes [no] body"})
    skipped = Skipped("api", "auth.y", "it holds", "the contract could not be read: [/x]", applicable=True)
    plan_tables(Plan((item,), (skipped,)))
    shown = capsys.readouterr().out
    assert "9 in all" in shown
    assert "attack" in shown
    assert "leaves out list[/x]: it takes [no] body" in shown
    assert "api: the contract could not be read: [/x] (stays unknown)" in shown
