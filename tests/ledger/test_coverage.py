"""Coverage is kept small, read back whole, and what is none is refused."""

from __future__ import annotations

import json

import pytest

from seamwright.ledger import encoding
from seamwright.ledger.coverage import decoded, encoded
from seamwright.model.run import Covered, Exercised

POINTS = (
    Exercised(
        "keyword", "body/lines/*/é", "minimum", ("valid",), {"limit": "too long", "broken": "no such value is made"}
    ),
    Exercised("status", "response/503", "status", (), {"answered": "no such value is made"}),
)
ROWS = (
    Covered("api", "list", "GET", "/a", 3, {"200": 2, "reset": 1}, POINTS, clipped=True),
    Covered("api", "make", "POST", "/a", 0, {}),
)


def test_it_comes_back_as_it_was() -> None:
    assert decoded(encoded(ROWS)) == ROWS
    assert decoded(encoded(())) == ()
    assert [list(each.missing) for each in decoded(encoded(ROWS))[0].points] == [["limit", "broken"], ["answered"]]
    assert encoded(ROWS) == encoding.canonical(json.loads(encoded(ROWS)))


def test_a_reason_is_written_once() -> None:
    assert encoded(ROWS).count("no such value is made") == 1
    many = (Covered("api", "list", "GET", "/a", 0, {}, POINTS[1:] * 10_000),)
    assert len(encoded(many)) < 650_000


def test_rows_from_before_points_were_measured_are_read() -> None:
    old = encoding.canonical(
        [{"boundary": "api", "calls": 1, "method": "GET", "operation": "list", "path": "/a", "statuses": {"200": 1}}]
    )
    assert decoded(old) == (Covered("api", "list", "GET", "/a", 1, {"200": 1}),)
    assert decoded("[]") == ()


@pytest.mark.parametrize("text", ["nonsense", "{}", '{"reasons":[],"rows":[[1]]}', "7", '{"reasons":[],"rows":7}'])
def test_what_is_no_coverage_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decoded(text)


def test_a_reason_that_is_not_there_is_refused() -> None:
    broken = json.loads(encoded(ROWS))
    broken["reasons"] = []
    with pytest.raises(ValueError, match="not coverage"):
        decoded(json.dumps(broken))
