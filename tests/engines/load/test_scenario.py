"""Think times are drawn by seed, walk and place alone; and what a scenario must have."""

from __future__ import annotations

import numpy as np
import pytest

from seamwright.engines.load import Scenario, Step, Template, Think, Walks, render_request
from seamwright.engines.load.scenario import share


def step(name: str = "a", think: Think = Think()) -> Step:  # noqa: B008 - frozen
    return Step(name, name, Template(render_request("GET", "/", {"Host": "h"}), {}), None, think)


def test_shares_are_even_and_depend_on_seed_walk_and_place_alone() -> None:
    drawn = np.array([share(7, walk, place) for walk in range(2000) for place in range(3)])
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert np.histogram(drawn, bins=10, range=(0, 1))[0] == pytest.approx(600, abs=120)
    assert np.corrcoef(drawn[:-1], drawn[1:])[0, 1] == pytest.approx(0, abs=0.05)
    assert share(7, 5, 1) == share(7, 5, 1)
    assert len({share(seed, 5, 1) for seed in range(50)}) == 50


def test_think_times_have_their_distribution() -> None:
    shares = [share(1, walk, 0) for walk in range(5000)]
    assert Think("constant", 0.25).at(0.9) == 250_000_000
    uniform = np.array([Think("uniform", 0.1, 0.3).at(each) for each in shares]) / 1e9
    assert (uniform.min() >= 0.1, uniform.max() <= 0.3) == (True, True)
    assert uniform.mean() == pytest.approx(0.2, rel=0.05)
    exponential = np.array([Think("exponential", 0.2).at(each) for each in shares]) / 1e9
    assert exponential.mean() == pytest.approx(0.2, rel=0.06)
    assert exponential.std() == pytest.approx(0.2, rel=0.1)
    assert exponential.max() <= Think("exponential", 0.2).longest == 2.0


def test_nobody_thinks_after_the_last_step() -> None:
    scenario = Scenario(
        "s", (step("a", Think("constant", 1)), step("b", Think("uniform", 0, 2)), step("c", Think("exponential", 9)))
    )
    assert scenario.thinking == 3


def test_what_is_no_scenario_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        Scenario("s", ())
    with pytest.raises(ValueError, match="weight"):
        Scenario("s", (step(),), 0)
    with pytest.raises(ValueError, match="at least one scenario"):
        Walks(())
    with pytest.raises(ValueError, match="one name"):
        Walks((Scenario("s", (step(), step())),))


def test_only_one_constant_request_is_nothing_to_walk() -> None:
    assert Walks((Scenario("s", (step(),)),)).single
    assert not Walks((Scenario("s", (step("a"), step("b"))),)).single
    assert not Walks((Scenario("s", (step(),)),), in_turn=True).single
