"""The picture of a load check, with all of its figures and with hardly any."""

from __future__ import annotations

import math
from typing import Any

import pytest

from seamwright.reports._latency import WIDTH, Figure, figures
from tests.reports import records


def figure(load: Any) -> Figure:
    row = records.evidence("orders", "load.rate", "It holds.", records.PROVED, measures={"load": load})
    (found,) = figures([row])
    return found


def test_shows_quantiles_objectives_and_the_seconds() -> None:
    found = figure(records.load(slow=True))
    rows = {row.name: row for row in found.rows}
    assert [*rows] == ["p50", "p90", "p95", "p99", "p99.9", "max"]
    assert rows["p99"].kept is False
    assert rows["p50"].kept is True
    assert rows["p90"].kept is None
    assert rows["p99"].intended == "412 ms"
    assert (rows["p99"].service_x or 0) < (rows["p99"].objective_x or 0) < (rows["p99"].intended_x or 0)
    assert found.timeline is not None
    assert len(found.timeline.bars) == 10
    assert found.timeline.objective == "p99 promised: 300 ms"
    assert found.words == "200 requests a second were asked for over 10 s, 2,000 were sent, 1,994 were answered."


def test_figures_of_one_cell_are_found_too() -> None:
    row = records.evidence("orders", "load.rate", "", records.PROVED, measures={"listOrders": {"load": {"sent": 3}}})
    assert [f.cell for f in figures([row])] == ["listOrders"]


@pytest.mark.parametrize(
    "load",
    [
        {},
        {"intended": None, "timeline": None},
        {"intended": {"p50": math.nan, "p99": "fast"}, "timeline": [1, "x", {}]},
        {"service": {"p50": 0.0}, "objectives": {"p99": 0}},
        {"timeline": [{"second": 0, "p99": 0.2, "sent": 0, "errors": 4}]},
        {"intended": {"p99": 1e9, "p50": 1e-9}},
    ],
)
def test_any_figure_may_be_missing_or_odd(load: dict[str, Any]) -> None:
    found = figure(load)
    for row in found.rows:
        assert all(x is None or 0 <= x <= WIDTH for x in (row.intended_x, row.service_x, row.objective_x))


def test_without_figures_there_is_no_picture() -> None:
    assert figures(records.broken().evidence[:1]) == ()
