"""Which operations a check of varied values applies to: those of which there is a value to be tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from seamwright.checks._cells import these
from seamwright.engines.generate.requests import Varied
from seamwright.model.check import Applicability
from seamwright.model.errors import Undecided
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject

__all__ = ["Vary", "where_there_is"]

Vary = Callable[[Contract, Operation, Random], Iterator[Varied]]
"""Makes the values of an operation that a check tries, one at a time."""


def where_there_is(subject: Subject, vary: Vary, nothing: str, *, logins: str = "") -> Applicability:
    """The operations of which `vary` makes a value; `nothing` says what none is of, where it makes none ("no text that
    {} may be long"). With `logins`, those that identities log in through are left out for that reason."""
    contract = subject.contract

    def why_not(operation: Operation) -> str | None:
        if logins and subject.logins(operation):
            return logins
        if contract is None:
            return "has no contract"
        try:
            found = next(vary(contract, operation, Random(0)), None)
        except Undecided as error:
            return str(error)
        return nothing.format("it takes") if found is None else None

    return these(subject, why_not, nothing.format("its operations take"))
