"""Says what each root field of a schema does with objects of which type, as far as names and types tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graphql import GraphQLField, get_named_type, is_list_type, is_non_null_type

from seamwright.contracts.graphql.links import Links, Need
from seamwright.contracts.graphql.nouns import CREATING, ENDING, words
from seamwright.model.operation import Operation

__all__ = ["Act", "Part", "part_of"]

Act = Literal["list", "read", "create", "change", "remove", "other"]


@dataclass(frozen=True, slots=True)
class Part:
    """What a root field does, with objects of which type (None: of none that has a name), and the ids that it takes."""

    act: Act
    kind: str | None
    needs: tuple[Need, ...]


def part_of(links: Links, operation: Operation) -> Part:
    """The part that an operation plays."""
    field, needs = links.field(operation), links.needs(operation)
    answered = links.nouns.answered(field)
    if operation.safe:
        listed = _listed(field)
        return Part("list" if listed else "read" if answered else "other", answered, needs)
    about = links.nouns.subject(operation.path) or answered
    if about is None:
        return Part("other", None, needs)
    ends = words(operation.path)
    verbs = {ends[0], ends[-1]} if ends else set()
    names_itself = any(need.kind == about and need.field in ("id", need.place[-1]) for need in needs)
    if verbs & ENDING and names_itself and not _answers_with_state(links, field, about):
        return Part("remove", about, needs)
    itself = any(need.kind == about and need.required for need in needs)
    if itself:
        return Part("change", about, needs)
    return Part("create" if answered == about or verbs & CREATING else "other", about, needs)


def _listed(field: GraphQLField) -> bool:
    kind = field.type.of_type if is_non_null_type(field.type) else field.type
    inner: Mapping[str, GraphQLField] = getattr(get_named_type(field.type), "fields", {})
    return is_list_type(kind) or "edges" in inner


def _answers_with_state(links: Links, field: GraphQLField, kind: str) -> bool:
    """`cancelOrder: Order!` gives the order in its new state; `deleteOrder: Order` gives what is no more."""
    ends = frozenset({"cancel", "close", "archive", "revoke"})
    verb = words(field.ast_node.name.value)[:1] if field.ast_node is not None else []
    return links.nouns.answered(field) == kind and bool(ends & set(verb))
