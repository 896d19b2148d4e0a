"""Random walks over the operations of a contract, in which each step is about objects that earlier steps made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from seamwright.engines.sequences.making import Draw, Making
from seamwright.engines.sequences.steps import Action, Step, makers

__all__ = ["walk"]

STAYS = 0.7
"""How often a step is about the object that the step before it was about: mistakes lie in the life of one object."""

ENDED = 0.3
"""How often a step is about an object that has been ended, where there is one."""


def walk(
    actions: Iterable[Action], draw: Draw, random: Random, length: int, seen: Counter[str] | None = None
) -> tuple[Step, ...]:
    """A sequence of at least `length` steps, where there is anything to do; it depends on `random` alone.

    `seen` counts how often each operation was walked so far, and is added to: what was seen least comes first.
    """
    able = tuple(actions)
    counts = Counter[str]() if seen is None else seen
    making = Making(makers(able), draw)
    ended: set[int] = set()
    focus: tuple[str, int] | None = None
    idle = 0
    while able and len(making.steps) < length and idle < len(able):
        action = _next(able, counts, focus, random)
        now = focus

        def chosen(resource: str, now: tuple[str, int] | None = now) -> int | None:
            if now is not None and now[0] == resource and (now[1] not in ended or random.random() < ENDED):
                return now[1]
            alive = [number for number in making.objects.get(resource, ()) if number not in ended]
            return random.choice(alive) if alive else None

        before = len(making.steps)
        step = making.add(action, chosen)
        counts.update([action.operation] if step is None else (s.operation for s in making.steps[before:]))
        idle = idle + 1 if step is None else 0
        if step is None:
            continue
        if action.ends and step.on is not None:
            ended.add(step.on)
        focus = _focus(action, step, random)
    return tuple(making.steps)


def _focus(action: Action, step: Step, random: Random) -> tuple[str, int] | None:
    """The object that the next step is likely to be about: what was made, or what it was made of."""
    about = [(action.makes, step.number)] if action.makes else []
    about += [(action.on, step.on)] if step.on is not None else []
    about += [(resource, step.takes[place]) for place, resource in action.takes.items()]
    return random.choice(about) if about else None


def _next(able: tuple[Action, ...], counts: Counter[str], focus: tuple[str, int] | None, random: Random) -> Action:
    """Mostly something that can be done with the object at hand, and of that rather what was seldom done."""
    near = [a for a in able if focus is not None and (a.on == focus[0] or focus[0] in a.takes.values())]
    among = near if near and random.random() < STAYS else list(able)
    least = min(counts[action.operation] for action in among)
    return random.choices(among, [1.0 / (1 + counts[action.operation] - least) for action in among])[0]
