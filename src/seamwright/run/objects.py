"""Real objects for the calls of a check: creates them, lists them, and carries their ids into paths."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import Producer, path_parameters, producers, success_schema
from seamwright.contracts.objects import canary_field, reader
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.requests import example_cases, valid_case
from seamwright.model.bench import Bench, Owned
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation
from seamwright.model.verdict import Cause
from seamwright.run.credentials import picked

__all__ = ["Objects"]

TRIES = 8
"""Bodies that are tried before creation counts as impossible: the contract does not say everything."""

_LONGEST = 200

DEEPEST = 3
"""Parents that are created before an object (a line of an order of a customer)."""


class Objects:
    """The objects of one check; each identity's objects are kept for calls that do not change them.

    `creates` says whether objects may be created at all, `looks_first` whether those that are there come first.
    """

    def __init__(self, bench: Bench, *, looks_first: bool, creates: bool) -> None:
        self._bench = bench
        self._looks_first = looks_first
        self._creates = creates
        self._kept: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._taken: dict[str, Case] = {}

    async def case(self, operation: Operation, identity: Identity | None, random: Random, depth: int = 0) -> Case:
        """A valid call: values generated, path values of real objects, `If-Match` and `Idempotency-Key` filled in."""
        case = valid_case(self._bench.contract, operation, random)
        logins = self._bench.subject.logins(operation)
        if logins:
            # No schema can say which password is right; the manifest does.
            return case.but(body=logins[0])
        values = await self._values(operation, identity, random, depth)
        return await self._finished(case.but(path={**case.path, **values}), operation, identity)

    async def own(self, operation: Operation, identity: Identity, random: Random, depth: int = 0) -> Owned:
        """Create a fresh object that `operation` addresses, its parents first."""
        if depth > DEEPEST:
            raise Undecided(f"{operation.id}: more than {DEEPEST} parents would have to be created first", Cause.USAGE)
        sources = producers(self._bench.contract, operation)
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
                values[name] = self._stated(operation, name, random)
                continue
            owned = await self._first(made, operation, identity, values, random, depth)
            values |= owned.values
        if owned is None:
            raise Undecided(
                f"{operation.id}: the contract has no operation that creates what its path names", Cause.USAGE
            )
        return replace(owned, values=values)

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
        contract = self._bench.contract
        canary_at = _canary_at(contract, create, reader(contract, operation))
        parents = await self._above(create, operation, above, identity, random, depth)
        values, canary, created = await self.make(
            create, identity, random, producer.values, parents, canary_at, _chosen(producer)
        )
        return Owned(identity, values, canary, canary_at if canary else "", created)

    async def make(
        self,
        create: Operation,
        identity: Identity | None,
        random: Random,
        values_of: Callable[[Exchange], Mapping[str, Any] | None],
        parents: Mapping[str, Any],
        canary_at: str = "",
        chosen: tuple[str, ...] = (),
    ) -> tuple[Mapping[str, Any], str, Exchange]:
        """Call a creating operation until its answer holds the values; also gives the canary and the exchange.

        The contract does not say everything about what the service accepts, so several bodies are tried, and the
        first to be tried are the examples of the contract.
        """
        last: Exchange | None = None
        made: Exchange | None = None
        for base in self._bodies(create, random):
            canary = self._bench.canary() if canary_at and isinstance(base.body, dict) else ""
            body = {**base.body, canary_at: canary} if canary else base.body
            if isinstance(body, dict) and chosen:
                # The id in an example may be that of somebody's real object, which must not be taken for ours.
                body = {**body, **{name: self._new(create, name, random) for name in chosen}}
            case = await self._finished(base.but(path={**base.path, **parents}, body=body), create, identity)
            last = await self._bench.call(case, identity, note="creates an object of its own")
            values = values_of(last) if last.ok else None
            if values is not None:
                self._taken[create.id] = base
                return values, canary, last
            if self._taken.get(create.id) is base:
                del self._taken[create.id]
            made = last if last.ok else made
        who = identity.name if identity and identity.name else "nobody in particular"
        if made is not None:
            raise Undecided(
                f"{create.id}: {who} created an object, and its answer does not tell the id where the contract lets "
                f"one expect it: {_shown(made)}; declare the property that holds it, or a link (OpenAPI link object)"
            )
        raise Undecided(f"{create.id}: {who} could not create an object: {_shown(last)}")

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
        values, _, created = await there.make(create, caller, random, value_of, {})
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

    def _new(self, create: Operation, name: str, random: Random) -> Any:
        """An id that the client chooses, and that nobody has yet."""
        case = valid_case(self._bench.contract, create, random)
        drawn = case.body.get(name) if isinstance(case.body, Mapping) else None
        if drawn is not None and not isinstance(drawn, str):
            return drawn
        canary = self._bench.canary()
        body = {**case.body, name: canary} if isinstance(case.body, Mapping) else {name: canary}
        return drawn if drawn and request_violations(self._bench.contract, create, case.but(body=body)) else canary

    def _bodies(self, create: Operation, random: Random) -> Iterator[Case]:
        """First what was taken before, then examples of the contract: their author knows what the service accepts."""
        if create.id in self._taken:
            yield self._taken[create.id]
        for case in example_cases(self._bench.contract, create, random):
            yield _bare(create, case)
        for number in range(TRIES):
            case = valid_case(self._bench.contract, create, random)
            if number >= TRIES // 2:
                # A service may want in truth what its contract lets one leave out, or dislike what it lets one say.
                drawn = [case, *(valid_case(self._bench.contract, create, random) for _ in range(7))]
                case = max(drawn, key=_fullness) if number % 2 else min(drawn, key=lambda c: len(str(c.body)))
            yield _bare(create, case)

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
        sources = producers(self._bench.contract, operation)
        lent = any(name in self._bench.subject.boundary.borrows for name in path_parameters(operation.path))
        able = lent or any(p.kind == "create" for p in sources)
        if able and not self._looks_first:
            values = (await self.own(operation, identity, random, depth)).values
        elif sources or able:
            values = await self._found(operation, sources, identity, random, depth, able=able)
        if operation.safe:
            self._kept[key] = values
        return values

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
            listings = [p for p in sources if p.kind == "list" and p.operation.safe and name in p.parameters]
            for producer in listings if depth <= DEEPEST else ():
                source = producer.operation
                parents = await self._above(source, operation, values, identity, random, depth)
                case = valid_case(self._bench.contract, source, random)
                case = case.but(
                    path={**case.path, **parents}, query={k: v for k, v in case.query.items() if _required(source, k)}
                )
                exchange = await self._bench.call(case, identity, note="looks for an object")
                found = producer.values(exchange)
                if found is not None:
                    values |= found
                    break
            if name not in values:
                raise Undecided(f"{operation.id}: no object of {identity.name} could be found for {name} of its path")
        return values

    async def _finished(self, case: Case, operation: Operation, identity: Identity | None) -> Case:
        headers = dict(case.headers)
        for parameter in operation.at("header"):
            name = parameter.name.lower()
            if name == "idempotency-key":
                # Not from the seed: a key that an earlier run has used would be answered with what was stored then.
                headers[parameter.name] = str(uuid.uuid4())
            elif name == "if-match":
                headers[parameter.name] = await self._etag(operation, case, identity) or '"unknown"'
            elif name == "if-none-match":
                headers.pop(parameter.name, None)
        return case.but(headers=headers)

    async def _etag(self, operation: Operation, case: Case, identity: Identity | None) -> str | None:
        """The entity tag that the object has now (RFC 9110, section 8.8.3)."""
        read = reader(self._bench.contract, operation)
        if read is None:
            return None
        names = {p.name for p in read.at("path")}
        path = {name: value for name, value in case.path.items() if name in names}
        if names - set(path):
            return None
        exchange = await self._bench.call(Case(read.id, path=path), identity, note="reads the entity tag")
        return exchange.response.header("etag") if exchange.response else None


def _shown(exchange: Exchange | None) -> str:
    """An exchange in one line, with the beginning of what was answered: that says what was wrong with a call."""
    if exchange is None or exchange.response is None:
        return str(exchange)
    text = " ".join(exchange.response.text.split())
    return f"{exchange}: {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}" if text else str(exchange)


def _chosen(producer: Producer) -> tuple[str, ...]:
    """The fields of the creating body that hold ids which the client chooses."""
    sources = producer.parameters.values()
    return tuple(s.pointer.removeprefix("/") for s in sources if s.where == "request" and s.pointer.count("/") == 1)


def _fullness(case: Case) -> int:
    """How many fields of its body a case fills in."""
    return sum(value is not None for value in case.body.values()) if isinstance(case.body, Mapping) else 0


def _bare(create: Operation, case: Case) -> Case:
    """The case without optional query parameters and headers: they may choose the fields of the answer, or its form."""
    query = {p.name for p in create.at("query") if p.required}
    headers = {p.name.lower() for p in create.at("header") if p.required}
    return case.but(
        query={name: value for name, value in case.query.items() if name in query},
        headers={name: value for name, value in case.headers.items() if name.lower() in headers},
    )


def _canary_at(contract: Contract, create: Operation, read: Operation | None) -> str:
    """The field of the creating body that can hold a canary and is read back; empty where there is none."""
    media_type = media_type_for(create)
    if media_type is None or create.body is None or read is None:
        return ""
    answered = success_schema(contract, read)
    return canary_field(contract, create.body.content[media_type].schema, answered) or ""


def _required(operation: Operation, name: str) -> bool:
    parameter = operation.parameter("query", name)
    return parameter is not None and parameter.required
