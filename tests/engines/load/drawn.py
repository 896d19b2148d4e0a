"""Profiles that a seed draws: stages of any kind, pauses and slopes from 0 among them."""

from __future__ import annotations

from random import Random

from seamwright.engines.load.profile import Profile, Stage

__all__ = ["drawn"]


def drawn(seed: int) -> Profile:
    """A profile of one to six stages, at least one request in all."""
    random = Random(seed)

    def rate() -> float:
        return random.choice((0.0, random.uniform(1, 50), random.uniform(1, 3000)))

    while True:
        stages = tuple(Stage(random.uniform(0.05, 5), rate(), rate()) for _ in range(random.randint(1, 6)))
        if sum(stage.total for stage in stages) > 1:
            return Profile(stages)
