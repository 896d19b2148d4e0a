"""What sequences are made of: the actions that there are, and the steps that were chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from seamwright.model.exchange import Case

__all__ = ["Action", "Step", "makers", "needed", "succession"]


@dataclass(frozen=True, slots=True)
class Action:
    """What an operation does with objects. Resources are texts of the caller's choice.

    `on` is the resource whose object it is called on, `makes` the one of which it makes an object (inside the one that
    it is called on), `takes` the places of the call that name other objects, each with its resource. `ends` says that
    the object is gone afterwards.
    """

    operation: str
    on: str = ""
    makes: str = ""
    takes: Mapping[str, str] = field(default_factory=dict)
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a sequence.

    `on` is the number of the step that made the object it is called on; `takes` the places that name other objects,
    each with the number of the step that made that. Numbers stay as they are when other steps are left out.
    """

    number: int
    operation: str
    case: Case
    on: int | None = None
    takes: Mapping[str, int] = field(default_factory=dict)

    @property
    def needs(self) -> frozenset[int]:
        """The steps without which this one cannot be made."""
        return frozenset(self.takes.values()) | (frozenset() if self.on is None else {self.on})


def needed(steps: Sequence[Step], wanted: Collection[int]) -> tuple[Step, ...]:
    """The wanted steps and all those that they need, in their order."""
    keep = set(wanted)
    for step in reversed(steps):
        if step.number in keep:
            keep |= step.needs
    return tuple(step for step in steps if step.number in keep)


def makers(actions: Iterable[Action]) -> dict[str, Action]:
    """The action that makes objects of each resource; of several the one that needs the least."""
    found: dict[str, Action] = {}
    for action in actions:
        known = found.get(action.makes)
        if action.makes and (known is None or _demands(action) < _demands(known)):
            found[action.makes] = action
    return found


def succession(makers: Mapping[str, Action], resource: str) -> list[Action] | None:
    """The actions that make an object of this resource and all that it needs, in order; None where that is impossible.

    Each resource is made once, so that what refers to one thing in two places refers to the same.
    """
    order: list[Action] = []
    under_way: set[str] = set()

    def visit(wanted: str) -> bool:
        if any(action.makes == wanted for action in order):
            return True
        action = makers.get(wanted)
        if action is None or wanted in under_way:
            return False
        under_way.add(wanted)
        if not all(visit(need) for need in (*((action.on,) if action.on else ()), *action.takes.values())):
            return False
        order.append(action)
        return True

    return order if visit(resource) else None


def _demands(action: Action) -> int:
    return bool(action.on) + len(action.takes)
