"""Opens a schema for the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
    is_specified_scalar_type,
    validate_schema,
)
from graphql.type import is_specified_directive

from seamwright.contracts.graphql.reading import schema_of
from seamwright.contracts.lint._rule import Found
from seamwright.contracts.lint.graphql._schema import Directive, Field, Kind, Member, Schema, Type
from seamwright.model.operation import Contract

__all__ = ["opened"]

_KINDS: Mapping[type[GraphQLNamedType], Kind] = {
    GraphQLScalarType: "scalar",
    GraphQLObjectType: "object",
    GraphQLInterfaceType: "interface",
    GraphQLUnionType: "union",
    GraphQLEnumType: "enum",
    GraphQLInputObjectType: "input",
}


def opened(contract: Contract) -> Schema:
    """Walk the schema behind a contract."""
    schema = schema_of(contract)
    types = tuple(
        _type(each)
        for each in schema.type_map.values()
        if not is_introspection_type(each) and not is_specified_scalar_type(each)
    )
    directives = tuple(
        Directive(each.name, f"@{each.name}", _line(each), each.description or "", None, _fields(f"@{each.name}", each))
        for each in schema.directives
        if not is_specified_directive(each)
    )
    roots = {
        kind: root.name for kind in ("query", "mutation", "subscription") if (root := getattr(schema, f"{kind}_type"))
    }
    return Schema(contract.source, types, directives, roots, *_invalid(schema, _lines(types, directives)))


def _type(each: GraphQLNamedType) -> Type:
    whole: Any = each
    return Type(
        each.name,
        each.name,
        _line(each),
        each.description or "",
        kind=_KINDS[type(each)],
        fields=tuple(
            _field(f"{each.name}.{name}", name, inner)
            for name, inner in getattr(whole, "fields", {}).items()
            if not name.startswith("_")
        ),
        added=tuple(
            str(inner.type).strip("[]!") for name, inner in getattr(whole, "fields", {}).items() if name.startswith("_")
        ),
        values=tuple(
            Member(name, f"{each.name}.{name}", _line(value), value.description or "", value.deprecation_reason)
            for name, value in getattr(whole, "values", {}).items()
        ),
        members=tuple(member.name for member in getattr(whole, "types", ())),
        interfaces=tuple(member.name for member in getattr(whole, "interfaces", ())),
        specified=bool(getattr(whole, "specified_by_url", None)),
    )


def _field(place: str, name: str, each: Any) -> Field:
    return Field(
        name,
        place,
        _line(each),
        each.description or "",
        each.deprecation_reason,
        type=str(each.type),
        default=getattr(each.ast_node, "default_value", None) is not None,
        arguments=_fields(place, each),
    )


def _fields(place: str, holder: Any) -> tuple[Field, ...]:
    arguments: Mapping[str, Any] = getattr(holder, "args", {})
    return tuple(_field(f"{place}({name}:)", name, each) for name, each in arguments.items())


def _line(each: Any) -> int:
    node = getattr(each, "ast_node", None)
    # The name, since a description may take many lines before it.
    named = getattr(node, "name", None) or node
    return named.loc.start_token.line if named is not None and named.loc is not None else 1


def _lines(types: Iterable[Type], directives: Iterable[Directive]) -> dict[str, int]:
    members: list[Member] = [*directives, *(argument for each in directives for argument in each.arguments)]
    for each in types:
        members += [each, *each.fields, *each.values]
        members += [argument for inner in each.fields for argument in inner.arguments]
    return {member.place: member.line for member in members}


def _invalid(schema: GraphQLSchema, lines: dict[str, int]) -> tuple[tuple[Found, ...], dict[str, int]]:
    """What the library that the specification's authors keep says against the schema, and the lines of all places."""
    # It was read as if it were valid, which the schema remembers.
    schema._validation_errors = None
    found = []
    for error in validate_schema(schema):
        line, column = (error.locations[0].line, error.locations[0].column) if error.locations else (1, 1)
        place = f"{line}:{column}"
        lines[place] = line
        found.append(Found(place, " ".join(error.message.split()).removesuffix(".")))
    return tuple(found), lines
