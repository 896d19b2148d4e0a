"""The fault log: one line of JSON for each fault that was injected, the same for the same seed and order of requests.

No line holds a time, a port or a count of bytes that the network decides. A line is written when the fault is decided,
in the order of the requests. `request` is the number of the request among all that the relay saw, and `trace` the id
that the client gave it, if it gave one: by these it is joined to the exchange.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from seamwright.engines.faults.faults import Latency
from seamwright.engines.faults.turn import Strike, Turn

__all__ = ["Journal", "line"]


def line(rule: int, strike: Strike, connection: int, turn: Turn | None) -> dict[str, Any]:
    """What the log says of one strike. `rule` is the id of the armed fault, `connection` its number in the relay."""
    told: dict[str, Any] = {"rule": rule, "kind": strike.fault.kind, "connection": connection}
    if turn is not None:
        told |= {"turn": turn.number, "request": turn.request, "operation": turn.head.operation}
        if turn.head.trace is not None:
            told["trace"] = turn.head.trace
    params = strike.fault.params()
    if isinstance(strike.fault, Latency):
        params["drawn"] = round(strike.amount, 9)
    told["did"] = {name: value for name, value in params.items() if value is not None}
    return told


class Journal:
    """Appends lines to a file; each is with the operating system before the fault is seen."""

    def __init__(self, path: Path, *, goes_on: bool = False) -> None:
        """Begin the file anew, or go on behind its lines. Raises OSError when it cannot be written."""
        self.path = path
        self._lines = 0
        if goes_on and path.exists():
            with path.open("rb") as lines:
                self._lines = sum(1 for _ in lines)
        self._file: TextIO = path.open("a" if goes_on else "w", encoding="utf-8", buffering=1)

    def write(self, told: dict[str, Any]) -> None:
        """Append one line, with its number."""
        self._lines += 1
        self._file.write(json.dumps({"line": self._lines, **told}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Write no more."""
        self._file.close()
