"""Chance is the same again for the same keys, and spread as it should be."""

from __future__ import annotations

from statistics import fmean, pstdev

import pytest

from seamwright.engines.faults.chance import draw, normal


def test_the_same_keys_give_the_same_number_and_others_another() -> None:
    assert draw(7, 1, 2) == draw(7, 1, 2)
    assert len({draw(seed, rule, count) for seed in range(5) for rule in range(5) for count in range(50)}) == 1250


def test_it_is_evenly_spread() -> None:
    drawn = [draw(1, 1, count) for count in range(20_000)]
    assert min(drawn) >= 0
    assert max(drawn) < 1
    assert fmean(drawn) == pytest.approx(0.5, abs=0.01)
    for tenth in range(10):
        share = sum(tenth <= 10 * number < tenth + 1 for number in drawn) / len(drawn)
        assert share == pytest.approx(0.1, abs=0.01)


def test_normal_has_the_mean_and_the_deviation_of_one() -> None:
    drawn = [normal(draw(3, count)) for count in range(20_000)]
    assert fmean(drawn) == pytest.approx(0, abs=0.03)
    assert pstdev(drawn) == pytest.approx(1, abs=0.03)
    assert normal(0.0) == -normal(1.0) == -6.0
