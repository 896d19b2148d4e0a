"""Fields of types and interfaces: new ones, ones that are gone, their types, their deprecation."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLField, GraphQLOutputType, GraphQLType, is_list_type, is_named_type, is_non_null_type

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.graphql import inputs
from seamwright.contracts.diff.graphql.sides import Sides

__all__ = ["RULES", "compare"]

_REFUSED = "a document that asks for it is refused as a whole"

ADDED = Rule("field-added", Level.INFO, "response", "a field is new", "nobody asks for it yet")
REMOVED = Rule("field-removed", Level.BREAKING, "response", "a field that was not deprecated is gone", _REFUSED)
REMOVED_DEPRECATED = Rule(
    "deprecated-field-removed",
    Level.POTENTIALLY,
    "response",
    "a deprecated field is gone",
    "clients were told that it would go; a document that still asks for it is refused as a whole",
)
TYPE_CHANGED = Rule(
    "field-type-changed",
    Level.BREAKING,
    "response",
    "a field has another type",
    "clients read a value of another form than they expect, or their documents are refused",
)
NULLABLE = Rule(
    "field-became-nullable", Level.BREAKING, "response", "a field may be null now", "clients do not expect null there"
)
NON_NULL = Rule(
    "field-became-non-null",
    Level.INFO,
    "response",
    "a field is never null any more",
    "clients that look for null are safe",
)
DEPRECATED = Rule(
    "field-deprecated",
    Level.INFO,
    "response",
    "a field is deprecated",
    "it still answers; clients may look for another",
)
DEPRECATED_SILENTLY = Rule(
    "field-deprecated-without-reason",
    Level.INFO,
    "response",
    "a field is deprecated, and nothing says what to use instead",
    "it still answers; clients do not know where to go",
)
REACTIVATED = Rule("field-reactivated", Level.INFO, "response", "a field is not deprecated any more", "it stays")

RULES = (
    ADDED,
    REMOVED,
    REMOVED_DEPRECATED,
    TYPE_CHANGED,
    NULLABLE,
    NON_NULL,
    DEPRECATED,
    DEPRECATED_SILENTLY,
    REACTIVATED,
)

_NO_REASON = "No longer supported"
"""What `@deprecated` says where nobody gave a reason (section 3.13.3)."""


def compare(sides: Sides) -> Iterator[Change]:
    """What changed of the fields that answers hold, and of their arguments."""
    for name, old, new in sides.both:
        was: dict[str, GraphQLField] = {} if hasattr(old, "is_one_of") else getattr(old, "fields", {})
        now: dict[str, GraphQLField] = getattr(new, "fields", {})
        if not was or not now or not all(hasattr(field, "args") for field in (*was.values(), *now.values())):
            continue
        for field_name, field in was.items():
            place = f"{name}.{field_name}"
            if field_name in now:
                yield from _compared(place, field, now[field_name])
                yield from inputs.compare_arguments(place, field, now[field_name])
            else:
                deprecated = field.deprecation_reason is not None
                rule = REMOVED_DEPRECATED if deprecated else REMOVED
                yield rule.change(place, f"the {'deprecated ' if deprecated else ''}field {place} is gone")
        for field_name in now:
            if field_name not in was:
                yield ADDED.change(f"{name}.{field_name}", f"the field {name}.{field_name} is new")


def _compared(place: str, old: GraphQLField, new: GraphQLField) -> Iterator[Change]:
    if str(old.type) != str(new.type):
        text = f"{place} was of type {old.type}, and is of type {new.type}"
        if _narrower(old.type, new.type):
            yield NON_NULL.change(place, text)
        elif str(old.type).replace("!", "") == str(new.type).replace("!", ""):
            yield NULLABLE.change(place, text)
        else:
            yield TYPE_CHANGED.change(place, text)
    was, now = old.deprecation_reason, new.deprecation_reason
    if was is None and now is not None:
        rule = DEPRECATED_SILENTLY if now == _NO_REASON else DEPRECATED
        yield rule.change(place, f"{place} is deprecated: {now}")
    elif was is not None and now is None:
        yield REACTIVATED.change(place, f"{place} is not deprecated any more")


def _narrower(old: GraphQLOutputType | GraphQLType, new: GraphQLOutputType | GraphQLType) -> bool:
    """Whether everything that the new type may be is something that the old one may have been."""
    if is_non_null_type(old):
        return is_non_null_type(new) and _narrower(old.of_type, new.of_type)
    if is_non_null_type(new):
        return _narrower(old, new.of_type)
    if is_list_type(old):
        return is_list_type(new) and _narrower(old.of_type, new.of_type)
    return is_named_type(old) and is_named_type(new) and old.name == new.name
