"""Broken object level authorization, writing: one customer changes, cancels or deletes what another one owns.

The attempt of the second customer is made of nothing but valid parts: a body that the service has just taken, the
current entity tag that the owner read, a key of its own. So there is nothing left but ownership that could refuse
it. What decides is the owner's next reading of the object.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from seamwright.checks._cells import by_operation, excerpt, undecidable
from seamwright.checks._reading import UNREADABLE
from seamwright.checks.security._customers import customers_apply, customers_of
from seamwright.checks.security._objects import State, accepted_as, anew, state_of
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.safe:
            return "it changes nothing; reading across customers has a check of its own"
        return UNREADABLE if reader(subject.contract, operation) is None else None

    return customers_apply(subject, why_not, "it changes no object that the policy makes private")


@dataclass(frozen=True, slots=True)
class _Crossing:
    before: State
    attempt: Exchange
    after: State

    @property
    def changed(self) -> bool:
        return self.after.differs(self.before)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    owner, other = customers_of(bench, operation)
    like = await _owner_may(bench, operation, owner)
    await _other_may(bench, operation, other, like)
    first = await _crossed(bench, operation, owner, other, like)
    if not first.changed:
        return Proved(operation.id, measures={f"{operation.id} was answered": first.attempt.status})
    second = await _crossed(bench, operation, owner, other, like)
    if not second.changed:
        raise Undecided(
            f"{operation.id}: an object of {owner.name} was another after {other.name} had tried to change it, and the "
            "next was not; seen once only"
        )
    return Refuted(operation.id, _finding(operation, owner, other, first, second), tried=2)


async def _owner_may(bench: Bench, operation: Operation, owner: Identity) -> Case:
    """Positive control: the owner does it, and its effect is seen on the next reading."""
    like, _ = await accepted_as(bench, operation, owner)
    case = await anew(bench, operation, owner, like)
    before = await state_of(bench, operation, owner, case.path)
    again = await state_of(bench, operation, owner, case.path)
    if again.differs(before):
        raise Undecided(f"{operation.id}: two readings with nothing between them differ, so no change can be told")
    done = await bench.call(case, owner, note="control: the owner does it")
    if not done.ok:
        raise Undecided(f"{operation.id}: {owner.name} may not do it to its own object: {excerpt(done)}")
    if not (await state_of(bench, operation, owner, case.path)).differs(before):
        raise Undecided(f"{operation.id}: its effect is not seen on the next reading, so a change cannot be told")
    return case


async def _other_may(bench: Bench, operation: Operation, other: Identity, like: Case) -> None:
    """Positive control: the other customer's credentials are good for this very operation, on its own object."""
    done = await bench.call(await anew(bench, operation, other, like), other, note="control: does it to its own object")
    if not done.ok:
        raise Undecided(f"{operation.id}: {other.name} may not do it to its own object either: {excerpt(done)}")


async def _crossed(bench: Bench, operation: Operation, owner: Identity, other: Identity, like: Case) -> _Crossing:
    # The case is made as the owner, so that it carries a fresh object of the owner with its current entity tag.
    case = await anew(bench, operation, owner, like)
    before = await state_of(bench, operation, owner, case.path)
    headers = {
        name: before.etag if name.lower() == "if-match" and before.etag else value
        for name, value in case.headers.items()
    }
    attempt = await bench.call(
        case.but(headers=headers), other, fresh=True, note=f"{other.name} tries it on an object of {owner.name}"
    )
    after = await state_of(bench, operation, owner, case.path)
    crossing = _Crossing(before, attempt, after)
    if crossing.changed:
        return crossing
    if why := undecidable(attempt):
        raise Undecided(f"{operation.id}: {other.name} tried it on an object of {owner.name}, and {why}")
    if attempt.status in (412, 428):
        raise Undecided(
            f"{operation.id}: the precondition refused {other.name}, not ownership, although the entity tag was the "
            f"current one: {excerpt(attempt)}"
        )
    return crossing


def _finding(operation: Operation, owner: Identity, other: Identity, first: _Crossing, second: _Crossing) -> Finding:
    seen = "the object is gone" if not first.after.there else f"the object has changed: {_changes(first)}"
    return Finding(
        title=f"{operation.label} lets a customer change the object of another customer",
        detail=(
            f"expected: {other.name} is refused, and the object of {owner.name} stays as it was\n"
            f"seen: {excerpt(first.attempt)}; on the next reading by {owner.name} {seen}\n"
            f"the same with a second, fresh object: {second.attempt}"
        ),
        severity=Severity.CRITICAL,
        operation=operation.id,
        key=f"object-write:{operation.id}",
        exchanges=(
            first.before.exchange.number,
            first.attempt.number,
            first.after.exchange.number,
            second.attempt.number,
            second.after.exchange.number,
        ),
        facts={"owner": owner.name, "other": other.name, "status": first.attempt.status},
    )


def _changes(crossing: _Crossing) -> str:
    old, new = crossing.before.content, crossing.after.content
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return f"{str(old)[:80]} became {str(new)[:80]}"
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return ", ".join(f"{name} was {old.get(name)!r} and is {new.get(name)!r}" for name in names[:4])


CHECK = Check(
    id="security.object-write-across-customers",
    proves="a customer cannot change or remove an object of another customer",
    oracle="after a second customer's attempt the owner reads its object changed or gone, twice, on fresh objects",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-639", "CWE-284"),
    owasp=("API1:2023",),
)
