"""Reads a GraphQL schema, as SDL or as an introspection result, and makes its root fields operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    build_ast_schema,
    build_client_schema,
    is_input_object_type,
    is_input_type,
    is_output_type,
    parse,
    print_schema,
)
from graphql.language import ast
from graphql.validation import (
    KnownTypeNamesRule,
    LoneSchemaDefinitionRule,
    UniqueOperationTypesRule,
    UniqueTypeNamesRule,
)
from graphql.validation.validate import validate_sdl

from seamwright.model.errors import ContractError
from seamwright.model.operation import Contract, Operation

__all__ = ["from_introspection", "from_sdl", "schema_of"]

_ROOTS = ("query", "mutation", "subscription")
# Schemas that large systems have used for years break other rules of the type system, which hurts nobody.
_RULES = (KnownTypeNamesRule, LoneSchemaDefinitionRule, UniqueOperationTypesRule, UniqueTypeNamesRule)

_FEDERATION = re.compile(r"^_(entities|service)$")
"""Fields that a gateway adds to a subgraph's Query (Apollo Federation, subgraph specification)."""

_WHOLE = {
    ast.ObjectTypeExtensionNode: ast.ObjectTypeDefinitionNode,
    ast.InterfaceTypeExtensionNode: ast.InterfaceTypeDefinitionNode,
    ast.UnionTypeExtensionNode: ast.UnionTypeDefinitionNode,
    ast.EnumTypeExtensionNode: ast.EnumTypeDefinitionNode,
    ast.InputObjectTypeExtensionNode: ast.InputObjectTypeDefinitionNode,
    ast.ScalarTypeExtensionNode: ast.ScalarTypeDefinitionNode,
}


def schema_of(contract: Contract) -> GraphQLSchema:
    """The schema behind a contract that was read here."""
    schema: GraphQLSchema = contract.document["schema"]
    return schema


def from_sdl(text: str, *, source: str, digest: str) -> Contract:
    """Read a schema in SDL. Directives that it does not define are let pass: tools add theirs.

    Types that are only extended, as in one part of a schema that is kept in many, count as defined. Raises
    ContractError with line and column.
    """
    try:
        document = parse(text)
    except GraphQLError as error:
        raise _wrong(error, source) from None
    except RecursionError:
        raise ContractError(f"{source}: is nested too deep to be read; flatten it") from None
    if not document.definitions or any(
        isinstance(node, ast.OperationDefinitionNode | ast.FragmentDefinitionNode) for node in document.definitions
    ):
        raise ContractError(
            f"{source}: holds no schema but a request; name the schema definition (type Query {{ … }}) "
            "or the endpoint's URL"
        )
    document = _completed(document)
    try:
        errors = validate_sdl(document, None, _RULES)
        if errors:
            raise _wrong(errors[0], source)
        schema = build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)
    except GraphQLError as error:
        # The library looks at the arguments of its own directives, such as @specifiedBy, only here.
        raise _wrong(error, source) from None
    except (TypeError, KeyError, ValueError) as error:
        raise ContractError(f"{source}: is no usable schema: {error}; correct it") from None
    for misplaced in _misplaced(schema):
        raise _wrong(misplaced, source)
    return _contract(schema, text, source, digest)


def from_introspection(document: Mapping[str, Any], *, source: str, digest: str) -> Contract:
    """Read what an introspection query was answered with. Raises ContractError."""
    inner = document.get("data", document)
    if not isinstance(inner, Mapping) or not isinstance(inner.get("__schema"), Mapping):
        raise ContractError(f"{source}: holds no __schema; save the answer to a whole introspection query")
    try:
        schema = build_client_schema(dict(inner), assume_valid=True)  # type: ignore[arg-type]
    except (TypeError, KeyError, ValueError, GraphQLError) as error:
        told = " ".join(str(error).split())[:300]
        raise ContractError(
            f"{source}: is no complete GraphQL introspection result: {told}; "
            "save the answer to a whole introspection query"
        ) from None
    if schema.query_type is None:
        raise ContractError(f"{source}: names no query type; save the answer to a whole introspection query")
    # Through SDL, so that every type has its syntax tree, wherever a schema came from.
    return from_sdl(print_schema(schema), source=source, digest=digest)


def _misplaced(schema: GraphQLSchema) -> Iterator[GraphQLError]:
    """Fields whose type only goes in, and arguments whose type only comes out."""
    for name, kind in schema.type_map.items():
        for field_name, field in getattr(kind, "fields", {}).items():
            place = f"{name}.{field_name}"
            goes_in = is_input_object_type(kind)
            if not (is_input_type(field.type) if goes_in else is_output_type(field.type)):
                yield GraphQLError(f"{place} cannot be of type {field.type}", field.ast_node)
            for argument_name, argument in ({} if goes_in else field.args).items():
                if not is_input_type(argument.type):
                    yield GraphQLError(
                        f"{place}({argument_name}:) cannot be of type {argument.type}", argument.ast_node
                    )


def _contract(schema: GraphQLSchema, sdl: str, source: str, digest: str) -> Contract:
    if schema.query_type is None:
        raise ContractError(f"{source}: has no query type; a schema needs one: type Query {{ … }}")
    operations = [
        _operation(kind, name, field)
        for kind in _ROOTS
        if (root := getattr(schema, f"{kind}_type")) is not None
        for name, field in root.fields.items()
        if not _FEDERATION.match(name)
    ]
    if not operations:
        raise ContractError(f"{source}: has no fields in its query type; a schema needs at least one")
    return Contract(
        kind="graphql",
        title=_first_line(schema.description) or "GraphQL",
        version="",
        dialect="graphql",
        source=source,
        digest=digest,
        operations=tuple(operations),
        schemes={},
        document={"sdl": sdl, "schema": schema},
    )


def _operation(kind: str, name: str, field: GraphQLField) -> Operation:
    return Operation(
        id=f"{kind.capitalize()}.{name}",
        method=kind.upper(),
        path=name,
        summary=_first_line(field.description),
        deprecated=field.deprecation_reason is not None,
    )


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0].strip()


def _completed(document: DocumentNode) -> DocumentNode:
    """The document with a definition for every type that it only extends."""
    defined = {node.name.value for node in document.definitions if isinstance(node, ast.TypeDefinitionNode)}
    definitions = []
    for node in document.definitions:
        whole = _WHOLE.get(type(node))
        if whole is not None and isinstance(node, ast.TypeExtensionNode) and node.name.value not in defined:
            defined.add(node.name.value)
            parts = {key: getattr(node, key) for key in node.keys if hasattr(node, key)}
            definitions.append(whole(**parts))
        else:
            definitions.append(node)
    return DocumentNode(definitions=tuple(definitions), loc=document.loc)


def _wrong(error: GraphQLError, source: str) -> ContractError:
    where = f"{source}:{error.locations[0].line}:{error.locations[0].column}" if error.locations else source
    return ContractError(f"{where}: is no valid GraphQL schema: {error.message}")
