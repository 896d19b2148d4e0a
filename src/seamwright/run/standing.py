"""Keeps how the honest calls of each identity were answered, and says when its credentials no longer work."""

from __future__ import annotations

from collections import Counter

__all__ = ["ALIKE", "IN_A_ROW", "MANY", "Standing"]

IN_A_ROW = 3
"""Honest calls in a row that are answered 401 with renewed credentials before an identity counts as dead."""

MANY = 20
"""Honest calls after which their sum counts as well: where most are answered 401, nothing that is seen means much."""

ALIKE = 10
"""Honest calls of an identity that all get the same 403 before it counts as never let in; they are those of several
operations, since a single one may be denied to it."""


class Standing:
    """The honest calls of a run, all checks together: those made with the working credentials of an identity.

    A service may answer 401 where 403 is meant; so credentials that have worked are not held to be dead for what a
    single operation says. And one may answer 403 where 401 is meant, as those do that have no challenge to name
    (RFC 9110, section 15.5.2); so credentials that were never answered anything else do not work, unless somebody else
    may do what they may not: then it is the policy that speaks.
    """

    def __init__(self) -> None:
        self._in_a_row: dict[str, list[str]] = {}
        self._worked: set[str] = set()
        self._answered: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._forbidden: dict[str, set[str]] = {}
        self._known: set[str] = set()
        self._open: set[str] = set()

    def count(self, identity: str, status: int, operation: str = "") -> None:
        """Note the status of an answer to an honest call of an operation; 0, where none came, says nothing."""
        if not status:
            return
        self._answered[identity] += 1
        if status == 401:
            self._refused[identity] += 1
            self._in_a_row.setdefault(identity, []).append(operation)
        else:
            self._worked.add(identity)
            self._in_a_row[identity] = []
        if status == 403:
            self._forbidden.setdefault(identity, set()).add(operation)
        else:
            self._known.add(identity)
        if 200 <= status < 300:
            self._open.add(operation)

    def why_dead(self, identity: str) -> str:
        """Why nothing more is sent as this identity; empty while its credentials work."""
        row = self._in_a_row.get(identity, [])
        if len(row) >= IN_A_ROW and (identity not in self._worked or len(set(row)) > 1):
            return f"the credentials of {identity} no longer work: {len(row)} honest calls in a row were answered 401"
        answered, refused = self._answered[identity], self._refused[identity]
        if answered >= MANY and 2 * refused > answered:
            return f"the credentials of {identity} mostly do not work: {refused} of {answered} honest calls got a 401"
        if self._never_let_in(identity):
            return (
                f"the credentials of {identity} never worked: each of {answered} honest calls of "
                f"{len(self._forbidden[identity])} operations was answered 403, and nothing else ever came"
            )
        answered, refused = self._answered.total(), self._refused.total()
        if answered >= MANY and 2 * refused > answered:
            return f"most honest calls of this run are answered 401, {refused} of {answered}: credentials do not work"
        return ""

    def _never_let_in(self, identity: str) -> bool:
        operations = self._forbidden.get(identity, set())
        if identity in self._known or self._answered[identity] < ALIKE or len(operations) < IN_A_ROW:
            return False
        return operations.isdisjoint(self._open)
