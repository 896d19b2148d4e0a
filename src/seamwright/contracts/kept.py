"""Keeps what was worked out of a contract as long as the contract is in use, so that it is worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from seamwright.model.operation import Contract

__all__ = ["kept"]

T = TypeVar("T")

_MOST = 32
"""Contracts that are remembered; a run has a few."""

# A contract is kept alive beside what was worked out of it, so that no other one can take its id meanwhile.
_kept: OrderedDict[int, tuple[Contract, dict[Hashable, Any]]] = OrderedDict()


def kept(contract: Contract, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave for this key and this very contract; it is called the first time only."""
    found = _kept.pop(id(contract), None)
    if found is None or found[0] is not contract:
        found = contract, {}
    _kept[id(contract)] = found
    while len(_kept) > _MOST:
        _kept.popitem(last=False)
    values = found[1]
    if key not in values:
        values[key] = make()
    result: T = values[key]
    return result
