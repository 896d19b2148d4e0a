"""Finds where a mutation takes a free text that is read back with the object that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLNamedType,
    get_named_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

from seamwright.contracts.graphql.nouns import words
from seamwright.contracts.graphql.reading import schema_of
from seamwright.model.operation import Contract, Operation

__all__ = ["canary_place"]

_LIKELY = ("note", "notes", "comment", "description", "memo", "remark", "message", "text", "title", "subject", "body",
           "content", "label", "name")  # fmt: skip
# Texts that a service looks up, compares or parses, though their type says only String.
_MEANT = frozenset(
    {
        "id",
        "ids",
        "uuid",
        "key",
        "code",
        "sku",
        "status",
        "state",
        "kind",
        "role",
        "email",
        "mail",
        "phone",
        "url",
        "uri",
    }
    | {
        "href",
        "link",
        "token",
        "password",
        "secret",
        "currency",
        "country",
        "locale",
        "language",
        "date",
        "time",
        "zone",
    }
    | {
        "username",
        "login",
        "iban",
        "card",
        "version",
        "hash",
        "amount",
        "price",
        "sort",
        "order",
        "format",
        "path",
        "ip",
    }
    | {
        "host",
        "color",
        "colour",
        "slug",
        "at",
        "zip",
        "postcode",
        "number",
        "cursor",
        "after",
        "before",
        "type",
        "filter",
    }
)


def canary_place(contract: Contract, operation: Operation, kind: str) -> tuple[str, ...]:
    """The place among the arguments of a mutation where a mark can stand that is read back in a field of the same name
    of `kind`; empty where there is none."""
    schema = schema_of(contract)
    answered: Mapping[str, object] = getattr(schema.get_type(kind), "fields", {})
    root = schema.mutation_type
    if root is None or operation.path not in root.fields:
        return ()
    free = [place for place in _texts(root.fields[operation.path].args, ()) if place[-1] in answered]
    free = [place for place in free if not set(words(place[-1])[-1:]) & _MEANT]
    order = {name: number for number, name in enumerate(_LIKELY)}
    return min(free, key=lambda place: (order.get(place[-1].lower(), len(order)), len(place)), default=())


def _texts(
    declared: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField], above: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """Places of type String that no directive narrows, two input objects deep."""
    for name, each in declared.items():
        inner = each.type.of_type if is_non_null_type(each.type) else each.type
        kind: GraphQLNamedType = get_named_type(each.type)
        if is_list_type(inner):
            continue
        if is_input_object_type(kind) and len(above) < 2:
            yield from _texts(kind.fields, (*above, name))
        elif kind.name == "String" and not (each.ast_node is not None and each.ast_node.directives):
            yield (*above, name)
