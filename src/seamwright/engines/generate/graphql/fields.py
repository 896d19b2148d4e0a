"""Selection sets: what is asked of an answer, broad before deep, with every field given the arguments that it needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.graphql.inputs import arguments

__all__ = ["Bounds", "Selection", "lists_around", "paged", "selection"]

_PAGES = ("first", "limit", "take", "pageSize", "page_size", "perPage", "per_page", "count", "size", "last")
_WRAPPERS = frozenset({"edges", "node", "nodes", "items", "pageInfo"})
"""Fields that only wrap what a list holds (Cursor Connections Specification): going into them is no step deeper."""


KEPT = 4
"""Fields that are kept free for every object that is gone into, so that the first does not take all."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is selected: steps into objects inside objects, fields in all, lists inside lists, types of a union.

    `avoid` are fields that are never selected, by their coordinates (`Order.total`).
    """

    depth: int = 2
    fields: int = 120
    lists: int = 2
    types: int = 8
    page: int = 5
    avoid: frozenset[str] = frozenset()


@dataclass(slots=True)
class Selection:
    """A selection set as text, and the variables that its fields use: name → (type, value)."""

    text: str
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """A selection set in the making."""

    kind: GraphQLNamedType
    path: tuple[str, ...]
    depth: int
    lists: int
    above: tuple[str, ...]
    kept: int = 0
    entries: list[tuple[str, _Node | None]] = field(default_factory=list)
    fragments: list[tuple[str, _Node]] = field(default_factory=list)
    shapes: dict[str, str] = field(default_factory=dict)
    """Key → type and arguments; shared with the fragments inside, whose keys must not say something else."""

    def text(self) -> str:
        parts = [f"{head} {inner.text()}" if inner is not None else head for head, inner in self.entries]
        parts += [f"... on {name} {inner.text()}" for name, inner in self.fragments]
        return "{ " + " ".join(parts or ["__typename"]) + " }"


class _Builder:
    def __init__(
        self, schema: GraphQLSchema, random: Random, bounds: Bounds, wanted: Sequence[tuple[str, ...]]
    ) -> None:
        self.schema = schema
        self.random = random
        self.bounds = bounds
        self.wanted = wanted
        self.left = bounds.fields
        self.variables: dict[str, tuple[str, Any]] = {}
        self.waiting: deque[_Node] = deque()

    def built(self, kind: GraphQLNamedType, lists: int) -> Selection:
        root = _Node(kind, (), 0, lists, (kind.name,))
        self.waiting.append(root)
        while self.waiting:
            self._filled(self.waiting.popleft())
        return Selection(root.text(), self.variables)

    def _filled(self, node: _Node) -> None:
        """Select the leaves of a type, then make room for the objects inside it, in an order that is drawn."""
        if is_abstract_type(node.kind):
            node.entries.append(("__typename", None))
        fields = _fields(node.kind)
        leaves = [name for name, each in fields.items() if not is_composite_type(get_named_type(each.type))]
        leaves.sort(key=lambda name: (not self._asked_for((*node.path, name)), name != "id"))
        for name in leaves:
            self._leaf(node, name, fields[name])
        inner = [name for name in fields if name not in set(leaves)]
        self.random.shuffle(inner)
        inner.sort(key=lambda name: (not self._asked_for((*node.path, name)), name not in _WRAPPERS))
        for name in inner:
            self._object(node, name, fields[name])
        if is_abstract_type(node.kind):
            self._possible(node)

    def _leaf(self, node: _Node, name: str, each: GraphQLField) -> None:
        if self.left <= 0 and node.kept <= 0 and not self._asked_for((*node.path, name)):
            return
        head = self._head(node, name, each)
        if head is None:
            return
        node.entries.append((head, None))
        if node.kept > 0:
            node.kept -= 1
        else:
            self.left -= 1

    def _object(self, node: _Node, name: str, each: GraphQLField) -> None:
        kind = get_named_type(each.type)
        path = (*node.path, name)
        asked = self._asked_for(path)
        depth = node.depth + (name not in _WRAPPERS)
        lists = node.lists + lists_around(each)
        circular = kind.name in node.above
        beyond = depth > self.bounds.depth or lists > self.bounds.lists or circular or self.left <= 0
        if beyond and not asked:
            return
        head = self._head(node, name, each)
        if head is None:
            return
        inner = _Node(kind, path, depth, lists, (*node.above, kind.name), kept=KEPT if self.bounds.fields else 0)
        self.left -= KEPT
        node.entries.append((head, inner))
        self.waiting.append(inner)

    def _possible(self, node: _Node) -> None:
        possible = sorted(self.schema.get_possible_types(node.kind), key=lambda kind: kind.name)  # type: ignore[arg-type]
        if len(possible) > self.bounds.types:
            possible = sorted(self.random.sample(possible, self.bounds.types), key=lambda kind: kind.name)
        common = _fields(node.kind)
        for kind in possible:
            if self.left <= 0:
                return
            inner = _Node(kind, node.path, node.depth, node.lists, (*node.above, kind.name), shapes=node.shapes)
            for name, each in _fields(kind).items():
                if name not in common and not is_composite_type(get_named_type(each.type)):
                    self._leaf(inner, name, each)
            for name, each in _fields(kind).items():
                if name not in common and is_composite_type(get_named_type(each.type)):
                    self._object(inner, name, each)
            if inner.entries:
                node.fragments.append((kind.name, inner))

    def _head(self, node: _Node, name: str, each: GraphQLField) -> str | None:
        """A field with its arguments, under an alias where its key is taken by something else; None where it needs an
        argument that cannot be made."""
        if f"{node.kind.name}.{name}" in self.bounds.avoid:
            return None
        try:
            given = arguments(each.args, self.random, "least")
        except Unsatisfiable:
            return None
        given |= {n: v for n, v in paged(each, self.bounds.page).items() if n not in given}
        # Two fields under one key must be the same field with the same arguments (section 5.3.2).
        shape = f"{name} {each.type} {sorted(given)}"
        taken = node.shapes.get(name)
        key = name if taken in (None, shape) and not (taken and given) else f"{node.kind.name}_{name}"
        if node.shapes.setdefault(key, shape) != shape:
            return None
        said = []
        for argument, value in given.items():
            variable = self._variable(f"{name}__{argument}")
            self.variables[variable] = (str(each.args[argument].type), value)
            said.append(f"{argument}: ${variable}")
        alias = f"{key}: " if key != name else ""
        return f"{alias}{name}({', '.join(said)})" if said else f"{alias}{name}"

    def _variable(self, name: str) -> str:
        number, found = 1, name
        while found in self.variables:
            number += 1
            found = f"{name}{number}"
        return found

    def _asked_for(self, path: tuple[str, ...]) -> bool:
        return any(wanted[: len(path)] == path for wanted in self.wanted)


def selection(
    schema: GraphQLSchema,
    kind: GraphQLNamedType,
    random: Random,
    bounds: Bounds | None = None,
    wanted: Sequence[tuple[str, ...]] = (),
    lists: int = 0,
) -> Selection:
    """Select of a type what the bounds let one, and the fields at the paths that are `wanted` in any case.

    All leaves of an object come before any object inside it, so that what is cut off is what lies deepest. No type is
    entered again below itself. `lists` are the lists around it.
    """
    if not is_composite_type(kind):
        return Selection("")
    return _Builder(schema, random, bounds or Bounds(), wanted).built(kind, lists)


def lists_around(each: GraphQLField) -> int:
    """How many lists a field counts for: a long one that cannot be kept short counts twice."""
    return _is_list(each) * (1 if paged(each, 1) else 2)


def paged(each: GraphQLField, size: int) -> dict[str, Any]:
    """The argument that keeps a list short, where a field of a list (or of a connection) offers one."""
    kind = get_named_type(each.type)
    long = _is_list(each) or kind.name.endswith("Connection") or {"edges", "nodes"} & _fields(kind).keys()
    if not long:
        return {}
    for name in _PAGES:
        argument = each.args.get(name)
        if argument is not None and get_named_type(argument.type).name == "Int":
            return {} if is_required_argument(argument) else {name: size}
    return {}


def _is_list(each: GraphQLField) -> bool:
    kind = each.type
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)


def _fields(kind: GraphQLNamedType) -> Mapping[str, GraphQLField]:
    found: Mapping[str, GraphQLField] = getattr(kind, "fields", {})
    return found
