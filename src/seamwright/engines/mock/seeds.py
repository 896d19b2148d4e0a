"""Makes resources that nobody sent: the first ones of a collection, single ones, and what a server adds to what it got.

Examples of the contract come first, generated values after them. What is made depends on the seed and the place of a
resource alone, so that the order of requests changes nothing.
"""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from random import Random
from typing import Any

from seamwright.engines.mock.envelopes import item_envelope, list_envelope
from seamwright.engines.mock.identifiers import Way, placed, text_of, value_at
from seamwright.engines.mock.keys import Keys
from seamwright.engines.mock.kinds import Kind, Role
from seamwright.engines.mock.resources import Resources
from seamwright.engines.mock.schemas import flat, followed, members, required, scalar, singular, success_schema
from seamwright.engines.mock.shapes import Shapes, Unsatisfiable
from seamwright.engines.mock.store import Scope
from seamwright.model.operation import Contract, Schema

__all__ = ["Seeds", "naming"]

SEEDED = 3
"""Resources that a collection has at the start, unless the contract gives more examples."""

_MOST_EXAMPLES = 10
_MADE_AT = re.compile(r"^(created?|inserted|issued|opened|registered|added|submitted)(on|at|date|time)?$")
_CHANGED_AT = re.compile(r"^(updated?|modified|changed|last(updated?|modified|changed))(on|at|date|time)?$")
_GONE = re.compile(r"^(is)?(deleted|deletion|removed|archived)")


def naming(label: str) -> tuple[str, ...]:
    """The flat names of members that say which one of a collection something lies under."""
    one = singular(flat(label))
    return tuple(f"{one}{end}" for end in ("id", "uuid", "sid", "name", "")) if one else ()


class Seeds:
    """Makes the resources of one contract, by its schemas and examples."""

    def __init__(self, contract: Contract, resources: Resources, shapes: Shapes, keys: Keys, seed: int) -> None:
        self._contract = contract
        self._resources = resources
        self._shapes = shapes
        self._keys = keys
        self._seed = seed
        self._shown: dict[str, list[Any]] = {}

    def random(self, *place: object) -> Random:
        """Randomness that depends on the seed and a place alone."""
        return Random("|".join(str(part) for part in (self._seed, *place)))

    def first(self, kind: Kind, scope: Scope, taken: Collection[str] = (), *, nested: bool) -> list[tuple[str, Any]]:
        """The first resources of a collection with their keys, none of which is taken; `nested` ones, of which there
        are many, are fewer."""
        found: dict[str, Any] = {}
        shown = self._examples(kind) if not nested else self._examples(kind)[:1]
        for index in range(max(len(shown), SEEDED - nested)):
            random = self.random(kind.name, scope, index)
            if index < len(shown):
                value = copy.deepcopy(shown[index])
            else:
                value = self._exemplary(kind, random) if index == 0 else self._made(kind, random)
                if index > 0 or not any(True for _ in self._shapes.examples(self._keys.schema(kind))):
                    value = placed(value, kind.id_at, None)
                value = self._named_by_example(kind, value, random) if index == 0 else self._varied(kind, value, index)
            key, value = self.keyed(kind, scope, value, random, {*taken, *found})
            if key is None:
                break
            found[key] = value
        if shown and kind.id_at and not nested:
            value = self._named_by_example(kind, copy.deepcopy(shown[0]), self.random(kind.name, scope, "named"))
            named = text_of(value_at(value, kind.id_at))
            found |= {named: value} if named not in {*taken, *found} else {}
        return list(found.items())

    def _varied(self, kind: Kind, value: Any, index: int) -> Any:
        """The value with another one of the listed texts in each of its members, so that whoever filters by one of them
        finds something."""
        for name, schema in members(self._contract, kind.item).items() if isinstance(value, dict) else ():
            listed = followed(self._contract, schema).get("enum")
            if isinstance(listed, list) and name in value and value[name] in listed:
                other = {**value, name: listed[index % len(listed)]}
                value = other if self._shapes.accepts(kind.item, other) else value
        return value

    def alike(
        self, kind: Kind, scope: Scope, wanted: Mapping[str, str], taken: Collection[str]
    ) -> list[tuple[str, Any]]:
        """Resources that have these texts as members, by flat name: what a search for them finds."""
        item = {flat(name): (name, child) for name, child in members(self._contract, kind.item).items()}
        found: dict[str, Any] = {}
        for index in range(SEEDED - 1):
            random = self.random(kind.name, scope, sorted(wanted.items()), index)
            value = placed(self._made(kind, random), kind.id_at, None)
            for name, child in (item[name] for name in wanted if name in item):
                read = self._shapes.read(child, wanted[flat(name)], random)
                if isinstance(value, dict) and self._shapes.accepts(child, read):
                    value[name] = read
            key, value = self.keyed(kind, scope, value, random, {*taken, *found})
            found |= {key: value} if key is not None else {}
        return list(found.items())

    def one(self, kind: Kind, scope: Scope, key: str) -> Any:
        """The single resource of a scope, or that of a key which somebody asked for."""
        random = self.random(kind.name, scope, key)
        shown = self._examples(kind)
        if kind.single:
            return copy.deepcopy(shown[0]) if shown else self._exemplary(kind, random)
        value = copy.deepcopy(shown[0]) if shown else self._made(kind, random)
        return self._within(kind, scope, self._keys.given(kind, value, key, random), random)

    def created(self, kind: Kind, scope: Scope, sent: Any, sendable: frozenset[str], random: Random) -> Any:
        """What a server makes of a body: what was sent, and whatever the server owns. `sendable` are the members that
        a client may send; of these only the ones it did send are there, or their defaults. A body that speaks of
        something else (`{"uris": […]}`) brings about a whole new one."""
        if not isinstance(sent, dict):
            return sent if sent is not None and not members(self._contract, kind.item) else self._made(kind, random)
        item = members(self._contract, kind.item)
        if not item:
            return dict(sent)
        if not item.keys() & sent.keys() and not item.keys() & sendable:
            return self._within(kind, scope, self._made(kind, random), random)
        owned = frozenset(name for name in item if name not in sendable)
        made = self._made(kind, random, owned) if owned else {}
        own = {name: value for name, value in made.items() if name in owned} if isinstance(made, dict) else {}
        for name in own:
            now = self._now(item[name], name, _MADE_AT, _CHANGED_AT)
            own[name] = own[name] if now is None else now
        value = {**own, **self.defaults(kind, sendable), **sent}
        return self._within(kind, scope, self._around_id(kind, value, random), random)

    def _around_id(self, kind: Kind, value: dict[str, Any], random: Random) -> dict[str, Any]:
        """The value with the member that its id stands in filled in: a server knows more of it than the id."""
        if len(kind.id_at) < 2:
            return value
        outer = kind.id_at[0]
        schema = members(self._contract, kind.item)[outer]
        there = value.get(outer)
        full = self._shapes.filled(schema, there if isinstance(there, dict) else {}, random)
        return {**value, outer: self._alive(schema, full)}

    def defaults(self, kind: Kind, sendable: frozenset[str]) -> dict[str, Any]:
        """The members that are there although a client that may send them does not."""
        item = members(self._contract, kind.item)
        told = {name: self._said(item, name) for name in item if name in sendable}
        return {name: copy.deepcopy(said["default"]) for name, said in told.items() if "default" in said}

    def emptied(self, kind: Kind, scope: Scope, version: int) -> Any:
        """What a single resource is after it was deleted, where the contract has no way to say that it is not there:
        what it must have, made anew."""
        return self._made(kind, self.random(kind.name, scope, "emptied", version), frozenset())

    def changed(self, kind: Kind, value: Any) -> Any:
        """A value with the time of its last change, where it has one."""
        if not isinstance(value, dict):
            return value
        item = members(self._contract, kind.item)
        times = {n: now for n in item if n in value and (now := self._now(item[n], n, _CHANGED_AT)) is not None}
        return {**value, **times}

    def owned(self, kind: Kind) -> frozenset[str]:
        """The members that only the server changes."""
        item = members(self._contract, kind.item)
        return frozenset(n for n in item if self._said(item, n).get("readOnly") is True) | frozenset(kind.id_at[:1])

    def keyed(
        self, kind: Kind, scope: Scope, value: Any, random: Random, taken: Collection[str]
    ) -> tuple[str | None, Any]:
        """A value with an id that is not taken, and the id as text; None where no id is left. Its own is kept where it
        is free."""
        value = self._within(kind, scope, value, random)
        told = value_at(value, kind.id_at)
        if told not in (None, "") and text_of(told) not in taken and self._keys.addressable(kind, told):
            return text_of(told), value
        made = self._keys.fresh(kind, random, taken)
        return (None, value) if made is None else (text_of(made), placed(value, kind.id_at, made))

    def _named_by_example(self, kind: Kind, value: Any, random: Random) -> Any:
        """The value under the id that the contract writes as an example of the path's parameter."""
        told = kind.key.examples[0] if kind.key is not None and kind.key.examples else None
        return value if told in (None, "") else self._keys.given(kind, value, text_of(told), random)

    def _within(self, kind: Kind, scope: Scope, value: Any, random: Random) -> Any:
        """The value with the members that say what it lies under: `userId` of an order below `/users/7`."""
        if not isinstance(value, dict):
            return value
        found = self._placed_below(kind.item, scope, value, kind.id_at[:1], random)
        if len(kind.id_at) > 1 and isinstance(inner := found.get(kind.id_at[0]), dict):
            schema = members(self._contract, kind.item)[kind.id_at[0]]
            found = {**found, kind.id_at[0]: self._placed_below(schema, scope, inner, kind.id_at[1:], random)}
        return found

    def _placed_below(
        self, schema: Schema, scope: Scope, value: dict[str, Any], own: Way, random: Random
    ) -> dict[str, Any]:
        item = members(self._contract, schema)
        told: dict[str, Any] = {}
        for label, key in scope:
            names = naming(label) if key else ()
            for name, child in item.items():
                if flat(name) in names and name not in own and scalar(self._contract, child):
                    read = self._shapes.read(child, key, random)
                    told |= {name: read} if self._shapes.accepts(child, read) else {}
        return {**value, **told}

    # -- values ---

    def _made(self, kind: Kind, random: Random, names: frozenset[str] | None = None) -> Any:
        try:
            made = self._shapes.make(kind.item, random)
        except Unsatisfiable:
            return {}
        return self._alive(kind.item, self._shapes.filled(kind.item, made, random, names))

    def _alive(self, schema: Schema, value: Any) -> Any:
        """The value without what would mark it as deleted."""
        if not isinstance(value, dict):
            return value
        item, needed = members(self._contract, schema), required(self._contract, schema)
        marks = [name for name in value if _GONE.match(flat(name)) and name in item]
        cleared = {name: empty for name in marks for empty in (False, None) if self._shapes.accepts(item[name], empty)}
        return {n: v for n, v in (value | cleared).items() if n not in marks or n in cleared or n in needed}

    def _exemplary(self, kind: Kind, random: Random) -> Any:
        try:
            return self._shapes.exemplary(kind.item, random)
        except Unsatisfiable:
            return self._made(kind, random)

    def _examples(self, kind: Kind) -> list[Any]:
        """Valid examples of a kind; what is nearly one is brought into form."""
        if kind.name not in self._shown:
            found: list[Any] = []
            for value in self._told(kind):
                if isinstance(value, dict | list) and value:
                    try:
                        fitting = self._shapes.fit(kind.item, value, self.random(kind.name, len(found)))
                    except Unsatisfiable:
                        continue
                    if fitting not in found and _alike(fitting, value):
                        found.append(fitting)
            self._shown[kind.name] = found[:_MOST_EXAMPLES]
        return self._shown[kind.name]

    def _told(self, kind: Kind) -> Iterator[Any]:
        names = frozenset(kind.names)
        for operation in kind.sources:
            schema, role = success_schema(operation), self._resources.part(operation).role
            if schema is None or role in (Role.ACT, Role.CALL, Role.DELETE):
                continue
            for status, answer in operation.answers.items():
                for media in answer.content.values() if status.startswith("2") else ():
                    for example in (*media.examples, *self._shapes.examples(media.schema)):
                        if role is Role.LIST:
                            listed = list_envelope(self._contract, media.schema, kind.word, sure=True)
                            values = listed.unwrap(example) if listed is not None else []
                            yield from values if isinstance(values, list) else []
                        elif kind.single:
                            yield example
                        else:
                            yield item_envelope(self._contract, media.schema, kind.word, names).unwrap(example)
        yield from self._shapes.examples(kind.item)

    def _said(self, item: dict[str, Schema], name: str) -> dict[str, Any]:
        schema = item[name]
        beside = schema if isinstance(schema, dict) else {}
        return {**followed(self._contract, schema), **beside}

    def _now(self, schema: Schema, name: str, *patterns: re.Pattern[str]) -> Any:
        """The time of now, for a member that is called as times are."""
        if not any(pattern.match(flat(name)) for pattern in patterns):
            return None
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        match followed(self._contract, schema).get("format"):
            case "date-time":
                return now.isoformat().replace("+00:00", "Z")
            case "date":
                return now.date().isoformat()
            case _:
                return None


def _alike(fitting: Any, value: Any) -> bool:
    """Whether an example is still itself after it was brought into form."""
    if isinstance(value, dict) and isinstance(fitting, dict):
        kept = sum(fitting.get(name) == each for name, each in value.items())
        return bool(kept * 2 >= len(value))
    return type(fitting) is type(value)
