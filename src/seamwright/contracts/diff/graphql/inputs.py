"""What clients send: arguments of fields, and fields of input objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLType,
    is_input_object_type,
    is_list_type,
    is_named_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.graphql.sides import Sides, default_of

__all__ = ["RULES", "compare_arguments", "compare_types", "wider"]

_REFUSED = "a request that gives it is refused as a whole"
_MISSING = "requests that do not give it are refused"
_OTHERWISE = "requests that leave it out mean something else"

ARGUMENT_ADDED = Rule(
    "argument-added", Level.INFO, "request", "a field takes a new optional argument", "nobody gives it"
)
REQUIRED_ARGUMENT = Rule("required-argument-added", Level.BREAKING, "request", "a field wants a new argument", _MISSING)
ARGUMENT_REMOVED = Rule("argument-removed", Level.BREAKING, "request", "a field lost an argument", _REFUSED)
INPUT_ADDED = Rule("input-field-added", Level.INFO, "request", "an input has a new optional field", "nobody gives it")
REQUIRED_INPUT = Rule("required-input-field-added", Level.BREAKING, "request", "an input wants a new field", _MISSING)
INPUT_REMOVED = Rule("input-field-removed", Level.BREAKING, "request", "an input lost a field", _REFUSED)
TYPE_CHANGED = Rule(
    "input-type-changed", Level.BREAKING, "request", "what clients send has another type", "what they send is refused"
)
BECAME_REQUIRED = Rule(
    "input-became-required", Level.BREAKING, "request", "what could be left out is required", _MISSING
)
NO_NULL = Rule(
    "input-became-non-null",
    Level.BREAKING,
    "request",
    "what could be null may not be",
    "requests that give null are refused",
)
WIDENED = Rule(
    "input-type-widened", Level.INFO, "request", "more may be sent than before", "what clients send is still taken"
)
DEFAULT_CHANGED = Rule("default-changed", Level.POTENTIALLY, "request", "a default is another one", _OTHERWISE)
DEFAULT_REMOVED = Rule("default-removed", Level.POTENTIALLY, "request", "a default is gone", _OTHERWISE)
DEFAULT_ADDED = Rule("default-added", Level.POTENTIALLY, "request", "what had no default has one", _OTHERWISE)
DEPRECATED = Rule(
    "input-deprecated", Level.INFO, "request", "an argument or an input field is deprecated", "it is still taken"
)
ONE_OF = Rule(
    "input-became-one-of",
    Level.BREAKING,
    "request",
    "of an input's fields exactly one must be given",
    "requests that give several, or none, are refused",
)
NOT_ONE_OF = Rule(
    "input-no-longer-one-of", Level.INFO, "request", "an input takes several fields at once", "one is still taken"
)

RULES = (
    *(ARGUMENT_ADDED, REQUIRED_ARGUMENT, ARGUMENT_REMOVED, INPUT_ADDED, REQUIRED_INPUT, INPUT_REMOVED, TYPE_CHANGED),
    *(
        BECAME_REQUIRED,
        NO_NULL,
        WIDENED,
        DEFAULT_CHANGED,
        DEFAULT_REMOVED,
        DEFAULT_ADDED,
        DEPRECATED,
        ONE_OF,
        NOT_ONE_OF,
    ),
)

Declared = GraphQLArgument | GraphQLInputField


def compare_arguments(place: str, old: GraphQLField, new: GraphQLField) -> Iterator[Change]:
    """What changed of the arguments of one field."""

    def at(name: str) -> str:
        return f"{place}({name}:)"

    rules = (ARGUMENT_ADDED, REQUIRED_ARGUMENT, ARGUMENT_REMOVED)
    yield from _compared({at(n): a for n, a in old.args.items()}, {at(n): a for n, a in new.args.items()}, rules)


def compare_types(sides: Sides) -> Iterator[Change]:
    """What changed of the fields of input objects."""
    for name, old, new in sides.both:
        if not is_input_object_type(old) or not is_input_object_type(new):
            continue
        was = {f"{name}.{field}": each for field, each in old.fields.items()}
        now = {f"{name}.{field}": each for field, each in new.fields.items()}
        yield from _compared(was, now, (INPUT_ADDED, REQUIRED_INPUT, INPUT_REMOVED))
        if _one_of(old) != _one_of(new):
            rule = ONE_OF if _one_of(new) else NOT_ONE_OF
            yield rule.change(
                name, f"{name} {'is' if _one_of(new) else 'is no longer'} an input of which one field is given"
            )


def _compared(
    was: Mapping[str, Declared], now: Mapping[str, Declared], rules: tuple[Rule, Rule, Rule]
) -> Iterator[Change]:
    added, wanted, removed = rules
    for place, old in was.items():
        if place in now:
            yield from _changed(place, old, now[place])
        else:
            told = old.deprecation_reason is not None
            level = Level.POTENTIALLY if told else None
            yield removed.change(place, f"{place}{', which was deprecated,' if told else ''} is gone", level=level)
    for place, new in now.items():
        if place not in was:
            rule = wanted if _required(new) else added
            yield rule.change(place, f"{place} of type {new.type} is new")


def _changed(place: str, old: Declared, new: Declared) -> Iterator[Change]:
    before, after = default_of(old), default_of(new)
    if str(old.type) != str(new.type):
        text = f"{place} was of type {old.type}, and is of type {new.type}"
        if wider(old.type, new.type):
            yield WIDENED.change(place, text)
        elif str(old.type).replace("!", "") != str(new.type).replace("!", ""):
            yield TYPE_CHANGED.change(place, text)
        else:
            yield (BECAME_REQUIRED if _required(new) and not _required(old) else NO_NULL).change(place, text)
    elif _required(new) and not _required(old):
        yield BECAME_REQUIRED.change(place, f"{place} lost its default {before}, and is required")
    if before != after and not (_required(new) or _required(old)):
        if after is None:
            yield DEFAULT_REMOVED.change(place, f"{place} had the default {before}, and has none")
        elif before is None:
            yield DEFAULT_ADDED.change(place, f"{place} had no default, and has {after}")
        else:
            yield DEFAULT_CHANGED.change(place, f"{place} had the default {before}, and has {after}")
    if old.deprecation_reason is None and new.deprecation_reason is not None:
        yield DEPRECATED.change(place, f"{place} is deprecated: {new.deprecation_reason}")


def wider(old: GraphQLType, new: GraphQLType) -> bool:
    """Whether everything that the old type takes is taken by the new one, variables of the old type included."""
    if is_non_null_type(old):
        return wider(old.of_type, new.of_type if is_non_null_type(new) else new)
    if is_non_null_type(new):
        return False
    if is_list_type(old):
        return is_list_type(new) and wider(old.of_type, new.of_type)
    return is_named_type(old) and is_named_type(new) and old.name == new.name


def _required(declared: Declared) -> bool:
    return (
        is_required_argument(declared) if isinstance(declared, GraphQLArgument) else is_required_input_field(declared)
    )


def _one_of(kind: object) -> bool:
    node = getattr(kind, "ast_node", None)
    return any(directive.name.value == "oneOf" for directive in getattr(node, "directives", None) or ())
