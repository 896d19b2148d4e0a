"""A message with one field of it changed, however deep it lies."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seamwright.engines.generate.generator import Generator, compile_schema
from seamwright.wire.annotations import Rules, rules_of
from seamwright.wire.protobuf import is_map

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor  # type: ignore[import-untyped]

__all__ = ["DEPTH", "LONG", "MANY", "Made", "Place", "Variant", "generator_of", "places"]

LONG = 64 * 1024
"""Characters or bytes of a field that is very long."""

MANY = 1000
"""Items of a list that is very long, and pairs of a map."""

DEPTH = 2
"""Messages inside messages whose fields are varied."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A whole message with one thing changed. `raw` bytes, where given, stand in its place.

    `place` is a path of field names for people: `lines/quantity`. `keyword` says what was varied, `cause` what would be
    at fault if it went wrong: the same for many variants where one piece of code handles them all.
    """

    value: Any
    place: str
    keyword: str
    why: str
    raw: bytes | None = None
    cause: str = ""
    by_parser: bool = False
    """Whether libraries refuse it before the service sees it (proto2's `required`)."""


Made = Callable[[Any, str, str], Variant]
"""Makes a message with a value in one place: value, keyword, why."""


@dataclass(frozen=True, slots=True)
class Place:
    """One field in a message: where it is, and how a whole message is made with another value of it."""

    field: FieldDescriptor
    rules: Rules
    steps: tuple[str | int, ...]
    base: Any

    @property
    def name(self) -> str:
        """The path of field names, without the numbers of items."""
        return "/".join(str(step) for step in self.steps if isinstance(step, str))

    def put(self, value: Any) -> Any:
        """The whole message with this value of the field; the other members of its oneof are taken away."""
        whole, node = self._opened()
        oneof = self.field.containing_oneof
        for other in oneof.fields if oneof is not None else ():
            node.pop(other.name, None)
        node[self.field.name] = value
        return whole

    def without(self) -> Any:
        """The whole message without the field."""
        whole, node = self._opened()
        node.pop(self.field.name, None)
        return whole

    def _opened(self) -> tuple[Any, dict[str, Any]]:
        whole = copy.deepcopy(self.base)
        node = whole
        for step in self.steps[:-1]:
            node = node[step]
        return whole, node


def places(descriptor: Descriptor, base: Any, depth: int, steps: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """The fields so many messages deep: those of messages that are set, of a list in its first item."""
    if descriptor.full_name.startswith("google.protobuf."):
        return
    node = base
    for step in steps:
        node = node[step]
    if not isinstance(node, dict):
        return
    for field in descriptor.fields:
        rules = rules_of(field)
        if rules.given_by_server:
            continue
        here = (*steps, field.name)
        if depth == 0:
            yield Place(field, rules, here, base)
        elif field.message_type is not None and not is_map(field) and node.get(field.name):
            inside: tuple[str | int, ...] = (*here, 0) if field.is_repeated else here
            yield from places(field.message_type, base, depth - 1, inside)


def generator_of(schema: dict[str, Any]) -> Generator:
    """The generator of a text or number that keeps to a schema."""

    def nowhere(ref: str) -> Any:
        raise KeyError(ref)

    return compile_schema(schema, resolve=nowhere)
