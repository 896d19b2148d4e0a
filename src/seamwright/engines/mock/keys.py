"""Makes ids of the type and form that a contract has for them, and reads those that paths name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from random import Random
from typing import Any

from seamwright.engines.mock.identifiers import placed, text_of
from seamwright.engines.mock.kinds import Kind
from seamwright.engines.mock.schemas import followed, members, types
from seamwright.engines.mock.shapes import Shapes, Unsatisfiable
from seamwright.model.operation import Contract, Schema

__all__ = ["Keys"]

_TRIES = 50
_TYPES = {"integer", "string"}
_PLAIN: Schema = {"type": "string", "pattern": "^[a-z0-9]{12}$"}
"""What an id looks like of which the contract says only that it is text."""

_SAYS_LITTLE = frozenset(
    {"type", "description", "title", "example", "examples", "readOnly", "nullable", "$ref", "deprecated"}
)


class Keys:
    """Makes and reads the ids of one contract's resources."""

    def __init__(self, contract: Contract, shapes: Shapes) -> None:
        self._contract = contract
        self._shapes = shapes

    def schema(self, kind: Kind) -> Schema:
        """What an id looks like: as the resource has it, else as the path does."""
        own, path = self._own(kind), kind.key.schema if kind.key is not None else None
        told = [schema for schema in (own, path) if schema and not self._says_little(schema)]
        if own is not None and self._says_little(own):
            # What the path says of a text holds for one of which the resource says only that it is text.
            told = [schema for schema in told if types(self._contract, schema) <= {"string"}]
        return told[0] if told else _PLAIN

    def _own(self, kind: Kind) -> Schema | None:
        """What the resource says of its id; None where it says nothing."""
        schema: Schema | None = kind.item if kind.id_at else None
        for name in kind.id_at:
            schema = members(self._contract, schema).get(name)
        return schema if schema is not None and followed(self._contract, schema) else None

    def _says_little(self, schema: Schema) -> bool:
        return types(self._contract, schema) <= {"string"} and followed(self._contract, schema).keys() <= _SAYS_LITTLE

    def assigned(self, kind: Kind) -> bool:
        """Whether ids are of a sort that servers give: numbers and UUIDs, and no names."""
        schema = self.schema(kind)
        return "integer" in types(self._contract, schema) or followed(self._contract, schema).get("format") == "uuid"

    def fresh(self, kind: Kind, random: Random, taken: Collection[str]) -> Any:
        """An id that is not taken: the next number, or a text made for it. None where no free one is found."""
        schema, own = self.schema(kind), self._own(kind)
        most = 2**31 if followed(self._contract, schema).get("format") == "int32" else 2**53
        candidates = self._numbers(taken, most) if types(self._contract, schema) & _TYPES == {"integer"} else iter(())
        for made in chain(candidates, self._made(kind, schema, random)):
            fits = self._shapes.accepts(schema if own is None else own, made)
            if fits and text_of(made) not in taken and self.addressable(kind, made):
                return made
        return None

    def _numbers(self, taken: Collection[str], most: int) -> Iterator[int]:
        """The number after the largest that leaves room below `most`, and the small ones that are left."""
        there = (int(key) for key in taken if key.lstrip("-").isdigit())
        yield max((number for number in there if number < most - 1), default=0) + 1
        yield from range(1, _TRIES)

    def _made(self, kind: Kind, schema: Schema, random: Random) -> Iterator[Any]:
        for told in (schema, kind.key.schema if kind.key is not None else schema):
            for _ in range(_TRIES):
                try:
                    yield self._shapes.make(told, random)
                except Unsatisfiable:
                    break

    def given(self, kind: Kind, value: Any, key: str, random: Random) -> Any:
        """A value whose id is the one that a path names."""
        if not kind.id_at:
            return value
        return placed(value, kind.id_at, self._shapes.read(self.schema(kind), key, random))

    def addressable(self, kind: Kind, made: Any) -> bool:
        """Whether a path can name it."""
        if isinstance(made, bool | dict | list) or made is None or text_of(made) in ("", ".", ".."):
            return False
        if kind.key is None:
            return True
        return any(self._shapes.accepts(kind.key.schema, value) for value in (made, text_of(made)))
