"""What a run comes to: never better than what was tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seamwright.model.run import RunState
from seamwright.model.verdict import Cause, Verdict
from seamwright.reports._summary import Summary, Tally
from tests.reports import records
from tests.reports.records import PROVED, REFUTED, UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "headline", "rest"),
    [
        ((PROVED,), "Proved: the one sentence that was tried holds.", "3 tries in all."),
        ((PROVED, PROVED), "Proved: all 2 sentences hold.", "6 tries in all."),
        ((REFUTED,), "Refuted: 1 of 1 sentence is false.", "0 are proved. 3 tries in all."),
        (
            (REFUTED, PROVED, UNKNOWN),
            "Refuted: 1 of 3 sentences is false.",
            "1 is proved and 1 is unknown. 9 tries in all.",
        ),
        (
            (PROVED, UNKNOWN),
            "Unknown: 1 of 2 sentences could not be decided.",
            "1 is proved and none is refuted. 6 tries in all.",
        ),
    ],
)
def test_the_headline_is_plain(verdicts: tuple[Verdict, ...], headline: str, rest: str) -> None:
    rows = tuple(
        records.evidence("orders", f"auth.{n}", "It holds.", verdict, {"a": (verdict, 3, "")})
        for n, verdict in enumerate(verdicts)
    )
    summary = Summary(records.record(rows))
    assert (summary.headline, summary.rest) == (headline, rest)


def test_nothing_tried_is_unknown() -> None:
    summary = Summary(records.empty())
    assert summary.verdict is UNKNOWN
    assert summary.headline == "Unknown: nothing was tried."
    assert summary.boundaries["orders"].words == "nothing tried"


def test_proved_by_nothing_is_unknown_and_our_fault() -> None:
    summary = Summary(records.record((records.evidence("orders", "auth.a", "It holds.", PROVED),)))
    assert summary.verdict is UNKNOWN
    assert summary.sentences[0].cause is Cause.OURS
    assert summary.headline == "Unknown: nothing was tried."


def test_what_was_not_reached_and_what_was_forbidden_stay_unknown() -> None:
    unknown = {(s.boundary, s.check): s for s in Summary(records.broken()).sentences if s.verdict is UNKNOWN}
    assert "the run ended before" in unknown["payments", "load.rate"].why
    assert "no process" in unknown["payments", "resilience.crash"].why


def test_an_interrupted_run_says_so() -> None:
    record = records.healthy()
    summary = Summary(replace(record, run=replace(record.run, state=RunState.INTERRUPTED, finished=None)))
    assert summary.rest.endswith("The run was interrupted before its end.")


def test_is_never_better_than_the_record() -> None:
    for make in (records.empty, records.dead, records.healthy, records.broken, records.hostile, records.huge):
        record = make()
        assert Summary(record).verdict is record.verdict


def test_a_tally_of_nothing_is_unknown() -> None:
    assert Tally().verdict is UNKNOWN
    assert Tally.of([PROVED, PROVED]).words == "all 2 hold"
