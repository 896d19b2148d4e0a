"""Plays sequences of calls: each step with the objects that the steps before it made, as somebody who may."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from seamwright.checks._cells import LAST, answered, sent
from seamwright.checks._honest import Accepted, Caller, accepted, caller, fresh_key, renewed, repeatable
from seamwright.checks._reading import json_of, objects_in, read_case
from seamwright.checks.contract._actions import actions_of, made_by, reader_at
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import path_parameters, producers, references, success_schema
from seamwright.contracts.objects import canary_field, reader
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.requests import valid_case
from seamwright.engines.sequences import Step, chain, shrinking
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Operation
from seamwright.model.verdict import Cause

__all__ = ["Judge", "Played", "Player", "Shortest", "listed_steps", "shows"]

AS_ACCEPTED = 0.5
"""How often a step of a walk is sent just as it was accepted."""

REPLAYS = 40
"""Times that a failing sequence is played again to find its shortest form."""


@dataclass(frozen=True, slots=True)
class Played:
    """A step that was played: the case as it was sent, and what came; nothing where its object was never made.

    `address` are the values that address the object which the step made, from the outermost to its own; `canary` a
    text that it put into the field `canary_at` of it.
    """

    step: Step
    case: Case
    exchange: Exchange | None
    address: tuple[Any, ...] = ()
    canary: str = ""
    canary_at: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was played, and answered in the success class."""
        return self.exchange is not None and self.exchange.ok


Judge = Callable[[Sequence[Played]], Awaitable[str]]
"""Says in words what is wrong with a sequence that was played; nothing where all is well. May raise Undecided."""


@dataclass(frozen=True, slots=True)
class Shortest:
    """The shortest form of a failing sequence that was found, as it was played, and what is wrong with it."""

    played: tuple[Played, ...]
    why: str
    replays: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of its exchanges, in order."""
        return tuple(p.exchange.number for p in self.played if p.exchange is not None)


class Player:
    """Plays sequences on one boundary. What an operation accepts is found out once, before it is played."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._good: dict[str, Accepted | Undecided] = {}
        self.actions = {action.operation: action for action in actions_of(bench.subject)}

    def on(self, bench: Bench) -> Player:
        """The same player for one cell, whose calls are made with the cell's own bench; what is accepted is shared."""
        other = copy.copy(self)
        other._bench = bench
        return other

    async def good(self, operation: Operation) -> Accepted:
        """A call of it that was accepted, and is again: the control of all that follows. Raises Undecided."""
        if operation.id not in self._good:
            try:
                good = await accepted(self._bench, operation)
                self._good[operation.id] = await repeatable(self._bench, operation, good)
            except Undecided as reason:
                self._good[operation.id] = reason
        found = self._good[operation.id]
        if isinstance(found, Undecided):
            raise Undecided(str(found), found.cause)
        return found

    def draw(self, operation_id: str, random: Random | None = None) -> Case:
        """The body and parameters that were accepted; made-up ones where none were.

        With `random`, now and then some fields of the body are others, but for those that name objects.
        """
        operation, good = self._bench.operation(operation_id), self._good.get(operation_id)
        if not isinstance(good, Accepted):
            return valid_case(self._bench.contract, operation, random or self._bench.random)
        at, case = self._room(operation), good.case
        if at and isinstance(case.body, Mapping):
            case = case.but(body={**case.body, at: case.body.get(at, "seamwright")})
        if random is None or random.random() < AS_ACCEPTED or self._bench.subject.logins(operation):
            return case
        return self._varied(operation, case, random)

    def _varied(self, operation: Operation, case: Case, random: Random) -> Case:
        drawn = valid_case(self._bench.contract, operation, random)
        if not isinstance(case.body, Mapping) or not isinstance(drawn.body, Mapping):
            return case
        named = {r.place.split("/")[1] for r in references(self._bench.contract, operation) if r.location == "body"}
        body = dict(case.body)
        for name in sorted({*case.body, *drawn.body} - named):
            if random.random() < 0.5:
                body.pop(name, None)
                body |= {name: drawn.body[name]} if name in drawn.body else {}
        varied = case.but(body=body)
        return case if request_violations(self._bench.contract, operation, varied) else varied

    def chain(self, *script: tuple[Operation, int]) -> tuple[Step, ...]:
        """The steps of a script, and those that they need before them (see `engines.sequences.chain`).

        Raises Undecided where the contract does not tell what makes something that they need.
        """
        steps = chain(self.actions.values(), [(operation.id, which) for operation, which in script], self.draw)
        if steps is None:
            names = ", ".join(dict.fromkeys(operation.id for operation, _ in script))
            raise Undecided(
                f"{names}: the contract does not tell what makes the object that this is about", Cause.USAGE
            )
        return steps

    async def play(self, steps: Sequence[Step]) -> tuple[Played, ...]:
        """Play a sequence from its beginning, on objects of its own. Raises Undecided where no answer comes."""
        done: dict[int, Played] = {}
        for step in steps:
            done[step.number] = await self._played(step, done)
        return tuple(done.values())

    async def again(self, played: Played, note: str) -> Exchange:
        """Send a step once more, as it was."""
        who = self._caller(self._bench.operation(played.step.operation))
        return answered(await who.call(self._bench, played.case, note=note))

    async def shortest(self, steps: Sequence[Step], judge: Judge) -> Shortest | None:
        """Play a failing sequence until it is as short as it gets; None where it does not fail again."""
        replays = 0

        async def tried(candidate: Sequence[Step]) -> Shortest | None:
            nonlocal replays
            replays += 1
            played = await self.play(candidate)
            why = await judge(played)
            return Shortest(played, why, replays) if why else None

        best = await tried(steps)
        if best is None:
            return None
        search = shrinking(steps, self._simpler)
        try:
            candidate = next(search)
            while replays < REPLAYS and self._bench.remaining > 2 * LAST:
                try:
                    found = await tried(candidate)
                except Undecided:
                    found = None
                best = found or best
                candidate = search.send(found is not None)
        except StopIteration:
            pass
        return replace(best, replays=replays)

    def _caller(self, operation: Operation) -> Caller:
        good = self._good.get(operation.id)
        return good.caller if isinstance(good, Accepted) else caller(self._bench.subject, operation)

    async def _played(self, step: Step, done: Mapping[int, Played]) -> Played:
        operation, who = self._bench.operation(step.operation), self._caller(self._bench.operation(step.operation))
        named = {place: done[number].address for place, number in step.takes.items() if number in done}
        on = done[step.on].address if step.on is not None and step.on in done else ()
        if (step.on is not None and not on) or not all(named.values()):
            return Played(step, step.case, None)
        case = await self._addressed(operation, await self._body(operation, step), who, on, done)
        for reference in references(self._bench.contract, operation):
            if reference.place in named:
                case = reference.filled(case, [named[reference.place][-1]] * len(reference.values(case)))
        case, canary, at = self._marked(operation, self._named_anew(operation, case))
        case = await self._headed(operation, case, who)
        exchange = answered(await who.call(self._bench, case, note=f"step {step.number} of a sequence"))
        return Played(step, case, exchange, self._address(operation, exchange, on), canary, at)

    async def _body(self, operation: Operation, step: Step) -> Case:
        """The case of a step; where it makes an object whose texts are taken only once, with other texts."""
        good = self._good.get(operation.id)
        if not isinstance(good, Accepted) or not good.once or not self.actions[operation.id].makes:
            return step.case
        fresh = await renewed(self._bench, operation, good)
        return step.case.but(body=_laid(step.case.body, fresh.body))

    async def _addressed(
        self, operation: Operation, case: Case, who: Caller, on: tuple[Any, ...], done: Mapping[int, Played]
    ) -> Case:
        """The case on this object; where it is called on none that the sequence makes, on one that can be had, the same
        for every step with this path."""
        names = path_parameters(operation.path)
        if names and not on:
            alike = (p for p in done.values() if self._bench.operation(p.step.operation).path == operation.path)
            before = next((p.case for p in alike if p.step.on is None), None)
            return case.but(path=(before or await who.case(self._bench, operation)).path)
        return case.but(path={**case.path, **dict(zip(names, on, strict=False))})

    def _named_anew(self, operation: Operation, case: Case) -> Case:
        """The case with new ids where the client chooses them: those of an example may be somebody's."""
        read = reader_at(self._bench.subject, self.actions[operation.id].makes)
        for producer in producers(self._bench.contract, read) if read is not None else ():
            for name in producer.chosen if producer.operation.id == operation.id else ():
                if isinstance(case.body, Mapping) and isinstance(case.body.get(name), str):
                    named = case.but(body={**case.body, name: self._bench.canary()})
                    case = case if request_violations(self._bench.contract, operation, named) else named
        return case

    def _room(self, operation: Operation) -> str:
        """The field of what it makes that can hold a canary and is read back; empty where there is none."""
        read = reader_at(self._bench.subject, self.actions[operation.id].makes)
        media_type = media_type_for(operation)
        if read is None or media_type is None or operation.body is None:
            return ""
        schema = operation.body.content[media_type].schema
        return canary_field(self._bench.contract, schema, success_schema(self._bench.contract, read)) or ""

    def _marked(self, operation: Operation, case: Case) -> tuple[Case, str, str]:
        """The case with a canary where it has room for one, the canary and its field; empty where it has none."""
        at = self._room(operation)
        if not at or not isinstance(case.body, Mapping) or at not in case.body:
            return case, "", ""
        canary = self._bench.canary()
        return case.but(body={**case.body, at: canary}), canary, at

    def _address(self, operation: Operation, exchange: Exchange, on: tuple[Any, ...]) -> tuple[Any, ...]:
        """What addresses the object that a step made; empty where it made none, or does not tell."""
        read = reader_at(self._bench.subject, self.actions[operation.id].makes)
        if read is None or not exchange.ok:
            return ()
        own = made_by(self._bench.contract, operation, read, exchange)
        names = path_parameters(read.path)
        values = [own.get(name, on[n] if n < len(on) else None) for n, name in enumerate(names[:-1])]
        values.append(own.get(names[-1]))
        return () if None in values else tuple(values)

    async def _headed(self, operation: Operation, case: Case, who: Caller) -> Case:
        """The case with a key of its own, and the entity tag that its object has now."""
        headers = dict(case.headers)
        read = reader(self._bench.contract, operation)
        for spelt in dict.fromkeys((*(p.name for p in operation.at("header")), *headers)):
            name = spelt.lower()
            if name == "idempotency-key":
                headers[spelt] = fresh_key()
            elif name == "if-match" and read is not None:
                look = await read_case(self._bench, read, who.identity, case.path)
                shown = await who.call(self._bench, look, note="reads the entity tag")
                tag = shown.response.header("etag") if shown.response else None
                required = any(p.required for p in operation.at("header") if p.name == spelt)
                given = headers.pop(spelt, '"unknown"')
                if tag or required:
                    # No object can match a tag that is made up, and nobody asks for one.
                    headers[spelt] = tag or given
        return case.but(headers=headers)

    def _simpler(self, step: Step) -> Iterator[Case]:
        """The case without one of its optional parts."""
        operation = self._bench.operation(step.operation)
        wanted = {p.name for p in operation.at("query") if p.required}
        for name in step.case.query:
            if name not in wanted:
                yield step.case.but(query={n: v for n, v in step.case.query.items() if n != name})
        for name in step.case.body if isinstance(step.case.body, Mapping) else ():
            case = step.case.but(body={n: v for n, v in step.case.body.items() if n != name})
            if not request_violations(self._bench.contract, operation, case):
                yield case


def listed_steps(shortest: Shortest) -> str:
    """The steps of a sequence for people, one on each line, with how each was answered."""
    exchanges = [p.exchange for p in shortest.played if p.exchange is not None]
    return "\n".join(f"{number}. {sent(e)} → {e.status}" for number, e in enumerate(exchanges, 1))


def shows(exchange: Exchange, made: Played) -> bool:
    """Whether an answer shows the object that a step made: its canary in its place, or else its id.

    Only whole values count, so that an answer that repeats what was asked for is not taken for the object. Where the
    step was answered with another value in that place, it has made another object, or given one that was there.
    """
    found = _objects_of(exchange)
    if made.canary and not _made_otherwise(made):
        return any(shown.get(made.canary_at) == made.canary for shown in found)
    own = str(made.address[-1]) if made.address else ""
    return any(len(shown) > 1 and own in map(str, shown.values()) for shown in found)


def _made_otherwise(made: Played) -> bool:
    told = [shown[made.canary_at] for shown in _objects_of(made.exchange) if made.canary_at in shown]
    return bool(told) and made.canary not in told


def _objects_of(exchange: Exchange | None) -> list[Mapping[str, Any]]:
    return list(objects_in(json_of(exchange))) if exchange is not None and exchange.ok else []


def _laid(body: Any, fresh: Any) -> Any:
    """The body of a step with the texts of a fresh one, in the places that both have."""
    if isinstance(body, Mapping) and isinstance(fresh, Mapping):
        return {name: _laid(value, fresh[name]) if name in fresh else value for name, value in body.items()}
    return fresh if isinstance(body, str) and isinstance(fresh, str) else body
