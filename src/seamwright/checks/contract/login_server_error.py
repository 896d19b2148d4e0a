"""Whatever is given to a login, it never leads to a server error.

A login is open to everybody, and so is what crashes it. Other checks leave it alone, since wrong passwords lock an
account; here nobody is locked out, for each call names somebody who does not exist. Values that are valid, at a limit,
unusual or broken are laid one at a time over such a login of nobody, which is refused in order before and afterwards;
and the login of the manifest works before and afterwards too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from random import Random
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, in_time, sent, these
from seamwright.checks._honest import Caller, caller, succeeded
from seamwright.checks.contract._calls import laid_over, limit_over
from seamwright.checks.contract._cause import fingerprint, kind, root
from seamwright.contracts.accounts import account_fields
from seamwright.contracts.conformance import request_violations
from seamwright.engines.generate.requests import (
    Varied,
    boundary_cases,
    invalid_cases,
    unusual_cases,
    valid_case,
)
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MOST = 60
"""Logins of nobody that are tried; somebody may count how many come from one address."""

TURNED_AWAY = 30
"""Of them, those that may be answered 401: they are meant, but whoever watches a service cannot tell."""

LOOKED_AT = 500
"""Logins of nobody that are looked through for different ones."""

DRAWN = 4
"""Of them, those with other valid values in all places."""

DRAWS = 8
"""Generated bodies that are looked through for another value."""

TURNED_AWAY_AS, TOO_MANY = 401, 429

_OF_THE_PROTOCOL = frozenset({"grant_type", "scope", "response_type", "client_assertion_type", "token_type"})
"""Members of a token request that name no client and no user (RFC 6749, section 4)."""

_Lay = Callable[[Contract, Operation, Case, Varied], Case | None]
_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Nobody:
    """A login of nobody, and what tells those who exist, as `_compared` has it."""

    case: Case
    known: frozenset[str]

    def is_still(self, case: Case) -> bool:
        """Whether another login names nobody who exists either; one of somebody's values alone is too much."""
        return self.known.isdisjoint(_compared(value) for _, value in _values(case.body))


@dataclass(slots=True)
class _Tally:
    tried: int = 0
    told: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)
    slowed: bool = False
    turned_away: int = 0


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        if not subject.logins(operation):
            return "no identity logs in through it"
        return None if operation.body is not None else "it takes no body"

    return these(subject, why_not, "no identity logs in through any of its operations")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    who = caller(bench.subject, operation)
    real = await _let_in(bench, operation, who)
    nobody = _nobody(bench, operation, real)
    first = answered(await who.call(bench, nobody.case, note="a login of nobody"))
    if first.status >= 500:
        again = answered(await who.call(bench, nobody.case, note="a login of nobody, once more"))
        if again.status >= 500:
            yield Refuted(operation.id, _finding(bench, operation, None, first, again))
        else:
            why = f"a login of nobody was answered {first.status} once, and {again.status} when repeated"
            yield Unknown(operation.id, why, Cause.TARGET)
        return
    tally = _Tally(turned_away=int(first.status == TURNED_AWAY_AS))
    for varied, case in _logins_of_nobody(bench, operation, nobody):
        in_time(bench, tally.tried, "logins of nobody")
        exchange = answered(await who.call(bench, case, note=_note(varied)))
        if exchange.status == TOO_MANY:
            tally.slowed = True
            break
        tally.tried += 1
        tally.turned_away += exchange.status == TURNED_AWAY_AS
        cause = fingerprint(exchange)
        if tally.turned_away >= TURNED_AWAY:
            break
        if exchange.status < 500 or cause in tally.told:
            continue
        again = answered(await who.call(bench, case, note=f"{_note(varied)}, once more"))
        ordinary = answered(await who.call(bench, nobody.case, note="a login of nobody, afterwards"))
        if again.status < 500 or ordinary.status >= 500:
            tally.doubts.append(
                f"{_note(varied)} was answered {exchange.status} once, and {again.status} when repeated (a login of "
                f"nobody: {ordinary.status})"
            )
            continue
        tally.told.add(cause)
        yield Refuted(operation.id, _finding(bench, operation, varied, exchange, again))
    verdict = await _verdict(bench, operation, who, tally)
    if verdict is not None:
        yield verdict


async def _verdict(bench: Bench, operation: Operation, who: Caller, tally: _Tally) -> Observation | None:
    """What the logins come to; None where a server error was told already."""
    if tally.told:
        return None
    if tally.doubts:
        return Unknown(operation.id, "; ".join(tally.doubts[:3]), Cause.TARGET)
    if tally.slowed:
        why = f"it asked for fewer logins (429) after {tally.tried}; raise its limit where it is tested"
        return Unknown(operation.id, why, Cause.TARGET)
    if not tally.tried:
        return Unknown(operation.id, "no other value fits into a login of nobody", Cause.USAGE)
    await _let_in(bench, operation, who)
    return Proved(operation.id, tried=tally.tried)


async def _let_in(bench: Bench, operation: Operation, who: Caller) -> Case:
    """The login of the manifest, which is the positive control. Raises Undecided where it is not let in."""
    body = bench.subject.logins(operation)[0]
    case = (await who.case(bench, operation)).but(body=dict(body))
    exchange = answered(await who.call(bench, case, note="the login of the manifest"))
    if not succeeded(operation, exchange):
        raise Undecided(f"{operation.id}: the login of the manifest was not let in: {excerpt(exchange)}")
    return case


def _nobody(bench: Bench, operation: Operation, real: Case) -> _Nobody:
    """The same login by somebody who does not exist. Raises Undecided where none can be made up."""
    known: set[str] = set()

    def allowed(body: Any) -> bool:
        return not request_violations(bench.contract, operation, real.but(body=body))

    body = real.body
    for place, value in _values(real.body):
        others = (other for text in _made_up(bench, operation, place, value) if (other := _with(body, place, text)))
        made = next((other for other in others if allowed(other)), None)
        if made is not None:
            body = made
            known.add(_compared(value))
        elif _role(bench, operation, place):
            raise Undecided(f"{operation.id}: no other {place[-1]} could be made up that its contract allows")
        # Otherwise the contract has no second value there, and then it tells nobody from anybody.
    for other in bench.subject.logins(operation)[1:]:
        known |= {
            _compared(value)
            for place, value in _values(other)
            if _role(bench, operation, place) or value != _at(body, place)
        }
    nobody = _Nobody(real.but(body=body), frozenset(known))
    if not nobody.is_still(nobody.case):
        raise Undecided(f"{operation.id}: no login could be made up that has nothing of anybody who exists")
    return nobody


def _made_up(bench: Bench, operation: Operation, place: _Place, value: str | int) -> Iterator[str | int]:
    """Other values for a place of a login, the likeliest not to be anybody's first."""
    drawn = (valid_case(bench.contract, operation, bench.random).body for _ in range(DRAWS))
    if isinstance(value, str):
        canary = bench.canary()
        if "@" in value:
            yield f"{canary}@{value.rpartition('@')[2]}"
            yield f"{canary}@example.com"
        yield canary
        yield canary[: len(value)]
    else:
        yield bench.random.randrange(10**8, 10**9)
    for body in drawn:
        other = _at(body, place)
        if type(other) is type(value) and _compared(other) != _compared(value):
            yield other


def _role(bench: Bench, operation: Operation, place: _Place) -> bool:
    """Whether a place of a body says something of an account."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in place)
    return "/".join(steps) in account_fields(bench.contract, operation)


def _values(body: Any, place: _Place = ()) -> Iterator[tuple[_Place, str | int]]:
    """The texts and numbers of a body that may tell whose login it is, each with its place."""
    children = body.items() if isinstance(body, Mapping) else enumerate(body) if isinstance(body, list) else ()
    for name, value in children:
        if name not in _OF_THE_PROTOCOL:
            yield from _values(value, (*place, name))
    if isinstance(body, (str, int)) and not isinstance(body, bool) and _compared(body):
        yield place, body


def _compared(value: str | int) -> str:
    """A value as services compare it: without case and outer spaces."""
    return str(value).strip().casefold()


def _at(body: Any, place: _Place) -> Any:
    for step in place:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body


def _with(body: Any, place: _Place, value: str | int) -> Any:
    """The body with another value in a place that it has."""
    if not place:
        return value
    copied: Any = dict(body) if isinstance(body, Mapping) else list(body)
    copied[place[0]] = _with(copied[place[0]], place[1:], value)
    return copied


def _logins_of_nobody(bench: Bench, operation: Operation, nobody: _Nobody) -> Iterator[tuple[Varied | None, Case]]:
    """Logins that are valid, at a limit, unusual and broken, in turns; none of them names anybody who is known."""
    contract = bench.contract

    def laid(
        cases: Callable[[Contract, Operation, Random], Iterator[Varied]], lay: _Lay
    ) -> Iterator[tuple[Varied, Case]]:
        for varied in cases(contract, operation, bench.random_for(f"{operation.id} {cases.__name__}")):
            case = lay(contract, operation, nobody.case, varied)
            if case is not None:
                yield varied, case

    def drawn() -> Iterator[tuple[None, Case]]:
        for _ in range(DRAWN):
            yield (
                None,
                valid_case(contract, operation, bench.random_for(f"{operation.id} drawn")).but(
                    path=nobody.case.path, headers=nobody.case.headers
                ),
            )

    kinds: tuple[Iterator[tuple[Varied | None, Case]], ...] = (
        laid(invalid_cases, laid_over),
        laid(unusual_cases, limit_over),
        laid(boundary_cases, limit_over),
        drawn(),
    )
    turns = (made for turn in zip_longest(*kinds) for made in turn if made is not None)
    able = islice((made for made in turns if nobody.is_still(made[1])), LOOKED_AT)
    yield from _different_first(able)[:MOST]


def _different_first(logins: Iterable[tuple[Varied | None, Case]]) -> list[tuple[Varied | None, Case]]:
    """Every way in which a value is out of the ordinary once, then each of them at a second place, and so on."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, tuple[Varied | None, Case]]] = []
    for varied, case in logins:
        way = f"{varied.keyword} {varied.why}" if varied is not None else ""
        seen[way] += 1
        ranked.append((seen[way], (varied, case)))
    return [made for _, made in sorted(ranked, key=lambda pair: pair[0])]


def _note(varied: Varied | None) -> str:
    return (
        "a login of nobody: other valid values"
        if varied is None
        else f"a login of nobody: {varied.place}: {varied.why}"
    )


def _to_blame(varied: Varied | None) -> tuple[str, str]:
    """The kind of value that is to blame, and the part of the request that it stands in; empty for no value."""
    return (kind(varied), varied.where) if varied is not None else ("", "")


def _finding(bench: Bench, operation: Operation, varied: Varied | None, first: Exchange, again: Exchange) -> Finding:
    what = "a login of nobody" if varied is None else f"a login where {varied.place} is {varied.why}"
    return Finding(
        title=f"{operation.label} answers {first.status} to {what}",
        detail=(
            f"expected: that it is refused with a 4xx: {sent(first)}\nseen: {excerpt(first)}\n"
            f"once more: {excerpt(again)}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"{operation.id} {fingerprint(first)}",
        root=root(bench, operation, again, *_to_blame(varied)),
        exchanges=(first.number, again.number),
        facts={"status": first.status, "place": varied.place if varied is not None else ""},
    )


CHECK = Check(
    id="contract.login-server-error",
    proves="whatever is given to a login leads to no server error, whoever calls it",
    oracle="a 5xx to a login of somebody who does not exist, twice, while an ordinary one of nobody is none",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-248",),
)
