"""Makes the bodies of answers: the resources that an answer shows, in the form that its schema asks for.

Each function yields bodies, the best first; whoever sends one holds it against the contract.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from seamwright.engines.mock.acts import Outcome
from seamwright.engines.mock.conditions import entity_tag
from seamwright.engines.mock.envelopes import Envelope, array_way, item_envelope, list_envelope
from seamwright.engines.mock.identifiers import text_of
from seamwright.engines.mock.kinds import Role
from seamwright.engines.mock.pages import Page
from seamwright.engines.mock.schemas import flat, identity, item_of, members, required, scalar, singular, types
from seamwright.engines.mock.seeds import Seeds
from seamwright.engines.mock.shapes import Shapes, Unsatisfiable
from seamwright.engines.mock.store import Record
from seamwright.model.operation import Contract, MediaType, Schema

__all__ = ["Bodies"]

_ATTEMPTS = 4
_DEEPEST = 2


class Bodies:
    """Makes the bodies of one contract's answers."""

    def __init__(self, contract: Contract, shapes: Shapes, seeds: Seeds) -> None:
        self._contract = contract
        self._shapes = shapes
        self._seeds = seeds

    def showing(self, media: MediaType, outcome: Outcome, base: str, random: Random) -> Iterator[Any]:
        """Bodies that show what was done; `base` is what links begin with."""
        schema = media.schema
        if outcome.role is Role.LIST or outcome.many:
            listed = list_envelope(self._contract, schema, outcome.kind.word, sure=True)
            if listed is not None:
                yield from self._listing(schema, listed, outcome, base, random)
                return
        if outcome.role is Role.LIST:
            return
        if outcome.role is Role.CALL or not outcome.records:
            yield from self._echo(media, outcome.sent, {}, random)
            return
        record = outcome.records[0]
        if outcome.kind.single:
            for value in self._one(schema, record, outcome.kind.tagged):
                yield from self._part_of(schema, value, outcome.page, base, random) if outcome.page else (value,)
            return
        envelope = item_envelope(self._contract, schema, outcome.kind.word, frozenset(outcome.kind.names))
        if not self._speaks_of(envelope.schema, outcome):
            yield from self._echo(media, outcome.sent, self._notice(outcome, record, envelope.schema), random)
            return
        for value in self._one(envelope.schema, record, outcome.kind.tagged):
            yield from self._whole(schema, envelope.lay(self._around(schema, envelope, random), value), random)

    def invented(self, schema: Schema, random: Random) -> Iterator[Any]:
        """Bodies that say nothing in particular."""
        for _ in range(_ATTEMPTS):
            try:
                yield self._shapes.make(schema, random)
            except Unsatisfiable:
                break
        yield from self._shapes.examples(schema)

    def fitting(self, schema: Schema, value: Any, random: Random) -> Iterator[Any]:
        """The value in the form of the schema, where it has one."""
        try:
            yield self._shapes.fit(schema, value, random)
        except Unsatisfiable:
            return

    def _whole(self, schema: Schema, body: Any, random: Random) -> Iterator[Any]:
        """A body whose parts are in form already: mostly it is, too, and long lists are not gone through again."""
        if self._shapes.accepts(schema, body):
            yield body
        else:
            yield from self.fitting(schema, body, random)

    # -- one resource ---

    def _one(self, schema: Schema, record: Record, tagged: bool) -> Iterator[Any]:
        """A record in the form of a schema. What had to be added to it stays with it, so that it is told again."""
        form = identity(self._contract, schema)
        if form in record.shown:
            yield record.shown[form]
            return
        told = self._renamed(schema, record, tagged)
        random = self._seeds.random(record.kind, record.scope, record.key, "shown")
        for shown in self.fitting(schema, told, random):
            if isinstance(shown, dict) and isinstance(record.value, dict):
                for name, value in shown.items():
                    if name not in told:
                        record.value[name] = copy.deepcopy(value)
            record.shown[form] = shown
            yield shown

    def _renamed(self, schema: Schema, record: Record, tagged: bool) -> Any:
        """A record's value with its id also under the name that this schema has for it (`orderId` for `id`), and with
        its entity tag where it tells that in a member of its own."""
        value = record.value
        if not isinstance(value, dict):
            return value
        one = singular(flat(record.kind.rpartition("/")[2]))
        for name, child in members(self._contract, schema).items():
            if name not in value and flat(name) in (f"{one}id", f"{one}uuid", "id") and scalar(self._contract, child):
                value = {**value, name: self._shapes.read(child, record.key, Random(0))}
            elif tagged and flat(name) == "etag" and "string" in types(self._contract, child):
                value = {**value, name: entity_tag(record).strip('"')}
        return value

    def _speaks_of(self, schema: Schema, outcome: Outcome) -> bool:
        """Whether a schema shows the resource, and is no mere notice that something was done to it."""
        here, there = identity(self._contract, schema), identity(self._contract, outcome.kind.item)
        if here is None or here == there:
            return True
        if outcome.role is Role.ACT:
            return False
        named, item = members(self._contract, schema), members(self._contract, outcome.kind.item)
        return not named or not item or len(named.keys() & item.keys()) * 2 >= min(len(named), len(item))

    def _notice(self, outcome: Outcome, record: Record, schema: Schema) -> dict[str, Any]:
        value = self._renamed(schema, record, outcome.kind.tagged)
        told = dict(value) if isinstance(value, dict) else {}
        if outcome.gone:
            told |= {name: True for name in members(self._contract, schema) if flat(name) in ("deleted", "removed")}
        return told

    def _echo(self, media: MediaType, sent: Any, told: Mapping[str, Any], random: Random) -> Iterator[Any]:
        """A body made up, of examples where there are some, that repeats what was sent, and tells of a resource, by
        members of the same names."""
        schema = media.schema
        shown = next((each for each in media.examples if self._shapes.accepts(schema, each)), None)
        try:
            made = self._shapes.exemplary(schema, random) if shown is None else copy.deepcopy(shown)
        except Unsatisfiable:
            return
        if isinstance(made, dict):
            made = self._shapes.filled(schema, made, random)
            envelope = item_envelope(self._contract, schema, "")
            inner = envelope.unwrap(made)
            if isinstance(inner, dict):
                named = members(self._contract, envelope.schema)
                known = {**told, **(sent if isinstance(sent, dict) else {})}
                laid = {**inner, **{name: value for name, value in known.items() if name in named}}
                yield from self.fitting(schema, envelope.lay(made, laid), random)
        yield made

    def _around(self, schema: Schema, envelope: Envelope, random: Random) -> Any:
        """A body made up, into which what it carries is laid; nothing where it carries nothing else."""
        if not envelope.way:
            return None
        try:
            return self._shapes.make(schema, random)
        except Unsatisfiable:
            return None

    # -- lists ---

    def _listing(self, schema: Schema, listed: Envelope, outcome: Outcome, base: str, random: Random) -> Iterator[Any]:
        values = [
            value for record in outcome.records for value in self._one(listed.schema, record, outcome.kind.tagged)
        ]
        body = listed.lay(self._around(schema, listed, random), values)
        if outcome.page is not None and isinstance(body, dict):
            body = self._with_page(schema, body, outcome.page, base, 0)
        yield from self._whole(schema, body, random)

    def _part_of(self, schema: Schema, value: Any, page: Page, base: str, random: Random) -> Iterator[Any]:
        """A single resource with that part of its list that was asked for."""
        way = array_way(self._contract, schema)
        held = (value.get(way[0]) if isinstance(value, dict) else None) if way else value
        if way is None or not isinstance(held, list):
            yield value
            return
        shown = held[page.start : page.start + len(page.items)]
        body = self._with_page(schema, {**value, way[0]: shown}, page, base, 0) if way else shown
        yield from self._whole(schema, body, random)

    def _with_page(self, schema: Schema, body: dict[str, Any], page: Page, base: str, depth: int) -> dict[str, Any]:
        """A body with the fields around its list that say where the page stands, as far as the schema has them."""
        result, needed = dict(body), required(self._contract, schema)
        for name, child in members(self._contract, schema).items():
            if item_of(self._contract, child) is not None:
                continue
            if members(self._contract, child):
                held = result[name] if isinstance(result.get(name), dict) else {}
                inner = self._with_page(child, held, page, base, depth + 1) if depth < _DEEPEST else held
                if inner:
                    result[name] = inner
                continue
            said = page.said(name, base)
            if not said and flat(name).endswith("count"):
                said = (page.total,)
            if said:
                self._say(result, name, child, said, name in needed)
        return result

    def _say(self, body: dict[str, Any], name: str, schema: Schema, said: tuple[Any, ...], needed: bool) -> None:
        """Put the first of the values into a body that its schema allows; where each is none, say so or nothing."""
        numbers = [text_of(each) for each in said if isinstance(each, int) and not isinstance(each, bool)]
        fitting = [each for each in (*said, *numbers) if self._goes(schema, each)]
        if fitting:
            body[name] = fitting[0]
        elif None in said and not needed:
            body.pop(name, None)
        elif None in said and self._shapes.accepts(schema, ""):
            body[name] = ""

    def _goes(self, schema: Schema, value: Any) -> bool:
        """Whether a schema allows a value, and does not only because it allows everything."""
        told = types(self._contract, schema)
        return self._shapes.accepts(schema, value) and (bool(told) or value is not None)
