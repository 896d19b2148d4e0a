"""Creates objects: calls the operation that makes them with body after body, until one is accepted and tells the id."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from random import Random
from typing import Any

from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import success_schema
from seamwright.contracts.objects import canary_field, reader
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.requests import example_cases, valid_case
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation
from seamwright.run import bodies
from seamwright.run.mending import MEMBERS, Attempt, Mending
from seamwright.run.references import References

__all__ = ["PRECONDITION_REQUIRED", "TRIES", "UNKNOWN_TAG", "Creation", "canary_at", "conditional"]

TRIES = 8
"""Bodies that are tried before creation counts as impossible: the contract does not say everything."""

_NOT_THE_VALUES = frozenset({0, 401, 408, 425, 429})
"""Statuses (0: no answer) that say nothing of the values that were sent."""

PRECONDITION_REQUIRED = 428
"""The answer to a change that does not say which version of its object it is made to (RFC 6585, section 3)."""

UNKNOWN_TAG = '"unknown"'
"""An entity tag (RFC 9110, section 8.8.3) that no object has."""

_LONGEST = 200


class Creation:
    """The creations of one check."""

    def __init__(self, bench: Bench, references: Callable[[], References]) -> None:
        self._bench = bench
        self._references = references
        self._mending = Mending(bench)

    @property
    def _taken(self) -> dict[str, Attempt]:
        """By operation the body that was accepted last, be it in another check."""
        taken: dict[str, Attempt] = self._bench.learned.setdefault(("taken",), {})
        return taken

    async def made(
        self,
        create: Operation,
        identity: Identity | None,
        random: Random,
        values_of: Callable[[Exchange], Mapping[str, Any] | None],
        parents: Mapping[str, Any],
        *,
        canary_at: str = "",
        chosen: tuple[str, ...] = (),
        depth: int = 0,
    ) -> tuple[Mapping[str, Any], str, Exchange]:
        """Call a creating operation until its answer holds the values; also gives the canary and the exchange.

        The contract does not say everything about what the service accepts, so several bodies are tried, and the
        first to be tried are the examples of the contract. Raises Undecided.
        """
        last: Exchange | None = None
        made: Exchange | None = None
        who = identity.name if identity else None
        in_vain = ("not created", create.id, who or "")
        # Where another check has tried everything, one more try is made: objects that were wanted may be there by now.
        tried = in_vain in self._bench.learned
        attempts: Iterator[Attempt] = islice(self._attempts(create, random), 1 if tried else None)
        left = 0 if tried else TRIES
        statuses: list[int] = []
        refused: list[Attempt] = []
        while (attempt := next(attempts, None)) is not None:
            base = self._mending.readdressed(create, attempt.case) if attempt.anew else attempt.case
            base = self._mending.renamed(create, base, attempt.fresh)
            marks = canary_at and not attempt.unmarked
            canary = self._bench.canary() if marks and isinstance(base.body, dict) else ""
            body = {**base.body, canary_at: canary} if canary else base.body
            if isinstance(body, dict) and chosen:
                # The id in an example may be that of somebody's real object, which must not be taken for ours.
                body = {**body, **{name: self._new(create, name, random) for name in chosen}}
            case = base.but(path={**base.path, **parents}, body=body)
            if attempt.references != "as drawn":
                fresh = attempt.references == "fresh"
                case = await self._references().filled(case, create, identity, random, fresh=fresh, depth=depth + 1)
            case = await self.finished(case, create, identity)
            last = await self._bench.call(case, identity, note="creates an object of its own")
            values = values_of(last) if last.ok else None
            if values is not None:
                self._taken[create.id] = attempt._replace(case=base)
                self._bench.learned.pop(in_vain, None)
                if attempt.anew:
                    self._bench.learned.pop(_as_written(create), None)
                elif attempt._replace(anew=True) in refused:
                    self._bench.learned[_as_written(create)] = True
                return values, canary, last
            if self._taken.get(create.id) == attempt:
                del self._taken[create.id]
            refused += [attempt] if last.status not in _NOT_THE_VALUES else []
            # What is named is mended in this very body, before another one is drawn that has it too.
            if left and (mended := self._mending.mended(create, attempt, case, last, chosen, (canary_at,))) is not None:
                left -= 1
                attempts = chain([mended], attempts)
            made = last if last.ok else made
            statuses.append(last.status)
        if _NOT_THE_VALUES.isdisjoint(statuses):
            self._bench.learned[in_vain] = True
        who = who or "nobody in particular"
        if made is not None:
            raise Undecided(
                f"{create.id}: {who} created an object, and its answer does not tell the id where the contract lets "
                f"one expect it: {_shown(made)}; declare the property that holds it, or a link (OpenAPI link object)"
            )
        raise Undecided(f"{create.id}: {who} could not create an object: {_shown(last)}")

    async def finished(self, case: Case, operation: Operation, identity: Identity | None) -> Case:
        """The case with the headers whose values mean something: `If-Match`, `Idempotency-Key`.

        An `If-Match` that is optional is left out where no tag is known, since no object can match one that is made up,
        and where one only reads, since what is there by now is what one wants.
        """
        headers = dict(case.headers)
        for parameter in operation.at("header"):
            name = parameter.name.lower()
            if name == "idempotency-key":
                # Not from the seed: a key that an earlier run has used would be answered with what was stored then.
                headers[parameter.name] = str(uuid.uuid4())
            elif name == "if-match" and operation.safe and not parameter.required:
                headers.pop(parameter.name, None)
            elif name == "if-match":
                tag = await self._etag(operation, case, identity)
                given = headers.pop(parameter.name, None)
                if tag or parameter.required:
                    headers[parameter.name] = tag or self._made_up_tag(operation, parameter.name, given)
            elif name == "if-none-match":
                headers.pop(parameter.name, None)
        if conditional(operation) in self._bench.learned and not any(name.lower() == "if-match" for name in headers):
            tag = await self._etag(operation, case, identity)
            headers |= {"If-Match": tag} if tag else {}
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

    def _made_up_tag(self, operation: Operation, name: str, given: Any) -> Any:
        """What is said where a tag must be and none is known: an entity tag, or `given` where its schema takes none."""
        contract = self._bench.contract
        # Not from the seed: whether a tag is known must not change what is drawn after it.
        case = valid_case(contract, operation, Random(operation.id))
        drawn = case.headers.get(name) if given is None else given
        tagged = case.but(headers={**case.headers, name: UNKNOWN_TAG})
        worse = len(request_violations(contract, operation, tagged)) > len(
            request_violations(contract, operation, case)
        )
        return drawn if worse and drawn is not None else UNKNOWN_TAG

    def _new(self, create: Operation, name: str, random: Random) -> Any:
        """An id that the client chooses, and that nobody has yet."""
        case = valid_case(self._bench.contract, create, random)
        drawn = case.body.get(name) if isinstance(case.body, Mapping) else None
        if drawn is not None and not isinstance(drawn, str):
            return drawn
        canary = self._bench.canary()
        body = {**case.body, name: canary} if isinstance(case.body, Mapping) else {name: canary}
        return drawn if drawn and request_violations(self._bench.contract, create, case.but(body=body)) else canary

    def _least(self, create: Operation, case: Case) -> Case:
        """The case with nothing in its body that the contract lets one leave out."""
        for path in list(bodies.members(case.body))[:MEMBERS]:
            shorter = case.but(body=bodies.without(case.body, [path]))
            if not request_violations(self._bench.contract, create, shorter):
                case = shorter
        return case

    def _attempts(self, create: Operation, random: Random) -> Iterator[Attempt]:
        """First what was taken before, then examples of the contract: their author knows what the service accepts.

        An example may name objects that are not there, and ones that are known may be used up, so both are mended.
        """
        refers = bool(self._references().of(create))
        if create.id in self._taken:
            yield from self._again(create, self._taken[create.id], refers=refers)
        last: list[Attempt] = []
        for number, case in enumerate(example_cases(self._bench.contract, create, random)):
            bare = _bare(create, case)
            anew = self._is_sent(create, bare)
            last += [Attempt(bare)] if anew and number == 0 else []
            yield Attempt(bare, anew=anew)
            if number == 0 and bodies.addresses(bare.body):
                yield Attempt(self._least(create, bare), anew=True)
            if refers:
                yield Attempt(bare, "known", anew)
                if number == 0:
                    yield Attempt(bare, "fresh", anew)
            if number == 0 and not bodies.addresses(bare.body) and (least := self._least(create, bare)) != bare:
                yield Attempt(least, "known" if refers else "as drawn")
        for number in range(TRIES):
            case = valid_case(self._bench.contract, create, random)
            if number >= TRIES // 2:
                # A service may want in truth what its contract lets one leave out, or dislike what it lets one say.
                drawn = [case, *(valid_case(self._bench.contract, create, random) for _ in range(7))]
                case = max(drawn, key=_fullness) if number % 2 else self._least(create, min(drawn, key=_fullness))
            bare = _bare(create, case)
            anew = self._is_sent(create, bare)
            # A canary is one member more than the least, so that the last of them goes without.
            yield Attempt(bare, "known" if refers else "as drawn", anew, unmarked=number == TRIES - 2)
            if refers and number == 0:
                yield Attempt(bare, "fresh", anew)
        yield from last

    def _again(self, create: Operation, taken: Attempt, *, refers: bool) -> Iterator[Attempt]:
        """What was taken before: with other addresses first, unless the service is known to want those very ones."""
        addressed = bool(bodies.addresses(taken.case.body))
        anew = addressed and _as_written(create) not in self._bench.learned
        first = taken._replace(anew=anew)
        yield first
        if refers and taken.references != "fresh":
            yield first._replace(references="fresh")
        if addressed and not (anew and taken.anew):
            yield taken._replace(anew=not anew)

    def _is_sent(self, create: Operation, case: Case) -> bool:
        """Whether the addresses of a case must be others by now: another call, of whichever lane, had them before."""
        addresses = bodies.addresses(case.body)
        if not addresses or _as_written(create) in self._bench.learned:
            return False
        sent: set[str] = self._bench.learned.setdefault(("addresses", create.id), set())
        known = not sent.isdisjoint(addresses)
        sent.update(addresses)
        return known


def _as_written(create: Operation) -> tuple[str, ...]:
    """Where it is remembered of an operation that it takes the addresses that are there, and refuses new ones."""
    return ("addresses as written", create.id)


def conditional(operation: Operation) -> tuple[str, ...]:
    """Where it is remembered of an operation that it asks for `If-Match`, whatever its contract says."""
    return ("conditional", operation.id)


def canary_at(contract: Contract, create: Operation, read: Operation | None) -> str:
    """The field of the creating body that can hold a canary and is read back; empty where there is none."""
    media_type = media_type_for(create)
    if media_type is None or create.body is None or read is None:
        return ""
    answered = success_schema(contract, read)
    return canary_field(contract, create.body.content[media_type].schema, answered) or ""


def _shown(exchange: Exchange | None) -> str:
    """An exchange in one line, with the beginning of what was answered: that says what was wrong with a call."""
    if exchange is None or exchange.response is None:
        return str(exchange)
    text = " ".join(exchange.response.text.split())
    return f"{exchange}: {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}" if text else str(exchange)


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
