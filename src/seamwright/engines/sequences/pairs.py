"""Every two operations on one object, one after the other: the shortest histories that an object can have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from seamwright.engines.sequences.steps import Action, makers

__all__ = ["pairs"]


def pairs(actions: Iterable[Action], changing: Collection[str]) -> Iterator[tuple[str, str]]:
    """The pairs of operations about the same resource of which the first changes something, those after an end first.

    `changing` are the operations that change anything. What makes the object comes before, when the pair is chained.
    """
    able = tuple(actions)
    known = frozenset(makers(able))
    found = [
        (first, second)
        for first in able
        if first.operation in changing
        for second in able
        if _about(first) & _about(second) & known
    ]
    found.sort(key=lambda pair: not pair[0].ends)
    return ((first.operation, second.operation) for first, second in found)


def _about(action: Action) -> frozenset[str]:
    """The resources whose objects an operation is called on, or names."""
    return frozenset((action.on, *action.takes.values()))
