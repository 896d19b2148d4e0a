"""Sees to it that resources are there: the first ones of each kind, their parents, and what a path names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.engines.mock.arrivals import Arrival
from seamwright.engines.mock.identifiers import text_of
from seamwright.engines.mock.kinds import Kind, Parent, Part, Steps
from seamwright.engines.mock.refusals import Refusal, absence
from seamwright.engines.mock.resources import Resources
from seamwright.engines.mock.schemas import flat
from seamwright.engines.mock.seeds import Seeds, naming
from seamwright.engines.mock.store import Record, Scope, Store

__all__ = ["Presence", "absent", "key_of"]

_WHOLE: Scope = (("", "*"),)
"""Stands for a kind as a whole where first records are sown."""


class Presence:
    """What is there of one contract's resources. First records are made when somebody looks for them."""

    def __init__(self, resources: Resources, seeds: Seeds, store: Store) -> None:
        self._resources = resources
        self._seeds = seeds
        self._store = store

    def touch(self, kind: Kind, scope: Scope) -> None:
        """See to it that the first records of a kind are there, in the scope that somebody looks at."""
        if kind.single or kind.open:
            return
        if self._store.sow(kind.name, _WHOLE):
            # Collections below no other come first, so that it does not matter which one is looked at first.
            for steps, parents in sorted(kind.places, key=lambda place: len(place[0])):
                self._sow(kind, steps, parents)
        if any(self._own_place(kind, steps, parents, scope) for steps, parents in kind.places):
            self._sow_at(kind, scope, set(), nested=False)

    def check_parents(self, part: Part, values: Mapping[str, str]) -> None:
        """Raise Refusal where something is not there that the path goes through."""
        for parent in part.parents:
            kind = self._resources.kinds[parent.kind]
            scope: Scope = tuple((step.label, step.text(values)) for step in parent.steps)
            key = ",".join(values[name] for name in parent.key)
            if self.find(kind, scope, key) is not None:
                continue
            known = not kind.open and absence(part.operation) is not None and not _exemplary(part, parent.key, key)
            if known or self._store.removed(kind.name, scope, key):
                raise absent(kind, key)

    def find(self, kind: Kind, scope: Scope, key: str) -> Record | None:
        """The record of a key, where it is there."""
        self.touch(kind, scope)
        return self._store.find(kind.name, scope, key)

    def record(self, part: Part, scope: Scope, arrival: Arrival) -> Record:
        """The record that a path names; one is made where the contract leaves no way to say that it is not there.

        Raises Refusal where it is not there; what was deleted stays away.
        """
        kind, key = part.kind, key_of(part, arrival)
        found = self.find(kind, scope, key)
        if found is not None:
            return found
        made_up = kind.single or kind.open or absence(part.operation) is None or _exemplary(part, part.key, key)
        if not made_up or self._store.removed(kind.name, scope, key):
            raise absent(kind, key)
        return self._store.put(kind.name, scope, key, self._seeds.one(kind, scope, key))

    def named(self, kind: Kind, scope: Scope, key: str) -> None:
        """See to it that a resource of an open kind is there that somebody named, unless it was deleted."""
        if self.find(kind, scope, key) is None and not self._store.removed(kind.name, scope, key):
            self._store.put(kind.name, scope, key, self._seeds.one(kind, scope, key))

    def searched(self, kind: Kind, scope: Scope, wanted: Mapping[str, str]) -> None:
        """See to it that a search which must name these values finds something, the first time that it is made."""
        if self._store.sow(kind.name, (*scope, *((f"?{name}", text) for name, text in sorted(wanted.items())))):
            for key, value in self._seeds.alike(kind, scope, wanted, self._store.keys(kind.name)):
                self._store.put(kind.name, scope, key, value, first=True)

    def lying(self, kind: Kind, scope: Scope, value: Any) -> Scope:
        """The scope, and what else a value says that it lies under: an order of `/orders` that has a `userId` is one of
        `/users/{id}/orders` too, where there is such a place and such a user."""
        if not isinstance(value, dict):
            return scope
        told, own = dict(scope), kind.id_at[:1]
        named = {flat(n): text_of(each) for n, each in value.items() if n not in own and isinstance(each, str | int)}
        for steps, parents in kind.places:
            for step in steps:
                key = next((named[name] for name in naming(step.label) if named.get(name)), None)
                if len(step.parameters) != 1 or step.label in told or key is None:
                    continue
                above = next((parent.kind for parent in parents if parent.key == step.parameters), None)
                if above != kind.name and (above is None or self.find(self._resources.kinds[above], (), key)):
                    told[step.label] = key
        return tuple(told.items())

    def _sow(self, kind: Kind, steps: Steps, parents: tuple[Parent, ...]) -> None:
        """First records below every first record above them."""
        scopes: list[Scope] = [()]
        for step in steps:
            if not step.parameters:
                scopes = [(*scope, (step.label, "")) for scope in scopes]
                continue
            above = next((self._resources.kinds[p.kind] for p in parents if p.key == step.parameters), None)
            if above is None or above.open:
                return
            self.touch(above, ())
            scopes = [
                (*scope, (step.label, record.key))
                for scope in scopes
                for record in self._store.at(above.name, scope)
                if record.first
            ]
        nested = any(step.parameters for step in steps)
        for scope in scopes:
            # Where all of a kind are seen together, no two may have the same id.
            self._sow_at(kind, scope, self._store.keys(kind.name), nested=nested)

    def _sow_at(self, kind: Kind, scope: Scope, taken: set[str], *, nested: bool) -> None:
        if self._store.sow(kind.name, scope):
            for key, value in self._seeds.first(kind, scope, taken, nested=nested):
                self._store.put(kind.name, scope, key, value, first=True)

    def _own_place(self, kind: Kind, steps: Steps, parents: tuple[Parent, ...], scope: Scope) -> bool:
        """Whether a scope gets first records once it is asked for: nobody lists its parents, so that every one of them
        is there, or nobody but the server makes what lies in it."""
        if [step.label for step in steps] != [label for label, _ in scope]:
            return False
        closed = {p.key for p in parents if not self._resources.kinds[p.kind].open}
        return not kind.created or any(step.parameters and step.parameters not in closed for step in steps)


def _exemplary(part: Part, names: tuple[str, ...], key: str) -> bool:
    """Whether a key is the one that the contract writes as an example of these parameters: whoever copies it from there
    finds something."""
    told = [part.operation.parameter("path", name) for name in names]
    examples = [parameter.examples[0] for parameter in told if parameter is not None and parameter.examples]
    return bool(names) and len(examples) == len(names) and ",".join(map(text_of, examples)) == key


def key_of(part: Part, arrival: Arrival) -> str:
    """The key that a path names; empty for single resources and collections."""
    return ",".join(arrival.values[name] for name in part.key)


def absent(kind: Kind, key: str) -> Refusal:
    """The refusal that says that a resource is not there."""
    what = f"{kind.word or 'resource'} {key!r}" if key else kind.word or "resource"
    return Refusal(404, f"{what} is not there", instead=(410, 400, 422))
