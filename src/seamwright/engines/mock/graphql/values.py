"""Makes the values that nobody has said: ids, and leaves of objects, each from the seed and its place alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLType,
    get_named_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_scalar_type,
)

from seamwright.engines.generate.graphql.scalars import examples, maker
from seamwright.engines.generate.graphql.texts import plain

__all__ = ["Values", "fits"]

NULLS = 0.15
"""How often something that may be null is null in an object that was there from the beginning."""


class Values:
    """Values by seed; the same places get the same values, in whatever order they are asked for."""

    def __init__(self, seed: int, one_world: Sequence[str] = ()) -> None:
        """`one_world` are the types whose ids must differ from each other's, because some field finds objects of any of
        them by an id alone."""
        self._seed = seed
        self._bases = {kind: (number + 1) * 1000 for number, kind in enumerate(one_world)}

    def random(self, *place: object) -> Random:
        """Randomness of a place."""
        return Random("|".join(str(part) for part in (self._seed, *place)))

    def ident(self, kind: str, scalar: GraphQLNamedType, number: int) -> Any:
        """The id of the n-th object of a type, from 0."""
        base = self._bases.get(kind, 0)
        if scalar.name == "Int":
            return base + number + 1
        if scalar.name == "ID":
            return str(base + number + 1)
        made = self.leaf(scalar, "id", kind, "id", number)
        return f"{made}-{number + 1}" if scalar.name == "String" and number else made

    def field(self, field: GraphQLField, name: str, *place: object, sparse: bool = False) -> Any:
        """A value for a field of leaves. With `sparse` it is null now and then where it may be."""
        random = self.random(*place, name)
        if sparse and not is_non_null_type(field.type) and random.random() < NULLS:
            return None
        shown = examples(field.description) if get_named_type(field.type).name == "String" else ()
        if shown and not is_list_type(_bare(field.type)):
            return random.choice(shown)
        return self._made(field.type, name, random)

    def leaf(self, kind: GraphQLNamedType, name: str, *place: object) -> Any:
        """A value of a scalar or an enum."""
        return self._made(kind, name, self.random(*place, name))

    def _made(self, kind: GraphQLType, name: str, random: Random) -> Any:
        bare = _bare(kind)
        if is_list_type(bare):
            return [self._made(bare.of_type, name, random) for _ in range(1 + int(random.random() * 2))]
        if is_enum_type(bare):
            known = [n for n, value in bare.values.items() if value.deprecation_reason is None] or [*bare.values]
            return random.choice(known)
        assert is_scalar_type(bare)
        make = maker(bare)
        return plain(random) if make is None else make(random, name)


def fits(kind: GraphQLType, value: Any) -> bool:
    """Whether a value that was sent may stand in a field of this type, lists included."""
    bare = _bare(kind)
    if value is None:
        return not is_non_null_type(kind)
    if is_list_type(bare):
        return isinstance(value, list) and all(fits(bare.of_type, each) for each in value)
    if is_enum_type(bare):
        return value in bare.values
    if not is_leaf_type(bare):
        return False
    strict: Mapping[str, tuple[type, ...]] = {"String": (str,), "ID": (str, int), "Boolean": (bool,)}
    if bare.name in strict and not isinstance(value, strict[bare.name]):
        return False
    try:
        serialize = getattr(bare, "coerce_output_value", None) or bare.serialize
        serialize(value)
    except (GraphQLError, TypeError, ValueError):
        return False
    return True


def _bare(kind: GraphQLType) -> Any:
    return kind.of_type if is_non_null_type(kind) else kind
