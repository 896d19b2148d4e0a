"""Broken object level authorization, reading: the commonest hole of APIs, and the one that no status code shows.

Alice owns an object with a canary in it. Bob, who has the same role and good credentials of his own, asks for it by
its id. What decides is whether Alice's canary comes back to Bob, not the number in front of the answer: services
answer 200 with an empty page, 403 with the object in the error, or 404 as they should.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import by_operation, excerpt, undecidable
from seamwright.checks._reading import json_of, read_case
from seamwright.checks.security._customers import customers_apply, customers_of
from seamwright.checks.security._objects import holds, nonsense
from seamwright.model.bench import Bench, Owned
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        return (
            None if operation.method == "GET" else "it reads nothing; writing across customers has a check of its own"
        )

    return customers_apply(subject, why_not, "it reads no object that the policy makes private")


@dataclass(frozen=True, slots=True)
class _Mark:
    """How the owner's object is recognised: by its canary, or by the whole body that the owner is shown."""

    canary: str
    body: Any

    def on(self, exchange: Exchange) -> bool:
        if self.canary:
            return holds(exchange, self.canary)
        return exchange.ok and json_of(exchange) == self.body


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    owner, other = customers_of(bench, operation)
    await _other_works(bench, operation, other)
    first = await _crossed(bench, operation, owner, other)
    if first is None:
        return Proved(operation.id)
    second = await _crossed(bench, operation, owner, other)
    if second is None:
        raise Undecided(
            f"{operation.id}: {other.name} was shown one object of {owner.name} and refused the next; seen once only"
        )
    return Refuted(operation.id, _finding(operation, owner, other, first, second), tried=2)


async def _other_works(bench: Bench, operation: Operation, other: Identity) -> None:
    """Both controls of the other customer: its own object is shown to it, and nonsense is not."""
    owned = await bench.own(operation, other)
    own = await bench.call(
        await read_case(bench, operation, other, owned.values), other, note="control: reads its own object"
    )
    if not own.ok:
        raise Undecided(f"{operation.id}: {other.name} cannot read even its own object: {excerpt(own)}")
    case = await read_case(bench, operation, other, nonsense(owned.values, bench.random))
    nothing = await bench.call(case, other, note="control: an object that does not exist")
    if why := undecidable(nothing):
        raise Undecided(f"{operation.id}: asked for an object that does not exist, {why}")
    if nothing.ok and not owned.canary:
        raise Undecided(
            f"{operation.id}: an object that does not exist is answered {nothing.status}, and the contract leaves no "
            "room for a canary, so that one object cannot be told from another"
        )


async def _crossed(
    bench: Bench, operation: Operation, owner: Identity, other: Identity
) -> tuple[Exchange, Exchange, Owned] | None:
    """What the other customer was shown of a fresh object of the owner; None when it was refused."""
    owned = await bench.own(operation, owner)
    case = await read_case(bench, operation, owner, owned.values)
    own = await bench.call(case, owner, note="control: the owner reads its object")
    if not own.ok:
        raise Undecided(f"{operation.id}: {owner.name} cannot read its own object: {excerpt(own)}")
    mark = _Mark(owned.canary if holds(own, owned.canary) else "", json_of(own))
    if not mark.canary and mark.body in (None, {}, []):
        raise Undecided(f"{operation.id}: the answer holds neither the canary nor any JSON to know it by", Cause.USAGE)
    crossing = await bench.call(case, other, fresh=True, note=f"{other.name} asks for an object of {owner.name}")
    if mark.on(crossing):
        return own, crossing, owned
    if why := undecidable(crossing):
        raise Undecided(f"{operation.id}: {other.name} asked for an object of {owner.name}, and {why}")
    if crossing.ok and not mark.canary:
        raise Undecided(
            f"{operation.id}: {other.name} was answered {crossing.status} with something else than {owner.name} sees; "
            "without a canary it cannot be told whose it is"
        )
    return None


def _finding(
    operation: Operation,
    owner: Identity,
    other: Identity,
    first: tuple[Exchange, Exchange, Owned],
    second: tuple[Exchange, Exchange, Owned],
) -> Finding:
    own, crossing, owned = first
    return Finding(
        title=f"{operation.label} shows a customer the object of another customer",
        detail=(
            f"expected: {other.name} is refused the object that {owner.name} owns\n"
            f"seen: {excerpt(crossing)}\n"
            f"the same with a second, fresh object: {second[1]}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"object-read:{operation.id}",
        exchanges=(owned.created.number, own.number, crossing.number, second[1].number),
        facts={"owner": owner.name, "other": other.name, "status": crossing.status, "by_canary": bool(owned.canary)},
    )


CHECK = Check(
    id="security.object-read-across-customers",
    proves="a customer cannot read an object of another customer by its id",
    oracle="a second customer of the same role receives the canary of the first one's object, twice, on fresh objects",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-639", "CWE-284"),
    owasp=("API1:2023",),
)
