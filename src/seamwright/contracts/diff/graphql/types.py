"""Types: new ones, ones that are gone, what they are, and who belongs to them."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLNamedType, is_enum_type, is_object_type, is_scalar_type, is_union_type

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.graphql.sides import Sides, kind_of

__all__ = ["RULES", "compare"]

_REFUSED = "a document that names it is refused as a whole"
_UNKNOWN = "clients that were generated from the old schema do not know it"

ADDED = Rule("type-added", Level.INFO, "", "a type is new", "nobody uses it yet")
REMOVED = Rule("type-removed", Level.BREAKING, "", "a type is gone", _REFUSED)
UNUSED_REMOVED = Rule("unused-type-removed", Level.INFO, "", "a type that nothing used is gone", "nobody could use it")
KIND_CHANGED = Rule("type-kind-changed", Level.BREAKING, "", "a type is of another kind", _REFUSED)
ROOT_RENAMED = Rule(
    "root-type-renamed",
    Level.POTENTIALLY,
    "",
    "a root type has another name",
    "fragments on it, and clients that look at its __typename, no longer fit",
)
VALUE_REMOVED = Rule(
    "enum-value-removed", Level.BREAKING, "request", "an enum lost a value that clients send", "who sends it is refused"
)
VALUE_NEVER_CAME = Rule(
    "answered-enum-value-removed",
    Level.POTENTIALLY,
    "response",
    "an enum that only answers hold lost a value",
    "clients wait for a value that does not come any more",
)
VALUE_ADDED = Rule("enum-value-added", Level.POTENTIALLY, "response", "an enum of answers has a new value", _UNKNOWN)
VALUE_TAKEN = Rule(
    "sent-enum-value-added", Level.INFO, "request", "an enum of arguments has a new value", "nobody sends it"
)
VALUE_DEPRECATED = Rule(
    "enum-value-deprecated",
    Level.INFO,
    "",
    "an enum value is deprecated",
    "it still works; clients may look for another",
)
MEMBER_REMOVED = Rule(
    "union-member-removed", Level.BREAKING, "response", "a union lost a member", "fragments on the member are refused"
)
MEMBER_ADDED = Rule("union-member-added", Level.POTENTIALLY, "response", "a union has a new member", _UNKNOWN)
INTERFACE_REMOVED = Rule(
    "interface-removed",
    Level.BREAKING,
    "response",
    "a type no longer implements an interface",
    "fragments that relied on it are refused",
)
INTERFACE_ADDED = Rule(
    "interface-added", Level.POTENTIALLY, "response", "a type implements one more interface", _UNKNOWN
)
SPECIFIED = Rule(
    "scalar-specification-changed",
    Level.POTENTIALLY,
    "",
    "a scalar is defined by another document",
    "what it takes and gives may have another form",
)

RULES = (
    *(ADDED, REMOVED, UNUSED_REMOVED, KIND_CHANGED, ROOT_RENAMED, VALUE_REMOVED, VALUE_NEVER_CAME, VALUE_ADDED),
    *(VALUE_TAKEN, VALUE_DEPRECATED, MEMBER_REMOVED, MEMBER_ADDED, INTERFACE_REMOVED, INTERFACE_ADDED, SPECIFIED),
)


def compare(sides: Sides) -> Iterator[Change]:
    """What changed of the types themselves, not of their fields."""
    for name, kind in sides.gone:
        used = name in ("Query", "Mutation", "Subscription") or kind.name in sides.sent | sides.received
        rule = REMOVED if used or _reached(sides, kind) else UNUSED_REMOVED
        yield rule.change(name, f"the {kind_of(kind)} {name} is gone")
    for name, kind in sides.come:
        yield ADDED.change(name, f"the {kind_of(kind)} {name} is new")
    for name, old, new in sides.both:
        if kind_of(old) != kind_of(new):
            yield KIND_CHANGED.change(name, f"{name} was a {kind_of(old)}, and is a {kind_of(new)}")
            continue
        if old.name != new.name:
            yield ROOT_RENAMED.change(name, f"the type of {name} was called {old.name}, and is called {new.name}")
        yield from _members(name, old, new)
        if is_enum_type(old):
            yield from _values(sides, name, old, new)
        if is_scalar_type(old) and old.specified_by_url != getattr(new, "specified_by_url", None):
            new_url = getattr(new, "specified_by_url", None)
            yield SPECIFIED.change(name, f"{name} was specified by {old.specified_by_url}, and is by {new_url}")


def _reached(sides: Sides, kind: GraphQLNamedType) -> bool:
    """Whether clients could come across a type that no field names: as a member of a union, or by an interface."""
    unions = [k for _, k in Sides.types(sides.old) if is_union_type(k)]
    return bool(getattr(kind, "interfaces", ())) or any(kind in union.types for union in unions)


def _members(name: str, old: GraphQLNamedType, new: GraphQLNamedType) -> Iterator[Change]:
    if is_union_type(old):
        was, now = [k.name for k in old.types], [k.name for k in getattr(new, "types", ())]
        for member in was:
            if member not in now:
                yield MEMBER_REMOVED.change(name, f"{member} is no longer a member of the union {name}")
        for member in now:
            if member not in was:
                yield MEMBER_ADDED.change(name, f"{member} is a new member of the union {name}")
    before, after = [k.name for k in getattr(old, "interfaces", ())], [k.name for k in getattr(new, "interfaces", ())]
    for wider in before:
        if wider not in after:
            yield INTERFACE_REMOVED.change(name, f"{name} no longer implements {wider}")
    for wider in after:
        if wider not in before:
            level = None if is_object_type(old) else Level.INFO
            yield INTERFACE_ADDED.change(name, f"{name} now implements {wider}", level=level)


def _values(sides: Sides, name: str, old: GraphQLNamedType, new: GraphQLNamedType) -> Iterator[Change]:
    was, now = getattr(old, "values", {}), getattr(new, "values", {})
    for value, each in was.items():
        place = f"{name}.{value}"
        if value in now:
            if each.deprecation_reason is None and now[value].deprecation_reason is not None:
                yield VALUE_DEPRECATED.change(place, f"{place} is deprecated: {now[value].deprecation_reason}")
            continue
        sent = name in sides.sent or name not in sides.received
        told = ", which was deprecated," if each.deprecation_reason is not None else ""
        rule = VALUE_REMOVED if sent else VALUE_NEVER_CAME
        level = Level.POTENTIALLY if sent and told else None
        yield rule.change(place, f"the value {value}{told} of {name} is gone", level=level)
    for value in now:
        if value not in was:
            rule = VALUE_ADDED if name in sides.received else VALUE_TAKEN
            yield rule.change(f"{name}.{value}", f"{name} has the new value {value}")
