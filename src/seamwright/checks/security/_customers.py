"""Two customers of one role: which operations their objects are private to, and who they are."""

from __future__ import annotations

from collections.abc import Callable

from seamwright.checks._cells import these
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, DoesNotApply
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["customers_apply", "customers_of"]


def customers_apply(subject: Subject, why_not: Callable[[Operation], str | None], nothing: str) -> Applicability:
    """The cells are operations on private objects that two customers may call, and `why_not` leaves none of them out.

    `nothing` is said where there are none.
    """
    if not any(rule.owning for rule in subject.manifest.policy):
        return DoesNotApply("the policy of the manifest names no objects that belong to their owners ('owning')")

    def reason(operation: Operation) -> str | None:
        if not operation.at("path"):
            return "its path addresses no object"
        if why := why_not(operation):
            return why
        if not subject.private(operation):
            return "the policy does not say that its objects belong to their owners"
        if subject.pair(operation) is None:
            return "there are no two identities with the same roles that may call it"
        return None

    return these(subject, reason, nothing)


def customers_of(bench: Bench, operation: Operation) -> tuple[Identity, Identity]:
    """The owner of an object, and the other customer who may call the operation, but not on that object."""
    pair = bench.subject.pair(operation)
    assert pair is not None, "the plan has no cell without two customers"
    return pair
