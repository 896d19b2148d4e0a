"""How the operations of a contract are spoken: one file for each kind of contract, which holds `SPEECH`.

The bench is the same for every boundary; what differs between kinds of contract is all in here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

from seamwright.model.bench import Bench, Owned, Violation
from seamwright.model.exchange import Case, Exchange, Request
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.seams import discover

__all__ = ["Calls", "MakesCalls", "Speech", "Validator", "outcomes", "speeches", "spoken", "status_of"]


class Validator(Protocol):
    """Holds calls and answers against one contract."""

    def request_violations(self, operation: Operation, case: Case) -> tuple[Violation, ...]:
        """How a case breaks the contract; none for a valid one."""

    def violations(self, operation: Operation, exchange: Exchange) -> tuple[Violation, ...]:
        """How an answer breaks the contract; none where no answer came."""


class Calls(Protocol):
    """Makes the valid calls of one check; see `Bench.case` and `Bench.own` for what they promise."""

    async def case(self, operation: Operation, identity: Identity | None, random: Random) -> Case:
        """A valid call, with ids of real objects."""

    async def own(self, operation: Operation, identity: Identity, random: Random) -> Owned:
        """A fresh object that `operation` addresses."""


class MakesCalls(Protocol):
    """Makes the `Calls` of one check."""

    def __call__(self, bench: Bench, *, looks_first: bool, creates: bool) -> Calls:
        """`creates` says whether objects may be created at all, `looks_first` whether those there come first."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How operations of one kind of contract are spoken.

    `render` makes the request of a case (the base URL comes first). `declared` says whether a case has nothing in it
    that the contract does not name. `outcome` is what coverage counts of an answer: a text that begins with `2` where
    the operation was answered in its success class.
    """

    kind: str
    render: Callable[[str, Contract, Operation, Case], Request]
    validator: Callable[[Contract], Validator]
    calls: MakesCalls
    declared: Callable[[Operation, Case], bool]
    outcome: Callable[[Exchange], str]


@functools.cache
def speeches() -> Mapping[str, Speech]:
    """Every speech there is, by the kind of contract."""
    return discover("seamwright.run.speech", "SPEECH", Speech, key=lambda s: s.kind)


def spoken(contract: Contract | None) -> Speech:
    """The speech of a contract; that of OpenAPI where there is none."""
    return _speech("openapi" if contract is None else contract.kind)


@functools.cache
def _speech(kind: str) -> Speech:
    """The speech of one kind of contract, without loading what the others need."""
    return discover("seamwright.run.speech", "SPEECH", Speech, key=lambda s: s.kind, asked=lambda n: n == kind)[kind]


def outcomes(subjects: Mapping[str, Subject]) -> Callable[[Exchange], str]:
    """What coverage counts of an exchange with any of these subjects."""

    def outcome(exchange: Exchange) -> str:
        subject = subjects.get(exchange.boundary)
        return spoken(subject.contract if subject else None).outcome(exchange)

    return outcome


def status_of(exchange: Exchange) -> str:
    """The status as text, or the kind of the failure."""
    if exchange.response is not None:
        return str(exchange.status)
    return exchange.failure.kind if exchange.failure else "?"
