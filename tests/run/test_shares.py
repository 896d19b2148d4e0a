"""Who has a turn when, and how much of the time."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from seamwright.model.check import Check, Dares
from seamwright.model.plan import Planned
from seamwright.run.shares import Shares, Stage, stages
from tests.run.trial import check


def _planned(*checks: Check) -> list[Planned]:
    return [Planned("api", one.id, one.proves, Dares.OBSERVE, ("a",), {}) for one in checks]


FIRST = replace(check("contract.first"), urgency=0)
PLAIN = check("contract.plain")
ALONE = check("contract.alone", alone=True)
LOAD = check("load.alone", alone=True)
BACK = replace(check("contract.back"), urgency=9)
LAST = replace(check("contract.last", alone=True), urgency=9)
ALL = {one.id: one for one in (LOAD, LAST, BACK, ALONE, PLAIN, FIRST)}


def test_the_urgent_begin_and_what_leaves_traces_comes_last() -> None:
    order = [(stage, [item.check for item in turn]) for stage, turn in stages(_planned(*ALL.values()), ALL)]
    assert order == [
        (Stage.TOGETHER, ["contract.first"]),
        (Stage.TOGETHER, ["contract.plain"]),
        (Stage.ALONE, ["contract.alone"]),
        (Stage.BACK, ["contract.back"]),
        (Stage.HARSH, ["load.alone"]),
        (Stage.HARSH, ["contract.last"]),
    ]


def _shares(*checks: Check, budget: float = 60.0) -> Shares:
    shares = Shares(_planned(*checks), ALL, budget)
    shares.begin()
    return shares


def test_a_part_is_kept_for_those_that_look_back_and_one_for_those_that_load() -> None:
    assert _shares(PLAIN).of(PLAIN, 0) == pytest.approx(20.0)
    assert _shares(PLAIN, BACK, budget=10.0).of(PLAIN, 0) == pytest.approx(9.4, abs=0.1)
    without, with_load = _shares(PLAIN, BACK), _shares(PLAIN, BACK, LOAD)
    assert without.until() - with_load.until() == pytest.approx(20.0, abs=0.1)
    left, many = without.until() - time.monotonic(), _shares(PLAIN, BACK, *[LOAD] * 9)
    assert many.until() - time.monotonic() == pytest.approx(left / 4, abs=0.1), "a part, however many come after"


def test_one_that_is_alone_leaves_their_part_to_those_that_were_cut_off() -> None:
    assert _shares(PLAIN, ALONE).of(ALONE, 0) == pytest.approx(60.0, abs=0.1), "all that is left"
    assert _shares(PLAIN, ALONE).of(ALONE, 8) == pytest.approx(1.25 * 60 * 4 / (8 + 4), abs=0.1)


def test_at_the_end_of_the_time_nothing_is_left() -> None:
    shares = _shares(PLAIN, ALONE, LOAD, budget=0.0)
    assert [shares.of(one, 1) for one in (PLAIN, ALONE, LOAD)] == [0.0, 0.0, 0.0]


def test_a_little_is_kept_for_the_one_that_comes_last() -> None:
    assert _shares(PLAIN, LAST, budget=10.0).of(PLAIN, 0) == pytest.approx(9.2, abs=0.1)
    assert _shares(PLAIN, LAST).until() - time.monotonic() == pytest.approx(60 - 4.8, abs=0.1)
    assert _shares(LAST, budget=10.0).of(LAST, 0) == pytest.approx(10.0, abs=0.1), "all that is left is its own"
    with_load = _shares(LOAD, LAST)
    assert with_load.of(LOAD, 0) == pytest.approx(40.0, abs=0.1)
