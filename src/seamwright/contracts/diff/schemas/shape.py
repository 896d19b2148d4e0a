"""The normal form of a schema: what may be written in several ways is written in one.

References are followed, the members of an `allOf` are one schema, `nullable`, a type list with `null` and a branch
`{type: null}` are one thing, as are `const` and an `enum` of one value, the boolean and the numeric `exclusiveMinimum`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["NEVER", "OPEN", "Branch", "Notes", "Part", "Raw", "Shape", "Union"]

Raw = Mapping[str, Any]
"""A schema as it stands in the document; a boolean one is `OPEN` or `NEVER`."""

OPEN: Raw = {}
NEVER: Raw = {"not": {}}


@dataclass(slots=True, eq=False)
class Part:
    """Schemas of one document that hold together, and their key: two parts with one key are the same schemas."""

    raws: tuple[Raw, ...]
    key: tuple[int, ...]
    shape: Shape | None = None
    """Worked out when it is asked for first: `Schemas.shape`."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative of a `oneOf` or `anyOf`, or one member of an `allOf`."""

    label: str
    part: Part
    ref: str
    """The reference by which it stands there; empty where it is written out."""


@dataclass(frozen=True, slots=True)
class Union:
    """Alternatives, each once, `null` not among them."""

    keyword: str
    """`oneOf` or `anyOf`."""
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """What a schema says without allowing or forbidding a value."""

    default: tuple[Any, ...] = ()
    """The default in a tuple of one; empty where there is none."""
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    sunset: Any = None
    stability: Any = None
    extensible: tuple[str, ...] = ()
    """The values of `x-extensible-enum`, as JSON."""
    discriminator: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Shape:
    """What a schema allows. Raws in tuples hold together; an absent constraint allows everything."""

    types: frozenset[str] | None = None
    """JSON types without `null`, `integer` left out beside `number`; None allows every type."""
    listed: bool = False
    """Whether types were written as alternatives."""
    null: bool = True
    format: str = ""
    values: dict[str, Any] | None = None
    """The values of `enum` or `const` by their JSON, `null` left out."""
    const: bool = False
    limits: dict[str, float] = field(default_factory=dict)
    """Bounds by keyword; those of numbers that are exclusive under `exclusiveMinimum` and `exclusiveMaximum`."""
    patterns: frozenset[str] = frozenset()
    multiples: frozenset[float] = frozenset()
    unique: bool = False
    properties: dict[str, tuple[Raw, ...]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    pattern_properties: dict[str, tuple[Raw, ...]] = field(default_factory=dict)
    singles: dict[str, tuple[Raw, ...]] = field(default_factory=dict)
    """Keywords that hold one schema (`items`, `additionalProperties`, `contains`, …) and constrain anything."""
    prefix: list[tuple[Raw, ...]] = field(default_factory=list)
    unions: list[Union] = field(default_factory=list)
    nots: list[Raw] = field(default_factory=list)
    conditions: list[dict[str, Raw]] = field(default_factory=list)
    """The schemas under `if`, `then` and `else` that stand together."""
    dependent_required: dict[str, frozenset[str]] = field(default_factory=dict)
    dependent_schemas: dict[str, tuple[Raw, ...]] = field(default_factory=dict)
    content: dict[str, str] = field(default_factory=dict)
    """`contentMediaType` and `contentEncoding`."""
    members: list[Branch] = field(default_factory=list)
    """The members of its own `allOf` that constrain anything."""
    notes: Notes = field(default_factory=Notes)

    open: bool = False
    """Whether it says nothing of which values are allowed."""

    def may_be(self, *types: str) -> bool:
        """Whether it allows values of one of these JSON types, so that keywords for them count."""
        return self.types is None or not self.types.isdisjoint(types)

    @property
    def closed(self) -> bool:
        """Whether an object may have only the properties that are named."""
        return NEVER in self.singles.get("additionalProperties", ())
