"""What holds only under a condition (`if`, `dependentRequired`, `dependentSchemas`), what must not hold; content."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.pair import Pair

__all__ = ["KINDS", "compare"]

_BRANCHES = ("if", "then", "else")

ADDED = {key: Kind(f"{key}-added", Effect.NARROWED, f"has an `{key}` now") for key in _BRANCHES}
REMOVED = {key: Kind(f"{key}-removed", Effect.WIDENED, f"has no `{key}` any more") for key in _BRANCHES}
IF_CHANGED = Kind(
    "if-changed",
    Effect.CHANGED,
    "has another `if`",
    request_why="values to which one branch applied may come under the other",
    response_why="values to which one branch applied may come under the other",
)
NEEDS_ADDED = Kind("dependent-required-added", Effect.NARROWED, "needs other properties where one is there")
NEEDS_REMOVED = Kind(
    "dependent-required-removed", Effect.WIDENED, "does not need other properties any more where one is there"
)
NEEDS_CHANGED = Kind("dependent-required-changed", Effect.CHANGED, "needs different properties where one is there")
DEPENDENT_ADDED = Kind("dependent-schema-added", Effect.NARROWED, "must keep to a schema where one property is there")
DEPENDENT_REMOVED = Kind(
    "dependent-schema-removed", Effect.WIDENED, "need not keep to a schema any more where one property is there"
)
NOT_ADDED = Kind("not-added", Effect.NARROWED, "must not be of a certain form now")
NOT_REMOVED = Kind("not-removed", Effect.WIDENED, "may be of a form that was ruled out")
NOT_NARROWED = Kind("not-narrowed", Effect.WIDENED, "may be of some forms that were ruled out")
NOT_CHANGED = Kind("not-changed", Effect.CHANGED, "must not be of another form than before")
CONTENT_ADDED = Kind("content-schema-added", Effect.NARROWED, "says what the text holds")
CONTENT_REMOVED = Kind("content-schema-removed", Effect.WIDENED, "does not say any more what the text holds")
CONTENT = {
    "contentMediaType": Kind("content-media-type-changed", Effect.CHANGED, "is a text of another media type"),
    "contentEncoding": Kind("content-encoding-changed", Effect.CHANGED, "is a text of another encoding"),
}

KINDS = (
    *(*ADDED.values(), *REMOVED.values(), IF_CHANGED, NEEDS_ADDED, NEEDS_REMOVED, NEEDS_CHANGED),
    *(DEPENDENT_ADDED, DEPENDENT_REMOVED, NOT_ADDED, NOT_REMOVED, NOT_NARROWED, NOT_CHANGED),
    *(CONTENT_ADDED, CONTENT_REMOVED, *CONTENT.values()),
)


def compare(pair: Pair) -> None:
    """Note what became of conditions, of what is ruled out, and of what a text holds."""
    _compare_conditions(pair)
    _compare_needs(pair)
    _compare_dependents(pair)
    _compare_nots(pair)
    pair.single("contentSchema", CONTENT_ADDED, CONTENT_REMOVED, "what the text holds")
    for keyword, kind in CONTENT.items():
        old, new = (shape.content.get(keyword, "") for shape in (pair.old, pair.new))
        if old != new:
            pair.say(kind, f"{keyword} was {old or 'not told'} and is {new or 'not told'} now")


def _compare_conditions(pair: Pair) -> None:
    for index in range(max(len(pair.old.conditions), len(pair.new.conditions))):
        old: dict[str, Any] = pair.old.conditions[index] if index < len(pair.old.conditions) else {}
        new: dict[str, Any] = pair.new.conditions[index] if index < len(pair.new.conditions) else {}
        for key in _BRANCHES:
            if key in new and key not in old:
                pair.say(ADDED[key], f"it has an `{key}` now")
            elif key in old and key not in new:
                pair.say(REMOVED[key], f"it has no `{key}` any more")
            elif key != "if" and key in old:
                pair.into(f"({key})", (old[key],), (new[key],))
        if "if" in old and "if" in new:
            parts = pair.comparing.old_part(old["if"]), pair.comparing.new_part(new["if"])
            if not pair.comparing.equivalent(*parts):
                pair.say(IF_CHANGED, "the condition under `if` is another one")


def _compare_needs(pair: Pair) -> None:
    old, new = pair.old.dependent_required, pair.new.dependent_required
    for name in old.keys() | new.keys():
        was, is_ = old.get(name, frozenset()), new.get(name, frozenset())
        if was == is_:
            continue
        shown = f"where {name} is there, {_named(was)} had to be there and {_named(is_)} must be now"
        kind = NEEDS_ADDED if name not in old else NEEDS_REMOVED if name not in new else NEEDS_CHANGED
        pair.say(kind, shown)


def _named(names: frozenset[str]) -> str:
    return " and ".join(sorted(names)) or "nothing else"


def _compare_dependents(pair: Pair) -> None:
    old, new = pair.old.dependent_schemas, pair.new.dependent_schemas
    for name in (*old, *(name for name in new if name not in old)):
        if name in old and name in new:
            pair.into(f"(with {name})", old[name], new[name])
        elif name in new:
            pair.say(DEPENDENT_ADDED, f"where {name} is there, a further schema must be kept to now")
        else:
            pair.say(DEPENDENT_REMOVED, f"where {name} is there, a further schema need not be kept to any more")


def _compare_nots(pair: Pair) -> None:
    old, new = pair.old.nots, pair.new.nots
    if len(old) != len(new):
        kind = NOT_ADDED if len(new) > len(old) else NOT_REMOVED
        pair.say(kind, "a form is ruled out now" if kind is NOT_ADDED else "a form was ruled out and is not any more")
        return
    for was, is_ in zip(old, new, strict=True):
        parts = pair.comparing.old_part(was), pair.comparing.new_part(is_)
        if pair.comparing.equivalent(*parts):
            continue
        # What is ruled out looks the other way round: less ruled out is more allowed.
        if pair.comparing.covers(*parts, pair.lens.inside()._replace(direction="response")):
            pair.say(NOT_NARROWED, "less is ruled out than before")
        else:
            pair.say(NOT_CHANGED, "other forms are ruled out than before")
