"""Enums, constants, patterns and the default."""

from __future__ import annotations

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.normal import written
from seamwright.contracts.diff.schemas.pair import Pair
from seamwright.contracts.diff.schemas.shape import Shape

__all__ = ["KINDS", "compare", "compare_patterns"]

_NEW_VALUE = "a client that knows every value by name meets one that it does not know"
_UNNAMED = "nothing promises any more that the values which were listed, and which callers send, mean what they meant"
_DEFAULT = "a caller who leaves it out gets another result than before"

BECAME_ENUM = Kind("became-enum", Effect.NARROWED, "takes only listed values now")
ENUM_REMOVED = Kind(
    "enum-removed",
    Effect.WIDENED,
    "is not limited to listed values any more",
    response=Level.POTENTIALLY,
    response_why=_NEW_VALUE,
    at={"request-body": (Level.BREAKING, _UNNAMED)},
)
VALUE_ADDED = Kind(
    "enum-value-added",
    Effect.WIDENED,
    "has a further value in its enum",
    response=Level.POTENTIALLY,
    response_why=_NEW_VALUE,
)
VALUE_REMOVED = Kind("enum-value-removed", Effect.NARROWED, "has a value less in its enum")
EXTENSIBLE_ADDED = Kind("x-extensible-enum-value-added", Effect.NONE, "has a further value in its extensible enum")
EXTENSIBLE_REMOVED = Kind("x-extensible-enum-value-removed", Effect.NARROWED, "has a value less in its extensible enum")
CONST_ADDED = Kind("const-added", Effect.NARROWED, "takes only one value now")
CONST_REMOVED = Kind("const-removed", Effect.WIDENED, "is not limited to one value any more")
CONST_CHANGED = Kind("const-changed", Effect.CHANGED, "takes only one value, another one than before")
PATTERN_ADDED = Kind("pattern-added", Effect.NARROWED, "must match a pattern now")
PATTERN_REMOVED = Kind(
    "pattern-removed",
    Effect.WIDENED,
    "need not match a pattern any more",
    response=Level.INFO,
    response_why="clients seldom rely on the pattern of a text that they are given",
)
PATTERN_CHANGED = Kind(
    "pattern-changed",
    Effect.CHANGED,
    "must match another pattern",
    request=Level.POTENTIALLY,
    response=Level.INFO,
    request_why="a caller whose texts match the old pattern and not the new one is refused",
    response_why="clients seldom rely on the pattern of a text that they are given",
)
PATTERN_GENERALIZED = Kind(
    "pattern-generalized", Effect.WIDENED, "has a pattern that every text matches", response=Level.INFO
)
DEFAULT_ADDED = Kind(
    "default-value-added",
    Effect.NONE,
    "has a default now",
    at={"request-parameter": (Level.BREAKING, _DEFAULT)},
)
DEFAULT_REMOVED = Kind(
    "default-value-removed",
    Effect.NONE,
    "has no default any more",
    at={"request-parameter": (Level.BREAKING, _DEFAULT)},
)
DEFAULT_CHANGED = Kind(
    "default-value-changed",
    Effect.NONE,
    "has another default",
    at={"request-parameter": (Level.BREAKING, _DEFAULT)},
)

KINDS = (
    *(BECAME_ENUM, ENUM_REMOVED, VALUE_ADDED, VALUE_REMOVED, EXTENSIBLE_ADDED, EXTENSIBLE_REMOVED),
    *(CONST_ADDED, CONST_REMOVED, CONST_CHANGED),
    *(PATTERN_ADDED, PATTERN_REMOVED, PATTERN_CHANGED, PATTERN_GENERALIZED),
    *(DEFAULT_ADDED, DEFAULT_REMOVED, DEFAULT_CHANGED),
)

_MATCH_ALL = frozenset({".*", "^.*$", ".*$", "^.*", "^", "$", "", "[\\s\\S]*", "^[\\s\\S]*$"})


def compare(pair: Pair) -> None:
    """Note what became of the listed values, the patterns and the default."""
    old, new = pair.old, pair.new
    if old.values is None or new.values is None:
        _compare_presence(pair)
    elif old.const and new.const:
        if old.values.keys() != new.values.keys():
            pair.say(CONST_CHANGED, f"the one value was {_all(old)} and is {_all(new)} now")
    else:
        for value in old.values:
            if value not in new.values:
                pair.say(VALUE_REMOVED, f"the value {value} was taken out of the enum")
        for value in new.values:
            if value not in old.values:
                pair.say(VALUE_ADDED, f"the value {value} was put into the enum")
    for value in dict.fromkeys(old.notes.extensible):
        if value not in new.notes.extensible and new.notes.extensible:
            pair.say(EXTENSIBLE_REMOVED, f"the value {value} was taken out of x-extensible-enum")
    for value in dict.fromkeys(new.notes.extensible):
        if value not in old.notes.extensible and old.notes.extensible:
            pair.say(EXTENSIBLE_ADDED, f"the value {value} was put into x-extensible-enum")
    compare_patterns(pair, pair.old, pair.new)
    if not pair.lens.needed:
        _compare_default(pair)


def _compare_presence(pair: Pair) -> None:
    old, new = pair.old, pair.new
    if new.values is not None:
        kind = CONST_ADDED if new.const else BECAME_ENUM
        pair.say(kind, f"only {_all(new)} {'is' if new.const else 'are'} allowed now")
    elif old.values is not None:
        kind = CONST_REMOVED if old.const else ENUM_REMOVED
        # With another type the list was not lifted: something else took its place.
        lost = pair.request and kind is ENUM_REMOVED and old.types != new.types and new.types is not None
        level, why = (Level.BREAKING, _UNNAMED) if lost else (None, "")
        pair.say(kind, f"it was limited to {_all(old)} and is not any more", level=level, why=why)


def _all(shape: Shape, most: int = 8) -> str:
    values = list(shape.values or ())
    return ", ".join(values[:most]) + (f", … ({len(values)} in all)" if len(values) > most else "")


def compare_patterns(pair: Pair, old: Shape, new: Shape, step: str = "") -> None:
    """Note what became of the patterns of the pair, or of two shapes a step below it."""
    gone = sorted(old.patterns - new.patterns - _MATCH_ALL)
    come = sorted(new.patterns - old.patterns)
    real = [pattern for pattern in come if pattern not in _MATCH_ALL]
    if gone and real:
        pair.say(PATTERN_CHANGED, f"the pattern was {' and '.join(gone)} and is {' and '.join(real)} now", step=step)
    elif real:
        pair.say(PATTERN_ADDED, f"it must match the pattern {' and '.join(real)} now", step=step)
    elif gone and come:
        pair.say(PATTERN_GENERALIZED, f"the pattern {' and '.join(gone)} became {come[0] or 'empty'}", step=step)
    elif gone:
        pair.say(PATTERN_REMOVED, f"it need not match the pattern {' and '.join(gone)} any more", step=step)


def _compare_default(pair: Pair) -> None:
    old, new = pair.old.notes.default, pair.new.notes.default
    if old and not new:
        pair.say(DEFAULT_REMOVED, f"the default {written(old[0])} was removed")
    elif new and not old:
        pair.say(DEFAULT_ADDED, f"it has the default {written(new[0])} now")
    elif old and new and written(old[0]) != written(new[0]):
        pair.say(DEFAULT_CHANGED, f"the default was {written(old[0])} and is {written(new[0])} now")
