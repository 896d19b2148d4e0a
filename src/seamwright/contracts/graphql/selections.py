"""Collects the fields that a request selects of an object (CollectFields, section 6.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

from seamwright.contracts.graphql.requests import Asked

__all__ = ["Selected", "Selections"]


@dataclass(slots=True)
class Selected:
    """One key of an answered object: its definition (None for `__typename`), and what is selected inside of it."""

    name: str
    definition: GraphQLField | None
    inside: list[SelectionSetNode] = field(default_factory=list)


class Selections:
    """What one request selects, type by type."""

    def __init__(self, schema: GraphQLSchema, asked: Asked) -> None:
        self._schema = schema
        self._variables = asked.variables
        self._defaults = {
            node.variable.name.value: node.default_value.value
            for node in asked.operation.variable_definitions or ()
            if isinstance(node.default_value, BooleanValueNode)
        }
        self._fragments = {
            node.name.value: node for node in asked.document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.root = asked.operation.selection_set

    def of(self, kind: GraphQLNamedType, sets: Iterable[SelectionSetNode]) -> dict[str, Selected]:
        """The keys that an object of this type is answered with, in order.

        For an interface or a union, those that come whatever the object turns out to be.
        """
        found: dict[str, Selected] = {}
        for selections in sets:
            self._collect(kind, selections, found, set())
        return found

    def _collect(
        self, kind: GraphQLNamedType, selections: SelectionSetNode, found: dict[str, Selected], spread: set[str]
    ) -> None:
        for node in selections.selections:
            if not self._included(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                selected = found.setdefault(key, Selected(node.name.value, _field(kind, node.name.value)))
                if node.selection_set is not None:
                    selected.inside.append(node.selection_set)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, kind):
                    self._collect(kind, node.selection_set, found, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                if fragment is not None and self._applies(fragment.type_condition.name.value, kind):
                    self._collect(kind, fragment.selection_set, found, spread)

    def _applies(self, condition: str, kind: GraphQLNamedType) -> bool:
        if condition == kind.name:
            return True
        wider = self._schema.get_type(condition)
        return (
            is_abstract_type(wider)
            and isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
            and self._schema.is_sub_type(wider, kind)
        )

    def _included(self, directives: Iterable[Any]) -> bool:
        for directive in directives:
            name = directive.name.value
            if name not in ("skip", "include"):
                continue
            held = next((a.value for a in directive.arguments or () if a.name.value == "if"), None)
            if isinstance(held, VariableNode):
                value = self._variables.get(held.name.value, self._defaults.get(held.name.value))
            else:
                value = getattr(held, "value", None)
            if value is (name == "skip"):
                return False
        return True


def _field(kind: GraphQLNamedType, name: str) -> GraphQLField | None:
    fields: Mapping[str, GraphQLField] = getattr(kind, "fields", {})
    return fields.get(name)
