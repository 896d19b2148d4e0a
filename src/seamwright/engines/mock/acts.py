"""Does what requests ask for: reads and changes the resources of a mock, each operation by its role."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from seamwright.engines.mock.arrivals import Arrival
from seamwright.engines.mock.conditions import held
from seamwright.engines.mock.envelopes import array_way
from seamwright.engines.mock.identifiers import text_of, value_at
from seamwright.engines.mock.keys import Keys
from seamwright.engines.mock.kinds import Kind, Part, Role
from seamwright.engines.mock.pages import Page, page_of, page_parameters
from seamwright.engines.mock.patches import PatchError, json_patched, merged
from seamwright.engines.mock.presence import Presence, absent, key_of
from seamwright.engines.mock.queries import asked_ids, filtered, ordered
from seamwright.engines.mock.refusals import Refusal, absence, declared
from seamwright.engines.mock.schemas import flat, followed, members, required
from seamwright.engines.mock.seeds import Seeds
from seamwright.engines.mock.sendings import Sent, sent
from seamwright.engines.mock.shapes import Shapes
from seamwright.engines.mock.store import Record, Scope, Store
from seamwright.model.bench import Violation
from seamwright.model.operation import Contract, Operation

__all__ = ["Acts", "Outcome"]

_UNIQUE = frozenset({"username", "login", "handle", "slug"})
"""Members of which no two resources have the same value, where the contract has a 409 to say so."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done. `records` are the resources that the answer shows; `page` is set for a listing, and for a single
    resource that holds a list of which a part was asked for.

    `sent` is what the client sent, for answers that are about no resource. `created` says that the resource was not
    there before, `gone` that it is no more, and `many` that there may be more than one.
    """

    role: Role
    kind: Kind
    records: tuple[Record, ...] = ()
    page: Page | None = None
    sent: Any = None
    created: bool = False
    gone: bool = False
    many: bool = False


class Acts:
    """The deeds of one mock on its store."""

    def __init__(
        self, contract: Contract, shapes: Shapes, keys: Keys, seeds: Seeds, presence: Presence, store: Store
    ) -> None:
        self._contract = contract
        self._shapes = shapes
        self._keys = keys
        self._seeds = seeds
        self._presence = presence
        self._store = store

    def perform(self, part: Part, arrival: Arrival) -> Outcome:
        """Do what an operation is for. Raises Refusal, and has changed nothing then."""
        self._presence.check_parents(part, arrival.values)
        scope = part.scope(arrival.values)
        one = bool(part.key) or part.kind.single
        match part.role:
            case Role.LIST:
                return self._listing(part, scope, arrival)
            case Role.CREATE:
                return self._create(part, scope, arrival)
            case Role.READ:
                return self._reading(part, scope, arrival)
            case Role.REPLACE | Role.MERGE:
                return self._change(part, scope, arrival) if one else self._change_many(part, scope, arrival)
            case Role.DELETE:
                return self._delete(part, scope, arrival) if one else self._delete_many(part, scope, arrival)
            case Role.ACT:
                return self._act(part, scope, arrival)
            case Role.CALL:
                return Outcome(part.role, part.kind, sent=arrival.case.body)

    def _reading(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        record = self._presence.record(part, scope, arrival)
        schemas = {p.name: followed(self._contract, p.schema) for p in part.operation.at("query")}
        names = page_parameters(schemas)
        way = array_way(self._contract, part.kind.item) if names else None
        if way is None:
            return Outcome(part.role, part.kind, (record,))
        held = value_at(record.value, way) if way else record.value
        items = list(enumerate(held)) if isinstance(held, list) else []
        page = page_of(items, arrival.case.query, names, arrival.path, lambda item: str(item[0]), schemas)
        return Outcome(part.role, part.kind, (record,), page)

    def _listing(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        kind, operation = part.kind, part.operation
        self._presence.touch(kind, scope)
        for key in asked_ids(arrival.case.query, kind.id_at) if kind.open or self._never_absent(kind) else ():
            self._presence.named(kind, scope, key)
        schemas = {p.name: followed(self._contract, p.schema) for p in operation.at("query")}
        query, paging = dict(arrival.case.query), page_parameters(schemas)
        chosen = {name: value for name, value in query.items() if name in schemas and name not in paging}
        must = {p.name for p in operation.at("query") if p.required and isinstance(chosen.get(p.name), str)}
        if must and not kind.created and not filtered(self._values(kind, scope), chosen, kind.id_at):
            self._presence.searched(kind, scope, {flat(name): chosen[name] for name in must})
        records = {id(record.value): record for record in self._store.seen(kind.name, scope)}
        values = ordered(filtered(self._values(kind, scope), chosen, kind.id_at), chosen)
        page = page_of(values, query, paging, arrival.path, lambda value: records[id(value)].key, schemas)
        return Outcome(part.role, kind, tuple(records[id(value)] for value in page.items), page)

    def _values(self, kind: Kind, scope: Scope) -> list[Any]:
        return [record.value for record in self._store.seen(kind.name, scope)]

    # -- making ---

    def _create(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        kind = part.kind
        self._presence.touch(kind, scope)
        told = sent(self._contract, part, arrival)
        ready: dict[str, Any] = {}
        known = self._store.keys(kind.name)  # An id is never given again, not even that of what was deleted.
        for body in told.bodies:
            taken = known | ready.keys()
            random = self._seeds.random(part.operation.id, scope, len(taken))
            key, value = self._draft(part, scope, body, told.sendable, random)
            if key is None:
                key, value = self._seeds.keyed(kind, scope, _without(value, kind.id_at), random, taken)
            if key is None:
                raise Refusal(409, f"every id that {kind.word or 'a resource'} may have is taken", instead=(400, 422))
            ready[key] = value
        records = [self._put(kind, scope, key, value) for key, value in ready.items()]
        many = isinstance(told.value, list)
        return Outcome(part.role, kind, tuple(records), sent=told.value, created=True, many=many)

    def _put(self, kind: Kind, scope: Scope, key: str, value: Any) -> Record:
        """Keep a value where it lies; one that is seen here under the same key is replaced."""
        there = self._store.find(kind.name, scope, key)
        where = self._presence.lying(kind, scope, value) if there is None else there.scope
        return self._store.put(kind.name, where, key, value)

    def _draft(
        self, part: Part, scope: Scope, body: Any, sendable: frozenset[str], random: Random
    ) -> tuple[str | None, Any]:
        """A value to be kept, and its key where the client chose it. Raises Refusal where it is taken already, and the
        contract has a way to say so."""
        kind = part.kind
        sayable = bool(kind.id_at) and (kind.id_at[0] in sendable or not members(self._contract, kind.item))
        told = value_at(body, kind.id_at) if sayable else None
        key = None if told in (None, "", 0) or isinstance(told, dict | list) else text_of(told)
        there = self._store.seen(kind.name, scope)
        taken = key is not None and any(record.key == key for record in there)
        if taken and self._keys.assigned(kind) and "409" not in part.operation.answers:
            key, taken = None, False  # Ids that are numbers are the server's to give, whatever an example says.
        if taken and "409" not in part.operation.answers:
            # What was there from the beginning, maybe from the very example that is sent now, gives way to it.
            taken = not all(record.first and record.version == 1 for record in there if record.key == key)
        if taken and declared(part.operation, (409, 422, 400)) is not None:
            raise Refusal(409, f"{kind.word or 'resource'} {key!r} exists already", instead=(422, 400))
        if "409" in part.operation.answers:
            for name, value in body.items() if isinstance(body, dict) else ():
                if flat(name) in _UNIQUE and any(_member(record, name) == value for record in there):
                    raise Refusal(409, f"{name} {value!r} is taken already")
        return key, self._seeds.created(kind, scope, body, sendable, random)

    # -- changing ---

    def _change(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        kind, key = part.kind, key_of(part, arrival)
        found = self._presence.find(kind, scope, key)
        if found is None and part.role is Role.REPLACE and self._makes(part):
            return self._put_new(part, scope, key, arrival)
        record = found if found is not None else self._presence.record(part, scope, arrival)
        _check_held(part.operation, arrival, record)
        told = sent(self._contract, part, arrival)
        self._alter(record, kind, scope, self._changed(part, record, told.value, told.sendable, arrival))
        return Outcome(part.role, kind, (record,), sent=told.value)

    def _makes(self, part: Part) -> bool:
        """Whether a PUT makes what is not there: the contract says so, or there is no other way to make one."""
        if "201" in part.operation.answers or part.kind.single:
            return True
        return not part.kind.created and absence(part.operation) is None

    def _put_new(self, part: Part, scope: Scope, key: str, arrival: Arrival) -> Outcome:
        if arrival.header("if-match") is not None and part.operation.parameter("header", "If-Match") is not None:
            raise Refusal(412, "there is nothing here that If-Match could name", instead=(409,))
        told = sent(self._contract, part, arrival)
        random = self._seeds.random(part.operation.id, scope, key)
        value = self._seeds.created(part.kind, scope, told.value, told.sendable, random)
        value = self._keys.given(part.kind, value, key, random) if key else value
        record = self._put(part.kind, scope, key, value)
        return Outcome(part.role, part.kind, (record,), sent=told.value, created=True)

    def _change_many(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        """PUT or PATCH on a collection: each body goes to the resource that it names; a PUT of none makes one."""
        kind = part.kind
        self._presence.touch(kind, scope)
        told = sent(self._contract, part, arrival)
        if part.role is Role.REPLACE and self._speaks_of(part, told) and not any(_texts(told.bodies, kind)):
            alike = self._alike(kind, scope, told)
            if alike is None:
                return self._create(part, scope, arrival)
            return Outcome(part.role, kind, (alike,), sent=told.value)
        many = isinstance(told.value, list)
        records = [
            self._addressed(part, scope, key, body, told, arrival) for key, body in self._found(part, scope, told)
        ]
        return Outcome(part.role, kind, tuple(records), sent=told.value, many=many)

    def _speaks_of(self, part: Part, told: Sent) -> bool:
        """Whether a body tells anything of the resources of its collection."""
        item = members(self._contract, part.kind.item)
        return told.value is not None and (not item or bool(told.sendable & item.keys()))

    def _alike(self, kind: Kind, scope: Scope, told: Sent) -> Record | None:
        """A resource that is what was sent already, so that the same PUT twice makes no second one."""
        if not isinstance(told.value, dict) or not told.value:
            return None
        there = (r for r in self._store.seen(kind.name, scope) if isinstance(r.value, dict))
        return next((r for r in there if told.value.items() <= r.value.items()), None)

    def _found(self, part: Part, scope: Scope, told: Sent) -> list[tuple[str, dict[str, Any]]]:
        """The bodies that name an id, by it. Raises Refusal where one is not there that must be."""
        found = [(key, body) for body in told.bodies for key in _texts([body], part.kind) if isinstance(body, dict)]
        must = absence(part.operation) is not None and (part.role is Role.MERGE or not isinstance(told.value, list))
        for key, _ in found if must else ():
            if self._store.find(part.kind.name, scope, key) is None:
                raise absent(part.kind, key)
        return found

    def _addressed(
        self, part: Part, scope: Scope, key: str, body: dict[str, Any], told: Sent, arrival: Arrival
    ) -> Record:
        kind = part.kind
        record = self._store.find(kind.name, scope, key)
        if record is None:
            random = self._seeds.random(part.operation.id, scope, key)
            value = self._seeds.created(kind, scope, body, told.sendable, random)
            return self._put(kind, scope, key, value)
        self._alter(record, kind, scope, self._changed(part, record, body, told.sendable, arrival))
        return record

    def _alter(self, record: Record, kind: Kind, scope: Scope, value: Any) -> None:
        """Give a record another value; what it lies under follows, but for what the path went through."""
        before = self._presence.lying(kind, scope, record.value)
        after = self._presence.lying(kind, scope, value)
        self._store.change(record, value)
        if before != after:
            left = dict(before).keys() - dict(scope).keys()
            kept = {label: key for label, key in record.scope if label not in left}
            self._store.move(record, tuple((kept | dict(after)).items()))

    def _changed(self, part: Part, record: Record, body: Any, sendable: frozenset[str], arrival: Arrival) -> Any:
        """The value of a record after a body went over it; what the server owns stays."""
        kind, old = part.kind, record.value
        owned = self._seeds.owned(kind)
        if isinstance(arrival.case.body, list) and _json_patch(arrival):
            new = self._patched(kind, old, arrival.case.body)
        elif not isinstance(body, dict) or not isinstance(old, dict):
            return old if body is None or isinstance(old, dict) else body
        elif part.role is Role.MERGE:
            new = merged(old, body)
        else:
            # What it must have and nobody sent, it keeps: there is nothing else to put there.
            needed = required(self._contract, kind.item)
            kept = {name: value for name, value in old.items() if name not in sendable or name in needed}
            new = kept | self._seeds.defaults(kind, sendable) | body
        if isinstance(new, dict) and isinstance(old, dict):
            new |= {name: old[name] for name in owned if name in old and name != _outside(kind)}
            random = self._seeds.random(kind.name, record.key)
            new = self._keys.given(kind, new, record.key, random)
        return self._seeds.changed(kind, new)

    def _patched(self, kind: Kind, old: Any, patch: Any) -> Any:
        try:
            new = json_patched(old, patch)
        except PatchError as error:
            broken = (Violation(f"/body{error.place}", "patch", error.why),)
            raise Refusal(422, f"the patch cannot be applied: {error}", instead=(409, 400), violations=broken) from None
        if self._shapes.accepts(kind.item, old) and not self._shapes.accepts(kind.item, new):
            raise Refusal(422, "the patch leaves something that its schema does not allow", instead=(409, 400))
        return new

    # -- removing ---

    def _delete(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        kind, key = part.kind, key_of(part, arrival)
        record = self._presence.find(kind, scope, key)
        if record is None and absence(part.operation) is None:
            # Deleting what is not there leaves it so (RFC 9110, section 9.3.5).
            nobody = Record(kind.name, scope, key, self._seeds.one(kind, scope, key))
            return Outcome(part.role, kind, (nobody,), gone=True)
        record = record or self._presence.record(part, scope, arrival)
        _check_held(part.operation, arrival, record)
        stays = self._never_absent(kind)
        end = self._state(kind, "delete") if stays else {}
        if end and isinstance(record.value, dict):
            # Whoever looks for it cannot be told that it is not there, but that it is no more.
            self._store.change(record, self._seeds.changed(kind, record.value | end))
        elif stays and kind.single:
            self._store.change(record, self._seeds.emptied(kind, scope, record.version))
        else:
            self._store.remove(record)
        return Outcome(part.role, kind, (record,), gone=True)

    def _never_absent(self, kind: Kind) -> bool:
        """Whether the contract has no way to say that one is not there when it is read."""
        readers = [o for o in kind.sources if o.method == "GET" and (kind.single or o.path == kind.item_path)]
        return bool(readers) and all(absence(operation) is None for operation in readers)

    def _delete_many(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        """DELETE on a collection: what the body or the query names, or all of it."""
        kind = part.kind
        self._presence.touch(kind, scope)
        records = self._store.seen(kind.name, scope)
        names = {parameter.name for parameter in part.operation.at("query")}
        query = {name: value for name, value in arrival.case.query.items() if name in names}
        named = _named_keys(arrival.case.body, kind)
        if named is not None:
            records = [record for record in records if record.key in named]
        elif query or arrival.case.body is not None:
            chosen = {id(value) for value in filtered([record.value for record in records], query, kind.id_at)}
            # A choice that chooses nothing must not empty the collection.
            records = [r for r in records if id(r.value) in chosen] if len(chosen) < len(records) else []
        for record in records:
            self._store.remove(record)
        return Outcome(part.role, kind, tuple(records), gone=True, many=True)

    # -- acts of other names ---

    def _act(self, part: Part, scope: Scope, arrival: Arrival) -> Outcome:
        record = self._presence.record(part, scope, arrival)
        _check_held(part.operation, arrival, record)
        told = sent(self._contract, part, arrival)
        if isinstance(record.value, dict):
            item, owned = members(self._contract, part.kind.item), self._seeds.owned(part.kind)
            given = told.value if isinstance(told.value, dict) else {}
            changes = {name: value for name, value in given.items() if name in item and name not in owned}
            verb = part.operation.path.rstrip("/").rpartition("/")[2].rpartition(":")[2]
            changes |= self._state(part.kind, verb, undone=part.operation.method == "DELETE")
            if any(record.value.get(name) != value for name, value in changes.items()):
                self._store.change(record, self._seeds.changed(part.kind, record.value | copy.deepcopy(changes)))
        return Outcome(part.role, part.kind, (record,), sent=told.value)

    def _state(self, kind: Kind, verb: str, *, undone: bool = False) -> dict[str, Any]:
        """The member that a verb changes: after `cancel` a status is `cancelled`, or a flag is true; false where it
        is undone."""
        stem = flat(verb).removesuffix("e")
        if len(stem) < 3:
            return {}
        found: dict[str, Any] = {}
        for name, schema in members(self._contract, kind.item).items():
            said = followed(self._contract, schema)
            listed = said.get("enum")
            if isinstance(listed, list) and not undone and flat(name).endswith(("status", "state", "phase", "stage")):
                states = [each for each in listed if isinstance(each, str) and flat(each).startswith(stem)]
                found |= {name: min(states, key=lambda state: not flat(state).endswith("ed"))} if states else {}
            elif said.get("type") == "boolean" and re.fullmatch(f"(is)?{re.escape(stem)}(e?d|led|ing)", flat(name)):
                found[name] = not undone
        return found


def _check_held(operation: Operation, arrival: Arrival, record: Record) -> None:
    if not held(operation, arrival, record):
        raise Refusal(412, "If-Match names another version than the one that is there", instead=(409,))


def _json_patch(arrival: Arrival) -> bool:
    """Whether a body is sent as a JSON Patch (RFC 6902, section 6)."""
    return "json-patch" in (arrival.case.media_type or "")


def _outside(kind: Kind) -> str | None:
    """The member inside which the id stands, where it does, so that the rest of that member may change."""
    return kind.id_at[0] if len(kind.id_at) > 1 else None


def _without(value: Any, way: tuple[str, ...]) -> Any:
    """The value without its id, which the server is about to give."""
    if len(way) == 1 and isinstance(value, dict):
        return {name: each for name, each in value.items() if name != way[0]}
    return value


def _member(record: Record, name: str) -> Any:
    return record.value.get(name) if isinstance(record.value, dict) else None


def _named_keys(body: Any, kind: Kind) -> set[str] | None:
    """The keys that a body names: a list of ids, or of objects with ids, bare or as its only list."""
    if isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        body = lists[0] if len(lists) == 1 else None
    return set(_texts(body, kind)) if isinstance(body, list) else None


def _texts(values: list[Any], kind: Kind) -> Iterator[str]:
    for value in values:
        told = value_at(value, kind.id_at) if isinstance(value, dict) else value
        if told not in (None, "") and not isinstance(told, dict | list):
            yield text_of(told)
