"""Makes and changes objects by the arguments of mutations: what they say lands in the fields of the same names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_enum_type,
    is_leaf_type,
    is_non_null_type,
)

from seamwright.engines.generate.graphql.texts import words
from seamwright.engines.mock.graphql.entities import is_list
from seamwright.engines.mock.graphql.objects import Objects, Ref
from seamwright.engines.mock.graphql.values import fits
from seamwright.engines.mock.store import Record

__all__ = ["Changes"]

_STATES = ("status", "state", "phase", "stage")
_DONE = {"pay": "paid", "send": "sent", "ship": "shipped", "sell": "sold", "buy": "bought", "win": "won"}


class Need(Protocol):
    """A place among arguments that names an object of a type."""

    @property
    def place(self) -> tuple[str, ...]:
        """The argument, and the input fields on the way."""

    @property
    def kind(self) -> str:
        """The type of the object."""


class Changes:
    """Carries arguments into objects."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._schema = objects.entities.schema

    def created(self, kind: GraphQLObjectType, needs: Iterable[Need], given: Mapping[str, Any]) -> Record:
        """A new object. Raises GraphQLError where it is to refer to something that is not there."""
        value = dict(self._said(kind, needs, given))
        record = self._objects.make(kind, {n: v for n, v in value.items() if not isinstance(v, _Inner)})
        for name, inner in value.items():
            if isinstance(inner, _Inner):
                record.value[name] = self._inner(kind, kind.fields[name], inner, record)
        return record

    def changed(
        self, record: Record, kind: GraphQLObjectType, operation: str, needs: Iterable[Need], given: Mapping[str, Any]
    ) -> Record:
        """The object with what the arguments say, and in the state that the name of the mutation speaks of."""
        others = [need for need in needs if need.kind != kind.name]
        ident = self._objects.entities.ids[kind.name]
        value = dict(record.value)
        for name, said in self._said(kind, others, given):
            if name == ident or (said is None and is_non_null_type(kind.fields[name].type)):
                continue
            value[name] = self._inner(kind, kind.fields[name], said, record) if isinstance(said, _Inner) else said
        self._advanced(value, kind, operation.partition(".")[2])
        self._objects.change(record, value)
        return record

    def _said(
        self, kind: GraphQLObjectType, needs: Iterable[Need], given: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        """What arguments say of the fields of a type; an argument that is an input object is looked into."""
        for name, value in _flat(kind, given):
            field = kind.fields[name]
            if is_leaf_type(get_named_type(field.type)):
                if fits(field.type, value) or value is None:
                    yield name, value
            elif isinstance(value, Mapping | list):
                yield name, _Inner(value)
        for need in needs:
            said: Any = given
            for step in need.place:
                said = said.get(step) if isinstance(said, Mapping) else None
            if said is not None:
                yield from self._referring(kind, need, said)

    def _referring(self, kind: GraphQLObjectType, need: Need, said: Any) -> Iterator[tuple[str, Any]]:
        """The field that holds the objects whose ids were given."""
        target = self._schema.type_map.get(need.kind)
        if not isinstance(target, GraphQLObjectType) or not self._objects.entities.kept(target):
            return
        keys = said if isinstance(said, list) else [said]
        for key in keys:
            if self._objects.find(target, key) is None:
                raise GraphQLError(f"there is no {target.name} {key!r}", extensions={"code": "NOT_FOUND"})
        refs = [Ref(target.name, str(key)) for key in keys]
        holding = [n for n, f in kind.fields.items() if get_named_type(f.type).name == target.name]
        stem = "".join(words(need.place[-1])[:-1])
        holding.sort(key=lambda name: "".join(words(name)).rstrip("s") != stem.rstrip("s"))
        for name in holding[:1]:
            yield name, refs if is_list(kind.fields[name]) else refs[0]

    def _inner(self, kind: GraphQLObjectType, field: GraphQLField, inner: _Inner, owner: Record) -> Any:
        """Objects that were given inside of another one: kept by themselves where their type is, else as they are."""
        target = get_named_type(field.type)
        kept = self._objects.entities.reachable(target)
        items = inner.value if isinstance(inner.value, list) else [inner.value]
        made: list[Any] = []
        for item in items:
            if not isinstance(item, Mapping):
                continue
            if kept:
                back = {name: Ref(owner.kind, owner.key) for name in self._objects.entities.back(kept[0], kind)}
                record = self._objects.make(kept[0], {**dict(self._leaves(kept[0], item)), **back})
                made.append(Ref(record.kind, record.key))
            elif isinstance(target, GraphQLObjectType):
                place = f"{owner.kind}|{owner.key}|{len(made)}"
                made.append({**dict(self._leaves(target, item)), "__typename": target.name, "__place": place})
        return made if is_list(field) else next(iter(made), None)

    def _leaves(self, kind: GraphQLObjectType, item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, value in item.items():
            field = kind.fields.get(name)
            if field is not None and is_leaf_type(get_named_type(field.type)) and fits(field.type, value):
                yield name, value

    def _advanced(self, value: dict[str, Any], kind: GraphQLObjectType, name: str) -> None:
        """`payOrder` leaves an order PAID, `publishPost` a post published."""
        verb = words(name)[0]
        done = _DONE.get(verb, verb.rstrip("e")[:6])
        for field_name, field in kind.fields.items():
            inner = get_named_type(field.type)
            if is_enum_type(inner) and not is_list(field) and field_name.lower().endswith(_STATES):
                found = next((each for each in inner.values if each.lower().startswith(done)), None)
                value[field_name] = found or value.get(field_name)
            elif inner.name == "Boolean" and field_name.lower().removeprefix("is").startswith(done):
                value[field_name] = True


class _Inner:
    """Objects that were given inside of another one."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _flat(kind: GraphQLObjectType, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The arguments that are named like fields, those inside of an input object too."""
    for name, value in given.items():
        if name in kind.fields:
            yield name, value
        elif isinstance(value, Mapping):
            yield from _flat(kind, value)
