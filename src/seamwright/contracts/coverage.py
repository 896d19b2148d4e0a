"""Counts which operations of a contract were answered in their success class, and which were not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from seamwright.model.exchange import Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.model.run import Covered

__all__ = ["Coverage", "covered", "succeeded", "summary"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The operations of a contract by what became of them; each is in exactly one of the three."""

    answered: tuple[str, ...]
    """Answered in the success class at least once."""
    failed: tuple[str, ...]
    """Called, and never answered in the success class."""
    untried: tuple[str, ...]
    """Never called."""

    @property
    def share(self) -> float:
        """The part of the operations that was answered in the success class, 0 to 1; 0 for an empty contract."""
        total = len(self.answered) + len(self.failed) + len(self.untried)
        return len(self.answered) / total if total else 0.0


def covered(boundary: str, contract: Contract, exchanges: Iterable[Exchange]) -> tuple[Covered, ...]:
    """One row for each operation of the contract, in its order; a call without an answer counts under status `0`."""
    counts: dict[str, Counter[str]] = {operation.id: Counter() for operation in contract.operations}
    for exchange in exchanges:
        if exchange.boundary == boundary and exchange.operation in counts:
            counts[exchange.operation][str(exchange.status)] += 1
    return tuple(
        Covered(
            boundary=boundary,
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            calls=counts[operation.id].total(),
            statuses=dict(sorted(counts[operation.id].items())),
        )
        for operation in contract.operations
    )


def succeeded(operation: Operation, row: Covered) -> bool:
    """Whether an operation was answered in its success class.

    That is 2xx; for an operation that documents no 2xx but 1xx or 3xx (a redirect, an upgrade), those.
    """
    documented = {status[0] for status in operation.answers if status != "default"}
    wanted = {"2"} if "2" in documented or not documented & {"1", "3"} else documented & {"1", "3"}
    return any(count > 0 and status[:1] in wanted for status, count in row.statuses.items())


def summary(contract: Contract, rows: Iterable[Covered]) -> Coverage:
    """Sort the operations of a contract by the rows of one boundary; an operation without a row is untried."""
    by_operation = {row.operation: row for row in rows}
    answered, failed, untried = [], [], []
    for operation in contract.operations:
        row = by_operation.get(operation.id)
        if row is None or row.calls == 0:
            untried.append(operation.id)
        elif succeeded(operation, row):
            answered.append(operation.id)
        else:
            failed.append(operation.id)
    return Coverage(tuple(answered), tuple(failed), tuple(untried))
