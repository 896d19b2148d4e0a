"""Cases of GraphQL operations: a document that asks for one root field, with its arguments as variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from graphql import GraphQLField, GraphQLNamedType, GraphQLSchema, get_named_type

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.graphql.fields import Bounds, lists_around, paged, selection
from seamwright.engines.generate.graphql.inputs import NOTHING, Given, Share, arguments
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case
from seamwright.model.operation import Contract, Operation
from seamwright.model.verdict import Cause

__all__ = [
    "BARE",
    "DEEP",
    "LEAN",
    "PLAIN",
    "arguments_of",
    "asking",
    "field_of",
    "document_of",
    "schema_of",
    "valid_case",
]

MEDIA_TYPE = "application/json"

BARE = Bounds(depth=0, fields=0, page=10)
LEAN = Bounds(depth=0, fields=40)
PLAIN = Bounds()
DEEP = Bounds(depth=4, fields=240, page=2)
"""Nothing but what is wanted by name, little, ordinarily much, and very much of what could be asked for."""


def schema_of(contract: Contract) -> GraphQLSchema:
    """The schema behind a contract."""
    schema: GraphQLSchema = contract.document["schema"]
    return schema


def field_of(contract: Contract, operation: Operation) -> tuple[str, GraphQLField]:
    """The root field of an operation, by its name."""
    root, _, name = operation.id.partition(".")
    kind = getattr(schema_of(contract), f"{root.lower()}_type")
    return name, kind.fields[name]


def valid_case(
    contract: Contract,
    operation: Operation,
    random: Random,
    share: Share = "least",
    *,
    bounds: Bounds = PLAIN,
    given: Given = lambda place: NOTHING,
    wanted: Sequence[tuple[str, ...]] = (),
) -> Case:
    """A valid call. `share` says how many optional arguments it has, `given` knows values for some places, and `wanted`
    are paths in the answer (below the root field) that are selected in any case.

    Lists are kept short where the field offers an argument for that. Raises Undecided where a required argument cannot
    be made.
    """
    _, field = field_of(contract, operation)
    try:
        made = arguments(field.args, random, share, given)
    except Unsatisfiable as error:
        raise Undecided(f"{operation.id}: no valid call can be made: {error}", Cause.USAGE) from None
    made = {**paged(field, bounds.page * 2), **made}
    return asking(contract, operation, made, random, bounds=bounds, wanted=wanted)


def asking(
    contract: Contract,
    operation: Operation,
    values: Mapping[str, Any],
    random: Random,
    *,
    bounds: Bounds = PLAIN,
    wanted: Sequence[tuple[str, ...]] = (),
) -> Case:
    """A call with these arguments, whatever they are; those that the schema does not know are left out."""
    name, field = field_of(contract, operation)
    selected = selection(schema_of(contract), _kind(field), random, bounds, wanted, lists_around(field))
    known = {argument: value for argument, value in values.items() if argument in field.args}
    variables = {argument: (str(field.args[argument].type), value) for argument, value in known.items()}
    body: dict[str, Any] = {"query": document_of(operation, name, known, variables | selected.variables, selected.text)}
    body["variables"] = {n: value for n, (_, value) in (variables | selected.variables).items()}
    return Case(operation.id, body=body, media_type=MEDIA_TYPE)


def document_of(
    operation: Operation, field: str, given: Mapping[str, Any], variables: Mapping[str, tuple[str, Any]], text: str
) -> str:
    """The document that asks for one root field, each argument a variable of its own name."""
    declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in variables.items())
    said = ", ".join(f"{name}: ${name}" for name in given)
    head = f"{operation.method.lower()} {field}" + (f"({declared})" if declared else "")
    return f"{head} {{ {field}" + (f"({said})" if said else "") + (f" {text}" if text else "") + " }"


def arguments_of(contract: Contract, case: Case) -> dict[str, Any]:
    """The arguments of the root field that a case made here has, as JSON."""
    operation = contract.operation(case.operation)
    if operation is None or not isinstance(case.body, Mapping):
        return {}
    _, field = field_of(contract, operation)
    variables = case.body.get("variables") or {}
    return {name: value for name, value in variables.items() if name in field.args}


def _kind(field: GraphQLField) -> GraphQLNamedType:
    return get_named_type(field.type)
