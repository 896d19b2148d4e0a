"""Broken object level authorization, writing: one customer changes, cancels or deletes what another one owns.

The attempt of the second customer is made of nothing but valid parts: a body that the service has just taken, the
current entity tag that the owner read, a key of its own. So there is nothing left but ownership that could refuse
it. What decides is the owner's next reading of the object.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import excerpt, these
from seamwright.checks.security._objects import accepted, anew, by_operation, json_of, read_case, reader_of, undecidable
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    if not any(rule.owning for rule in subject.manifest.policy):
        return DoesNotApply("the policy of the manifest names no objects that belong to their owners ('owning')")
    return these(
        subject, lambda operation: _why_not(subject, operation), "it changes no object that the policy makes private"
    )


def _why_not(subject: Subject, operation: Operation) -> str | None:
    assert subject.contract is not None
    if not operation.at("path"):
        return "its path addresses no object"
    if operation.safe:
        return "it changes nothing; reading across customers has a check of its own"
    if not subject.private(operation):
        return "the policy does not say that its objects belong to their owners"
    if subject.pair(operation) is None:
        return "there are no two identities with the same roles that may call it"
    if reader(subject.contract, operation) is None:
        return "the contract has no operation that reads back what it changes"
    return None


@dataclass(frozen=True, slots=True)
class _State:
    """An object as its owner reads it."""

    exchange: Exchange
    there: bool
    content: Any

    @property
    def etag(self) -> str | None:
        return self.exchange.response.header("etag") if self.exchange.response else None

    def differs(self, other: _State) -> bool:
        return (self.there, self.content) != (other.there, other.content)


@dataclass(frozen=True, slots=True)
class _Crossing:
    before: _State
    attempt: Exchange
    after: _State

    @property
    def changed(self) -> bool:
        return self.after.differs(self.before)


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    pair = bench.subject.pair(operation)
    assert pair is not None
    owner, other = pair
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
    like, _ = await accepted(bench, operation, owner)
    case = await anew(bench, operation, owner, like)
    before = await _state(bench, operation, owner, case.path)
    again = await _state(bench, operation, owner, case.path)
    if again.differs(before):
        raise Undecided(f"{operation.id}: two readings with nothing between them differ, so no change can be told")
    done = await bench.call(case, owner, note="control: the owner does it")
    if not done.ok:
        raise Undecided(f"{operation.id}: {owner.name} may not do it to its own object: {excerpt(done)}")
    if not (await _state(bench, operation, owner, case.path)).differs(before):
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
    before = await _state(bench, operation, owner, case.path)
    headers = {
        name: before.etag if name.lower() == "if-match" and before.etag else value
        for name, value in case.headers.items()
    }
    attempt = await bench.call(
        case.but(headers=headers), other, fresh=True, note=f"{other.name} tries it on an object of {owner.name}"
    )
    after = await _state(bench, operation, owner, case.path)
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


async def _state(bench: Bench, operation: Operation, owner: Identity, path: Mapping[str, Any]) -> _State:
    read = reader_of(bench, operation)
    exchange = await bench.call(await read_case(bench, read, owner, path), owner, note="the owner reads its object")
    if why := undecidable(exchange):
        raise Undecided(f"{operation.id}: its object cannot be read back: {why}")
    content = json_of(exchange) if exchange.ok else None
    if exchange.ok and content is None:
        content = exchange.response.body if exchange.response else None
    return _State(exchange, exchange.ok, content)


def _finding(operation: Operation, owner: Identity, other: Identity, first: _Crossing, second: _Crossing) -> Finding:
    seen = "the object is gone" if not first.after.there else f"the object has changed: {_changes(first)}"
    return Finding(
        title=f"{operation.id} ({operation}) lets a customer change the object of another customer",
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
