"""The objects of a mocked schema: those that were there from the beginning, new ones, and what refers to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)

from seamwright.engines.mock.graphql.entities import Entities, connected, is_list
from seamwright.engines.mock.graphql.values import Values
from seamwright.engines.mock.store import Record, Store

__all__ = ["Objects", "Ref"]

SOWN = 3
"""Objects of each type that are there from the beginning."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A field that holds an object which is kept by itself."""

    kind: str
    key: str


class Objects:
    """Keeps objects by type and id; values are mappings of fields, with a `Ref` where another object is meant."""

    def __init__(self, entities: Entities, values: Values, store: Store) -> None:
        self.entities = entities
        self.values = values
        self.store = store
        self._known: dict[tuple[str, str], Mapping[tuple[str, str], list[Record]]] = {}

    def all(self, kind: GraphQLObjectType) -> list[Record]:
        """Every object of a type."""
        self._sow(kind)
        return self.store.seen(kind.name, ())

    def find(self, kind: GraphQLObjectType, key: Any) -> Record | None:
        """The object of this id."""
        self._sow(kind)
        return self.store.find(kind.name, (), str(key))

    def followed(self, ref: Ref) -> Record | None:
        """The object that is referred to."""
        kind = self.entities.schema.type_map[ref.kind]
        assert isinstance(kind, GraphQLObjectType)
        return self.find(kind, ref.key)

    def make(self, kind: GraphQLObjectType, given: Mapping[str, Any]) -> Record:
        """A new object with these fields; what may not be null and is not given is made up."""
        self._sow(kind)
        number = self._next(kind)
        ident = self.entities.ids[kind.name]
        chosen = given.get(ident)
        key = chosen if chosen is not None else self._ident(kind, number)
        value: dict[str, Any] = {ident: key}
        for name, field in kind.fields.items():
            if name in given and (given[name] is not None or not is_non_null_type(field.type)):
                value.setdefault(name, given[name])
            elif name not in value and is_leaf_type(get_named_type(field.type)):
                needed = is_non_null_type(field.type)
                value[name] = self.values.field(field, name, kind.name, number) if needed else None
        self._known.clear()
        return self.store.put(kind.name, (), str(key), value)

    def change(self, record: Record, value: Mapping[str, Any]) -> None:
        """Give an object other fields."""
        self._known.clear()
        self.store.change(record, value)

    def reset(self) -> None:
        """Put the first objects back."""
        self._known.clear()
        self.store.clear()

    def remove(self, record: Record) -> None:
        """Take an object away; what cannot be without it goes too, what can forgets it."""
        self._known.clear()
        gone = Ref(record.kind, record.key)
        self.store.remove(record)
        for name in list(self.entities.ids):
            kind = self.entities.schema.type_map[name]
            assert is_object_type(kind)
            for other in list(self.store.seen(name, ())):
                for field_name, held in list(other.value.items()):
                    if held == gone and is_non_null_type(kind.fields[field_name].type):
                        self.remove(other)
                        break
                    if held == gone:
                        other.value[field_name] = None

    def one(self, owner: Record, name: str, field: GraphQLField) -> Record | None:
        """The object in a field that holds one; some object where it was never said which."""
        held = owner.value.get(name)
        if isinstance(held, Ref):
            return self.followed(held)
        if name in owner.value:
            return None
        for kind in self.entities.reachable(get_named_type(field.type)):
            there = self.all(kind)
            if there:
                chosen = there[self.values.random(owner.kind, owner.key, name).randrange(len(there))]
                owner.value[name] = Ref(chosen.kind, chosen.key)
                return chosen
        return None

    def many(self, owner: Record, name: str, field: GraphQLField) -> list[Record]:
        """The objects in a field that holds several: those that refer back, or those that were put into it."""
        held = owner.value.get(name)
        if isinstance(held, list):
            found = [self.followed(each) for each in held if isinstance(each, Ref)]
            return [each for each in found if each is not None]
        kind = get_named_type(field.type)
        kind = connected(kind) or kind
        mine = self.entities.schema.type_map[owner.kind]
        assert isinstance(mine, GraphQLObjectType)
        shown: list[Record] = []
        for each in self.entities.reachable(kind):
            back = list(self.entities.back(each, mine))
            if back:
                shown += [r for there in back for r in self._pointing(each, there).get((owner.kind, owner.key), ())]
            elif each.name != owner.kind:
                there = self.all(each)
                random = self.values.random(owner.kind, owner.key, name)
                chosen = [there[random.randrange(len(there))]] if there else []
                owner.value[name] = [Ref(r.kind, r.key) for r in chosen]
                shown += chosen
        return shown

    def _pointing(self, kind: GraphQLObjectType, name: str) -> Mapping[tuple[str, str], list[Record]]:
        """The objects of a type by the object that one of their fields holds; found out anew after every change."""
        if (kind.name, name) not in self._known:
            found: dict[tuple[str, str], list[Record]] = {}
            for record in self.all(kind):
                there = self.one(record, name, kind.fields[name])
                if there is not None:
                    found.setdefault((there.kind, there.key), []).append(record)
            self._known[kind.name, name] = found
        return self._known[kind.name, name]

    def _sow(self, kind: GraphQLObjectType) -> None:
        """Keep the first objects of a type, the first time that anybody asks for one."""
        if not self.store.sow(kind.name, ()):
            return
        for number in range(SOWN):
            key = self._ident(kind, number)
            value: dict[str, Any] = {self.entities.ids[kind.name]: key}
            for name, field in kind.fields.items():
                if name not in value and is_leaf_type(get_named_type(field.type)):
                    value[name] = self.values.field(field, name, kind.name, number, sparse=True)
                elif name not in value:
                    self._referred(value, kind, name, field, number)
            self.store.put(kind.name, (), str(key), value)

    def _referred(
        self, value: dict[str, Any], kind: GraphQLObjectType, name: str, field: GraphQLField, number: int
    ) -> None:
        """Let an object from the beginning refer to that of the same number; to none of its own type where it may."""
        target = get_named_type(field.type)
        if is_list(field) or connected(target) is not None or not is_composite_type(target):
            return
        for each in self.entities.reachable(target)[:1]:
            if each.name == kind.name and not is_non_null_type(field.type):
                value[name] = None
            else:
                value[name] = Ref(each.name, str(self._ident(each, number)))

    def _ident(self, kind: GraphQLObjectType, number: int) -> Any:
        ident = self.entities.ids[kind.name]
        return self.values.ident(kind.name, get_named_type(kind.fields[ident].type), number)

    def _next(self, kind: GraphQLObjectType) -> int:
        """A number that no object of a type has, or had."""
        number = len(self.store.seen(kind.name, ()))
        while True:
            key = str(self._ident(kind, number))
            if self.store.find(kind.name, (), key) is None and not self.store.removed(kind.name, (), key):
                return number
            number += 1
