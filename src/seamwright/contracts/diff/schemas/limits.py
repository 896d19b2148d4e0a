"""Bounds: of numbers, of the length of texts and arrays, of the number of properties; `multipleOf`, `uniqueItems`."""

from __future__ import annotations

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.pair import Pair
from seamwright.contracts.diff.schemas.shape import Shape

__all__ = ["KINDS", "compare"]

_WRITTEN_DOWN = (
    "a bound that the system had before may only have been written down; if it is new, a caller beyond it is refused"
)

_TYPES = {
    "Length": ("string",),
    "Items": ("array",),
    "Contains": ("array",),
    "Properties": ("object",),
    "imum": ("number", "integer"),
}
"""How the name of a bound ends → the types for which it counts."""

_UPPER = {
    "maximum": ("max", "maximum"),
    "exclusiveMaximum": ("exclusive-max", "exclusive maximum"),
    "maxLength": ("max-length", "greatest length"),
    "maxItems": ("max-items", "greatest number of items"),
    "maxProperties": ("max-properties", "greatest number of properties"),
    "maxContains": ("max-contains", "greatest number of matching items"),
}
_LOWER = {
    "minimum": ("min", "minimum"),
    "exclusiveMinimum": ("exclusive-min", "exclusive minimum"),
    "minLength": ("min-length", "least length"),
    "minItems": ("min-items", "least number of items"),
    "minProperties": ("min-properties", "least number of properties"),
    "minContains": ("min-contains", "least number of matching items"),
}
# What holds where the keyword is not there: a bound that comes or goes is told as a change from it, or to it.
_BY_NATURE = {"minLength": 0, "minItems": 0, "minProperties": 0, "minContains": 1}
_ENDLESS = ("maxContains",)
_SISTERS = {
    "minimum": "exclusiveMinimum",
    "exclusiveMinimum": "minimum",
    "maximum": "exclusiveMaximum",
    "exclusiveMaximum": "maximum",
}


def _kinds(name: str, noun: str, *, upper: bool, natural: bool) -> dict[str, Kind]:
    narrowed, widened = ("decreased", "increased") if upper else ("increased", "decreased")
    found = {
        narrowed: Kind(f"{name}-{narrowed}", Effect.NARROWED, f"has a {'lower' if upper else 'higher'} {noun}"),
        widened: Kind(f"{name}-{widened}", Effect.WIDENED, f"has a {'higher' if upper else 'lower'} {noun}"),
    }
    if natural:
        return found
    means, why = f"has a {noun} now", _WRITTEN_DOWN
    found["set"] = Kind(f"{name}-set", Effect.NARROWED, means, request=Level.POTENTIALLY, request_why=why)
    found["unset"] = Kind(f"{name}-unset", Effect.WIDENED, f"has no {noun} any more")
    return found


_TABLE = {
    keyword: (noun, upper, _kinds(name, noun, upper=upper, natural=keyword in (*_BY_NATURE, *_ENDLESS)))
    for rows, upper in ((_UPPER, True), (_LOWER, False))
    for keyword, (name, noun) in rows.items()
}

MULTIPLE_SET = Kind(
    "multiple-of-set",
    Effect.NARROWED,
    "must be a multiple of a number now",
    request=Level.POTENTIALLY,
    request_why=_WRITTEN_DOWN,
)
MULTIPLE_UNSET = Kind(
    "multiple-of-unset",
    Effect.WIDENED,
    "need not be a multiple of a number any more",
    response=Level.POTENTIALLY,
    response_why="a client that relies on the steps between values meets others",
)
MULTIPLE_CHANGED = Kind("multiple-of-changed", Effect.CHANGED, "must be a multiple of another number")
MULTIPLE_GENERALIZED = Kind(
    "multiple-of-generalized", Effect.WIDENED, "may take smaller steps", response=Level.POTENTIALLY
)
MULTIPLE_SPECIALIZED = Kind("multiple-of-specialized", Effect.NARROWED, "must take greater steps")
UNIQUE_SET = Kind("unique-items-set", Effect.NARROWED, "may not repeat an item any more")
UNIQUE_UNSET = Kind(
    "unique-items-unset",
    Effect.WIDENED,
    "may repeat items now",
    response=Level.POTENTIALLY,
    response_why="a client that takes the items for a set meets one twice",
)

KINDS = (
    *(kind for _, _, kinds in _TABLE.values() for kind in kinds.values()),
    *(MULTIPLE_SET, MULTIPLE_UNSET, MULTIPLE_CHANGED, MULTIPLE_GENERALIZED, MULTIPLE_SPECIALIZED),
    *(UNIQUE_SET, UNIQUE_UNSET),
)


def compare(pair: Pair) -> None:
    """Note what became of every bound."""
    for keyword, (noun, upper, kinds) in _TABLE.items() if pair.old.limits != pair.new.limits else ():
        if pair.may_be(*next(types for end, types in _TYPES.items() if keyword.endswith(end))):
            _compare_bound(pair, keyword, noun, kinds, upper=upper)
    if pair.may_be("number", "integer"):
        _compare_multiples(pair)
    if pair.new.unique and not pair.old.unique:
        pair.say(UNIQUE_SET, "an item may not come twice any more")
    elif pair.old.unique and not pair.new.unique:
        pair.say(UNIQUE_UNSET, "an item may come twice now")


def _compare_bound(pair: Pair, keyword: str, noun: str, kinds: dict[str, Kind], *, upper: bool) -> None:
    old, new = (_bound(shape, keyword) for shape in (pair.old, pair.new))
    if old == new:
        return
    if old is None and new is not None:
        if _implied(pair.old, keyword, new):
            return
        # A bound that its sister keyword had drawn before is moved, not set.
        known = _SISTERS.get(keyword) in pair.old.limits or "set" not in kinds
        kind = kinds[("decreased" if upper else "increased") if known else "set"]
        pair.say(kind, f"the {noun} is {_said(new)} now, and was open")
    elif new is None and old is not None:
        if not _implied(pair.new, keyword, old):
            kind = kinds.get("unset") or kinds["increased" if upper else "decreased"]
            pair.say(kind, f"the {noun} was {_said(old)} and is open now")
    elif old is not None and new is not None:
        pair.say(
            kinds["increased" if new > old else "decreased"], f"the {noun} was {_said(old)} and is {_said(new)} now"
        )


def _bound(shape: Shape, keyword: str) -> float | None:
    return shape.limits.get(keyword, _BY_NATURE.get(keyword))


def _implied(shape: Shape, keyword: str, value: float) -> bool:
    """Whether a bound of numbers says nothing new beside the bound of its sister keyword."""
    sister = shape.limits.get(_SISTERS.get(keyword, ""))
    if sister is None:
        return False
    step = 1 if shape.types == frozenset({"integer"}) else 0
    match keyword:
        case "minimum":
            return sister + step >= value
        case "maximum":
            return sister - step <= value
        case "exclusiveMinimum":
            return sister - step >= value if step else sister > value
        case _:
            return sister + step <= value if step else sister < value


def _compare_multiples(pair: Pair) -> None:
    gone, come = pair.old.multiples - pair.new.multiples, pair.new.multiples - pair.old.multiples
    if not gone and not come:
        return
    old, new = (" and ".join(_said(n) for n in sorted(numbers)) for numbers in (pair.old.multiples, pair.new.multiples))
    if not gone:
        pair.say(MULTIPLE_SET, f"it must be a multiple of {new} now")
    elif not come:
        pair.say(MULTIPLE_UNSET, f"it need not be a multiple of {old} any more")
    else:
        wider = all(any(_steps(a, b) for a in pair.old.multiples) for b in pair.new.multiples)
        narrower = all(any(_steps(a, b) for a in pair.new.multiples) for b in pair.old.multiples)
        kind = MULTIPLE_GENERALIZED if wider else MULTIPLE_SPECIALIZED if narrower else MULTIPLE_CHANGED
        pair.say(kind, f"it had to be a multiple of {old} and must be one of {new} now")


def _steps(large: float, small: float) -> bool:
    """Whether every multiple of the one is a multiple of the other."""
    from fractions import Fraction

    return small != 0 and (Fraction(str(large)) / Fraction(str(small))).denominator == 1


def _said(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
