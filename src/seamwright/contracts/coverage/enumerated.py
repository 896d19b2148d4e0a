"""What meters of contracts with enumerated operations share: each operation is compiled when it is first met."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from seamwright.contracts.coverage.judging import Judgement
from seamwright.contracts.coverage.points import Points, Universe
from seamwright.model.operation import Operation
from seamwright.model.run import Exercised

__all__ = ["Enumerated", "cover"]


class _Enumerable(Protocol):
    universe: Universe


Compiled = TypeVar("Compiled", bound=_Enumerable)


class Enumerated(ABC, Generic[Compiled]):
    """A meter whose points of an operation are those of its compiled form."""

    def __init__(self) -> None:
        self._compiled: dict[str, Compiled] = {}

    @abstractmethod
    def _compile(self, operation: Operation) -> Compiled:
        """The points of an operation, none of them exercised yet."""

    def points(self, operation: Operation) -> tuple[Exercised, ...]:
        """What was exercised of an operation, and what was not."""
        return self._made(operation).universe.results()

    def clipped(self, operation: Operation) -> bool:
        """Whether an operation has more points than are enumerated."""
        return self._made(operation).universe.clipped

    def _made(self, operation: Operation) -> Compiled:
        made = self._compiled.get(operation.id)
        if made is None:
            made = self._compiled[operation.id] = self._compile(operation)
        return made


def cover(tried: Iterable[tuple[Points, str]], judged: Judgement, status: int) -> None:
    """Count what was sent as exercised, where the service judged it; otherwise as sent and not judged."""
    for points, aspect in tried:
        if judged is Judgement.NONE:
            points.unjudged.setdefault(aspect, status)
        else:
            points.cover(aspect)
