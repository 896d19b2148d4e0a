"""The nouns of a mock's resources: kinds of them, where they are shown, and what operations do to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from seamwright.engines.mock.identifiers import Way
from seamwright.engines.mock.store import Scope
from seamwright.model.operation import Operation, Parameter, Schema

__all__ = ["Kind", "Parent", "Part", "Role", "Step", "Steps"]


class Role(StrEnum):
    """What an operation does. An act works on one resource under a name of its own, a call on none that is known."""

    LIST = "list"
    CREATE = "create"
    READ = "read"
    REPLACE = "replace"
    MERGE = "merge"
    DELETE = "delete"
    ACT = "act"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scope: which collection, and the parameters that name one of it (none for `/me`)."""

    label: str
    parameters: tuple[str, ...] = ()

    def text(self, values: Mapping[str, str]) -> str:
        """The key that the values of a path name here."""
        return ",".join(values[name] for name in self.parameters)

    def values(self, key: str) -> dict[str, str]:
        """The values of a path that name this key here."""
        return _named(self.parameters, key)


Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Parent:
    """What must be there for anything below it: a kind, its scope, and the parameters that name one."""

    kind: str
    steps: Steps
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Resources of one sort, wherever the contract shows them.

    `single` ones have no id: there is one in each scope, as `/settings` or `/users/{id}/profile`.
    """

    name: str
    word: str
    single: bool
    item: Schema
    names: tuple[str, ...] = ()
    """The flat names that the id may have."""
    id_at: Way = ()
    key: Parameter | None = None
    """The path parameter that names one."""
    listed: bool = False
    created: bool = False
    item_path: str | None = None
    item_steps: Steps = ()
    """The path that leads to one, and the scope that it goes through."""
    places: tuple[tuple[Steps, tuple[Parent, ...]], ...] = ()
    """Where they are shown: each scope, and the parents that it needs."""
    sources: tuple[Operation, ...] = ()
    """The operations that speak of them, whose examples are examples of them."""

    def values(self, scope: Scope, key: str, slots: tuple[str, ...]) -> dict[str, str] | None:
        """What to fill into the path that leads to one, which has these slots; None where the scope does not tell."""
        found: dict[str, str] = {}
        told = dict(scope)
        for step in self.item_steps:
            if step.parameters and step.label in told:
                found |= step.values(told[step.label])
        found |= _named(tuple(slot for slot in slots if not self._above(slot)), key)
        return found if found.keys() >= set(slots) else None

    def _above(self, slot: str) -> bool:
        return any(slot in step.parameters for step in self.item_steps)

    @property
    def tagged(self) -> bool:
        """Whether requests name versions of it, so that answers must tell them."""
        names = ("If-Match", "If-None-Match")
        return any(operation.parameter("header", name) for operation in self.sources for name in names)

    @property
    def open(self) -> bool:
        """Whether no operation tells which there are, so that every valid id is one."""
        return not self.single and not self.listed and not self.created


@dataclass(frozen=True, slots=True)
class Part:
    """What one operation does, to which kind, in which scope; `key` are the parameters that name the resource."""

    operation: Operation
    role: Role
    kind: Kind
    steps: Steps = ()
    key: tuple[str, ...] = ()
    parents: tuple[Parent, ...] = ()

    def scope(self, values: Mapping[str, str]) -> Scope:
        """The scope that the values of a path name."""
        return tuple((step.label, step.text(values)) for step in self.steps)


def _named(parameters: tuple[str, ...], key: str) -> dict[str, str]:
    """The parameters by name; the last one takes the commas that are left."""
    return dict(zip(parameters, key.split(",", len(parameters) - 1), strict=False)) if parameters else {}
