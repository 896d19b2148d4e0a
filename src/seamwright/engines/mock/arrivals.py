"""What arrives at a mock and what leaves it, before and after any protocol's bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from seamwright.model.bench import Violation
from seamwright.model.exchange import Case, Exchange, Request, Response
from seamwright.model.operation import Operation

__all__ = ["Arrival", "Judge", "Reply"]


class Judge(Protocol):
    """Holds calls and answers against the contract."""

    def request_violations(self, operation: Operation, case: Case) -> Sequence[Violation]:
        """How a call breaks the contract."""

    def violations(self, operation: Operation, exchange: Exchange) -> Sequence[Violation]:
        """How an answer breaks the contract."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request for an operation: as it came, what it means (`case`), and the values of its path as text.

    `base` is the URL that the contract's paths are appended to, `path` the path below it.
    """

    request: Request
    case: Case
    values: Mapping[str, str]
    path: str
    base: str = ""
    broken: tuple[Violation, ...] = ()
    """What was wrong with it before the contract was asked: a body that is no JSON."""

    def header(self, name: str) -> str | None:
        """A header of the request, without case."""
        return self.request.header(name)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; how the request broke the contract; and what else is worth knowing, in words."""

    response: Response
    violations: tuple[Violation, ...] = ()
    notes: tuple[str, ...] = ()
