"""Chains: a sequence that was written down, as the life of an object is: made, read, changed, removed, read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seamwright.engines.sequences.making import Draw, Making
from seamwright.engines.sequences.steps import Action, Step, makers

__all__ = ["chain"]


def chain(actions: Iterable[Action], script: Sequence[tuple[str, int]], draw: Draw) -> tuple[Step, ...] | None:
    """The steps of a script with all that they need before them; None where something needed cannot be made.

    The script names operations, each with which object it is about: `("read", 0)` reads the first object that the
    script makes, `("read", 1)` the second. What these lie in, or name, is made once and shared.
    """
    known = {action.operation: action for action in actions}
    making = Making(makers(known.values()), draw)
    about: dict[tuple[str, int], int] = {}
    for operation, which in script:
        action = known[operation]

        def chosen(resource: str, which: int = which) -> int | None:
            mine = about.get((resource, which))
            return mine if mine is not None else next(iter(making.objects.get(resource, ())), None)

        step = making.add(action, chosen)
        if step is None:
            return None
        if action.makes:
            about[action.makes, which] = step.number
    return tuple(making.steps)
