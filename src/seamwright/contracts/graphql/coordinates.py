"""Names what lies at a path of an answer by its schema coordinate, such as `Order.total`.

The same field is wrong for the same reason, whichever operation shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLNamedType, GraphQLSchema, SelectionSetNode, get_named_type, is_abstract_type

from seamwright.contracts.graphql.answers import answer_of
from seamwright.contracts.graphql.reading import schema_of
from seamwright.contracts.graphql.requests import Requests
from seamwright.contracts.graphql.selections import Selected, Selections
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Contract

__all__ = ["coordinate", "steps_of"]


def coordinate(contract: Contract, exchange: Exchange, path: Sequence[str | int]) -> str:
    """The coordinate of the field at a path of `data`; the path itself, indexes as `*`, where it cannot be told."""
    schema = schema_of(contract)
    shown = "/".join("*" if isinstance(step, int) else step for step in path)
    asked = Requests(schema).sent(exchange.request.body)
    kind: GraphQLNamedType | None = schema.get_root_type(asked.operation.operation) if asked else None
    if asked is None or kind is None:
        return shown
    answer = answer_of(exchange)
    value: Any = answer.data if answer is not None else None
    selections = Selections(schema, asked)
    sets = [selections.root]
    found = shown
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
            continue
        owner, selected = _selected(schema, selections, kind, sets, value, step)
        if selected is None:
            return found
        found = f"{owner.name}.{selected.name}"
        if selected.definition is None:
            return found
        kind, sets = get_named_type(selected.definition.type), selected.inside
        value = value.get(step) if isinstance(value, Mapping) else None
    return found


def steps_of(place: str) -> tuple[str | int, ...]:
    """The path of `data` that a place such as `/data/orders/0/total` means."""
    steps = place.split("/")[2:]
    return tuple(int(step) if step.isdecimal() else step for step in steps)


def _selected(
    schema: GraphQLSchema,
    selections: Selections,
    kind: GraphQLNamedType,
    sets: list[SelectionSetNode],
    value: Any,
    key: str,
) -> tuple[GraphQLNamedType, Selected | None]:
    """The field behind a key of an object, by what the object says that it is, or by the first type that has it."""
    if not is_abstract_type(kind):
        return kind, selections.of(kind, sets).get(key)
    told = value.get("__typename") if isinstance(value, Mapping) else None
    possible = schema.get_possible_types(kind)
    for candidate in [*(each for each in possible if each.name == told), kind, *possible]:
        selected = selections.of(candidate, sets).get(key)
        if selected is not None and (selected.definition is not None or selected.name == "__typename"):
            return candidate, selected
    return kind, None
