"""Input that the contract itself states to be valid is accepted.

A limit that is off by one, a member of an enumeration that was never built in, an example that nobody tried, a field
that is optional in the contract alone: whoever keeps to the contract is refused there. Services also have rules that
no schema says (a date that has passed, an id that is unknown, a name that is taken), so only those values are held
against them that the contract states by themselves, each in a call that is accepted with something else in that one
place, and where it may hang on what stands around it, in other surroundings too. All other refusals are left alone.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random

from seamwright.checks._cells import answered, each_operation, excerpt, in_time, sent, these
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._cause import resource, shape
from seamwright.checks.contract._culprit import culprit
from seamwright.checks.contract._provoked import NO_DECISION
from seamwright.checks.contract._stated import Lay, Sized, Stated, passing, stated, surroundings
from seamwright.engines.generate.requests import boundary_cases
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

REFUSED = frozenset({400, 406, 415, 422, 428})
"""Statuses that refuse what was sent. Others speak of who sent it, of an object, or of the present state."""

MOST = 80
"""Stated values that are tried of one operation."""

STEPS = 12
"""Calls that are spent on finding a service's own limit."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A stated value that was refused twice, and the other one that was taken in between."""

    keyword: str
    place: str
    what: str
    first: Exchange
    again: Exchange
    taken: Exchange
    instead: str


@dataclass(slots=True)
class _Tally:
    tried: int = 1  # The honest call itself is valid, and was accepted.
    left_alone: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    refuted: bool = False


def _applies(subject: Subject) -> Applicability:
    contract = subject.contract

    def why_not(operation: Operation) -> str | None:
        if subject.logins(operation):
            return "identities log in through it, and broken logins could lock them out"
        if operation.body is None and all(p.location == "path" for p in operation.parameters):
            return "takes nothing but what its path names"
        try:
            next(boundary_cases(contract, operation, Random(0)) if contract else iter(()), None)
        except Undecided as error:
            return str(error)
        return None

    return these(subject, why_not, "its operations take nothing that could be refused")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await repeatable(bench, operation, await accepted(bench, operation))
    tally = _Tally()
    for trial in islice(stated(bench, operation, good.case), MOST):
        in_time(bench, tally.tried, "values that the contract states")
        refusal = await _refused(bench, operation, good, trial, tally)
        if refusal is not None:
            tally.refuted = True
            yield Refuted(operation.id, _finding(operation, refusal))
    measures = {f"{operation.id}: refused for reasons of its own": tally.left_alone} if tally.left_alone else {}
    if tally.doubts:
        yield Unknown(operation.id, "; ".join(tally.doubts[:3]), Cause.TARGET, measures)
    elif not tally.refuted:
        yield Proved(operation.id, tried=tally.tried, measures=measures)


async def _refused(
    bench: Bench, operation: Operation, good: Accepted, trial: Stated | Sized, tally: _Tally
) -> _Refusal | None:
    """Try one stated value; where it is refused, look into why."""
    lay = trial.lay if isinstance(trial, Stated) else trial.of(trial.limit)
    first = await _sent(bench, operation, good, lay, trial.what)
    if first is None:
        return None
    if succeeded(operation, first):
        tally.tried += 1
        return None
    if first.status not in REFUSED:
        if first.status in NO_DECISION:
            tally.doubts.append(f"{trial.what} was answered {first.status}, which does not say whether it is taken")
        return None
    refusal: _Refusal | None
    if good.once and not good.unique:
        refusal = None  # Each call has other texts in all of its places, and any of them may be what is disliked.
    elif isinstance(trial, Sized):
        refusal = await _sized(bench, operation, good, trial, first)
    else:
        refusal = await _compared(bench, operation, good, trial, first)
    if refusal is None:
        tally.left_alone.append(trial.what)
    return refusal


async def _sent(bench: Bench, operation: Operation, good: Accepted, lay: Lay, note: str) -> Exchange | None:
    """Send the accepted call with something laid over it; None where that does not fit."""
    case = lay(await renewed(bench, operation, good))
    return None if case is None else answered(await good.caller.call(bench, case, note=note))


async def _compared(
    bench: Bench, operation: Operation, good: Accepted, trial: Stated, first: Exchange
) -> _Refusal | None:
    """The refusal, where something else is taken in that place and nothing beside it can be the reason."""
    taken = await _sent(bench, operation, good, trial.other or _as_it_is, "the same call with another value there")
    again = await _sent(bench, operation, good, trial.lay, f"once more: {trial.what}")
    if taken is None or again is None or not succeeded(operation, taken) or again.status not in REFUSED:
        return None
    if trial.narrow:
        return await _narrowed(bench, operation, good, trial, first)
    if trial.around and await _accepted_elsewhere(bench, operation, good, trial):
        return None
    instead = "a value inside the limit" if trial.other else "something else, or nothing, in that place"
    instead = "it" if trial.keyword == "required" else instead
    return _Refusal(trial.keyword, trial.place, trial.what, first, again, taken, instead)


def _as_it_is(case: Case) -> Case:
    return case


async def _accepted_elsewhere(bench: Bench, operation: Operation, good: Accepted, trial: Stated) -> bool:
    """Whether the value is taken, or the part is left out, in another call that is accepted."""
    random = bench.random_for(f"{operation.id} around {trial.place}")
    for case in surroundings(bench.contract, operation, good.case, random):
        around = replace(good, case=case)
        plain = await _sent(bench, operation, around, _as_it_is, "other surroundings")
        if plain is None or not succeeded(operation, plain):
            continue
        seen = await _sent(bench, operation, around, trial.lay, f"in other surroundings: {trial.what}")
        if (seen is None and trial.keyword == "required") or (seen is not None and succeeded(operation, seen)):
            return True
    return False


async def _narrowed(
    bench: Bench, operation: Operation, good: Accepted, trial: Stated, first: Exchange
) -> _Refusal | None:
    """The one part of an example that is refused; None where it is not one, or may be true no more."""
    whole, usual = trial.lay(good.case), good.case.body
    if operation.at("path"):
        return None  # What may be changed into what hangs on the object.
    if whole is None or not isinstance(whole.body, dict) or not isinstance(usual, dict):
        return None

    async def send(case: Case) -> Exchange:
        # What is taken only once is made anew, where it is not the example's own.
        once = good.once and case.body.get(good.unique) == usual.get(good.unique)
        fresh = await renewed(bench, operation, replace(good, case=case, once=once))
        return answered(await good.caller.call(bench, fresh, note="a part of the example"))

    found = await culprit(good.case, whole, send, lambda exchange: exchange.status in REFUSED)
    taken = await _sent(bench, operation, good, _as_it_is, "the same call without the example")
    if found is None or len(found.places) != 1 or taken is None or not succeeded(operation, taken):
        return None
    body = found.case.body
    name = found.places[0].removeprefix("body/")
    # A text may be there already, where each is taken only once or nothing is known of others in its place.
    known = isinstance(body.get(name), str) and (good.once or name not in usual)
    if name not in body or known or passing(bench.contract, operation, "body", name, body[name]):
        return None
    what = f"{found.places[0]} with {body[name]!r}, as in an example of the contract"
    instead = f"{usual[name]!r} there" if name in usual else "nothing there"
    return _Refusal("example", found.places[0], what, first, found.exchange, taken, instead)


async def _sized(bench: Bench, operation: Operation, good: Accepted, trial: Sized, first: Exchange) -> _Refusal | None:
    """The refusal, where a size inside the limit is taken; with the service's own limit, found by bisection."""
    inside, outside = trial.usual, trial.limit
    nearest = trial.limit - 1 if trial.usual < trial.limit else trial.limit + 1
    taken: Exchange | None = None
    for size in (nearest, trial.usual):
        seen = await _sent(bench, operation, good, trial.of(size), f"{size} {trial.unit} instead")
        if seen is not None and succeeded(operation, seen):
            taken, inside = seen, size
            break
    for _ in range(STEPS if taken is not None else 0):
        middle = (inside + outside) // 2
        if middle in (inside, outside):
            break
        seen = await _sent(bench, operation, good, trial.of(middle), f"{middle} {trial.unit} instead")
        if seen is None or not (succeeded(operation, seen) or seen.status in REFUSED):
            return None
        if succeeded(operation, seen):
            taken, inside = seen, middle
        else:
            outside = middle
    again = await _sent(bench, operation, good, trial.of(trial.limit), f"once more: {trial.what}")
    if taken is None or again is None or again.status not in REFUSED:
        return None
    return _Refusal(trial.keyword, trial.place, trial.what, first, again, taken, f"{inside} {trial.unit}")


def _finding(operation: Operation, refusal: _Refusal) -> Finding:
    return Finding(
        title=f"{operation.label} refuses {refusal.what}",
        detail=(
            f"expected: acceptance of {sent(refusal.first)}, since the contract states it to be valid\n"
            f"seen: {excerpt(refusal.first)}\nonce more: {excerpt(refusal.again)}\n"
            f"the same call with {refusal.instead} was answered {refusal.taken.status}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"{resource(operation)} {refusal.keyword} {shape(refusal.place)}",
        root=_root(operation, refusal),
        exchanges=(refusal.first.number, refusal.again.number, refusal.taken.number),
        facts={"status": refusal.first.status, "place": refusal.place, "keyword": refusal.keyword},
    )


def _root(operation: Operation, refusal: _Refusal) -> str:
    """A header that is wanted of one operation and not declared is so of all that want it; members of a body that are
    wanted without being declared are left out of one schema, however many there are."""
    if refusal.place.startswith("header/"):
        return f"{refusal.keyword} {refusal.place}"
    if refusal.keyword == "required" and refusal.place.startswith("body/"):
        return f"{operation.id} wants more of a body than its contract says"
    return ""


CHECK = Check(
    id="contract.valid-input-accepted",
    proves="what the contract states to be valid (limits, members, examples, defaults, media types) is accepted",
    oracle="400, 406, 415 or 422 to such a value, twice, where something else in that one place is accepted in between",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
)
