"""Arrays: their items, the first ones by place, and what must be among them."""

from __future__ import annotations

from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.pair import Pair

__all__ = ["KINDS", "compare"]

PREFIX_ADDED = Kind("prefix-items-added", Effect.WIDENED, "describes a further item by its place")
PREFIX_REMOVED = Kind("prefix-items-removed", Effect.NARROWED, "does not describe an item by its place any more")
CONTAINS_ADDED = Kind("contains-added", Effect.NARROWED, "must hold an item of a certain form now")
CONTAINS_REMOVED = Kind("contains-removed", Effect.WIDENED, "need not hold an item of a certain form any more")
UNEVALUATED_ADDED = Kind("unevaluated-items-added", Effect.NARROWED, "says what unevaluated items may be")
UNEVALUATED_REMOVED = Kind(
    "unevaluated-items-removed", Effect.WIDENED, "does not say any more what unevaluated items may be"
)

KINDS = (PREFIX_ADDED, PREFIX_REMOVED, CONTAINS_ADDED, CONTAINS_REMOVED, UNEVALUATED_ADDED, UNEVALUATED_REMOVED)


def compare(pair: Pair) -> None:
    """Note what became of the items, and go on into those that both describe."""
    old, new = pair.old, pair.new
    if "items" in old.singles or "items" in new.singles:
        pair.into("[]", old.singles.get("items", ()), new.singles.get("items", ()))
    for index in range(max(len(old.prefix), len(new.prefix))):
        if index < len(old.prefix) and index < len(new.prefix):
            pair.into(f"[{index}]", old.prefix[index], new.prefix[index])
        elif index < len(new.prefix):
            pair.say(PREFIX_ADDED, f"item {index + 1} is described by its place now")
        else:
            pair.say(PREFIX_REMOVED, f"item {index + 1} is not described by its place any more")
    pair.single("contains", CONTAINS_ADDED, CONTAINS_REMOVED, "an item at least")
    pair.single("unevaluatedItems", UNEVALUATED_ADDED, UNEVALUATED_REMOVED, "unevaluated items")
