"""The discriminator: by which property, and by which of its values, alternatives are told apart."""

from __future__ import annotations

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.pair import Pair

__all__ = ["KINDS", "compare"]

_PICKS = "the value by which an alternative is picked means another one, or none"
DISCRIMINATOR_ADDED = Kind("discriminator-added", Effect.NONE, "has a discriminator now")
DISCRIMINATOR_REMOVED = Kind("discriminator-removed", Effect.NONE, "has no discriminator any more")
DISCRIMINATOR_CHANGED = Kind(
    "discriminator-property-name-changed",
    Effect.CHANGED,
    "is told apart by another property",
    request=Level.POTENTIALLY,
    response=Level.POTENTIALLY,
    request_why=_PICKS,
    response_why=_PICKS,
)
MAPPING_ADDED = Kind("discriminator-mapping-added", Effect.NONE, "has a further value in its discriminator's mapping")
MAPPING_DELETED = Kind("discriminator-mapping-deleted", Effect.NONE, "has a value less in its discriminator's mapping")
MAPPING_CHANGED = Kind(
    "discriminator-mapping-changed", Effect.NONE, "maps a value of its discriminator to another alternative"
)

KINDS = (
    *(DISCRIMINATOR_ADDED, DISCRIMINATOR_REMOVED, DISCRIMINATOR_CHANGED),
    *(MAPPING_ADDED, MAPPING_DELETED, MAPPING_CHANGED),
)


def compare(pair: Pair) -> None:
    """Note what became of the discriminator."""
    old, new = pair.old.notes, pair.new.notes
    if not old.discriminator and not new.discriminator:
        return
    if not old.discriminator:
        pair.say(DISCRIMINATOR_ADDED, f"its alternatives are told apart by {new.discriminator} now")
    elif not new.discriminator:
        pair.say(DISCRIMINATOR_REMOVED, f"its alternatives are not told apart by {old.discriminator} any more")
    else:
        if old.discriminator != new.discriminator:
            shown = f"its alternatives were told apart by {old.discriminator} and are by {new.discriminator} now"
            pair.say(DISCRIMINATOR_CHANGED, shown)
        _compare_mapping(pair)


def _compare_mapping(pair: Pair) -> None:
    old, new = pair.old.notes.mapping, pair.new.notes.mapping
    for value in old:
        if value not in new:
            pair.say(MAPPING_DELETED, f"the value {value} of its discriminator is not mapped any more")
        elif old[value] != new[value]:
            pair.say(
                MAPPING_CHANGED, f"the value {value} of its discriminator meant {old[value]} and means {new[value]}"
            )
    for value in new:
        if value not in old:
            pair.say(MAPPING_ADDED, f"the value {value} of its discriminator means {new[value]}")
