"""Two schemas side by side: which types are the same one, and which way their values travel."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
    is_specified_scalar_type,
    is_union_type,
)

__all__ = ["Sides", "default_of", "kind_of"]

_ROOTS = ("query", "mutation", "subscription")


class Sides:
    """An old and a new schema."""

    def __init__(self, old: GraphQLSchema, new: GraphQLSchema) -> None:
        self.old = old
        self.new = new

    @cached_property
    def both(self) -> tuple[tuple[str, GraphQLNamedType, GraphQLNamedType], ...]:
        """The types that both have: what they are called in places, the old one and the new one.

        Root types are the same whatever their name, and are called by what they are the root of, as operations are.
        """
        roots = dict(self._roots())
        found = [(name, old, new) for name, (old, new) in roots.items() if old is not None and new is not None]
        taken = {each.name for pair in roots.values() for each in pair if each is not None}
        for name, kind in self.types(self.old):
            other = self.new.get_type(name)
            if name not in taken and other is not None:
                found.append((name, kind, other))
        return tuple(found)

    @cached_property
    def gone(self) -> tuple[tuple[str, GraphQLNamedType], ...]:
        """The types that only the old schema has."""
        return self._only(self.old, self.new, 0)

    @cached_property
    def come(self) -> tuple[tuple[str, GraphQLNamedType], ...]:
        """The types that only the new schema has."""
        return self._only(self.new, self.old, 1)

    @cached_property
    def sent(self) -> frozenset[str]:
        """The types of the old schema that clients send: arguments, and what lies inside of them."""
        found: set[str] = set()
        waiting = [get_named_type(a.type) for _, field in _fields(self.old) for a in field.args.values()]
        while waiting:
            kind = waiting.pop()
            if kind.name not in found:
                found.add(kind.name)
                if is_input_object_type(kind):
                    waiting += [get_named_type(field.type) for field in kind.fields.values()]
        return frozenset(found)

    @cached_property
    def received(self) -> frozenset[str]:
        """The types of the old schema that clients receive."""
        return frozenset(get_named_type(field.type).name for _, field in _fields(self.old))

    @staticmethod
    def types(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLNamedType]]:
        """The types that a schema defines itself."""
        for name, kind in schema.type_map.items():
            if not is_introspection_type(kind) and not is_specified_scalar_type(kind):
                yield name, kind

    def _roots(self) -> Iterator[tuple[str, tuple[GraphQLNamedType | None, GraphQLNamedType | None]]]:
        for kind in _ROOTS:
            yield kind.capitalize(), (getattr(self.old, f"{kind}_type"), getattr(self.new, f"{kind}_type"))

    def _only(self, one: GraphQLSchema, other: GraphQLSchema, side: int) -> tuple[tuple[str, GraphQLNamedType], ...]:
        found: list[tuple[str, GraphQLNamedType]] = []
        roots: set[str] = set()
        for name, pair in self._roots():
            mine, theirs = pair[side], pair[1 - side]
            if mine is not None:
                roots.add(mine.name)
                if theirs is None:
                    found.append((name, mine))
        found += [(n, k) for n, k in self.types(one) if n not in roots and other.get_type(n) is None]
        return tuple(found)


def kind_of(kind: GraphQLNamedType) -> str:
    """What kind of type it is, in a word or two."""
    if is_object_type(kind):
        return "type"
    if is_interface_type(kind):
        return "interface"
    if is_union_type(kind):
        return "union"
    if is_input_object_type(kind):
        return "input"
    return "enum" if hasattr(kind, "values") else "scalar"


def default_of(declared: object) -> str | None:
    """The default of an argument or an input field as it is written; None where there is none."""
    from graphql import print_ast

    node = getattr(declared, "ast_node", None)
    value = getattr(node, "default_value", None)
    return None if value is None else print_ast(value)


def _fields(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    for name, kind in schema.type_map.items():
        if (is_object_type(kind) or is_interface_type(kind)) and not is_introspection_type(kind):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field
