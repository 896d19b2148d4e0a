"""A failing sequence is shortened to what brings the failure about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random

import pytest

from seamwright.engines.sequences import Step, chain, shrinking, walk, without
from seamwright.model.exchange import Case
from tests.engines.sequences.album import ACTIONS, draw, told


def _shortest(
    steps: tuple[Step, ...],
    fails: Callable[[tuple[Step, ...]], bool],
    simpler: Callable[[Step], Iterable[Case]] = lambda step: (),
) -> tuple[tuple[Step, ...], int]:
    search, tries = shrinking(steps, simpler), 0
    try:
        candidate = next(search)
        while True:
            tries += 1
            assert candidate[-1].number == steps[-1].number, "the step that shows the failure stays"
            known = {step.number for step in candidate}
            assert all(step.needs <= known for step in candidate), "every step has what it needs"
            candidate = search.send(fails(candidate))
    except StopIteration as end:
        return end.value, tries


def _has(*operations: str) -> Callable[[tuple[Step, ...]], bool]:
    return lambda steps: {*operations} <= {step.operation for step in steps[:-1]}


def test_what_the_failure_does_not_need_goes() -> None:
    steps = chain(ACTIONS, [("health", 0), ("getPhoto", 0), ("getPrint", 0), ("dropAlbum", 0), ("getAlbum", 0)], draw)
    assert steps is not None
    found, tries = _shortest(steps, _has("dropAlbum"))
    assert told(found) == ["2 newAlbum", "7 dropAlbum on 2", "8 getAlbum on 2"]
    assert tries < 12


def _failing_walks(count: int) -> Iterator[tuple[Step, ...]]:
    """Long walks that end in `getAlbum` and have gone through `health` and `getPrint`."""
    for seed in range(1000):
        steps = walk(ACTIONS, draw, Random(seed), 40)
        end = next((n for n, step in enumerate(steps, 1) if n > 25 and step.operation == "getAlbum"), 0)
        if end and _has("health", "getPrint")(steps[:end]):
            count -= 1
            yield steps[:end]
        if not count:
            return


@pytest.mark.parametrize("steps", [*_failing_walks(20)])
def test_of_long_walks_only_what_counts_is_left(steps: tuple[Step, ...]) -> None:
    found, tries = _shortest(steps, _has("health", "getPrint"))
    kinds = sorted(step.operation for step in found)
    assert kinds in (
        ["getAlbum", "getPrint", "health", "newAlbum", "newPhoto", "print"],
        ["getAlbum", "getPrint", "health", "newAlbum", "newAlbum", "newPhoto", "print"],
    )
    assert tries < 60


def test_steps_become_simpler_too() -> None:
    steps = chain(ACTIONS, [("getAlbum", 0)], draw)
    assert steps is not None

    def simpler(step: Step) -> Iterable[Case]:
        for name in step.case.body:
            yield step.case.but(body={n: v for n, v in step.case.body.items() if n != name})

    found, _ = _shortest(steps, lambda steps: "colour" in steps[0].case.body, simpler)
    assert [step.case.body for step in found] == [{"colour": "red"}, {}]


def test_a_sequence_that_cannot_be_shorter_stays() -> None:
    steps = chain(ACTIONS, [("getAlbum", 0)], draw)
    assert steps is not None
    found, tries = _shortest(steps, lambda steps: len(steps) == 2)
    assert (found, tries) == (steps, 0), "what makes the object cannot go without what needs it"


def test_leaving_out_a_step_leaves_out_what_needs_it() -> None:
    steps = chain(ACTIONS, [("getPhoto", 0), ("health", 0)], draw)
    assert steps is not None
    assert told(without(steps, {1})) == ["4 health"]
    assert told(without(steps, {2})) == ["1 newAlbum", "4 health"]
