"""Objects: properties, which of them are required, and what other properties may be there."""

from __future__ import annotations

import re
from functools import lru_cache

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.normal import written
from seamwright.contracts.diff.schemas.pair import Pair
from seamwright.contracts.diff.schemas.shape import Notes, Shape
from seamwright.contracts.diff.schemas.values import compare_patterns

__all__ = ["KINDS", "compare"]

_OMITS = "a caller who leaves it out, as was right before, is refused"
_OMITS_DEFAULTED = "a caller who leaves it out is refused by the contract, though the system may fill in the default"
_READS = "a client that reads it does not find it"
_UNDESCRIBED = "a client that reads it, though it was never described, need not find it any more"

_IGNORED = "what callers still send for it is ignored, or refused where the system is strict"
_REFUSED = "no further properties are allowed, so a caller who still sends it is refused"

NEW_REQUIRED = Kind(
    "property-added-required",
    Effect.NARROWED,
    "is new and required",
    request_why=_OMITS,
    request_id="new-required-{site}",
    inner=True,
    sides=("request",),
)
NEW_DEFAULTED = Kind(
    "property-added-required-with-default",
    Effect.NARROWED,
    "is new and required, with a default",
    request_why=_OMITS_DEFAULTED,
    request_id="new-required-{site}-with-default",
    inner=True,
    sides=("request",),
)
NEW_OPTIONAL = Kind(
    "property-added-optional",
    Effect.NONE,
    "is new and optional",
    request_why="callers may go on leaving it out",
    request_id="new-optional-{site}",
    inner=True,
    sides=("request",),
)
REMOVED = Kind(
    "removed",
    Effect.NARROWED,
    "is gone",
    request=Level.POTENTIALLY,
    request_why=_IGNORED,
    inner=True,
    sides=("request",),
)


REQUIRED_REMOVED = Kind(
    "required-removed",
    Effect.CHANGED,
    "that was always there is gone",
    response_why=_READS,
    response_id="{stem}-required-property-removed",
    inner=True,
    sides=("response",),
)
OPTIONAL_REMOVED = Kind(
    "optional-removed",
    Effect.CHANGED,
    "that could be there is gone",
    response=Level.POTENTIALLY,
    response_why="a client that reads it where it is there never finds it",
    response_id="{stem}-optional-property-removed",
    inner=True,
    sides=("response",),
)
ADDED = {
    need: Kind(
        f"{need}-added",
        Effect.NONE,
        means,
        response_why="clients of the old contract do not read it",
        response_id=f"{{stem}}-{need}-property-added",
        inner=True,
        sides=("response",),
    )
    for need, means in (("required", "is new and always there"), ("optional", "is new and may be there"))
}
UNSENT = {
    (need, verb): Kind(
        f"{need}-write-only-{verb}",
        Effect.NONE,
        f"that is {need} and write-only {means}",
        response_why="it was promised to nobody, as it only travels to the system",
        response_id=f"{{stem}}-{need}-write-only-property-{verb}",
        inner=True,
        sides=("response",),
    )
    for need in ("required", "optional")
    for verb, means in (("added", "is new"), ("removed", "is gone"))
}

BECAME_REQUIRED = Kind(
    "became-required",
    Effect.NARROWED,
    "is required now",
    request_why=_OMITS,
    response_why="clients find it in every answer now",
    inner=True,
)
BECAME_DEFAULTED = Kind(
    "became-required-with-default",
    Effect.NARROWED,
    "is required now, with a default",
    request_why=_OMITS_DEFAULTED,
    inner=True,
    sides=("request",),
)
BECAME_OPTIONAL = Kind(
    "became-optional",
    Effect.WIDENED,
    "is not required any more",
    response_why="a client that takes it for granted does not find it in every answer",
    inner=True,
)
UNSENT_BECAME = {
    need: Kind(
        f"write-only-became-{need}",
        Effect.NONE,
        f"that is write-only became {need}",
        response_why="whether it is required counts for requests only",
        response_id=f"{{stem}}-write-only-property-became-{need}",
        inner=True,
        sides=("response",),
    )
    for need in ("required", "optional")
}

_READ_ONLY = "callers need not send it any more, and what they send for it has no effect"
_WRITE_ONLY = "answers need not hold it any more, so a client that reads it may not find it"
_TOLD = "answers hold more than before, which a client that keeps or compares them must bear"

MODES = {
    (need, word): Kind(
        f"{need}-became-{word}",
        Effect.NONE,
        f"that is {need} {means}",
        request_why=request_why,
        response=level if (need, word) != ("optional", "not-write-only") else None,
        response_why=response_why,
        request_id=f"{{stem}}-{need}-property-became-{word}",
        response_id=f"{{stem}}-{need}-property-became-{word}",
        inner=True,
    )
    for need in ("required", "optional")
    for word, means, request_why, response_why, level in (
        ("read-only", "is read-only now", _READ_ONLY, "", None),
        ("not-read-only", "is not read-only any more", "", "", None),
        ("write-only", "is write-only now", "", _WRITE_ONLY, Level.POTENTIALLY),
        ("not-write-only", "is not write-only any more", "", _TOLD, Level.POTENTIALLY),
    )
}
"""Need and mode → what is said of a property that took on that mode."""

FORBIDDEN = Kind(
    "additional-properties-forbidden",
    Effect.NARROWED,
    "may have no further properties any more",
    request_why="a caller who sends properties that the contract does not name is refused",
)
ALLOWED = Kind(
    "additional-properties-allowed",
    Effect.WIDENED,
    "may have further properties now",
    response=Level.INFO,
    response_why="clients pass over properties that they do not know",
)
CONSTRAINED = Kind("additional-properties-constrained", Effect.NARROWED, "says of what form further properties are")
UNCONSTRAINED = Kind(
    "additional-properties-unconstrained",
    Effect.WIDENED,
    "does not say any more of what form further properties are",
    response=Level.POTENTIALLY,
    response_why="a client that reads them as a map of one form may meet another",
)
PATTERN_ADDED = Kind("pattern-property-added", Effect.NARROWED, "says of what form properties by a pattern are")
PATTERN_REMOVED = Kind(
    "pattern-property-removed", Effect.WIDENED, "does not say any more of what form properties by a pattern are"
)
NAMES_ADDED = Kind("property-names-added", Effect.NARROWED, "says which names properties may have")
NAMES_REMOVED = Kind("property-names-removed", Effect.WIDENED, "does not say any more which names properties may have")
UNEVALUATED_ADDED = Kind("unevaluated-properties-added", Effect.NARROWED, "says what unevaluated properties may be")
UNEVALUATED_REMOVED = Kind(
    "unevaluated-properties-removed", Effect.WIDENED, "does not say any more what unevaluated properties may be"
)

KINDS = (
    *(NEW_REQUIRED, NEW_DEFAULTED, NEW_OPTIONAL, REMOVED),
    *(REQUIRED_REMOVED, OPTIONAL_REMOVED, *ADDED.values(), *UNSENT.values()),
    *(BECAME_REQUIRED, BECAME_DEFAULTED, BECAME_OPTIONAL, *UNSENT_BECAME.values(), *MODES.values()),
    *(FORBIDDEN, ALLOWED, CONSTRAINED, UNCONSTRAINED, PATTERN_ADDED, PATTERN_REMOVED),
    *(NAMES_ADDED, NAMES_REMOVED, UNEVALUATED_ADDED, UNEVALUATED_REMOVED),
)


def compare(pair: Pair) -> None:
    """Note what became of the properties, and go on into those that both have."""
    for name in pair.old.properties:
        if name in pair.new.properties:
            _compare_property(pair, name)
        else:
            _removed(pair, name)
    for name in pair.new.properties:
        if name not in pair.old.properties:
            _added(pair, name)
    _compare_unnamed(pair)
    _compare_further(pair)
    _compare_patterns(pair)


def _compare_property(pair: Pair, name: str) -> None:
    old_part = pair.comparing.old_part(*pair.old.properties[name])
    new_part = pair.comparing.new_part(*pair.new.properties[name])
    was, is_ = name in pair.old.required, name in pair.new.required
    if was == is_ and pair.comparing.same(old_part, new_part):
        return
    shapes = pair.comparing.old_shape(old_part), pair.comparing.new_shape(new_part)
    old, new = (shape.notes for shape in shapes)
    need = "required" if is_ else "optional"
    if old.read_only != new.read_only:
        word = "read-only" if new.read_only else "not-read-only"
        pair.say(MODES[need, word], f"it is {word.replace('not-', 'not ')} now", step=_step(name))
    if old.write_only != new.write_only:
        word = "write-only" if new.write_only else "not-write-only"
        pair.say(MODES[need, word], f"it is {word.replace('not-', 'not ')} now", step=_step(name))
    silent = new.read_only if pair.request else new.write_only
    if was != is_:
        _compare_need(pair, name, new, required=is_, silent=silent)
    if not silent:
        pair.into_parts(_step(name), old_part, new_part)
    elif pair.request:
        # Clients send back what they were given, and a strict system holds it against the pattern all the same.
        compare_patterns(pair, *shapes, step=_step(name))


def _compare_need(pair: Pair, name: str, notes: Notes, *, required: bool, silent: bool) -> None:
    what = "it is required now" if required else "it is not required any more"
    if silent:
        if not pair.request:
            pair.say(UNSENT_BECAME["required" if required else "optional"], what, step=_step(name))
    elif not required:
        pair.say(BECAME_OPTIONAL, what, step=_step(name))
    elif pair.request and notes.default:
        pair.say(BECAME_DEFAULTED, f"{what}; its default is {written(notes.default[0])}", step=_step(name))
    else:
        pair.say(BECAME_REQUIRED, what, step=_step(name))


def _removed(pair: Pair, name: str) -> None:
    notes = pair.comparing.old_shape(pair.comparing.old_part(*pair.old.properties[name])).notes
    required = name in pair.old.required
    if pair.request:
        if not notes.read_only:
            strict = pair.new.closed and not _matched(pair.new, name)
            level, why = (Level.BREAKING, _REFUSED) if strict else (None, "")
            pair.say(REMOVED, "it was removed", step=_step(name), level=level, why=why)
    elif notes.write_only:
        pair.say(UNSENT["required" if required else "optional", "removed"], "it was removed", step=_step(name))
    else:
        pair.say(REQUIRED_REMOVED if required else OPTIONAL_REMOVED, "it was removed", step=_step(name))


def _added(pair: Pair, name: str) -> None:
    notes = pair.comparing.new_shape(pair.comparing.new_part(*pair.new.properties[name])).notes
    need = "required" if name in pair.new.required else "optional"
    what = f"it is new and {need}"
    if name in pair.old.required and not (notes.read_only if pair.request else notes.write_only):
        _described(pair, name, need)
    elif not pair.request:
        kind = UNSENT[need, "added"] if notes.write_only else ADDED[need]
        pair.say(kind, what, step=_step(name))
    elif notes.read_only:
        return
    elif need == "optional":
        pair.say(NEW_OPTIONAL, what, step=_step(name))
    elif notes.default:
        pair.say(NEW_DEFAULTED, f"{what}; its default is {written(notes.default[0])}", step=_step(name))
    else:
        pair.say(NEW_REQUIRED, what, step=_step(name))


def _described(pair: Pair, name: str, need: str) -> None:
    """A property that had to be there is described for the first time."""
    if need == "optional":
        pair.say(BECAME_OPTIONAL, "it was required, though not described, and is optional now", step=_step(name))
    pair.into(_step(name), (), pair.new.properties[name])


def _compare_unnamed(pair: Pair) -> None:
    """Note names that are required, or were, though no property is described by them."""
    described = {*pair.old.properties, *pair.new.properties}
    described.add("")
    for name in sorted(pair.new.required - pair.old.required - described):
        pair.say(BECAME_REQUIRED, "it is required now, though not described", step=_step(name))
    for name in sorted(pair.old.required - pair.new.required - described):
        what = "it was required, though not described, and is not any more"
        level, why = (None, "") if pair.request else (Level.POTENTIALLY, _UNDESCRIBED)
        pair.say(BECAME_OPTIONAL, what, step=_step(name), level=level, why=why)


def _compare_further(pair: Pair) -> None:
    """Note what became of properties that are not named."""
    old, new = (shape.singles.get("additionalProperties") for shape in (pair.old, pair.new))
    if pair.new.closed or pair.old.closed:
        if pair.new.closed and not pair.old.closed:
            pair.say(FORBIDDEN, "properties that are not named are not allowed any more")
        elif pair.old.closed and not pair.new.closed:
            pair.say(ALLOWED, "properties that are not named are allowed now")
    elif old and new:
        pair.into("{}", old, new)
    elif new and not pair.comparing.equivalent(pair.comparing.old_part(), pair.comparing.new_part(*new)):
        pair.say(CONSTRAINED, "properties that are not named must be of a certain form now")
    elif old:
        pair.say(UNCONSTRAINED, "properties that are not named had to be of a certain form and need not any more")
    pair.single("unevaluatedProperties", UNEVALUATED_ADDED, UNEVALUATED_REMOVED, "unevaluated properties")
    pair.single("propertyNames", NAMES_ADDED, NAMES_REMOVED, "the names of properties")


def _compare_patterns(pair: Pair) -> None:
    old, new = pair.old.pattern_properties, pair.new.pattern_properties
    for pattern in old:
        if pattern in new:
            pair.into(f"{{/{pattern}/}}", old[pattern], new[pattern])
        else:
            pair.say(PATTERN_REMOVED, f"properties named by /{pattern}/ are not described any more")
    for pattern in new:
        if pattern not in old:
            pair.say(PATTERN_ADDED, f"properties named by /{pattern}/ must be of a certain form now")


def _matched(shape: Shape, name: str) -> bool:
    return any(_matches(pattern, name) for pattern in shape.pattern_properties)


@lru_cache(maxsize=4096)
def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return True  # Written for another machine of regular expressions: nothing is claimed of it.


def _step(name: str) -> str:
    return f".{name}"
