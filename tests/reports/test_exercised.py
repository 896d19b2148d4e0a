"""What was exercised, and what was not by its reason, as the page shows it."""

from __future__ import annotations

from dataclasses import replace

from seamwright.model.coverage import Share
from seamwright.model.run import Covered, Exercised
from seamwright.reports._exercised import SHOWN, exercise_of
from seamwright.reports.html import REPORT
from tests.reports import records


def test_boundaries_with_points_have_a_part() -> None:
    found = exercise_of(records.broken())
    assert found.words == "2 of 3 operations, 8 of 12 points"
    assert [part.boundary for part in found.parts] == ["orders", "identity"]
    orders = found.parts[0]
    assert (orders.answered, orders.share) == (Share(1, 2), Share(7, 11))
    assert orders.kinds == (("statuses", Share(1, 2)), ("parameters", Share(2, 2)), ("keywords", Share(3, 5)))


def test_what_is_missing_stands_under_its_reason_the_commonest_first() -> None:
    listed, exported = exercise_of(records.broken()).parts[0].operations
    assert [(missing.why, missing.points, missing.count) for missing in listed.missing] == [
        ("no such value is made", (("query/limit maximum", "broken"), ("query/search pattern", "broken")), 2),
        ("no answer had this status", (("response/503 status", ""),), 1),
    ]
    assert (exported.answered, exported.clipped, exported.unnamed) == (False, True, 0)


def test_of_very_many_some_are_named_and_the_rest_are_counted() -> None:
    points = tuple(
        Exercised("keyword", f"body/{n}", "maxLength", (), {"limit": "a", "broken": "a"}) for n in range(100)
    )
    row = Covered("api", "op", "GET", "/", 1, {"200": 1}, points)
    record = replace(records.healthy(), coverage=(row,))
    (operation,) = exercise_of(record).parts[0].operations
    assert len(operation.missing[0].points) == SHOWN
    assert operation.unnamed == 2 * (100 - SHOWN)
    assert "--boundary api --operation op --missing" in REPORT.render(record).decode()


def test_the_page_shows_it_and_stays_small_enough_to_open() -> None:
    text = REPORT.render(records.broken()).decode()
    assert 'id="exercised"' in text
    assert "never called: the manifest excludes it" in text
    assert 'id="exercised"' not in REPORT.render(records.dead()).decode()
    assert len(REPORT.render(records.huge())) < 6_000_000
