"""The Markdown report: short, and other people's text is only text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from seamwright.model.finding import Finding, Severity
from seamwright.model.run import RunRecord
from seamwright.model.verdict import Verdict
from seamwright.reports.markdown import REPORT
from tests.reports import records


def tokens(record: RunRecord) -> list[Token]:
    """The page as a CommonMark parser sees it, inline parts included."""
    found = MarkdownIt("commonmark").enable("table").parse(REPORT.render(record).decode())
    return [inner for token in found for inner in (token, *(token.children or ()))]


@pytest.mark.parametrize(
    "make", [records.empty, records.dead, records.healthy, records.broken, records.hostile, records.huge]
)
def test_is_short_enough_for_a_comment(make: Callable[[], RunRecord]) -> None:
    text = REPORT.render(make()).decode()
    assert len(text) < 40_000, "GitHub takes 65,536 characters"
    assert text.startswith("## ")


def test_stays_short_however_long_the_findings_are() -> None:
    row = records.broken().evidence[0]
    finding = Finding("t" * 10_000, "d" * 100_000, Severity.LOW, "o" * 10_000, reproduce="r" * 100_000)
    many = replace(row, verdict=Verdict.REFUTED, findings=(finding,) * 500, why="w" * 10_000)
    text = REPORT.render(records.record((many,) * 50)).decode()
    assert len(text) < 40_000
    assert "And 24,990 more" in text


def test_says_the_verdict_the_findings_and_how_to_see_them_again() -> None:
    text = REPORT.render(records.broken()).decode()
    assert text.startswith("## ✗ Refuted: 4 of 19 sentences are false.")
    assert "| orders | ✗ refuted | 6 | 3 | 2 |" in text
    assert "| inventory | ? unknown (nothing tried) | 0 | 0 | 0 |" in text
    fences = [token.content for token in tokens(records.broken()) if token.type == "fence"]
    assert (
        "seamwright verify orders --check security.other-owner --seed 7 --manifest /srv/shop/seamwright.yaml\n"
        in fences
    )
    assert "whose fault: the system under test" in text
    assert "Not tried: 5 checks do not apply, 2 cells were left out" in text


def test_says_what_of_the_contracts_was_exercised() -> None:
    text = REPORT.render(records.broken()).decode()
    assert "### Exercised: 2 of 3 operations, 8 of 12 points" in text
    assert "| boundary | operations | points | statuses | parameters | keywords |" in text
    assert "| orders | 1 of 2 | 7 of 11 (63.6%) | 1 of 2 | 2 of 2 | 3 of 5 |" in text
    assert "| identity | 1 of 1 | 1 of 1 (100%) |  |  |  |" in text
    assert "Never answered in its success class: `exportOrders` of orders." in text
    assert "Exercised" not in REPORT.render(records.dead()).decode()


def test_a_run_that_tried_nothing_is_unknown() -> None:
    assert REPORT.render(records.empty()).decode().startswith("## ? Unknown: nothing was tried.")


def test_hostile_text_is_only_text() -> None:
    found = tokens(records.hostile())
    assert {token.type for token in found} & {"html_block", "html_inline", "image", "link_open"} == set()
    text = REPORT.render(records.hostile()).decode()
    assert not re.search(r"@everybody", re.sub(r"```.*?```|`[^`]+`", "", text, flags=re.S))
    rows = [token for token in found if token.type == "tr_open"]
    assert len(rows) == 2 * (1 + len(records.HOSTILE)), "no name broke out of its row"
