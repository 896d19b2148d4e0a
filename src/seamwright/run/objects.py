"""Real objects for the calls of a check: creates them, lists them, and carries their ids into calls.

Nothing is picked that is the own account of one of our identities: what an operation may change is either made for it,
or belongs to none of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

from seamwright.contracts.links import Producer, path_parameters, producers
from seamwright.contracts.objects import reader
from seamwright.engines.generate.requests import valid_case
from seamwright.model.accounts import ACCESS
from seamwright.model.bench import Bench, Owned
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause
from seamwright.run.accounts import Accounts, noun_of, path_nouns
from seamwright.run.creation import Creation, canary_at
from seamwright.run.credentials import picked
from seamwright.run.disposable import Disposable
from seamwright.run.references import References

__all__ = ["Objects"]

DEEPEST = 3
"""Parents that are created before an object (a line of an order of a customer)."""

REDRAWN = 8
"""Made-up path values that are drawn until they address none of our own accounts."""

LISTED = 20
"""Objects of a listing that are remembered."""


class Objects:
    """The objects of one check; each identity's objects are kept for calls that do not change them.

    `creates` says whether objects may be created at all, `looks_first` whether those that are there come first.
    """

    def __init__(self, bench: Bench, *, looks_first: bool, creates: bool) -> None:
        self._bench = bench
        self._looks_first = looks_first
        self._creates = creates
        self._kept: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._accounts = Accounts.known_to(bench)
        self._kept_back = bench.subject.kept_back
        self._refers: References | None = None
        self._creation = Creation(bench, self._references)

    def _references(self) -> References:
        if self._refers is None:
            looks_first = self._looks_first or not self._creates
            self._refers = References(self._bench.contract, self, self._kept_back, looks_first=looks_first)
        return self._refers

    async def case(self, operation: Operation, identity: Identity | None, random: Random, depth: int = 0) -> Case:
        """A valid call: values generated, ids of real objects, `If-Match` and `Idempotency-Key` filled in."""
        case = valid_case(self._bench.contract, operation, random)
        logins = self._bench.subject.logins(operation)
        if logins:
            # No schema can say which password is right; the manifest does.
            return case.but(body=logins[0])
        if isinstance(identity, Disposable):
            return await self._creation.finished(
                identity.fills(self._bench.contract, operation, case), operation, identity
            )
        values = await self._values(operation, identity, random, depth)
        case = await self._harmless(case.but(path={**case.path, **values}), operation, random, drawn=not values)
        case = await self._references().filled(case, operation, identity, random, fresh=not operation.safe, depth=depth)
        return await self._creation.finished(case, operation, identity)

    async def own(self, operation: Operation, identity: Identity, random: Random, depth: int = 0) -> Owned:
        """Create a fresh object that `operation` addresses, its parents first."""
        if depth > DEEPEST:
            raise Undecided(f"{operation.id}: more than {DEEPEST} parents would have to be created first", Cause.USAGE)
        sources = self._sources(operation)
        values: dict[str, Any] = {}
        owned: Owned | None = None
        for name in path_parameters(operation.path):
            made = [p for p in sources if p.kind == "create" and name in p.parameters]
            made = [p for p in made if not self._bench.subject.logins(p.operation)]
            if name in values:
                continue
            if not made and name in self._bench.subject.boundary.borrows:
                owned = await self._borrowed(operation, name, identity, random)
                values |= owned.values
                continue
            if not made:
                shown = await self._shown(operation, name, sources, values, identity, random, depth)
                values |= shown or {name: self._stated(operation, name, random)}
                continue
            owned = await self._first(made, operation, identity, values, random, depth)
            values |= owned.values
        if owned is None:
            raise Undecided(
                f"{operation.id}: the contract has no operation that creates what its path names", Cause.USAGE
            )
        await self._not_ours(operation, values)
        return replace(owned, values=values)

    async def made(
        self, producer: Producer, identity: Identity | None, random: Random, known: Mapping[str, Any], depth: int
    ) -> Any:
        """The id of a new object to refer to, made by somebody who may; `known` are ids by what they name."""
        create, caller = producer.operation, self._able(producer.operation, identity)
        if not self._creates:
            raise Undecided(f"{create.id}: nothing is created here")
        parents = await self._parents(create, caller, random, known, depth)
        values, _, _ = await self._creation.made(
            create, caller, random, producer.values, parents, chosen=producer.chosen, depth=depth
        )
        return next(iter(values.values()))

    async def there(
        self, producer: Producer, identity: Identity | None, random: Random, known: Mapping[str, Any], depth: int
    ) -> Sequence[Any]:
        """The ids of the objects that are there already, in the order of their listing."""
        source, caller = producer.operation, self._able(producer.operation, identity)
        exchange = await self._looked(source, caller, random, await self._parents(source, caller, random, known, depth))
        noun = noun_of(source.path)
        found = [next(iter(values.values())) for values in producer.every(exchange)]
        return [value for value in found[:LISTED] if await self._accounts.of(noun, value) is None]

    async def _first(
        self,
        made: list[Producer],
        operation: Operation,
        identity: Identity,
        above: Mapping[str, Any],
        random: Random,
        depth: int,
    ) -> Owned:
        why: list[str] = []
        for producer in made:
            try:
                return await self._created(producer, operation, identity, above, random, depth)
            except Undecided as error:
                why.append(str(error))
        raise Undecided("; ".join(dict.fromkeys(why)))

    async def _created(
        self,
        producer: Producer,
        operation: Operation,
        identity: Identity,
        above: Mapping[str, Any],
        random: Random,
        depth: int,
    ) -> Owned:
        create = producer.operation
        if identity.anonymous:
            # Nobody owns nothing; where making needs somebody, somebody makes it.
            identity = self._able(create, identity) or identity
        contract = self._bench.contract
        at = canary_at(contract, create, reader(contract, operation))
        parents = await self._above(create, operation, above, identity, random, depth)
        values, canary, created = await self._creation.made(
            create,
            identity,
            random,
            producer.values,
            parents,
            canary_at=at,
            chosen=producer.chosen,
            depth=depth,
        )
        return Owned(identity, values, canary, at if canary else "", created)

    async def _above(
        self,
        source: Operation,
        operation: Operation,
        above: Mapping[str, Any],
        identity: Identity,
        random: Random,
        depth: int,
    ) -> Mapping[str, Any]:
        """The path values of a producer: those of the parents that were just made, place by place."""
        wanted = path_parameters(source.path)
        given = [above[name] for name in path_parameters(operation.path) if name in above]
        if len(given) >= len(wanted):
            return dict(zip(wanted, given, strict=False))
        return await self._values(source, identity, random, depth + 1)

    async def _parents(
        self, source: Operation, identity: Identity | None, random: Random, known: Mapping[str, Any], depth: int
    ) -> Mapping[str, Any]:
        """The path values of what makes or lists an object that is referred to: known ones, where all are."""
        nouns = path_nouns(source)
        if all(noun in known for noun in nouns.values()):
            return {name: known[noun] for name, noun in nouns.items()}
        return await self._values(source, identity, random, depth + 1)

    def _able(self, operation: Operation, identity: Identity | None) -> Identity | None:
        """Who makes or lists what is referred to: the caller, or somebody who may where the caller may not."""
        subject = self._bench.subject
        nobody = identity is not None and identity.anonymous and operation.protected
        if identity is None or (not nobody and subject.allowed(identity, operation) is not False):
            return identity
        other = subject.honest(operation)
        if other is None:
            raise Undecided(f"{operation.id}: no identity that is here may call it", Cause.USAGE)
        return other

    def _sources(self, operation: Operation) -> tuple[Producer, ...]:
        """Who gives the path values of an operation, but for operations that are kept back."""
        found = producers(self._bench.contract, operation)
        return tuple(p for p in found if p.operation.id not in self._kept_back)

    def _stated(self, operation: Operation, name: str, random: Random) -> Any:
        """A value for a path parameter that nothing creates: an example, one of a closed set, or any valid one."""
        parameter = operation.parameter("path", name)
        schema = parameter.schema if parameter is not None and isinstance(parameter.schema, Mapping) else {}
        stated = (*(parameter.examples if parameter else ()), *schema.get("enum", ()))
        return stated[0] if stated else valid_case(self._bench.contract, operation, random).path[name]

    async def _borrowed(self, operation: Operation, name: str, identity: Identity, random: Random) -> Owned:
        """An object that another boundary creates and this one learns of, as the manifest says under `borrows`."""
        source = self._bench.subject.boundary.borrows[name]
        other = self._bench.beside(source.boundary)
        create = other.operation(source.operation)
        caller = other.subject.honest(create)

        def value_of(exchange: Exchange) -> Mapping[str, Any] | None:
            found = picked(exchange.response.json(), source.pick) if exchange.response else None
            return None if found is None else {name: found}

        there = Objects(other, looks_first=self._looks_first, creates=self._creates)
        values, _, created = await there._creation.made(create, caller, random, value_of, {})
        await self._known(operation, values, identity, source.within)
        return Owned(identity, values, "", "", created)

    async def _known(self, operation: Operation, values: Mapping[str, Any], identity: Identity, within: float) -> None:
        """Wait until the object can be read here; data takes its time between boundaries."""
        read = reader(self._bench.contract, operation)
        if read is None or {p.name for p in read.at("path")} != set(values):
            return
        end = time.monotonic() + within
        while not (last := await self._bench.call(Case(read.id, path=values), identity, note="is it known yet?")).ok:
            if time.monotonic() >= end:
                raise Undecided(
                    f"{operation.id}: what was created elsewhere is not known here after {within:g} s: {last}"
                )
            await asyncio.sleep(0.05)

    async def _values(
        self, operation: Operation, identity: Identity | None, random: Random, depth: int
    ) -> Mapping[str, Any]:
        """Path values of a real object of this identity; empty where the contract knows no source for them."""
        if not operation.at("path") or identity is None:
            return {}
        key = (identity.name, operation.path)
        if operation.safe and key in self._kept:
            return self._kept[key]
        values: Mapping[str, Any] = {}
        sources = self._sources(operation)
        lent = any(name in self._bench.subject.boundary.borrows for name in path_parameters(operation.path))
        able = lent or any(p.kind == "create" for p in sources)
        if able and not self._looks_first:
            values = await self._owned(operation, sources, identity, random, depth)
        elif sources or able:
            values = await self._found(operation, sources, identity, random, depth, able=able)
        if operation.safe:
            self._kept[key] = values
        return values

    async def _owned(
        self, operation: Operation, sources: tuple[Producer, ...], identity: Identity, random: Random, depth: int
    ) -> Mapping[str, Any]:
        """An object of our own; for a call that changes nothing, one that a listing shows where none can be made."""
        try:
            return (await self.own(operation, identity, random, depth)).values
        except Undecided:
            if not operation.safe:
                raise
            with suppress(Undecided):
                return await self._listed(operation, sources, identity, random, depth)
            # Why none could be made tells more than that none is listed either.
            raise

    async def _found(
        self,
        operation: Operation,
        sources: tuple[Producer, ...],
        identity: Identity,
        random: Random,
        depth: int,
        *,
        able: bool,
    ) -> Mapping[str, Any]:
        """An object that is there already; where none is, and creating is allowed, one of our own."""
        try:
            return await self._listed(operation, sources, identity, random, depth)
        except Undecided:
            if not able or not self._creates:
                raise
            return (await self.own(operation, identity, random, depth)).values

    async def _listed(
        self, operation: Operation, sources: tuple[Producer, ...], identity: Identity, random: Random, depth: int
    ) -> Mapping[str, Any]:
        """Path values of an object that a listing shows."""
        values: dict[str, Any] = {}
        for name in path_parameters(operation.path):
            found = await self._shown(operation, name, sources, values, identity, random, depth)
            if found is None:
                raise Undecided(f"{operation.id}: no object of {identity.name} could be found for {name} of its path")
            values |= found
        return values

    async def _shown(
        self,
        operation: Operation,
        name: str,
        sources: tuple[Producer, ...],
        above: Mapping[str, Any],
        identity: Identity,
        random: Random,
        depth: int,
    ) -> Mapping[str, Any] | None:
        """What a listing shows for one name of a path, below what the names before it stand for; None for nothing."""
        listings = [p for p in sources if p.kind == "list" and p.operation.safe and name in p.parameters]
        for producer in listings if depth <= DEEPEST else ():
            parents = await self._above(producer.operation, operation, above, identity, random, depth)
            exchange = await self._looked(producer.operation, identity, random, parents)
            found = await self._picked(operation, name, producer, exchange)
            if found is not None:
                return found
        return None

    async def _looked(
        self, source: Operation, identity: Identity | None, random: Random, parents: Mapping[str, Any]
    ) -> Exchange:
        """What a listing shows, unfiltered."""
        case = valid_case(self._bench.contract, source, random)
        case = case.but(
            path={**case.path, **parents}, query={k: v for k, v in case.query.items() if _required(source, k)}
        )
        return await self._bench.call(case, identity, note="looks for an object")

    async def _picked(
        self, operation: Operation, name: str, producer: Producer, exchange: Exchange
    ) -> Mapping[str, Any] | None:
        """The first object of a listing; for a call that may change it, the first that is nobody's own account."""
        if operation.safe:
            return producer.values(exchange)
        if path_nouns(operation).get(name) in ACCESS:
            return None  # What somebody came in with cannot be told from what others did: sessions look alike.
        for values in producer.every(exchange):
            if await self._accounts.whose(operation, values) is None:
                return values
        return None

    async def _harmless(self, case: Case, operation: Operation, random: Random, *, drawn: bool) -> Case:
        """The case itself, where it does not change one of our own accounts; others are drawn where it was made up."""
        for _ in range(REDRAWN if drawn and case.path and not operation.safe else 0):
            if await self._accounts.whose(operation, case.path) is None:
                return case
            case = case.but(path=valid_case(self._bench.contract, operation, random).path)
        await self._not_ours(operation, case.path)
        return case

    async def _not_ours(self, operation: Operation, path: Mapping[str, Any]) -> None:
        whose = None if operation.safe else await self._accounts.whose(operation, path)
        if whose is not None:
            raise Undecided(
                f"{operation.id}: all that could be had for its path is the own account of {whose}, which is not tried "
                "on; an operation that creates one, or another that is listed, would do",
                Cause.USAGE,
            )


def _required(operation: Operation, name: str) -> bool:
    parameter = operation.parameter("query", name)
    return parameter is not None and parameter.required
