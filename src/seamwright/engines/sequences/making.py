"""Puts a sequence together step by step, and makes what a step needs before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seamwright.engines.sequences.steps import Action, Step, succession
from seamwright.model.exchange import Case

__all__ = ["Draw", "Making"]

Draw = Callable[[str], Case]
"""A case for a call of an operation; its objects are filled in when the step is made."""

Chosen = Callable[[str], int | None]
"""Which object of a resource a step is to use, by the number of the step that made it; None for a new one."""


class Making:
    """A sequence that is being put together."""

    def __init__(self, makers: Mapping[str, Action], draw: Draw) -> None:
        self._makers = makers
        self._draw = draw
        self.steps: list[Step] = []
        self.objects: dict[str, list[int]] = {}
        """Resource → the numbers of the steps that made its objects, in order; ended ones stay in it."""

    def add(self, action: Action, chosen: Chosen) -> Step | None:
        """Append a step, and before it what it needs; None (and nothing is appended) where that cannot be made."""
        needs = {need: chosen(need) for need in ((action.on,) if action.on else ()) + tuple(action.takes.values())}
        for need in [need for need, number in needs.items() if number is None]:
            order = succession(self._makers, need)
            if order is None:
                return None
            needs[need] = self._made(order)
        return self._appended(action, {need: number for need, number in needs.items() if number is not None})

    def _made(self, order: list[Action]) -> int:
        """Make an object and, where they are not there yet, those that it lies in or names."""
        last = 0
        for number, action in enumerate(order):
            here = self.objects.get(action.makes)
            if here and number < len(order) - 1:
                continue
            needs = {need: self.objects[need][-1] for need in (action.on, *action.takes.values()) if need}
            last = self._appended(action, needs).number
        return last

    def _appended(self, action: Action, needs: Mapping[str, int]) -> Step:
        step = Step(
            number=len(self.steps) + 1,
            operation=action.operation,
            case=self._draw(action.operation),
            on=needs[action.on] if action.on else None,
            takes={place: needs[resource] for place, resource in action.takes.items()},
        )
        self.steps.append(step)
        if action.makes:
            self.objects.setdefault(action.makes, []).append(step.number)
        return step
