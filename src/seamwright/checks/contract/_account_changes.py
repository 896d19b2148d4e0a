"""Special values that are laid over a call which changes or ends an account, one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest

from seamwright.checks.contract._calls import laid_over, limit_over
from seamwright.checks.contract._cause import kind
from seamwright.contracts.accounts import account_fields, repeated
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.schemas import properties
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.requests import Varied, boundary_cases, invalid_cases, unusual_cases
from seamwright.model.bench import Bench
from seamwright.model.exchange import Case
from seamwright.model.operation import Operation

__all__ = ["Change", "aside", "broken", "changes"]

MOST = 400
"""Values that break the contract that are looked through for those of a wrong type, which go first."""


_Lay = Callable[[Case], Case | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A special value, and how it is laid over an ordinary call; that gives None where it does not fit there.

    `place` is as that of a `Varied`, and `kind` what such values are called in all checks. With `broken`, the value
    breaks the contract.
    """

    what: str
    place: str
    kind: str
    lay: _Lay
    broken: bool = False


def changes(bench: Bench, operation: Operation) -> Iterator[Change]:
    """Null wherever it is allowed, then in turns values that break the contract, stand at a limit, or are unusual.

    Those of headers and cookies come last (see `aside`).
    """
    late: list[Change] = []
    for change in _changes(bench, operation):
        if aside(change):
            late.append(change)
        else:
            yield change
    yield from late


def aside(change: Change) -> bool:
    """Whether a value stands where a service reads what all of its operations take, as a language is: others that need
    no account for each call meet it too."""
    return change.place.startswith(("header/", "cookie/"))


def _changes(bench: Bench, operation: Operation) -> Iterator[Change]:
    contract = bench.contract

    def nulled(name: str, case: Case) -> Case | None:
        if not isinstance(case.body, Mapping):
            return None
        other = case.but(body={**case.body, name: None})
        return None if request_violations(contract, operation, other) else other

    body = operation.body.content.get(media_type_for(operation) or "") if operation.body else None
    for name in properties(contract, body.schema) if body else ():
        # Null is a value at the limit of its type, as other checks have it.
        null = Varied("body", "", None, "type", f"body/{name}", "null")
        yield Change(f"null at body/{name}", null.place, kind(null), partial(nulled, name))
    limits = (_valid(bench, operation, varied) for varied in boundary_cases(contract, operation, bench.random))
    odd = (_valid(bench, operation, varied) for varied in unusual_cases(contract, operation, bench.random))
    turns = zip_longest(broken(bench, operation), limits, odd)
    yield from (one for turn in turns for one in turn if one is not None)


def broken(bench: Bench, operation: Operation) -> Iterator[Change]:
    """Values that break the contract, those of a wrong type first, since they are what handlers expect least; one at
    each place before a second one at any."""
    seen: Counter[tuple[str, bool]] = Counter()
    ranked: list[tuple[bool, int, Varied]] = []
    for varied in islice(invalid_cases(bench.contract, operation, bench.random), MOST):
        other = varied.keyword != "type"
        seen[varied.place, other] += 1
        ranked.append((other, seen[varied.place, other], varied))
    for _, _, varied in sorted(ranked, key=lambda one: one[:2]):
        lay = partial(laid_over, bench.contract, operation, varied=varied)
        yield _change(bench, operation, varied, lay, broken=True)


def _valid(bench: Bench, operation: Operation, varied: Varied) -> Change:
    return _change(bench, operation, varied, partial(limit_over, bench.contract, operation, varied=varied))


def _change(bench: Bench, operation: Operation, varied: Varied, lay: _Lay, *, broken: bool = False) -> Change:
    fields = account_fields(bench.contract, operation)
    again = {f"body/{field}" for field, role in fields.items() if role == "repeated"}

    def laid(case: Case) -> Case | None:
        """With a password written twice alike, but where it is the second one that is special."""
        made = lay(case)
        if made is None or made.raw is not None or varied.place in again:
            return made
        return made.but(body=repeated(fields, made.body))

    return Change(f"{varied.place}: {varied.why}", varied.place, kind(varied), laid, broken)
