"""Which arguments want the id of something real, and which operations answer with such ids.

A schema says neither, so both are read off its names and types: `order(id: ID!)` wants the id of an Order, since that
is what it gives; `createOrder(input: {customerId: ID!})` that of a Customer. `orders { id }` tells the first kind, and
`createOrder { order { id } }` makes one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
    is_scalar_type,
    is_specified_scalar_type,
)

from seamwright.contracts.graphql.nouns import CREATING, ENDING, Nouns, singular, words
from seamwright.contracts.graphql.reading import schema_of
from seamwright.model.operation import Contract, Operation

__all__ = ["Links", "Need", "Source", "links_of", "picked"]

_IDS = ("id", "_id", "uuid", "guid", "gid", "pk", "nodeId", "databaseId", "key", "slug", "code", "sku", "handle")
_TAILS = frozenset({"id", "ids", "uuid", "uuids", "guid", "guids", "gid", "pk", "pks", "key", "keys"})
_COMPARISONS = frozenset({"eq", "in", "equals", "is"})
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Need:
    """A place among the arguments of an operation that wants what identifies something real.

    `place` is the argument and the input fields on the way (lists are passed through), `kind` the type meant, `field`
    the field of it that holds the value. A `loose` one may as well be any value: only the names agree.
    """

    place: tuple[str, ...]
    kind: str
    field: str
    required: bool
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """An operation in whose answer the wanted values lie, at which path below its root field."""

    operation: Operation
    path: tuple[str, ...]
    creates: bool


class Links:
    """What the operations of one contract want of each other."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._schema = schema_of(contract)
        self.nouns = Nouns(self._schema)
        self._needs: dict[str, tuple[Need, ...]] = {}
        self._paths: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def needs(self, operation: Operation) -> tuple[Need, ...]:
        """The places of an operation that want ids of real things, in the order of its arguments."""
        if operation.id not in self._needs:
            field = self.field(operation)
            self._needs[operation.id] = tuple(
                need
                for name, argument in field.args.items()
                for need in self._at((name,), argument, operation, is_required_argument(argument), frozenset())
            )
        return self._needs[operation.id]

    def sources(self, kind: str, field: str) -> tuple[Source, ...]:
        """Where values of a field of a type come from: what lists or reads them, the easiest to call first, then what
        makes new ones."""
        found = [source for o in self._contract.operations for source in self._source(o, kind, field)]

        def effort(source: Source) -> tuple[bool, bool, bool, int, int, int]:
            about = self.nouns.subject(source.operation.path) == kind
            needs = [need for need in self.needs(source.operation) if need.required]
            # What wants the very same type cannot give it to begin with.
            itself = any(need.kind == kind for need in needs)
            given = [a for a in self.field(source.operation).args.values() if is_required_argument(a)]
            return source.creates, itself, not about, len(needs), len(source.path), len(given)

        return tuple(sorted(found, key=effort))

    def field(self, operation: Operation) -> GraphQLField:
        """The root field of an operation."""
        root = getattr(self._schema, f"{operation.method.lower()}_type")
        found: GraphQLField = root.fields[operation.path]
        return found

    def _at(
        self,
        place: tuple[str, ...],
        declared: GraphQLArgument | GraphQLInputField,
        operation: Operation,
        required: bool,
        above: frozenset[str],
    ) -> Iterator[Need]:
        kind = get_named_type(declared.type)
        if is_input_object_type(kind):
            if kind.name in above or len(place) > _DEEPEST:
                return
            for name, inner in kind.fields.items():
                needed = required and is_required_input_field(inner)
                yield from self._at((*place, name), inner, operation, needed, above | {kind.name})
        elif is_scalar_type(kind):
            meant = self._meant(place, kind, operation)
            if meant is not None:
                yield Need(place, *meant, required)
            elif required and len(place) == 1 and operation.safe:
                yield from self._lookup(place, kind, self.field(operation))

    def _meant(self, place: tuple[str, ...], kind: GraphQLNamedType, operation: Operation) -> tuple[str, str] | None:
        """The type and the field that a place names; None where it names none."""
        if len(place) > 1 and set(words(place[-1])) <= _COMPARISONS:
            place = place[:-1]  # `where: {id: {eq: …}}`
        parts = words(place[-1])
        tailed = bool(parts) and parts[-1] in _TAILS
        opaque = kind.name == "ID" or not is_specified_scalar_type(kind)
        if not parts or not (tailed or kind.name == "ID") or (not opaque and parts[-1] in ("key", "keys")):
            return None  # A text called key is as often one that is made up.
        noun = parts[:-1] if tailed else parts
        target = self.nouns.meant(noun) if noun else self._around(place, operation)
        held = self._holding(target, place[-1], kind) if target is not None else None
        return (target, held) if target is not None and held is not None else None

    def _around(self, place: tuple[str, ...], operation: Operation) -> str | None:
        """Whose id a bare `id` is: that of the input field around it, or of what the operation is about."""
        for step in reversed(place[:-1]):
            found = self.nouns.meant(words(step))
            if found is not None:
                return found
        answered = self.nouns.answered(self.field(operation))
        named = self.nouns.subject(operation.path)
        return (answered or named) if operation.safe else (named or answered)

    def _lookup(self, place: tuple[str, ...], kind: GraphQLNamedType, field: GraphQLField) -> Iterator[Need]:
        """`country(code: String!): Country` finds by a field of the same name."""
        target = get_named_type(field.type)
        held = getattr(target, "fields", {}).get(place[0])
        if not _is_list(field) and is_object_type(target) and held and get_named_type(held.type).name == kind.name:
            yield Need(place, target.name, place[0], required=True, loose=True)

    def _holding(self, target: str, name: str, kind: GraphQLNamedType) -> str | None:
        """The field of a type that holds what an argument of this name and scalar identifies it by."""
        fields: Mapping[str, GraphQLField] = getattr(self._schema.get_type(target), "fields", {})
        for candidate in (name, singular(words(name)[-1]), *_IDS):
            held = fields.get(candidate)
            if held is not None and not held.args and _compatible(get_named_type(held.type), kind):
                return candidate
        return None

    def _source(self, operation: Operation, kind: str, field: str) -> Iterator[Source]:
        if operation.method == "SUBSCRIPTION":
            return
        path = self._ways(operation).get(kind)
        # What a mutation has made lies at the top of its answer; what lies deeper was there before.
        if path is not None and (operation.safe or (len(path) <= 1 and self._makes(operation, kind))):
            yield Source(operation, (*path, field), creates=not operation.safe)

    def _makes(self, operation: Operation, kind: str) -> bool:
        """Whether a mutation makes new objects of a type, as far as its name and what it wants tell."""
        verbs = set(words(operation.path)[:1] + words(operation.path)[-1:])
        if verbs & ENDING or any(need.kind == kind and need.required for need in self.needs(operation)):
            return False
        about = self.nouns.subject(operation.path)
        return about == kind or (about is None and bool(verbs & CREATING))

    def _ways(self, operation: Operation) -> Mapping[str, tuple[str, ...]]:
        """Each type in the answer of an operation, and the shortest way to it through fields that need no arguments."""
        if operation.id in self._paths:
            return self._paths[operation.id]
        start = get_named_type(self.field(operation).type)
        found: dict[str, tuple[str, ...]] = {}
        waiting: deque[tuple[GraphQLNamedType, tuple[str, ...]]] = deque([(start, ())])
        while waiting:
            here, path = waiting.popleft()
            if here.name in found or not is_composite_type(here):
                continue
            found[here.name] = path
            for wider in getattr(here, "interfaces", ()):
                found.setdefault(wider.name, path)
            if is_abstract_type(here) and not getattr(here, "fields", None):
                continue
            if len(path) < _DEEPEST:
                waiting += [
                    (get_named_type(inner.type), (*path, name))
                    for name, inner in getattr(here, "fields", {}).items()
                    if not any(is_required_argument(argument) for argument in inner.args.values())
                ]
        self._paths[operation.id] = found
        return found


_KEPT: WeakKeyDictionary[GraphQLSchema, Links] = WeakKeyDictionary()


def links_of(contract: Contract) -> Links:
    """The links of a contract, found out once."""
    schema = schema_of(contract)
    if schema not in _KEPT:
        _KEPT[schema] = Links(contract)
    return _KEPT[schema]


def picked(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """The values at a path of an answer, lists passed through; nulls are left out."""
    if isinstance(value, list):
        for item in value:
            yield from picked(item, path)
    elif not path:
        if value is not None:
            yield value
    elif isinstance(value, Mapping):
        yield from picked(value.get(path[0]), path[1:])


def _is_list(field: GraphQLField) -> bool:
    kind = field.type
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)


def _compatible(held: GraphQLNamedType, wanted: GraphQLNamedType) -> bool:
    plain = {"ID", "Int", "String"}
    return held.name == wanted.name or (held.name in plain and wanted.name in plain)
