"""Values under the directive `@constraint`, which tools of several languages read alike: its arguments are keywords of
JSON Schema under nearly the same names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from graphql import GraphQLArgument, GraphQLInputField, GraphQLScalarType, value_from_ast_untyped

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.generator import Generator, compile_schema

__all__ = ["constrained", "constraint", "limits_of"]

_KEYWORDS = {
    "minLength": "minLength", "maxLength": "maxLength", "pattern": "pattern", "format": "format", "min": "minimum",
    "max": "maximum", "exclusiveMin": "exclusiveMinimum", "exclusiveMax": "exclusiveMaximum",
    "multipleOf": "multipleOf",
}  # fmt: skip
_TYPES = {"String": "string", "ID": "string", "Int": "integer", "Float": "number"}


def constraint(declared: GraphQLArgument | GraphQLInputField | None) -> Mapping[str, Any]:
    """The arguments of `@constraint` at an argument or an input field; empty where there is none."""
    node = declared.ast_node if declared is not None else None
    for directive in (node.directives if node is not None else None) or ():
        if directive.name.value == "constraint":
            return {a.name.value: value_from_ast_untyped(a.value) for a in directive.arguments or ()}
    return {}


def constrained(
    kind: GraphQLScalarType, declared: GraphQLArgument | GraphQLInputField | None
) -> Callable[[Random], Any] | None:
    """What makes values that keep to a constraint; None where there is none, or it says nothing of this scalar."""
    generator = _generator(kind, declared)
    return generator.valid if generator is not None else None


def limits_of(
    kind: GraphQLScalarType, declared: GraphQLArgument | GraphQLInputField | None, random: Random
) -> Iterator[tuple[Any, str]]:
    """Values at the limits that a constraint sets, each with what it is in words."""
    generator = _generator(kind, declared)
    for edge in generator.boundary(random) if generator is not None else ():
        yield edge.value, f"{edge.keyword} {'at' if edge.limit == 'at' else 'just inside'} its limit"


def _generator(kind: GraphQLScalarType, declared: GraphQLArgument | GraphQLInputField | None) -> Generator | None:
    told = constraint(declared)
    schema = {_KEYWORDS[name]: value for name, value in told.items() if name in _KEYWORDS and value is not None}
    if not schema or kind.name not in _TYPES:
        return None
    return _compiled(_TYPES[kind.name], tuple(sorted(schema.items())))


@functools.lru_cache(maxsize=512)
def _compiled(kind: str, keywords: tuple[tuple[str, Any], ...]) -> Generator | None:
    try:
        return compile_schema({"type": kind, **dict(keywords)}, resolve=_no_reference)
    except Unsatisfiable:
        return None


def _no_reference(reference: str) -> Any:
    raise LookupError(reference)
