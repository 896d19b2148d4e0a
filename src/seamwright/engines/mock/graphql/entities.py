"""Reads off a schema which of its types are kept as objects of their own, and how they hang together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

__all__ = ["Entities", "connected", "is_list", "nullable"]

_IDS = ("id", "_id", "uuid", "guid", "gid", "pk", "nodeId", "code", "slug", "key")
_WRAPPERS = re.compile(r"(Connection|Edge|Payload|Response|Result|Output|PageInfo)$")


class Entities:
    """The types of a schema that are kept: objects with an id."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        roots = {t.name for t in (schema.query_type, schema.mutation_type, schema.subscription_type) if t is not None}
        self.ids: dict[str, str] = {}
        """Type → the field by which its objects are told apart."""
        for name, kind in schema.type_map.items():
            if name in roots or name.startswith("__") or not is_object_type(kind) or _WRAPPERS.search(name):
                continue
            for ident in _IDS:
                if ident in kind.fields and is_leaf_type(get_named_type(kind.fields[ident].type)):
                    self.ids[name] = ident
                    break

    def kept(self, kind: GraphQLNamedType) -> bool:
        """Whether objects of this type are kept."""
        return kind.name in self.ids

    def kinds(self, kind: GraphQLNamedType) -> list[GraphQLObjectType]:
        """The types whose objects may stand where this one is named."""
        if is_object_type(kind):
            return [kind]
        return list(self.schema.get_possible_types(kind)) if is_abstract_type(kind) else []

    def reachable(self, kind: GraphQLNamedType) -> list[GraphQLObjectType]:
        """As `kinds`, those that are kept."""
        return [each for each in self.kinds(kind) if self.kept(each)]

    def back(self, kind: GraphQLObjectType, owner: GraphQLObjectType) -> Iterator[str]:
        """The fields of a type that hold one object of its owner: `customer` of Order, for Customer."""
        for name, field in kind.fields.items():
            if not is_list(field) and get_named_type(field.type).name == owner.name:
                yield name


def connected(kind: GraphQLNamedType) -> GraphQLNamedType | None:
    """What a connection is a list of (Cursor Connections Specification); None for all other types."""
    fields: Mapping[str, GraphQLField] = getattr(kind, "fields", {})
    edges = fields.get("edges")
    if edges is not None:
        node = getattr(get_named_type(edges.type), "fields", {}).get("node")
        return get_named_type(node.type) if node is not None else None
    listed = [f for name, f in fields.items() if name in ("nodes", "items", "results", "data") and is_list(f)]
    return get_named_type(listed[0].type) if listed and "id" not in fields else None


def is_list(field: GraphQLField) -> bool:
    """Whether a field is a list, of whatever."""
    return is_list_type(nullable(field))


def nullable(field: GraphQLField) -> object:
    """The type of a field without the mark that it is never null."""
    return field.type.of_type if is_non_null_type(field.type) else field.type
