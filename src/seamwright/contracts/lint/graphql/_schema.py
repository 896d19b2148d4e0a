"""A GraphQL schema as the rules see it: its types and fields with the lines they stand on, and no library behind it.

A place is a schema coordinate: `Order`, `Order.total`, `Query.orders(first:)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from seamwright.contracts.lint._rule import Edit, Found
from seamwright.contracts.source import Located

__all__ = ["Directive", "Field", "Kind", "Member", "Schema", "Type"]

Kind = Literal["scalar", "object", "interface", "union", "enum", "input"]


@dataclass(frozen=True, slots=True)
class Member:
    """Anything that has a name and a place: a value of an enum, and the base of all else."""

    name: str
    place: str
    line: int
    description: str = ""
    deprecated: str | None = None
    """Why it is deprecated; None where it is not."""


@dataclass(frozen=True, slots=True)
class Field(Member):
    """A field of an object, an interface or an input, or an argument."""

    type: str = ""
    """As it is written, such as `[Order!]!`."""
    default: bool = False
    """Whether it has a default."""
    arguments: tuple[Field, ...] = ()

    @property
    def named(self) -> str:
        """The name of its type, lists and exclamation marks left out."""
        return self.type.strip("[]!")

    @property
    def listed(self) -> bool:
        """Whether it holds a list."""
        return self.type.startswith("[")

    @property
    def required(self) -> bool:
        """Whether it cannot be left out where it goes in."""
        return self.type.endswith("!") and not self.default


@dataclass(frozen=True, slots=True)
class Type(Member):
    """A type that the schema defines."""

    kind: Kind = "object"
    fields: tuple[Field, ...] = ()
    """Of an object, an interface or an input."""
    values: tuple[Member, ...] = ()
    """Of an enum."""
    members: tuple[str, ...] = ()
    """The types of a union."""
    interfaces: tuple[str, ...] = ()
    """That it implements."""
    added: tuple[str, ...] = ()
    """The types of fields that a gateway adds, such as `_entities` (Apollo Federation); these are left out."""
    specified: bool = False
    """Whether a scalar says where it is specified."""

    def field(self, name: str) -> Field | None:
        """Its field of a name."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Directive(Member):
    """A directive that the schema defines."""

    arguments: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Schema:
    """One schema, walked."""

    shown: str
    types: tuple[Type, ...]
    directives: tuple[Directive, ...] = ()
    roots: dict[str, str] = field(default_factory=dict)
    """`query`, `mutation`, `subscription` → the name of the type."""
    invalid: tuple[Found, ...] = ()
    """What breaks the specification."""
    lines: dict[str, int] = field(default_factory=dict)

    @cached_property
    def named(self) -> dict[str, Type]:
        """The types by name."""
        return {each.name: each for each in self.types}

    def root(self, kind: str) -> tuple[Field, ...]:
        """The fields of a root type."""
        root = self.named.get(self.roots.get(kind, ""))
        return root.fields if root else ()

    def is_root(self, type_: Type) -> bool:
        """Whether a type is that of the queries, of the mutations or of the subscriptions."""
        return type_.name in self.roots.values()

    def of_kind(self, *kinds: Kind) -> Iterator[Type]:
        """The types of some kinds, in the order of the schema; those that a gateway adds are left out."""
        return (each for each in self.types if each.kind in kinds and not each.name.startswith("_"))

    def kind_of(self, each: Field) -> str:
        """The kind of the type that a field holds; `scalar` for those that every schema has."""
        found = self.named.get(each.named)
        return found.kind if found else "scalar"

    def fields(self) -> Iterator[tuple[Type, Field]]:
        """Every field that comes out, with its type."""
        return ((each, inner) for each in self.of_kind("object", "interface") for inner in each.fields)

    def located(self, places: Iterable[str]) -> dict[str, Located]:
        """Where places are; of what is not written at all, the first line."""
        return {place: Located(self.shown, self.lines.get(place, 1), place) for place in places}

    def written(self, edit: Edit) -> Edit | None:
        """None: what these rules see is for the author to decide."""
        return None

    def connection(self, type_: Type) -> bool:
        """Whether a type is a page of a list by its name (Relay cursor connections specification, section 2)."""
        return re.fullmatch(r"\w+Connection", type_.name) is not None
