"""What changes or ends an account keeps to its contract, tried on accounts that were made for it.

A new password, a logout, the end of an account: no identity that was lent to us calls these. Where the contract lets
anybody sign up and log in, each call is made by somebody who has just done so, with the password that he really has.
Once such calls succeed, optional parts are null, and values stand at their limits or are such as nobody expects. None
of them leads to a server error, and answers are as the contract declares them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest

from seamwright.checks._cells import LAST, answered, excerpt, sent
from seamwright.checks._honest import succeeded
from seamwright.checks.contract._calls import limit_over
from seamwright.checks.contract._cause import breach, breach_root, fingerprint, kind_of_answer, root, undocumented_root
from seamwright.checks.contract._seen import Seen
from seamwright.contracts.accounts import account_fields, log_in, sign_up
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.schemas import properties
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.requests import boundary_cases, example_cases, unusual_cases
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

EXAMPLES = 2
DRAWN = 4
"""Calls with examples of the contract, and with generated values; each by an account of its own."""

FURTHER = 24
"""Calls with a value at a limit or an unusual one, once ordinary ones succeed."""

REFUSED = frozenset({400, 409, 415, 422})
"""Statuses that say that the values were not taken, and leave the account as it was."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A special value, and how it is laid over an ordinary call; that gives None where it does not fit there."""

    what: str
    lay: Callable[[Case], Case | None]


@dataclass(frozen=True, slots=True)
class _Called:
    case: Case
    exchange: Exchange
    change: _Change | None = None


def _applies(subject: Subject) -> Applicability:
    contract = subject.contract
    own = subject.account_operations
    if contract is None or not own:
        return DoesNotApply("none of its operations changes or ends the account that calls it")
    door = sign_up(contract)
    if door is None or subject.honest(door.operation) is None:
        return DoesNotApply("nobody can sign up, so there is no account that could be changed or ended")
    through = {identity.login.operation for identity in subject.manifest.identities.values() if identity.login}
    if log_in(contract) is None and not any(contract.operation(name) for name in through):
        return DoesNotApply("nobody can log in after signing up, so there is no account that could call")
    return Applies(tuple(operation.id for operation in own))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    for cell in bench.cells:
        if bench.remaining < LAST:
            yield Unknown(cell, "not reached: the time budget of the check ended before it", Cause.USAGE)
            continue
        try:
            async for observation in _decide(bench, bench.operation(cell)):
                yield observation
        except Undecided as reason:
            yield Unknown(cell, str(reason), reason.cause)


async def _decide(bench: Bench, operation: Operation) -> AsyncIterator[Observation]:
    seen = Seen(operation)
    told: set[str] = set()
    doubts: list[str] = []
    async for called in _calls(bench, operation):
        seen.add(called.exchange)
        for finding in _judged(bench, operation, called):
            if finding.key in told:
                continue
            if called.exchange.status >= 500:
                again = await _again(bench, operation, called)
                if again.exchange.status < 500:
                    doubts.append(f"it was answered {called.exchange.status} once, and {again.exchange.status} after")
                    continue
            told.add(finding.key)
            yield Refuted(operation.id, finding)
    verdict = seen.verdict()
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts), Cause.TARGET)
    elif not told or isinstance(verdict, Unknown):
        yield verdict


async def _calls(bench: Bench, operation: Operation) -> AsyncIterator[_Called]:
    """Valid calls, each by somebody new; once two succeed, further ones with values that are special."""
    done = 0
    for example in islice(example_cases(bench.contract, operation, bench.random), EXAMPLES if operation.body else 0):
        called = await _call(bench, operation, example)
        done += succeeded(operation, called.exchange)
        yield called
    for _ in range(DRAWN):
        if done > 1:
            break
        called = await _call(bench, operation, None)
        done += succeeded(operation, called.exchange)
        yield called
    if not done:
        return
    somebody: Identity | None = None
    for change in islice(_changes(bench, operation), FURTHER):
        if bench.remaining < LAST:
            return
        # Whoever was refused is as before, and may call once more.
        somebody = somebody or await bench.disposable(operation)
        case = change.lay(await bench.case(operation, somebody))
        if case is None:
            continue
        exchange = answered(await bench.call(case, somebody, note=f"by an account made for it: {change.what}"))
        yield _Called(case, exchange, change)
        if exchange.status not in REFUSED:
            somebody = None


def _changes(bench: Bench, operation: Operation) -> Iterator[_Change]:
    """Special values: null wherever it is allowed, then values at their limits and unusual ones in turns."""
    contract = bench.contract

    def nulled(name: str, case: Case) -> Case | None:
        if not isinstance(case.body, Mapping):
            return None
        other = case.but(body={**case.body, name: None})
        return None if request_violations(contract, operation, other) else other

    body = operation.body.content.get(media_type_for(operation) or "") if operation.body else None
    for name in properties(contract, body.schema) if body else ():
        yield _Change(f"null at body/{name}", partial(nulled, name))
    sources = (cases(contract, operation, bench.random) for cases in (boundary_cases, unusual_cases))
    for varied in (one for turn in zip_longest(*sources) for one in turn if one is not None):
        yield _Change(f"{varied.place}: {varied.why}", partial(limit_over, contract, operation, varied=varied))


async def _again(bench: Bench, operation: Operation, called: _Called) -> _Called:
    """The same values once more, by somebody new. Raises Undecided where they do not fit into another call."""
    if called.change is None:
        return await _call(bench, operation, called.case)
    somebody = await bench.disposable(operation)
    case = called.change.lay(await bench.case(operation, somebody))
    if case is None:
        raise Undecided(f"{operation.id}: {called.change.what}: this does not fit into the call once more")
    return _Called(case, answered(await bench.call(case, somebody, note="once more")), called.change)


async def _call(bench: Bench, operation: Operation, like: Case | None) -> _Called:
    """One call by a disposable account; `like` is a case whose values it has, but for those about the account."""
    somebody = await bench.disposable(operation)
    case = await bench.case(operation, somebody)
    if like is not None:
        case = _about(bench, operation, case, like)
    exchange = answered(await bench.call(case, somebody, note="by an account that was made for this call"))
    return _Called(case, exchange)


def _about(bench: Bench, operation: Operation, own: Case, like: Case) -> Case:
    if not isinstance(own.body, Mapping) or not isinstance(like.body, Mapping):
        return own.but(body=like.body, media_type=like.media_type)
    fields = account_fields(bench.contract, operation)
    body = {**like.body, **{name: value for name, value in own.body.items() if name in fields}}
    return own.but(body=body, media_type=like.media_type)


def _judged(bench: Bench, operation: Operation, called: _Called) -> Iterator[Finding]:
    exchange = called.exchange
    if exchange.status >= 500:
        yield _finding(
            operation,
            f"answers {exchange.status} to a valid call{f' ({called.change.what})' if called.change else ''}",
            "no server error, since the call keeps to the contract",
            exchange,
            Severity.HIGH,
            fingerprint(exchange),
            root(bench, operation, exchange),
        )
        return
    for violation in bench.violations(exchange):
        status = violation.keyword == "status"
        what = "a status that" if status else "what"
        yield _finding(
            operation,
            f"answers {exchange.status} with {what} its contract does not declare",
            "an answer as the contract declares it",
            exchange,
            Severity.MEDIUM,
            kind_of_answer(exchange) if status else breach(operation, violation, exchange.status),
            undocumented_root(exchange) if status else breach_root(operation, violation, exchange.status),
            f"{violation.place}: {violation.text}",
        )


def _finding(
    operation: Operation,
    what: str,
    expected: str,
    exchange: Exchange,
    severity: Severity,
    cause: str,
    root: str,
    violation: str = "",
) -> Finding:
    return Finding(
        title=f"{operation.label} {what}",
        detail=f"expected: {expected}: {sent(exchange)}\nseen: {violation or excerpt(exchange)}",
        severity=severity,
        operation=operation.id,
        key=cause,
        root=root,
        exchanges=(exchange.number,),
        facts={"status": exchange.status},
    )


CHECK = Check(
    id="contract.account-operations",
    proves="operations that change or end the account of their caller keep to the contract, on accounts made for it",
    oracle="a 5xx to a valid call, twice, or an answer that the contract does not declare, to an account made for it",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
)
