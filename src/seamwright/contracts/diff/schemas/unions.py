"""Alternatives (`oneOf`, `anyOf`) and the members of `allOf`."""

from __future__ import annotations

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.branches import labels, matched_branches, matched_unions
from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.pair import Lens, Pair
from seamwright.contracts.diff.schemas.shape import Branch, Part, Raw, Shape, Union

__all__ = ["KINDS", "compare_alternatives", "compare_members", "one_sided"]

_WORDS = {"oneOf": "one-of", "anyOf": "any-of"}
_COVERED = "what it allowed is still allowed by another alternative"
_FORESEEN = "all that it allows was foreseen by the old contract"
_FREED = "less is asked of callers than before"
_BOUND = "what callers sent before need not fit any of the alternatives"
_BOUND_TO_ONE = "what callers sent for one of the alternatives need not fit the schema that is left"
_UNFORESEEN = "an answer may take a form that was not foreseen"

ADDED = {
    key: Kind(f"{word}-added", Effect.WIDENED, f"has a further alternative in its {key}")
    for key, word in _WORDS.items()
}
REMOVED = {
    key: Kind(f"{word}-removed", Effect.NARROWED, f"has an alternative less in its {key}")
    for key, word in _WORDS.items()
}
WRAPPED = Kind(
    "wrapped-in-one-of",
    Effect.CHANGED,
    "became a choice of alternatives",
    request_why="what was right before fits none of the alternatives, or several where one is asked for",
    response_why="an answer may take a form that was not foreseen",
)
TO_ANY = Kind("one-of-became-any-of", Effect.WIDENED, "may fit several alternatives now", response=Level.INFO)
TO_ONE = Kind(
    "any-of-became-one-of",
    Effect.NARROWED,
    "may fit only one alternative now",
    request=Level.POTENTIALLY,
    request_why="what fits several alternatives is refused now",
)
MEMBER_ADDED = Kind(
    "all-of-added",
    Effect.NARROWED,
    "must keep to a further schema of its allOf",
    request_why="what callers sent before need not keep to the further schema",
)
MEMBER_REMOVED = Kind(
    "all-of-removed",
    Effect.WIDENED,
    "need not keep to a schema of its allOf any more",
    request=Level.POTENTIALLY,
    response=Level.INFO,
    request_why="what callers sent for that schema may be ignored, or refused where the system is strict",
    response_why="what is not promised any more is told of each property",
)
KINDS = (
    *(*ADDED.values(), *REMOVED.values(), WRAPPED, TO_ANY, TO_ONE),
    *(MEMBER_ADDED, MEMBER_REMOVED),
)


def one_sided(pair: Pair) -> bool:
    """Whether only one side offers alternatives, so that the whole of the other must be held against each."""
    return bool(pair.old.unions) != bool(pair.new.unions)


def compare_alternatives(pair: Pair) -> None:
    """Note what became of the alternatives, and go on into those that both have."""
    if one_sided(pair):
        if pair.new.unions:
            _wrapped(pair)
        else:
            _unwrapped(pair)
        return
    groups, gone, come = matched_unions(pair.old.unions, pair.new.unions)
    for old, new in groups:
        _compare_groups(pair, old, new)
    for old in gone:
        level, why = (Level.INFO, _FREED) if pair.request else (Level.BREAKING, _UNFORESEEN)
        what = f"it need not keep to one of {labels(old.branches)} any more"
        pair.say(REMOVED[old.keyword], what, level=level, why=why)
    for new in come:
        level, why = (Level.BREAKING, _BOUND) if pair.request else (Level.INFO, _FORESEEN)
        pair.say(ADDED[new.keyword], f"it must keep to one of {labels(new.branches)} too", level=level, why=why)


def _compare_groups(pair: Pair, old: Union, new: Union) -> None:
    if old.keyword != new.keyword:
        kind = TO_ANY if new.keyword == "anyOf" else TO_ONE
        pair.say(kind, f"{old.keyword} became {new.keyword}")
    both, gone, come = matched_branches(pair, old.branches, new.branches)
    for one, other in both:
        pair.into_parts(f"({other.label})", one.part, other.part)
    named = pair.old.notes.discriminator or pair.new.notes.discriminator
    for branch in gone:
        fits = pair.request and not named and not branch.ref and _fits(pair, branch.part, new)
        pair.say(
            REMOVED[old.keyword],
            f"the alternative {branch.label} was removed",
            level=Level.INFO if fits else None,
            why=_COVERED if fits else "",
        )
    for branch in come:
        fits = not pair.request and not named and not branch.ref and _foreseen(pair, old, branch.part)
        pair.say(
            ADDED[new.keyword],
            f"the alternative {branch.label} is new",
            level=Level.INFO if fits else None,
            why=_FORESEEN if fits else "",
        )


def _fits(pair: Pair, old: Part, new: Union) -> bool:
    lens = pair.lens.inside()
    return any(pair.comparing.covers(old, branch.part, lens) for branch in new.branches)


def _foreseen(pair: Pair, old: Union, new: Part) -> bool:
    lens = pair.lens.inside()
    return any(pair.comparing.covers(branch.part, new, lens) for branch in old.branches)


def _wrapped(pair: Pair) -> None:
    """One schema became a choice of several."""
    base = pair.comparing.new_base(pair.new_part)
    lens = pair.lens._replace(nullless=True)
    for union in pair.new.unions:
        alternatives = [pair.comparing.new_part(*base, *branch.part.raws) for branch in union.branches]
        fitting = [part for part in alternatives if pair.comparing.covers(pair.old_part, part, lens)]
        shown = f"it became a choice of {labels(union.branches)}"
        several = union.keyword == "oneOf" and _may_fit_several(pair, fitting, alternatives)
        if pair.request and fitting and not several:
            pair.say(ADDED[union.keyword], f"{shown}, one of which takes what it was", level=Level.INFO)
        elif pair.request and not fitting and _covered_by_value(pair, alternatives, lens):
            pair.say(ADDED[union.keyword], f"{shown}, which together take what it was", level=Level.INFO)
        elif pair.request:
            pair.say(WRAPPED, f"{shown}, {'several' if fitting else 'none'} of which take what it was")
        elif len(fitting) == len(alternatives):
            pair.say(
                ADDED[union.keyword], f"{shown}, each of which keeps to what it was", level=Level.INFO, why=_FORESEEN
            )
        else:
            pair.say(WRAPPED, shown)


def _may_fit_several(pair: Pair, fitting: list[Part], alternatives: list[Part]) -> bool:
    """Whether something that was right before may fit two alternatives, of which a `oneOf` wants only one."""
    if len(fitting) > 1:
        return True
    if pair.new.notes.discriminator:
        return False
    old = pair.old
    for part in alternatives:
        shape = pair.comparing.new_shape(part)
        if part in fitting or not shape.required <= old.properties.keys():
            continue
        if old.types is not None and shape.types is not None and not old.types & shape.types:
            continue
        if not any(_apart(pair, name, raws, shape) for name, raws in old.properties.items()):
            return True
    return False


def _apart(pair: Pair, name: str, raws: tuple[Raw, ...], shape: Shape) -> bool:
    """Whether a property can never have a value that an alternative wants of it."""
    if name not in shape.properties or name not in pair.old.required | shape.required:
        return False
    old = pair.comparing.old_shape(pair.comparing.old_part(*raws))
    new = pair.comparing.new_shape(pair.comparing.new_part(*shape.properties[name]))
    if old.values is not None and new.values is not None:
        return old.values.keys().isdisjoint(new.values.keys())
    return old.types is not None and new.types is not None and not old.types & new.types


def _covered_by_value(pair: Pair, alternatives: list[Part], lens: Lens) -> bool:
    """Whether the old schema falls into parts, by the values of a property, each of which an alternative takes."""
    shapes = [pair.comparing.new_shape(part) for part in alternatives]
    for name, raws in pair.old.properties.items():
        values = pair.comparing.old_shape(pair.comparing.old_part(*raws)).values
        if not values or not all(name in shape.properties for shape in shapes):
            continue
        parts = (
            pair.comparing.old_part(*pair.old_part.raws, {"properties": {name: {"enum": [value]}}})
            for value in values.values()
        )
        if all(any(pair.comparing.covers(part, other, lens) for other in alternatives) for part in parts):
            return True
    return False


def _unwrapped(pair: Pair) -> None:
    """A choice of several became one schema."""
    base = pair.comparing.old_base(pair.old_part)
    lens = pair.lens._replace(nullless=True)
    order = tuple(Level)
    for union in pair.old.unions:
        alternatives = [pair.comparing.old_part(*base, *branch.part.raws) for branch in union.branches]
        levels = sorted((pair.comparing.worst(part, pair.new_part, lens) for part in alternatives), key=order.index)
        # Callers may send any of them; of an answer it is enough that it keeps to one.
        level = levels[0] if pair.request else levels[-1]
        shown = f"the choice of {labels(union.branches)} became one schema"
        if level is Level.INFO:
            why = _COVERED if pair.request else _FORESEEN
            pair.say(REMOVED[union.keyword], shown, level=level, why=why)
        else:
            why = _BOUND_TO_ONE if pair.request else _UNFORESEEN
            pair.say(REMOVED[union.keyword], f"{shown} that does not stand for all of them", level=level, why=why)


def compare_members(pair: Pair) -> None:
    """Note members of an `allOf` that came or went, unless they were only written otherwise.

    The properties and constraints that they bring along are told of by themselves.
    """
    old, new = pair.old.members, pair.new.members
    if not old or not new:
        return
    _, gone, come = matched_branches(pair, old, new)
    if not (gone or come):
        return
    if _rewritten(pair, gone, come) and pair.comparing.equivalent(pair.old_part, pair.new_part):
        return
    for branch in come:
        pair.say(MEMBER_ADDED, f"it must keep to {branch.label} too, a further member of its allOf")
    for branch in gone:
        pair.say(MEMBER_REMOVED, f"it need not keep to {branch.label} any more, which was a member of its allOf")


def _rewritten(pair: Pair, gone: list[Branch], come: list[Branch]) -> bool:
    """Whether the same may only be written otherwise; not where a named schema came or went and all else stayed."""
    if gone and come:
        return True
    if any(not branch.ref for branch in (*gone, *come)):
        return True
    return not pair.comparing.same_beside_members(pair.old_part, pair.new_part)
