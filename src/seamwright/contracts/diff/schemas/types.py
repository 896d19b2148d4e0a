"""Types, formats and `null`."""

from __future__ import annotations

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.pair import Pair
from seamwright.contracts.diff.schemas.shape import Shape

__all__ = ["KINDS", "compare", "compare_null"]

_TEXT = "values travel as text here, and every text is accepted"
_UNDECLARED = "how a property of a parameter is written is not declared, so it may or may not be the same text"

CHANGED = Kind(
    "type-changed",
    Effect.CHANGED,
    "has another type or format",
    at={"request-parameter-property": (Level.POTENTIALLY, _UNDECLARED)},
)
GENERALIZED = Kind("type-generalized", Effect.WIDENED, "has a wider type or format")
SPECIALIZED = Kind("type-specialized", Effect.NARROWED, "has a narrower type or format")
COMPATIBLE = Kind(
    "type-compatible",
    Effect.NONE,
    "has another type that is written in the same way",
    request_why=_TEXT,
    response_why="values travel as text here, and a text it still is",
)
LIST_WIDENED = Kind("list-of-types-widened", Effect.WIDENED, "may be of further types")
LIST_NARROWED = Kind("list-of-types-narrowed", Effect.NARROWED, "may be of fewer types")
NULLABLE = Kind("became-nullable", Effect.WIDENED, "may be null now")
NOT_NULLABLE = Kind("became-not-nullable", Effect.NARROWED, "may not be null any more")

KINDS = (CHANGED, GENERALIZED, SPECIALIZED, COMPATIBLE, LIST_WIDENED, LIST_NARROWED, NULLABLE, NOT_NULLABLE)

_KINDS = {Effect.CHANGED: CHANGED, Effect.WIDENED: GENERALIZED, Effect.NARROWED: SPECIALIZED}

_WIDER_FORMATS = {
    ("number", "float"): {"double"},
    ("integer", "int32"): {"int64", "bigint"},
    ("integer", "int64"): {"bigint"},
    ("string", "date"): {"date-time"},
    ("string", "time"): {"date-time"},
}
"""A type and a format of it → the formats that hold all its values."""


def compare(pair: Pair) -> bool:
    """Note what became of the types, the format and `null`, and tell whether the rest can still be compared."""
    if pair.old.types is not None and pair.new.types is not None:
        compare_null(pair)
    effect = _together(_types_effect(pair.old, pair.new), _format_effect(pair.old, pair.new))
    if effect is Effect.NONE:
        return True
    what = _what(pair.old, pair.new)
    if _repeated(pair):
        pair.say(GENERALIZED, what, why="one value is sent as an array of one is")
        return False
    if (pair.old.listed or pair.new.listed) and _types_effect(pair.old, pair.new) is not Effect.NONE:
        _compare_lists(pair, effect, what)
    elif pair.lens.textual and effect is not (Effect.WIDENED if pair.request else Effect.NARROWED):
        _compare_texts(pair, effect, what)
    else:
        pair.say(_KINDS[effect], what)
    return True


def _compare_texts(pair: Pair, effect: Effect, what: str) -> None:
    """Every value is a text where texts are all that travels, and not every text is a value."""
    wide, narrow = (pair.new, pair.old) if pair.request else (pair.old, pair.new)
    if _is_text(wide) and wide.format in ("", narrow.format):
        pair.say(COMPATIBLE, what)
    elif effect is Effect.CHANGED and _is_text(narrow) and wide.types is not None:
        pair.say(SPECIALIZED if pair.request else GENERALIZED, what)
    else:
        pair.say(_KINDS[effect], what)


def _is_text(shape: Shape) -> bool:
    return shape.types == frozenset({"string"})


def compare_null(pair: Pair) -> None:
    """Note whether `null` came or went, unless something around the schema decides on it."""
    if pair.lens.nullless or pair.old.null == pair.new.null:
        return
    if pair.new.null:
        pair.say(NULLABLE, "null is allowed now")
    else:
        pair.say(NOT_NULLABLE, "null was allowed and is not any more")


def _compare_lists(pair: Pair, effect: Effect, what: str) -> None:
    gone, come = _uncovered(pair.old, pair.new), _uncovered(pair.new, pair.old)
    if effect is Effect.CHANGED and not (gone and come):
        pair.say(CHANGED, what)
    elif gone and (pair.request or not come):
        pair.say(LIST_NARROWED, what)
    else:
        pair.say(LIST_WIDENED, what)


def _uncovered(one: Shape, other: Shape) -> frozenset[str]:
    """The types of one that the other does not take."""
    if other.types is None:
        return frozenset()
    if one.types is None:
        return frozenset({"any"})
    return frozenset(t for t in one.types if t not in other.types and not (t == "integer" and "number" in other.types))


def _types_effect(old: Shape, new: Shape) -> Effect:
    return _effect(gone=bool(_uncovered(old, new)), come=bool(_uncovered(new, old)))


def _effect(*, gone: bool, come: bool) -> Effect:
    if gone:
        return Effect.CHANGED if come else Effect.NARROWED
    return Effect.WIDENED if come else Effect.NONE


def _format_effect(old: Shape, new: Shape) -> Effect:
    if old.format == new.format:
        return Effect.NONE
    if not new.format:
        return Effect.WIDENED
    if not old.format:
        return Effect.NARROWED
    if new.format in _WIDER_FORMATS.get((_single(new), old.format), ()):
        return Effect.WIDENED
    if old.format in _WIDER_FORMATS.get((_single(old), new.format), ()):
        return Effect.NARROWED
    return Effect.CHANGED


def _single(shape: Shape) -> str:
    return next(iter(shape.types)) if shape.types and len(shape.types) == 1 else ""


def _together(one: Effect, other: Effect) -> Effect:
    effects = {one, other} - {Effect.NONE}
    if not effects:
        return Effect.NONE
    return effects.pop() if len(effects) == 1 else Effect.CHANGED


def _repeated(pair: Pair) -> bool:
    """Whether a single value became an array that is sent by repeating the name, and its items take that value."""
    if not pair.lens.repeats or pair.new.types != frozenset({"array"}) or not pair.old.types:
        return False
    items = pair.new.singles.get("items", ())
    if pair.old.types & {"array", "object"} or not items or pair.new.limits.get("minItems", 0) > 1:
        return False
    lens = pair.lens._replace(repeats=False, nullless=True)
    return pair.comparing.covers(pair.old_part, pair.comparing.new_part(*items), lens)


def _what(old: Shape, new: Shape) -> str:
    if old.types == new.types:
        return f"the format was {old.format or 'free'} and is {new.format or 'free'} now"
    if old.format == new.format:
        return f"the type was {_named(old)} and is {_named(new)} now"
    return f"the type was {_full(old)} and is {_full(new)} now"


def _named(shape: Shape) -> str:
    return "any" if shape.types is None else " or ".join(sorted(shape.types)) or "only null"


def _full(shape: Shape) -> str:
    return f"{_named(shape)} ({shape.format})" if shape.format else _named(shape)
