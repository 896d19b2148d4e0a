"""Valid calls of GraphQL operations, with ids of real objects: lists them, or makes new ones first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from random import Random
from typing import TYPE_CHECKING, Any

from seamwright.contracts.graphql.answers import answer_of
from seamwright.model.accounts import ACCOUNTS
from seamwright.model.bench import Bench, Owned
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

if TYPE_CHECKING:
    from seamwright.contracts.graphql.links import Links, Need, Source
    from seamwright.engines.generate.graphql.inputs import Share

__all__ = ["GraphqlCalls"]

DEEPEST = 3
"""Objects that are made first, each because the next one refers to it."""

TRIES = 4
"""Calls of one mutation before making an object counts as impossible: a schema does not say everything."""

SOURCES = 3
"""Operations that are asked for an id before there counts as being none."""

LISTED = 20
"""Values of one answer that are remembered."""

_LONGEST = 200


class GraphqlCalls:
    """The calls of one check; ids that were found are kept for calls that change nothing."""

    def __init__(self, bench: Bench, *, looks_first: bool, creates: bool) -> None:
        self._bench = bench
        self._looks_first = looks_first
        self._creates = creates
        self._kept: dict[tuple[str, str, str], list[Any]] = {}
        self._barren: dict[tuple[str, str, str], str] = {}

    async def case(self, operation: Operation, identity: Identity | None, random: Random) -> Case:
        """A valid call with no more arguments than are required, and ids of real objects in them."""
        return await self._case(operation, identity, random, 0)

    async def own(self, operation: Operation, identity: Identity, random: Random) -> Owned:
        """Make a new object that `operation` addresses; its values are by argument (`input.id` for one inside)."""
        for need in self._needs(operation):
            for source in self._sources(need):
                if source.creates:
                    value, canary, at, made = await self._made(source, need, identity, random, 1, marked=True)
                    return Owned(identity, {".".join(need.place): value}, canary, at, made)
        raise Undecided(f"{operation.id}: the schema has no mutation that makes what its arguments name", Cause.USAGE)

    async def _case(self, operation: Operation, identity: Identity | None, random: Random, depth: int) -> Case:
        from seamwright.engines.generate.graphql.cases import valid_case

        logins = self._bench.subject.logins(operation)
        if logins:
            # No schema can say which password is right; the manifest does.
            return Case(operation.id, body=dict(logins[0]))
        values: dict[tuple[str, ...], list[Any]] = {}
        for need in self._needs(operation):
            with suppress(Undecided) if need.loose else nullcontext():
                values[need.place] = await self._values(need, operation, identity, random, depth)
        return valid_case(self._bench.contract, operation, random, given=_given(values))

    def _needs(self, operation: Operation) -> list[Need]:
        return [need for need in self._links.needs(operation) if need.required]

    @property
    def _links(self) -> Links:
        from seamwright.contracts.graphql.links import links_of

        return links_of(self._bench.contract)

    def _sources(self, need: Need) -> list[Source]:
        kept_back = self._bench.subject.kept_back
        return [s for s in self._links.sources(need.kind, need.field) if s.operation.id not in kept_back]

    async def _values(
        self, need: Need, operation: Operation, identity: Identity | None, random: Random, depth: int
    ) -> list[Any]:
        """Values for a place, the one to be used first. Raises Undecided."""
        key = (identity.name if identity else "", need.kind, need.field)
        reads = operation.safe
        if reads and key in self._kept:
            return self._kept[key]
        if key in self._barren:
            raise Undecided(f"{operation.id}: {self._barren[key]}")
        sources = [s for s in self._sources(need) if s.operation.id != operation.id]
        making = [s for s in sources if s.creates and self._creates]
        looking = [s for s in sources if not s.creates]
        if not reads and self._changes_account(operation, need):
            looking = []  # An account that is listed may be that of the caller.
        ways = [*looking, *making] if reads or self._looks_first else [*making, *looking]
        why: list[str] = []
        for source in ways[: SOURCES + 1]:
            try:
                found = await self._from(source, need, identity, random, depth)
            except Undecided as error:
                why.append(str(error))
                continue
            if reads:
                self._kept[key] = found
            return found
        told = "; ".join(dict.fromkeys(why)) or "no operation of the schema tells one"
        told = f"no {need.kind} could be had for {'.'.join(need.place)}: {told}"
        if depth == 0:
            self._barren[key] = told
        raise Undecided(f"{operation.id}: {told}")

    async def _from(
        self, source: Source, need: Need, identity: Identity | None, random: Random, depth: int
    ) -> list[Any]:
        if depth >= DEEPEST:
            raise Undecided(f"more than {DEEPEST} objects would have to be made first", Cause.USAGE)
        if source.creates:
            value, *_ = await self._made(source, need, identity, random, depth + 1)
            return [value]
        case = await self._asking(source, identity, random, depth + 1)
        exchange = await self._bench.call(case, self._able(source.operation, identity), note="looks for an object")
        found = self._picked(source, exchange)
        if not found:
            raise Undecided(f"{source.operation.id} showed none: {_shown(exchange)}")
        return found

    async def _made(
        self,
        source: Source,
        need: Need,
        identity: Identity | None,
        random: Random,
        depth: int,
        *,
        marked: bool = False,
    ) -> tuple[Any, str, str, Exchange]:
        """Call a mutation until its answer holds the value; also the canary, where it stands, and the exchange."""
        caller = self._able(source.operation, identity)
        at = self._canary_at(source, need) if marked else ()
        exchange: Exchange | None = None
        for number in range(TRIES):
            canary = self._bench.canary() if at else ""
            case = await self._asking(source, identity, random, depth, number, {at: [canary]} if at else {})
            exchange = await self._bench.call(case, caller, note="makes an object of its own")
            found = self._picked(source, exchange)
            if found:
                return found[0], canary, ".".join(at), exchange
        raise Undecided(f"{source.operation.id} could not make one: {_shown(exchange)}")

    async def _asking(
        self,
        source: Source,
        identity: Identity | None,
        random: Random,
        depth: int,
        number: int = 0,
        more: dict[tuple[str, ...], list[Any]] | None = None,
    ) -> Case:
        """A call of a source that selects what is looked for; from the second try on with more that is optional."""
        from seamwright.engines.generate.graphql.cases import BARE, valid_case

        values: dict[tuple[str, ...], list[Any]] = {}
        for need in self._needs(source.operation):
            with suppress(Undecided) if need.loose else nullcontext():
                values[need.place] = await self._values(need, source.operation, identity, random, depth)
        shares: tuple[Share, ...] = ("least", "some", "most", "some")
        given = _given(values | (more or {}))
        return valid_case(
            self._bench.contract,
            source.operation,
            random,
            shares[number % TRIES],
            bounds=BARE,
            given=given,
            wanted=[source.path],
        )

    def _able(self, operation: Operation, identity: Identity | None) -> Identity | None:
        """Who asks: whoever the call is for, or somebody else where the policy does not let them."""
        if identity is not None and self._bench.subject.allowed(identity, operation) is False:
            return self._bench.subject.honest(operation)
        return identity

    def _picked(self, source: Source, exchange: Exchange) -> list[Any]:
        from seamwright.contracts.graphql.links import picked

        answer = answer_of(exchange)
        if answer is None or answer.data is None:
            return []
        found = picked(answer.data.get(source.operation.path), source.path)
        return list(dict.fromkeys(value for value in found if isinstance(value, str | int)))[:LISTED]

    def _canary_at(self, source: Source, need: Need) -> tuple[str, ...]:
        from seamwright.contracts.graphql.canaries import canary_place

        return canary_place(self._bench.contract, source.operation, need.kind)

    def _changes_account(self, operation: Operation, need: Need) -> bool:
        """Whether what an operation changes is an account, and not only something that refers to one."""
        from seamwright.contracts.graphql.nouns import singular, words

        about = self._links.nouns.subject(operation.path) or need.kind
        return about == need.kind and bool(ACCOUNTS & {singular(word) for word in words(need.kind)[-1:]})


def _given(values: dict[tuple[str, ...], list[Any]]) -> Callable[[tuple[str, ...]], Any]:
    from seamwright.engines.generate.graphql.inputs import NOTHING

    def given(place: tuple[str, ...]) -> Any:
        found: Sequence[Any] = values.get(place, ())
        return found[0] if found else NOTHING

    return given


def _shown(exchange: Exchange | None) -> str:
    """An exchange with the beginning of what was answered: that says what was wrong with a call."""
    if exchange is None or exchange.response is None:
        return str(exchange)
    text = " ".join(exchange.response.text.split())
    return f"{exchange.status}: {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}"
