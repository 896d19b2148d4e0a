"""Random walks: the same for the same seed, on objects that were made, and everywhere in the end."""

from __future__ import annotations

from collections import Counter
from random import Random

from seamwright.engines.sequences import Action, walk
from tests.engines.sequences.album import ACTIONS, draw, told


def test_a_walk_depends_on_its_seed_alone() -> None:
    one, same, other = (walk(ACTIONS, draw, Random(seed), 12) for seed in (7, 7, 8))
    assert told(one) == told(same) != told(other)
    assert len(one) >= 12


def test_each_step_is_about_objects_that_earlier_steps_made() -> None:
    makes = {action.operation: action.makes for action in ACTIONS}
    about = {action.operation: (action.on, *action.takes.values()) for action in ACTIONS}
    for seed in range(50):
        made: dict[int, str] = {}
        for step in walk(ACTIONS, draw, Random(seed), 10):
            assert step.needs <= set(made)
            assert {made[number] for number in step.needs} == {
                resource for resource in about[step.operation] if resource
            }
            if makes[step.operation]:
                made[step.number] = makes[step.operation]


def test_everything_is_walked_and_what_was_seldom_is_preferred() -> None:
    seen: Counter[str] = Counter()
    for seed in range(12):
        walk(ACTIONS, draw, Random(seed), 8, seen)
    assert set(seen) == {action.operation for action in ACTIONS}
    assert min(seen.values()) * 12 > max(seen.values())


def test_what_was_ended_is_used_again_now_and_then() -> None:
    after_the_end = 0
    for seed in range(60):
        ended: set[int] = set()
        for step in walk(ACTIONS, draw, Random(seed), 10):
            after_the_end += step.on in ended
            if step.operation == "dropAlbum" and step.on is not None:
                ended.add(step.on)
    assert after_the_end > 10


def test_where_nothing_can_be_done() -> None:
    assert walk((), draw, Random(1), 5) == ()
    assert walk((Action("get", on="nothing"),), draw, Random(1), 5) == ()
