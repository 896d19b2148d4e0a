"""One request of a connection and its answer, with what strikes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seamwright.engines.faults.faults import Fault
from seamwright.engines.faults.flow import Shape
from seamwright.engines.faults.framing import Head

__all__ = ["Strike", "Turn"]


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that strikes one turn, and the id under which it was armed. `amount`: seconds that were drawn for it."""

    id: int
    fault: Fault
    amount: float = 0.0


class Turn:
    """`number` counts the turns of the connection, `request` the requests of the relay; 0 for a greeting."""

    __slots__ = ("down", "head", "number", "own", "passed", "request", "sent", "strike", "swallowed", "up", "whole")

    def __init__(self, number: int, request: int, head: Head) -> None:
        self.number = number
        self.request = request
        self.head = head
        self.strike: Strike | None = None
        """What decides this turn; what only holds back lies in `up` and `down`."""
        self.up: Shape | None = None
        self.down: Shape | None = None
        self.swallowed = False
        """The request is not passed on."""
        self.whole = False
        """A request that is not passed on has come to its end."""
        self.own: Iterator[bytes] | None = None
        """The relay's own answer."""
        self.passed = 0
        """Bytes of the answer that were passed on; of its body, where there is a head."""
        self.sent = 0
        """Bytes of the request that were passed on."""

    def take(self, strike: Strike) -> bool:
        """Be struck by this one too; False where another decides this turn already."""
        fault = strike.fault
        if fault.shapes:
            if getattr(fault, "direction", "answer") == "request":
                self.up = self.up or Shape()
                self.up.add(strike.id, fault, strike.amount)
            else:
                self.down = self.down or Shape()
                self.down.add(strike.id, fault, strike.amount)
            return True
        if self.strike is not None:
            return False
        self.strike = strike
        return True

    def release(self, rule: int) -> None:
        """The fault with this id has ended, and strikes no more what it has not struck yet."""
        for shape in (self.up, self.down):
            if shape is not None:
                shape.remove(rule)
        if self.up is not None and self.up.empty:
            self.up = None
        if self.down is not None and self.down.empty:
            self.down = None
        if self.strike is not None and self.strike.id == rule and not self.swallowed:
            self.strike = None
