"""Mends a body as a refusal asks for it: with what it lacks, without what is not wanted, with other texts where one is
another object's already."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Literal, NamedTuple

from seamwright.contracts.conformance import request_violations
from seamwright.engines.generate.formats import FORMATS
from seamwright.engines.generate.requests import valid_case
from seamwright.model.bench import Bench
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Operation
from seamwright.run import bodies

__all__ = ["MEMBERS", "Attempt", "Mending"]

DRAWN = 8
"""Bodies that are drawn to find what a refusal asks for."""

MEMBERS = 100
"""Members of one body that are looked at one by one, whether they can be left out."""

Naming = Literal["as drawn", "known", "fresh"]
"""What is done with the places of a body that name other objects: nothing, ids that are known, ids of new ones."""

ROOMY = 24
"""Characters of a new e-mail address where the contract leaves room for them: shorter ones meet by chance."""


class Attempt(NamedTuple):
    """A call that may create.

    `anew` gives each of its e-mail addresses another value before it is sent, and the texts at `fresh` new ones, since
    each is taken once; `unmarked` puts no canary into it. `cut` is what was left out after a refusal, `added`
    what was put in.
    """

    case: Case
    references: Naming = "as drawn"
    anew: bool = False
    unmarked: bool = False
    fresh: tuple[bodies.Path, ...] = ()
    cut: tuple[bodies.Path, ...] = ()
    added: tuple[bodies.Path, ...] = ()


class Mending:
    """Mends the attempts of one check to create objects."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def mended(
        self,
        create: Operation,
        attempt: Attempt,
        sent: Case,
        exchange: Exchange,
        chosen: tuple[str, ...],
        mark: bodies.Path,
    ) -> Attempt | None:
        """The attempt as a refusal asks for it: with other texts where one is taken, with what it lacks, or without
        what is not wanted. None where the refusal names nothing that can be mended."""
        if bodies.is_taken(exchange) and (other := self._other(create, attempt, sent, exchange)) is not None:
            return other
        if exchange.status not in bodies.DISLIKED:
            return None
        longer = self._longer(create, attempt, exchange)
        if longer is not None:
            return longer
        named = self._named(create, attempt, sent, exchange, chosen)
        vain = [path for path in named if path in attempt.added]
        self._in_vain(create).update(vain)
        if vain or not named:
            return None
        case = attempt.case.but(body=bodies.without(attempt.case.body, named))
        fresh = tuple(path for path in attempt.fresh if path not in named)
        return attempt._replace(
            case=case, unmarked=attempt.unmarked or mark in named, cut=(*attempt.cut, *named), fresh=fresh
        )

    def _in_vain(self, create: Operation) -> set[bodies.Path]:
        """The members that were asked for, given, and then not liked: they are not given again."""
        given: set[bodies.Path] = self._bench.learned.setdefault(("given in vain", create.id), set())
        return given

    def _other(self, create: Operation, attempt: Attempt, sent: Case, exchange: Exchange) -> Attempt | None:
        """The attempt with new texts each time: those that the refusal names, or else all that may be any text but ids
        of other objects. None where they are new already."""
        words = bodies.words(exchange)
        texts = [path for path, value in bodies.members(attempt.case.body).items() if isinstance(value, str)]
        texts = [path for path in texts[:MEMBERS] if not bodies.addresses(bodies.at(attempt.case.body, path))]
        free = [path for path in texts if self.renamed(create, attempt.case, (path,)) != attempt.case]
        named = [path for path in free if str(path[-1]).lower() in words]
        others = [path for path in free if not str(path[-1]).lower().endswith("id")]
        fresh = tuple(dict.fromkeys((*attempt.fresh, *(named or others))))
        anew = attempt.anew or (bool(bodies.addresses(attempt.case.body)) and not named)
        return None if (fresh, anew) == (attempt.fresh, attempt.anew) else attempt._replace(fresh=fresh, anew=anew)

    def renamed(self, create: Operation, case: Case, paths: tuple[bodies.Path, ...]) -> Case:
        """The case with new texts at these paths, as far as the contract takes any."""
        for path in paths:
            broken = len(request_violations(self._bench.contract, create, case))
            canary, old = self._bench.canary(), bodies.at(case.body, path)
            shorter = canary[-len(old) :] if isinstance(old, str) and old else canary
            for text in (canary, shorter):
                other = case.but(body=bodies.put(case.body, path, text))
                if len(request_violations(self._bench.contract, create, other)) <= broken:
                    case = other
                    break
        return case

    def _longer(self, create: Operation, attempt: Attempt, exchange: Exchange) -> Attempt | None:
        """The attempt with the members that a refusal names and its body has not: as the contract declares them, and a
        text where it lets a member be there that it does not declare. None where there are none."""
        body, words = attempt.case.body, bodies.words(exchange)
        if not isinstance(body, Mapping):
            return None
        known = bodies.members(body)
        there = {str(path[-1]).lower() for path in known}
        random = Random(f"{create.id} lacks {sorted(words)}")
        drawn = [valid_case(self._bench.contract, create, random).body for _ in range(DRAWN)]
        declared = {path: value for each in drawn for path, value in bodies.members(each).items()}
        spelt = [place for place in bodies.places(exchange) if place not in known]
        named = [p for p in declared if p in spelt or (str(p[-1]).lower() in words and str(p[-1]).lower() not in there)]
        case, fresh = attempt.case, attempt.fresh
        for path in dict.fromkeys((*named, *spelt)):
            refused = path in attempt.cut or path in self._in_vain(create)
            if refused or path in known or not isinstance(bodies.at(case.body, path[:-1]), Mapping):
                continue
            value = declared[path] if path in declared else self._bench.canary()
            longer = case.but(body=bodies.put(case.body, path, value))
            worse = request_violations(self._bench.contract, create, longer)
            if len(worse) <= len(request_violations(self._bench.contract, create, case)):
                case, fresh = longer, fresh if path in declared else (*fresh, path)
        added = tuple(path for path in bodies.members(case.body) if path not in known)
        return attempt._replace(case=case, fresh=fresh, added=(*attempt.added, *added)) if added else None

    def _named(
        self, create: Operation, attempt: Attempt, sent: Case, exchange: Exchange, chosen: tuple[str, ...]
    ) -> list[bodies.Path]:
        """The members that a refusal names and the contract lets one leave out: the service may not want them.

        An address that can still be another one is none of them, nor is an id that is chosen here.
        """
        words = bodies.words(exchange)
        broken = len(request_violations(self._bench.contract, create, sent))
        found: list[bodies.Path] = []
        for path, value in list(bodies.members(sent.body).items())[:MEMBERS]:
            if (
                str(path[-1]).lower() not in words
                or path[0] in chosen
                or (not attempt.anew and bodies.addresses(value))
            ):
                continue
            shorter = sent.but(body=bodies.without(sent.body, [*found, path]))
            if len(request_violations(self._bench.contract, create, shorter)) <= broken:
                found.append(path)
        return found

    def readdressed(self, create: Operation, case: Case) -> Case:
        """The case with e-mail addresses that nobody has: each is mostly taken only once.

        Not from the seed, or a second run would find its own taken. As it was, where the contract takes no others.
        """
        addresses = bodies.addresses(case.body)
        if not addresses:
            return case
        broken = len(request_violations(self._bench.contract, create, case))
        random = Random(self._bench.canary())
        for least in (ROOMY, 0):
            lengths = {address: max(least, len(address)) for address in addresses}
            new = {address: FORMATS["email"](random, length, length) for address, length in lengths.items()}
            other = case.but(body=bodies.replaced(case.body, new))
            if len(request_violations(self._bench.contract, create, other)) <= broken:
                return other
        return case
