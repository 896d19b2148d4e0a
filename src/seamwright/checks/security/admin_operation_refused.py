"""Broken function level authorization: an operation of one role is open to another that only knows its path.

First somebody who may call the operation does so, with an effect that can be seen: the object of a customer is
listed, or its state changes. Then somebody whom the policy denies it tries the same with good credentials of its own.
What decides is whether that caller was shown another customer's canary, or whether the state changed all the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from seamwright.checks._cells import by_operation, excerpt, these, undecidable
from seamwright.checks._reading import UNREADABLE, json_of, lean, objects_in, read_case, reader_of
from seamwright.checks.security._objects import State, accepted_as, anew, bears, holds, plant, state_of
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench, Owned
from seamwright.model.check import Applicability, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

_KNOWN_BY = frozenset({"id", "_id", "uuid", "key", "slug", "username", "email", "number"})

REFUSED = frozenset({401, 403, 404, 405})


def _applies(subject: Subject) -> Applicability:
    if not subject.manifest.policy:
        return DoesNotApply("the manifest has no policy, so nothing says who may do what")
    return these(
        subject,
        lambda operation: _why_not(subject, operation),
        "the policy denies no operation of it to anybody who is here",
    )


def _why_not(subject: Subject, operation: Operation) -> str | None:
    assert subject.contract is not None
    if not operation.protected:
        return "the contract declares that anybody may call it"
    if subject.denied(operation) is None:
        return "the policy denies it to no identity that is here"
    if subject.honest(operation) is None:
        return "the policy allows it to no identity that is here, so there is no control"
    if operation.safe:
        return None if operation.method == "GET" else "its answer has no body to decide by"
    if not operation.at("path"):
        return "it changes more than one object that can be read back, so it is not tried as a customer"
    if reader(subject.contract, operation) is None:
        return UNREADABLE
    return None


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    high, low = bench.subject.honest(operation), bench.subject.denied(operation)
    assert high is not None
    assert low is not None
    if operation.safe:
        return await _reading(bench, operation, high, low)
    return await _writing(bench, operation, high, low)


async def _reading(bench: Bench, operation: Operation, high: Identity, low: Identity) -> Observation:
    first = await _shown(bench, operation, high, low)
    if first is None:
        return Proved(operation.id)
    second = await _shown(bench, operation, high, low)
    if second is None:
        raise Undecided(f"{operation.id}: {low.name} was shown it once and refused it the next time; seen once only")
    control, attempt, owned = first
    whose = f"an object of {owned.identity.name}" if owned else f"the same as {high.name}"
    finding = Finding(
        title=f"{operation.label} answers a caller to whom the policy denies it",
        detail=(
            f"expected: {low.name} ({', '.join(low.roles)}) is refused\n"
            f"seen: {excerpt(attempt)}; it shows {whose}\n"
            f"the same once more, on a fresh connection: {second[1]}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"function-level:{operation.id}",
        exchanges=(control.number, attempt.number, second[1].number),
        facts={"allowed": high.name, "denied": low.name, "status": attempt.status, "by_object": owned is not None},
    )
    return Refuted(operation.id, finding, tried=2)


async def _shown(
    bench: Bench, operation: Operation, high: Identity, low: Identity
) -> tuple[Exchange, Exchange, Owned | None] | None:
    """What the denied caller was shown of what the allowed one sees; None when it was refused."""
    owned = await _somebodys(bench, operation, high, low)
    case = lean(operation, await bench.case(operation, high))
    if owned is not None and operation.at("path"):
        case = await read_case(bench, operation, high, owned.values)
    control = await bench.call(case, high, note=f"control: {high.name} may")
    if not control.ok:
        raise Undecided(f"{operation.id}: {high.name} may call it, and cannot: {excerpt(control)}")
    if owned is not None and not bears(control, owned):
        owned = None
    attempt = await bench.call(case, low, fresh=True, note=f"{low.name} may not")
    if owned is not None and (bears(attempt, owned) or holds(attempt, owned.canary)):
        return control, attempt, owned
    if attempt.status in REFUSED:
        return None
    if why := undecidable(attempt):
        raise Undecided(f"{operation.id}: {low.name} tried it, and {why}")
    if owned is None and attempt.ok and _shows_as_much(attempt, control):
        return control, attempt, None
    raise Undecided(
        f"{operation.id}: {low.name} was neither refused nor shown what {high.name} sees: {excerpt(attempt)}"
    )


def _shows_as_much(attempt: Exchange, control: Exchange) -> bool:
    """Whether an answer shows what the other one does: the same, or every one of its objects, which may live on."""
    told = json_of(control)
    if told is not None and told == json_of(attempt):
        return True
    wanted = _addresses(told)
    return len(wanted) > 1 and wanted <= _addresses(json_of(attempt))


def _addresses(told: object) -> set[tuple[str, str]]:
    """What the objects of an answer are known by."""
    return {
        (name, str(value))
        for shown in objects_in(told)
        for name, value in shown.items()
        if name.lower() in _KNOWN_BY and isinstance(value, str | int)
    }


async def _somebodys(bench: Bench, operation: Operation, high: Identity, low: Identity) -> Owned | None:
    """A fresh object of somebody else than the denied caller; None where it cannot be had."""
    others = [i for i in bench.subject.identities if i.name not in (low.name, high.name)]
    for owner in (*others, high):
        try:
            return await plant(bench, operation, owner)
        except Undecided:
            continue
    return None


async def _writing(bench: Bench, operation: Operation, high: Identity, low: Identity) -> Observation:
    owner = await _owner(bench, operation, high, low)
    like, _ = await _allowed(bench, operation, high, owner)
    first = await _written(bench, operation, like, low, owner, high)
    if first is None:
        return Proved(operation.id)
    second = await _written(bench, operation, like, low, owner, high)
    if second is None:
        raise Undecided(f"{operation.id}: {low.name} could do it once and not the next time; seen once only")
    before, attempt, after = first
    finding = Finding(
        title=f"{operation.label} is done for a caller to whom the policy denies it",
        detail=(
            f"expected: {low.name} ({', '.join(low.roles)}) is refused and nothing changes\n"
            f"seen: {excerpt(attempt)}; read back, the object is another than before: {excerpt(after.exchange)}\n"
            f"the same with a second, fresh object: {second[1]}"
        ),
        severity=Severity.CRITICAL,
        operation=operation.id,
        key=f"function-level:{operation.id}",
        exchanges=(
            before.exchange.number,
            attempt.number,
            after.exchange.number,
            second[1].number,
            second[2].exchange.number,
        ),
        facts={"allowed": high.name, "denied": low.name, "status": attempt.status},
    )
    return Refuted(operation.id, finding, tried=2)


async def _owner(bench: Bench, operation: Operation, high: Identity, low: Identity) -> Identity:
    """Whose objects it is tried on: the denied caller's own, so that ownership is no reason to refuse it."""
    why = ""
    for owner in (low, high, *bench.subject.identities):
        try:
            await bench.own(operation, owner)
        except Undecided as error:
            why = why or str(error)
            continue
        return owner
    raise Undecided(f"{operation.id}: nobody could create an object to try it on: {why}")


async def _allowed(bench: Bench, operation: Operation, high: Identity, owner: Identity) -> tuple[Case, Exchange]:
    """Positive control: who may do it does it to an object of that owner, and its effect is read back."""
    last: Exchange | None = None
    like: Case | None = None
    if operation.body is not None:
        # Only the allowed caller can tell which body is taken; it may need an object of its own for that.
        like, last = await accepted_as(bench, operation, high)
    case = lean(operation, await bench.case(operation, owner))
    if like is not None:
        case = case.but(body=like.body, media_type=like.media_type)
    before = await _state(bench, operation, high, owner, case.path)
    last = await bench.call(case, high, note=f"control: {high.name} may")
    if not last.ok:
        raise Undecided(
            f"{operation.id}: {high.name} may do it to an object of {owner.name}, and cannot: {excerpt(last)}"
        )
    after = await _state(bench, operation, high, owner, case.path)
    if not after.differs(before):
        raise Undecided(f"{operation.id}: its effect is not seen on the next reading, so a change cannot be told")
    return case, last


async def _written(
    bench: Bench, operation: Operation, like: Case, low: Identity, owner: Identity, high: Identity
) -> tuple[State, Exchange, State] | None:
    case = await anew(bench, operation, owner, like)
    before = await _state(bench, operation, high, owner, case.path)
    attempt = await bench.call(case, low, fresh=True, note=f"{low.name} may not")
    after = await _state(bench, operation, high, owner, case.path)
    if after.differs(before):
        return before, attempt, after
    if why := undecidable(attempt):
        raise Undecided(f"{operation.id}: {low.name} tried it, and {why}")
    return None


async def _state(bench: Bench, operation: Operation, high: Identity, owner: Identity, path: Mapping[str, Any]) -> State:
    """The object as its owner reads it, or the allowed caller where the owner may not."""
    may = bench.subject.allowed(owner, reader_of(bench.contract, operation)) is not False
    return await state_of(bench, operation, owner if may else high, path)


CHECK = Check(
    id="security.admin-operation-refused",
    proves="an operation that the policy denies to a role is refused to it",
    oracle="a denied caller is shown another customer's canary, or read back, the state has changed, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-285", "CWE-862"),
    owasp=("API5:2023",),
)
