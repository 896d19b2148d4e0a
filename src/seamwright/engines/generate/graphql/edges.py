"""Valid arguments with one value at a limit: numbers, texts, lists, nulls, every enum value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.graphql.cases import field_of
from seamwright.engines.generate.graphql.constraints import constrained, limits_of
from seamwright.engines.generate.graphql.inputs import NOTHING, Share, input_value, is_one_of
from seamwright.engines.generate.graphql.scalars import limits
from seamwright.model.operation import Contract, Operation

__all__ = ["Edge", "edges"]

DEEPEST = 3
"""Input objects inside each other whose fields are put at their limits."""

MANY = 20
"""Items of a list that is long."""

VALUES = 12
"""Values of an enum that are tried."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Arguments with one value changed: the place, and what stands there in words."""

    arguments: Mapping[str, Any]
    place: str
    what: str


def edges(contract: Contract, operation: Operation, base: Mapping[str, Any], random: Random) -> Iterator[Edge]:
    """Put every value of accepted arguments at its limits, one at a time, and optional ones that they lack too."""
    _, field = field_of(contract, operation)
    for name, argument in field.args.items():
        for place, value, what in _varied(argument, base.get(name, NOTHING), random, (name,)):
            yield Edge({**base, name: value}, ".".join(place), what)


Varied = tuple[tuple[str, ...], Any, str]


def _varied(
    declared: GraphQLArgument | GraphQLInputField, value: Any, random: Random, place: tuple[str, ...]
) -> Iterator[Varied]:
    kind: GraphQLInputType = declared.type
    if not is_non_null_type(kind) and value is not None:
        yield place, None, "null"
    inner = kind.of_type if is_non_null_type(kind) else kind
    for where, changed, what in _inner(inner, declared, value, random, place):
        if changed != value or isinstance(changed, bool) != isinstance(value, bool):
            yield where, changed, what


def _inner(
    kind: GraphQLInputType, declared: Any, value: Any, random: Random, place: tuple[str, ...]
) -> Iterator[Varied]:
    if is_list_type(kind):
        yield place, [], "an empty list"
        item = value[0] if isinstance(value, list) and value else _made(kind.of_type, declared, random, place)
        if item is NOTHING:
            return
        yield place, [item] * MANY, f"{MANY} equal items"
        of = kind.of_type.of_type if is_non_null_type(kind.of_type) else kind.of_type
        for where, changed, what in islice(_inner(of, declared, item, random, place), VALUES):
            yield where, [changed], what
    elif is_enum_type(kind):
        for name in islice(kind.values, VALUES):
            yield place, name, f"the value {name}"
    elif is_input_object_type(kind):
        yield from _object(kind, value, random, place)
    elif constrained(kind, declared) is not None:  # type: ignore[arg-type]
        for limit, what in limits_of(kind, declared, random):  # type: ignore[arg-type]
            yield place, limit, what
    else:
        for limit, what in limits(get_named_type(kind)):  # type: ignore[arg-type]
            yield place, limit, what


def _object(kind: GraphQLInputObjectType, value: Any, random: Random, place: tuple[str, ...]) -> Iterator[Varied]:
    if len(place) > DEEPEST:
        return
    base = value if isinstance(value, Mapping) else _made(kind, None, random, place)
    if base is NOTHING:
        return
    one = is_one_of(kind)
    for name, field in kind.fields.items():
        if one:
            only = _made(field.type, field, random, (*place, name))
            if only is not NOTHING:
                yield (*place, name), {name: only}, "the one field that is given"
            continue
        for where, changed, what in _varied(field, base.get(name, NOTHING), random, (*place, name)):
            yield where, {**base, name: changed}, what


def _made(kind: GraphQLInputType, declared: Any, random: Random, place: tuple[str, ...]) -> Any:
    share: Share = "least"
    try:
        return input_value(kind, declared, random, share, place=place)
    except Unsatisfiable:
        return NOTHING
