"""Resolves every field of a mocked schema: root fields do what their part says, the others show what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_non_null_type,
)

from seamwright.engines.mock.graphql.changes import Changes
from seamwright.engines.mock.graphql.entities import connected, is_list
from seamwright.engines.mock.graphql.lists import connection, filtered, page
from seamwright.engines.mock.graphql.objects import Objects, Ref
from seamwright.engines.mock.store import Record

__all__ = ["Part", "Resolver", "Want"]


class Want(Protocol):
    """A place among arguments that names an object of a type by one of its fields."""

    @property
    def place(self) -> tuple[str, ...]:
        """The argument, and the input fields on the way."""

    @property
    def kind(self) -> str:
        """The type of the object."""

    @property
    def field(self) -> str:
        """The field of it that holds the value."""


class Part(Protocol):
    """What a root field does (`list`, `read`, `create`, `change`, `remove` or `other`), with objects of which type."""

    @property
    def act(self) -> str:
        """What it does."""

    @property
    def kind(self) -> str | None:
        """With objects of which type."""

    @property
    def needs(self) -> tuple[Want, ...]:
        """The ids that it takes."""


class Resolver:
    """Gives the value of any field; made for `graphql-core`, which asks for one after the other."""

    def __init__(self, objects: Objects, parts: Callable[[str], Part]) -> None:
        self._objects = objects
        self._entities = objects.entities
        self._values = objects.values
        self._schema = objects.entities.schema
        self._parts = parts
        self._changes = Changes(objects)

    def __call__(self, source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """The value of a field of an object."""
        parent, name = info.parent_type, info.field_name
        field = parent.fields[name]
        for kind in ("query", "mutation", "subscription"):
            if parent is getattr(self._schema, f"{kind}_type"):
                return self._root(f"{kind.capitalize()}.{name}", field, given)
        if isinstance(source, Record):
            return self._of_record(source, name, field, given)
        return self._of_mapping(source, parent, name, field, given)

    def kind_of(self, value: Any, info: GraphQLResolveInfo[Any], abstract: GraphQLNamedType) -> str:
        """Which type an object is, where an interface or a union is promised."""
        if isinstance(value, Record):
            return value.kind
        told = value.get("__typename") if isinstance(value, Mapping) else None
        return told or self._entities.kinds(abstract)[0].name

    # -- fields of objects --

    def _of_record(self, record: Record, name: str, field: GraphQLField, given: Mapping[str, Any]) -> Any:
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            if name not in record.value:
                record.value[name] = self._values.field(field, name, record.kind, record.key)
            return record.value[name]
        held = record.value.get(name)
        if self._entities.reachable(connected(kind) or kind) and not isinstance(held, Mapping):
            if is_list(field) or connected(kind) is not None:
                return self._listed(field, self._objects.many(record, name, field), given)
            return self._objects.one(record, name, field)
        if name not in record.value:
            record.value[name] = self._plain(field, record.kind, record.key, name)
        return record.value[name]

    def _of_mapping(
        self,
        source: Mapping[str, Any],
        parent: GraphQLObjectType,
        name: str,
        field: GraphQLField,
        given: Mapping[str, Any],
    ) -> Any:
        if name in source:
            return source[name]
        place = source.get("__place", parent.name)
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            return self._values.field(field, name, place)
        reachable = self._entities.reachable(connected(kind) or kind)
        if reachable and (is_list(field) or connected(kind) is not None):
            return self._listed(field, [r for each in reachable for r in self._objects.all(each)], given)
        if reachable:
            return self._objects.all(reachable[0])[0]
        return self._plain(field, place, name)

    def _plain(self, field: GraphQLField, *place: object) -> Any:
        """An object that is not kept by itself: its leaves are made up where somebody asks for them."""
        kind = get_named_type(field.type)
        made = {"__typename": self._entities.kinds(kind)[0].name, "__place": "|".join(map(str, place))}
        return [made] if is_list(field) else made

    def _listed(self, field: GraphQLField, records: list[Record], given: Mapping[str, Any]) -> Any:
        found = filtered(records, given, self._get)
        shown, start = page(found, given)
        kind = get_named_type(field.type)
        return shown if is_list(field) else connection(kind, found, shown, start)

    def _get(self, record: Any, name: str) -> Any:
        """The value of a leaf, or the id of the object in a field: `customerId` is that of the `customer`."""
        kind = self._schema.type_map[record.kind]
        assert isinstance(kind, GraphQLObjectType)
        if name in kind.fields and is_leaf_type(get_named_type(kind.fields[name].type)):
            return record.value.get(name)
        stem = name.removesuffix("Id").removesuffix("_id")
        if stem in kind.fields and is_composite_type(get_named_type(kind.fields[stem].type)):
            there = self._objects.one(record, stem, kind.fields[stem])
            return there.key if there is not None else None
        raise KeyError(name)

    # -- root fields --

    def _root(self, operation: str, field: GraphQLField, given: Mapping[str, Any]) -> Any:
        part = self._parts(operation)
        kind = self._schema.type_map.get(part.kind or "")
        kept = kind if isinstance(kind, GraphQLObjectType) and self._entities.kept(kind) else None
        match part.act:
            case "list" if kept is not None or kind is not None:
                return self._all(field, given)
            case "read":
                return self._read(operation, part, field, given)
            case "create" if kept is not None:
                return self._answer(operation, field, given, self._changes.created(kept, part.needs, given))
            case "change" if kept is not None:
                record = self._named(part, kept, given)
                return self._answer(
                    operation, field, given, self._changes.changed(record, kept, operation, part.needs, given)
                )
            case "remove" if kept is not None:
                record = self._named(part, kept, given)
                self._objects.remove(record)
                return self._answer(operation, field, given, record)
        return self._other(operation, field, given)

    def _all(self, field: GraphQLField, given: Mapping[str, Any]) -> Any:
        kind = get_named_type(field.type)
        reachable = self._entities.reachable(connected(kind) or kind)
        if not reachable:
            return self._plain(field, field, *given.items())
        return self._listed(field, [r for each in reachable for r in self._objects.all(each)], given)

    def _read(self, operation: str, part: Part, field: GraphQLField, given: Mapping[str, Any]) -> Any:
        kind = get_named_type(field.type)
        reachable = self._entities.reachable(kind)
        meant = self._schema.type_map.get(part.kind or "")
        if not reachable and isinstance(meant, GraphQLObjectType) and self._entities.kept(meant):
            reachable = [meant]
        if not reachable:
            return self._other(operation, field, given)
        every = [record for each in reachable for record in self._objects.all(each)]
        asked = {need.place[0]: need.field for need in part.needs if len(need.place) == 1}
        wanted = {asked.get(name, name): value for name, value in given.items() if value is not None}
        found = [r for r in every if all(self._has(r, name, value) for name, value in wanted.items())]
        if found:
            return self._answer(operation, field, given, found[0])
        if not is_non_null_type(field.type):
            return None
        raise GraphQLError(f"there is no {part.kind} of this kind", extensions={"code": "NOT_FOUND"})

    def _has(self, record: Record, name: str, value: Any) -> bool:
        if name == self._entities.ids[record.kind]:
            return record.key == str(value)
        try:
            return bool(self._get(record, name) == value)
        except KeyError:
            return True

    def _named(self, part: Part, kind: GraphQLObjectType, given: Mapping[str, Any]) -> Record:
        """The object that the arguments of a mutation name. Raises GraphQLError where there is none."""
        for need in part.needs:
            if need.kind != kind.name:
                continue
            value: Any = given
            for step in need.place:
                value = value.get(step) if isinstance(value, Mapping) else None
            value = value[0] if isinstance(value, list) and value else value
            if value is None:
                continue
            record = self._objects.find(kind, value)
            if record is None:
                raise GraphQLError(f"there is no {kind.name} {value!r}", extensions={"code": "NOT_FOUND"})
            return record
        raise GraphQLError(f"nothing says which {kind.name} is meant", extensions={"code": "BAD_USER_INPUT"})

    def _answer(self, operation: str, field: GraphQLField, given: Mapping[str, Any], record: Record) -> Any:
        """A record in the form that a field answers: itself, its id, true, or inside of a payload."""
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            by_name: Mapping[str, Any] = {"Boolean": True, "ID": record.key, "Int": 1}
            value = by_name.get(kind.name)
            if value is None:
                held = record.value.get(self._entities.ids[record.kind])
                value = held if kind.name == "String" else self._values.field(field, operation, record.key)
            return [value] if is_list(field) and not isinstance(value, list) else value
        if any(each.name == record.kind for each in self._entities.kinds(kind)):
            return [record] if is_list(field) else record
        if self._entities.kept(kind):
            return self._near(record, kind)
        payload = self._payload(operation, kind, given, record)
        return [payload] if is_list(field) else payload

    def _near(self, record: Record, kind: GraphQLNamedType) -> Any:
        """An object of another type that a record refers to, or any: `addComment` may give the post."""
        for held in record.value.values():
            if isinstance(held, Ref) and held.kind == kind.name:
                return self._objects.followed(held)
        return next(iter(self._objects.all(self._entities.kinds(kind)[0])), None)

    def _payload(
        self, operation: str, kind: GraphQLNamedType, given: Mapping[str, Any], record: Record
    ) -> dict[str, Any]:
        chosen = self._entities.kinds(kind)
        right = [k for k in chosen if any(self._holds(f, record) for f in k.fields.values())] or chosen
        made: dict[str, Any] = {"__typename": right[0].name, "__place": f"{operation}|{record.key}"}
        inner = given.get("input")
        for name, field in right[0].fields.items():
            inside = get_named_type(field.type)
            if self._holds(field, record):
                made[name] = [record] if is_list(field) else record
            elif name == "clientMutationId":
                made[name] = inner.get(name) if isinstance(inner, Mapping) else given.get(name)
            elif "error" in name.lower():
                made[name] = [] if is_list(field) else None
            elif inside.name == "Boolean":
                made[name] = True
            elif inside.name == "ID" and not is_list(field):
                made[name] = record.key
            elif name.lower().endswith("edge") and "node" in getattr(inside, "fields", {}):
                made[name] = {"cursor": "", "node": record}
        return made

    def _holds(self, field: GraphQLField, record: Record) -> bool:
        kind = get_named_type(field.type)
        return is_composite_type(kind) and any(each.name == record.kind for each in self._entities.kinds(kind))

    def _other(self, operation: str, field: GraphQLField, given: Mapping[str, Any]) -> Any:
        kind = get_named_type(field.type)
        place = (operation, *sorted((name, str(value)) for name, value in given.items()))
        if is_leaf_type(kind):
            return self._values.field(field, operation.partition(".")[2], *place)
        reachable = self._entities.reachable(connected(kind) or kind)
        if reachable and (is_list(field) or connected(kind) is not None):
            return self._all(field, given)
        if reachable:
            return self._objects.all(reachable[0])[0]
        return self._plain(field, *place)
