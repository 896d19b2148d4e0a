"""Takes what is kept of objects over to a schema that has changed."""

from __future__ import annotations

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type, is_enum_type, is_object_type

from seamwright.engines.mock.graphql.entities import Entities
from seamwright.engines.mock.store import Store

__all__ = ["carry"]


def carry(store: Store, old: GraphQLSchema, new: GraphQLSchema) -> None:
    """Forget what the new schema has no place for: objects of types that it does not keep, or tells apart by another
    field, and the values of fields that are gone or of another type. What it has more of is made up when asked for."""
    before, now = Entities(old).ids, Entities(new).ids
    kept = {
        name
        for name, ident in now.items()
        if before.get(name) == ident and _same(_type(old, name).fields[ident], _type(new, name).fields[ident])
    }
    store.retain(kept)
    for name in kept:
        was, is_now = _type(old, name).fields, _type(new, name).fields
        stay = {field for field in was.keys() & is_now.keys() if _same(was[field], is_now[field])}
        for record in store.seen(name, ()):
            store.change(record, {field: value for field, value in record.value.items() if field in stay})


def _type(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    kind = schema.type_map[name]
    assert is_object_type(kind), f"{name} was kept as an object"
    return kind


def _same(one: GraphQLField, other: GraphQLField) -> bool:
    """Whether what one field holds can stand in the other."""
    first, second = get_named_type(one.type), get_named_type(other.type)
    if is_enum_type(first) and is_enum_type(second) and first.values.keys() != second.values.keys():
        return False
    return str(one.type) == str(other.type) and type(first) is type(second)
