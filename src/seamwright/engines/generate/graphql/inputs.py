"""Values of input types: scalars, enums, lists and nested input objects, with as much or as little as is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Literal

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLScalarType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
    is_scalar_type,
)

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.graphql.constraints import constrained
from seamwright.engines.generate.graphql.scalars import examples, maker

__all__ = ["NOTHING", "Given", "Place", "Share", "arguments", "input_value", "is_one_of", "makeable", "required"]

Place = tuple[str, ...]
"""Where a value goes: the argument, then the input fields on the way; lists are passed through."""

Share = Literal["least", "some", "most"]
"""How much of what may be left out is filled in: nothing, a part that is drawn, or all."""

DEEPEST = 4
"""Input objects inside each other, beyond which nothing optional is filled in."""

ABYSS = 12
"""Input objects inside each other that are required, after which nothing can be made."""


class _Nothing:
    pass


NOTHING: Any = _Nothing()
"""Stands for a value that is not there."""

Given = Callable[[Place], Any]
"""A value that is known for a place (an id of a real object); `NOTHING` for all others."""


def arguments(
    declared: Mapping[str, GraphQLArgument], random: Random, share: Share = "some", given: Given = lambda place: NOTHING
) -> dict[str, Any]:
    """Valid arguments, as JSON. Raises Unsatisfiable where one that is required cannot be made."""
    made: dict[str, Any] = {}
    for name, argument in declared.items():
        if is_required_argument(argument) or _wanted(share, random, argument, given, (name,)):
            value = input_value(argument.type, argument, random, share, given, (name,))
            if value is not NOTHING:
                made[name] = value
            elif is_required_argument(argument):
                raise _unknown(argument.type, (name,))
    return made


def input_value(
    kind: GraphQLInputType,
    declared: GraphQLArgument | GraphQLInputField | None,
    random: Random,
    share: Share = "some",
    given: Given = lambda place: NOTHING,
    place: Place = (),
    depth: int = 0,
) -> Any:
    """A valid value, as JSON; `NOTHING` where nothing tells what a custom scalar takes. Raises Unsatisfiable."""
    known = given(place)
    if known is not NOTHING:
        return _fitting(kind, known)
    inner = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(inner):
        if depth > DEEPEST or (
            depth and isinstance(get_named_type(inner), GraphQLInputObjectType) and share == "least"
        ):
            return []
        items = [
            input_value(inner.of_type, declared, random, share, given, place, depth)
            for _ in range(_length(random, share))
        ]
        return NOTHING if any(item is NOTHING for item in items) else items
    if is_input_object_type(inner):
        return _object(inner, random, share, given, place, depth)
    if is_enum_type(inner):
        names = [name for name, value in inner.values.items() if value.deprecation_reason is None] or [*inner.values]
        return names[int(random.random() * len(names))]
    assert is_scalar_type(inner)
    return _scalar(inner, declared, random, place)


def makeable(declared: GraphQLArgument | GraphQLInputField, place: Place) -> bool:
    """Whether a value can be made for an argument at all."""
    try:
        return input_value(declared.type, declared, Random(0), "least", place=place) is not NOTHING
    except Unsatisfiable:
        return False


def required(declared: GraphQLArgument | GraphQLInputField) -> bool:
    """Whether it must be given: it may not be null, and has no default (sections 5.4.3 and 5.6.4)."""
    if isinstance(declared, GraphQLArgument):
        return is_required_argument(declared)
    return is_required_input_field(declared)


def is_one_of(kind: GraphQLInputObjectType) -> bool:
    """Whether exactly one field must be given (section 3.10.1)."""
    node = kind.ast_node
    return bool(getattr(kind, "is_one_of", False)) or any(
        d.name.value == "oneOf" for d in (node and node.directives) or ()
    )


def _fitting(kind: GraphQLInputType, known: Any) -> Any:
    """A known value in the form that a place takes: lists around it, and a number or a text as the scalar wants."""
    inner = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(inner):
        return [_fitting(inner.of_type, each) for each in (known if isinstance(known, list) else [known])]
    if isinstance(known, str) and str(inner) == "Int" and known.isdecimal():
        return int(known)
    return str(known) if isinstance(known, int) and str(inner) in ("ID", "String") else known


def _scalar(
    kind: GraphQLScalarType, declared: GraphQLArgument | GraphQLInputField | None, random: Random, place: Place
) -> Any:
    made = constrained(kind, declared)
    if made is not None:
        return made(random)
    if declared is not None and kind.name in ("String", "ID"):
        shown = examples(declared.description)
        if shown and random.random() < 0.75:
            return shown[int(random.random() * len(shown))]
    make = maker(kind)
    return NOTHING if make is None else make(random, place[-1] if place else "")


def _object(kind: GraphQLInputObjectType, random: Random, share: Share, given: Given, place: Place, depth: int) -> Any:
    if depth >= ABYSS:
        raise Unsatisfiable("/".join(place), kind.name, "requires itself without end")
    fields = kind.fields
    if is_one_of(kind):
        return _one(kind, random, share, given, place, depth)
    made: dict[str, Any] = {}
    for name, field in fields.items():
        inner = (*place, name)
        if not is_required_input_field(field) and not _wanted(share, random, field, given, inner, depth + 1):
            continue
        value = input_value(field.type, field, random, share, given, inner, depth + 1)
        if value is not NOTHING:
            made[name] = value
        elif is_required_input_field(field):
            raise _unknown(field.type, inner)
    return made


def _one(kind: GraphQLInputObjectType, random: Random, share: Share, given: Given, place: Place, depth: int) -> Any:
    names = [name for name in kind.fields if given((*place, name)) is not NOTHING] or [*kind.fields]
    start = int(random.random() * len(names))
    for name in (*names[start:], *names[:start]):
        try:
            value = input_value(
                kind.fields[name].type, kind.fields[name], random, share, given, (*place, name), depth + 1
            )
        except Unsatisfiable:
            continue
        if value is not NOTHING:
            return {name: value}
    raise Unsatisfiable("/".join(place), kind.name, "has no field of which one could be given")


def _wanted(
    share: Share,
    random: Random,
    declared: GraphQLArgument | GraphQLInputField,
    given: Given,
    place: Place,
    depth: int = 0,
) -> bool:
    """Whether something optional is filled in."""
    if given(place) is not NOTHING:
        return True
    if share == "least" or depth > DEEPEST or declared.deprecation_reason is not None:
        return False
    if get_named_type(declared.type).name == "ID":
        return False  # An id that is made up names nothing that is there.
    # The same draw whether or not it is wanted in the end, so that values elsewhere do not depend on it.
    drawn = random.random() < 0.4
    return (share == "most" or drawn) and makeable(declared, place)


def _length(random: Random, share: Share) -> int:
    return 1 if share == "least" else 1 + int(random.random() * 2)


def _unknown(kind: GraphQLInputType, place: Place) -> Unsatisfiable:
    name = get_named_type(kind).name
    return Unsatisfiable(
        "/".join(place),
        name,
        "is a scalar of which nothing tells what it takes; give its description an example (e.g. `…`), or "
        "@specifiedBy with the address of its definition",
    )
