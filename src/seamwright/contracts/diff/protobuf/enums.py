"""Compares two versions of an enum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.contracts.diff.change import Change, Level
from seamwright.contracts.diff.protobuf import rules
from seamwright.contracts.diff.protobuf.reserved import Reserved

__all__ = ["enum_changes"]


def enum_changes(old: Any, new: Any) -> Iterator[Change]:
    """What changed in an enum; values are told apart by their numbers."""
    name = str(old.full_name)
    reserved = Reserved.of_enum(new)
    after = {value.name: value for value in new.values}
    for value in old.values:
        place = f"{name}.{value.name}"
        moved = after.get(value.name)
        if moved is not None and moved.number != value.number:
            yield rules.VALUE_NUMBER.change(place, f"the number was {value.number} and is {moved.number}")
        elif moved is None:
            now = new.values_by_number.get(value.number)
            if now is not None:
                yield rules.VALUE_RENAMED.change(place, f"number {value.number} was {value.name} and is {now.name}")
            elif reserved.has(value.number):
                why = "its number is reserved; who still sends or meets it has no name for it"
                yield rules.VALUE_REMOVED.change(place, "the value is gone", level=Level.POTENTIALLY, why=why)
            else:
                yield rules.VALUE_REMOVED.change(place, f"the value is gone, and its number {value.number} is free")
    before = {value.number for value in old.values} | {value.number for value in old.values}
    names = {value.name for value in old.values}
    for value in new.values:
        if value.number not in before and value.name not in names:
            yield rules.VALUE_ADDED.change(f"{name}.{value.name}", f"the value is new, with the number {value.number}")
    if old.is_closed != new.is_closed:
        told = ("closed" if e.is_closed else "open" for e in (old, new))
        yield rules.ENUM_CLOSED.change(name, "it was {} and is {}".format(*told))
    for gone in Reserved.of_enum(old).lost_by(reserved):
        yield rules.RESERVED.change(name, f"{gone} was reserved and is not")
