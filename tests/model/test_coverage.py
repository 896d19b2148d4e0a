"""Sums over the coverage of a run."""

from __future__ import annotations

import pytest

from seamwright.model.coverage import Share, answered, by_kind, points, sentence
from seamwright.model.run import Covered, Exercised

ROWS = (
    Covered(
        "api",
        "list",
        "GET",
        "/a",
        2,
        {"200": 2},
        (
            Exercised("operation", "response", "success", ("answered",)),
            Exercised("keyword", "query/limit", "minimum", ("valid", "limit"), {"broken": "why"}),
        ),
    ),
    Covered(
        "api", "make", "POST", "/a", 1, {"401": 1}, (Exercised("status", "response/201", "status", (), {"a": ""}),)
    ),
)


def test_sums() -> None:
    assert answered(ROWS) == Share(1, 2)
    assert points(ROWS) == Share(3, 5)
    assert by_kind(ROWS) == {"operation": Share(1, 1), "status": Share(0, 1), "keyword": Share(2, 3)}
    assert sentence(ROWS) == "1 of 2 operations, 3 of 5 points"


def test_contracts_without_points_are_told_by_their_operations() -> None:
    assert sentence((Covered("api", "Query.a", "QUERY", "a", 1, {"200": 1}),)) == "1 of 1 operations"
    assert sentence(()) == ""


@pytest.mark.parametrize(
    ("share", "percent"), [(Share(0, 0), 100), (Share(1, 3), 33.3), (Share(9999, 10000), 99.9), (Share(2, 2), 100)]
)
def test_only_all_is_a_hundred_percent(share: Share, percent: float) -> None:
    assert share.percent == percent
