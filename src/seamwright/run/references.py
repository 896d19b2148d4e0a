"""Fills the places of a call that name other objects with the ids of real ones, and remembers those for later calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Protocol

from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import Producer, Reference, references
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation
from seamwright.run.accounts import path_nouns

__all__ = ["Finder", "References"]

DEEPEST = 3
"""Objects that are created one for the other before a reference is left as it was drawn."""

MANY = 3
"""Different objects that are put into one array; what comes after them repeats them."""


class Finder(Protocol):
    """Makes and lists the objects that are referred to."""

    async def made(
        self, producer: Producer, identity: Identity | None, random: Random, known: Mapping[str, Any], depth: int
    ) -> Any:
        """The id of a new object; `known` are ids by what they name, for its parents. Raises Undecided."""

    async def there(
        self, producer: Producer, identity: Identity | None, random: Random, known: Mapping[str, Any], depth: int
    ) -> Sequence[Any]:
        """The ids of the objects that are there already, in the order of their listing. Raises Undecided."""


class References:
    """The references of the calls of one check.

    An unsafe call gets objects of its own, since it may use them up (a cart is ordered once); safe calls, and the
    parents of what is created, share those that are known. What could not be had once is not tried again, and a
    reference that nothing fills keeps its generated value: the call is no worse than without.
    """

    def __init__(self, contract: Contract, finder: Finder, kept_back: Mapping[str, str], *, looks_first: bool) -> None:
        self._contract = contract
        self._finder = finder
        self._kept_back = kept_back
        self._looks_first = looks_first
        self._of: dict[str, tuple[Reference, ...]] = {}
        self._known: dict[tuple[str, str], list[Any]] = {}
        self._given_up: set[tuple[str, str]] = set()
        self._under_way: set[str] = set()

    def of(self, operation: Operation) -> tuple[Reference, ...]:
        """The references of an operation's calls."""
        if operation.id not in self._of:
            self._of[operation.id] = references(self._contract, operation)
        return self._of[operation.id]

    async def filled(
        self,
        case: Case,
        operation: Operation,
        identity: Identity | None,
        random: Random,
        *,
        fresh: bool,
        depth: int = 0,
    ) -> Case:
        """The case with ids of real objects in its references; `fresh` makes them for this call."""
        if depth > DEEPEST:
            return case
        nouns = path_nouns(operation)
        known = {nouns[name]: value for name, value in case.path.items() if name in nouns}
        for reference in self.of(operation):
            count = len(reference.values(case))
            if not count:
                continue
            if reference.own is not None:
                values: list[Any] = [case.path.get(reference.own)] * count
            else:
                values = await self._values(reference, count, identity, random, known, depth, fresh=fresh)
            if not values or values[0] is None:
                continue
            better = reference.filled(case, values)
            if not self._worse(operation, case, better):
                case = better
                known.setdefault(reference.noun, values[0])
        return case

    def _worse(self, operation: Operation, before: Case, after: Case) -> bool:
        """Whether a value breaks the contract in its place."""
        found = request_violations(self._contract, operation, after)
        return bool(found) and len(found) > len(request_violations(self._contract, operation, before))

    async def _values(
        self,
        reference: Reference,
        count: int,
        identity: Identity | None,
        random: Random,
        known: Mapping[str, Any],
        depth: int,
        *,
        fresh: bool,
    ) -> list[Any]:
        different: list[Any] = []
        for number in range(min(count, MANY)):
            found = await self._one(reference, number, identity, random, known, depth, fresh=fresh)
            if found is None:
                break
            different.append(found)
        return [different[number % len(different)] for number in range(count)] if different else []

    async def _one(
        self,
        reference: Reference,
        number: int,
        identity: Identity | None,
        random: Random,
        known: Mapping[str, Any],
        depth: int,
        *,
        fresh: bool,
    ) -> Any:
        """The id of one object; `number` counts those of one array. None where there is none to be had."""
        who = identity.name if identity else ""
        for producer in self._in_order(reference.producers):
            source = producer.operation.id
            key = (who, source)
            have = self._known.setdefault(key, [])
            if len(have) > number and (not fresh or producer.kind == "list"):
                return have[number]
            if not (reference.required or fresh) or key in self._given_up or source in self._under_way:
                continue
            self._under_way.add(source)
            try:
                if producer.kind == "create":
                    have.append(await self._finder.made(producer, identity, random, known, depth))
                    return have[-1]
                have += [
                    value
                    for value in await self._finder.there(producer, identity, random, known, depth)
                    if value not in have
                ]
            except Undecided:
                self._given_up.add(key)
                continue
            finally:
                self._under_way.discard(source)
            if len(have) > number:
                return have[number]
            self._given_up.add(key)
        return None

    def _in_order(self, producers: tuple[Producer, ...]) -> list[Producer]:
        able = [p for p in producers if p.operation.id not in self._kept_back]
        return sorted(able, key=lambda p: p.kind == "create") if self._looks_first else able
