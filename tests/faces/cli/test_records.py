"""`seamwright runs`, `report`, `evidence` and `ledger verify`: what was kept, also when it is hostile or changed."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.run import RunRecord
from tests.faces.terminal import seamwright
from tests.reports import records


def _kept(here: Path, *made: RunRecord) -> None:
    with Ledger.open(here / ".seamwright" / "ledger.db") as ledger:
        for record in made:
            ledger.begin(record.run, record.plan, record.seams)
            for row in record.evidence:
                # The records of the reports' tests come without the exchanges that they tell of.
                ledger.append(replace(row, run=record.run.id, exchanges=0, exchanges_digest=""))
            for notice in record.notices:
                ledger.notice(record.run.id, notice)
            ledger.finish(record.run.id, record.verdict, record.coverage, record.run.started + 1)


@pytest.fixture
def kept(here: Path) -> RunRecord:
    """A ledger with one broken run, in the folder of the test."""
    record = records.broken()
    _kept(here, record)
    return record


def test_before_any_run_it_says_how_to_begin(here: Path) -> None:
    assert "begin with: seamwright verify" in seamwright("runs", cwd=here).out
    assert "begin with: seamwright verify" in seamwright("evidence", cwd=here).out
    assert seamwright("runs", "--json", cwd=here).json == seamwright("evidence", "--json", cwd=here).json == []
    assert not (here / ".seamwright").exists()
    nothing = seamwright("report", cwd=here)
    assert nothing.status == 2
    assert "Traceback" not in nothing.err
    assert seamwright("ledger", "verify", "--ledger", "none.db", cwd=here).status == 2
    assert not (here / "none.db").exists()


def test_runs_and_evidence_are_shown_and_given_as_json(here: Path, kept: RunRecord) -> None:
    (run,) = seamwright("runs", "--json", cwd=here).json
    assert (run["id"], run["state"], run["evidence"]) == (kept.run.id, "finished", len(kept.evidence))
    assert kept.run.id in seamwright("runs", cwd=here).out
    rows = seamwright("evidence", "--json", cwd=here).json
    assert len(rows) == len(kept.evidence)
    one = kept.evidence[0]
    words = ("--check", one.check, "--boundary", one.boundary, "--run", kept.run.id[:12], "--json")
    (row,) = seamwright("evidence", *words, cwd=here).json
    assert (row["check"], row["boundary"], row["verdict"]) == (one.check, one.boundary, str(one.verdict))
    assert len(seamwright("evidence", "--limit", "2", cwd=here).out.splitlines()) == 2


def test_a_run_that_is_not_there_is_told(here: Path, kept: RunRecord) -> None:
    for words in (("report", "nosuch"), ("evidence", "--run", "nosuch")):
        done = seamwright(*words, cwd=here)
        assert done.status == 2
        assert "nosuch" in done.err
    assert "--exchanges needs --run" in seamwright("evidence", "--exchanges", cwd=here).err


@pytest.mark.parametrize("name", ["html", "junit", "sarif", "json", "markdown"])
def test_a_report_goes_where_it_is_told(here: Path, kept: RunRecord, name: str) -> None:
    told = seamwright("report", "last", "--format", name, cwd=here)
    file = here / told.out.strip()
    assert told.status == 0
    assert kept.run.id in file.name
    out = seamwright("report", kept.run.id[:10], "--format", name, "--out", "-", cwd=here).out
    assert out == file.read_text(encoding="utf-8")


def test_a_report_goes_into_a_file_or_a_folder(here: Path, kept: RunRecord) -> None:
    assert seamwright("report", "--out", "deep/page.html", cwd=here).out == "deep/page.html\n"
    assert (here / "deep" / "page.html").is_file()
    assert seamwright("report", "--out", "folder", cwd=here).out.startswith("folder/seamwright-")
    unknown = seamwright("report", "--format", "pdf", cwd=here)
    assert unknown.status == 2
    assert "there is no report 'pdf'; there are: html" in unknown.err


def test_hostile_words_harm_neither_terminal_nor_json(here: Path) -> None:
    record = records.broken()
    words = "\x1b[2J[/dim] \u202e [bold]"
    seams = tuple(replace(seam, name=words) for seam in record.seams)
    rows = tuple(replace(row, boundary=words) for row in record.evidence)
    _kept(here, replace(record, run=replace(record.run, system=words, targets=(words,)), seams=seams, evidence=rows))
    for command in ("runs", "evidence"):
        shown = seamwright(command, cwd=here)
        assert shown.status == 0, shown.err
        assert "\\x1b[2J[/dim] \\u202e [bold]" in shown.out
    assert {row["boundary"] for row in seamwright("evidence", "--json", cwd=here).json} == {words}


def test_a_changed_row_shows(here: Path, kept: RunRecord) -> None:
    fine = seamwright("ledger", "verify", cwd=here)
    assert (fine.status, fine.out) == (0, f"{len(kept.evidence)} rows of evidence, 0 broken\n")
    with sqlite3.connect(here / ".seamwright" / "ledger.db") as connection:
        for (trigger,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f'drop trigger "{trigger}"')
        connection.execute("update evidence set verdict = 'proved' where verdict = 'refuted'")
    broken = seamwright("ledger", "verify", "--json", cwd=here)
    assert broken.status == 1
    first = broken.json["problems"][0]["sequence"]
    assert f"✗ row {first}: " in seamwright("ledger", "verify", cwd=here).out


def test_json_reports_are_the_same_now_and_then(here: Path, kept: RunRecord) -> None:
    first = seamwright("report", "--format", "json", "--out", "-", cwd=here).out
    assert json.loads(first)["run"]["id"] == kept.run.id
    assert first == seamwright("report", "--format", "json", "--out", "-", cwd=here).out
