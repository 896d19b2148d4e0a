"""What changes or ends an account keeps to its contract, tried on accounts that were made for it.

A new password, a logout, the end of an account: no identity that was lent to us calls these. Where the contract lets
anybody sign up and log in, each call is made by somebody who has done so, with the password that he really has; what is
open to all, as a forgotten password is, is called in the name of somebody made up where nobody can. All operations get
an ordinary call first. Once it succeeds, optional parts are null, and values break the contract, stand at their limits,
or are such as nobody expects, in turns over the operations. None of them leads to a server error, and answers to valid
calls are as the contract declares them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat

from seamwright.checks._cells import LAST, excerpt, sent
from seamwright.checks._honest import succeeded
from seamwright.checks._walk import SHORTEST
from seamwright.checks.contract._account_callers import Callers, names_nobody, names_nobody_else, open_to_nobody
from seamwright.checks.contract._account_changes import Change, aside, broken, changes
from seamwright.checks.contract._cause import breach, breach_root, fingerprint, kind_of_answer, root, undocumented_root
from seamwright.checks.contract._seen import Seen
from seamwright.contracts.accounts import account_fields, laid_at, log_in, sign_up, values_at
from seamwright.engines.generate.requests import example_cases
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

EXAMPLES = 2
DRAWN = 4
"""Calls with examples of the contract, and with generated values until one is accepted."""

FURTHER = 36
"""Calls with a special value, once an ordinary one succeeded."""

HARDLY = 8
"""Calls of an operation below which it is worth the time that a run has left."""

FEW = 8
"""Calls with a value that breaks the contract, where no ordinary one succeeded."""


@dataclass(frozen=True, slots=True)
class _Called:
    case: Case
    exchange: Exchange
    change: Change | None = None
    used: bool = False
    """Whether its caller had called something else before."""

    @property
    def kind(self) -> str:
        return self.change.kind if self.change else ""


@dataclass(slots=True)
class _Course:
    """What was tried of one operation so far, and what came of it."""

    bench: Bench
    operation: Operation
    calls: AsyncGenerator[_Called | None, None]
    """Its calls; None where those that are left stand aside."""
    seen: Seen
    broken: int = 0
    """Calls that broke the contract, and were answered without a server error."""
    spent: float = 0.0
    aside: bool = False
    """Whether what is left to try of it stands aside (see `aside`)."""
    told: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)
    why: Undecided | None = None

    async def close(self) -> None:
        await self.calls.aclose()


def _applies(subject: Subject) -> Applicability:
    contract = subject.contract
    own = subject.account_operations
    if contract is None or not own:
        return DoesNotApply("none of its operations changes or ends the account that calls it")
    why = _nobody_new(subject, contract)
    if why is None:
        return Applies(tuple(operation.id for operation in own))
    cells = tuple(operation.id for operation in own if open_to_nobody(contract, operation))
    if not cells:
        return DoesNotApply(why)
    return Applies(cells, {operation.id: why for operation in own if operation.id not in cells})


def _nobody_new(subject: Subject, contract: Contract) -> str | None:
    """Why no account can be made; None where one can."""
    door = sign_up(contract)
    if door is None:
        return "no sign-up was recognised, so there is no account that could be changed or ended"
    if subject.honest(door.operation) is None:
        return "nobody who is here may sign up, so there is no account that could be changed or ended"
    through = {identity.login.operation for identity in subject.manifest.identities.values() if identity.login}
    if log_in(contract) is None and not any(contract.operation(name) for name in through):
        return "no login was recognised, so there is no account that could call"
    return None


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    people = Callers()
    async with AsyncExitStack() as closing:
        closing.push_async_callback(people.close)
        courses = [_course(bench, people, cell) for cell in bench.cells]
        for course in courses:
            closing.push_async_callback(course.close)
        going = list(courses)

        async def still() -> bool:
            return True  # Between two calls nothing is under way.

        while going and (bench.remaining >= LAST or (any(map(_hardly_tried, going)) and await bench.more(still))):
            # Whoever has had the least time is next, so that a slow operation does not take that of the others.
            course = min(going, key=lambda one: (one.aside, one.spent))
            waiting = sum(not one.spent for one in going)
            found = await _turn(people, course, (bench.remaining - LAST / 2) / max(1, waiting))
            if found is None:
                going.remove(course)
            for refuted in found or ():
                yield refuted
    for course in courses:
        verdict = _verdict(course)
        if verdict is not None:
            yield verdict


def _course(bench: Bench, people: Callers, cell: str) -> _Course:
    apart, operation = bench.apart(cell), bench.operation(cell)
    return _Course(apart, operation, _calls(apart, operation, people), Seen(operation))


async def _turn(people: Callers, course: _Course, seconds: float) -> list[Refuted] | None:
    """Make the next call of an operation, and judge it; None where there is none, or its time has ended."""
    before = course.bench.remaining
    try:
        async with asyncio.timeout(max(SHORTEST, seconds)) as limit:
            called = await anext(course.calls)
            if called is None:
                course.aside = True
                return []
            return await _taken_in(people, course, called)
    except StopAsyncIteration:
        return None
    except Undecided as reason:
        course.why = reason
        return None
    except TimeoutError:
        if not limit.expired():
            raise
        if people.waiting and course.bench.remaining >= LAST:
            # To sign up took longer than its share: whoever comes then calls in its turn.
            course.calls = _calls(course.bench, course.operation, people)
            return []
        if not course.seen.total:
            why = f"it is slow: its share of {seconds:.1f} s of the time budget ended; give more with --budget"
            course.why = Undecided(why, Cause.USAGE)
        return None
    finally:
        course.spent += max(1e-6, before - course.bench.remaining)


def _unreached(course: _Course) -> bool:
    return not course.seen.total and not course.told


def _hardly_tried(course: _Course) -> bool:
    return course.seen.total + course.broken < HARDLY


async def _taken_in(people: Callers, course: _Course, called: _Called) -> list[Refuted]:
    bench, operation = course.bench, course.operation
    if called.change is None or not called.change.broken:
        course.seen.add(called.exchange)
    elif called.exchange.status < 500:
        course.broken += 1
    found: list[Refuted] = []
    for finding in _judged(bench, operation, called):
        # What fails as an ordinary call does fails for that reason.
        if {finding.key, fingerprint(called.exchange)} & course.told:
            continue
        if called.exchange.status >= 500:
            again = await _again(bench, operation, people, called)
            if again.exchange.status < 500:
                whom = ", by somebody who had called before," if called.used else ""
                course.doubts.append(
                    f"it was answered {called.exchange.status} once{whom} and {again.exchange.status} after"
                )
                continue
        course.told.add(finding.key)
        found.append(Refuted(operation.id, finding))
    return found


def _verdict(course: _Course) -> Observation | None:
    """What the calls of an operation come to; None where it is refuted already."""
    cell = course.operation.id
    if course.why is not None:
        return Unknown(cell, str(course.why), course.why.cause)
    if course.doubts:
        return Unknown(cell, "; ".join(course.doubts), Cause.TARGET)
    if _unreached(course):
        return Unknown(cell, "not reached: the time budget of the check ended before it", Cause.USAGE)
    verdict = course.seen.verdict()
    if isinstance(verdict, Proved):
        return None if course.told else replace(verdict, tried=verdict.tried + course.broken)
    return verdict


async def _calls(bench: Bench, operation: Operation, people: Callers) -> AsyncGenerator[_Called | None, None]:
    """Ordinary calls until one is accepted, and then ones with values that are special."""
    done = False
    written = islice(example_cases(bench.contract, operation, bench.random), EXAMPLES if operation.body else 0)
    for like in chain(written, repeat(None, DRAWN)):
        if done and like is None:
            break
        called = await _call(bench, operation, people, like=like)
        done = done or succeeded(operation, called.exchange)
        yield called
    special = islice(changes(bench, operation), FURTHER) if done else islice(broken(bench, operation), FEW)
    paused = False
    for change in special:
        if aside(change) and not paused:
            paused = True
            yield None
        changed = await _changed(bench, operation, people, change)
        if changed is not None:
            yield changed


async def _again(bench: Bench, operation: Operation, people: Callers, called: _Called) -> _Called:
    """The same values once more, by somebody new. Raises Undecided where they do not fit into another call."""
    if called.change is None:
        return await _call(bench, operation, people, like=called.case, new=True)
    again = await _changed(bench, operation, people, called.change, new=True)
    if again is None:
        raise Undecided(f"{operation.id}: {called.change.what}: this does not fit into the call once more")
    return again


async def _call(
    bench: Bench, operation: Operation, people: Callers, *, like: Case | None = None, new: bool = False
) -> _Called:
    """One ordinary call; `like` is a case whose values it has, but for those about the account."""
    who = await people.somebody(bench, operation, new=new)
    case = who.own if like is None else _about(bench, operation, who.own, like)
    exchange = await people.call(bench, operation, who, case, "by an account that was made for such calls")
    if exchange is None:
        return await _call(bench, operation, people, like=like, new=True)
    return _Called(case, exchange, used=who.used)


async def _changed(
    bench: Bench, operation: Operation, people: Callers, change: Change, *, new: bool = False
) -> _Called | None:
    """One call with a special value; None where it does not fit there."""
    # An account is dear, and of no use where the call does not tell whose it is.
    unnamed = change.broken and names_nobody(bench.contract, operation, change.place)
    who = await (people.nobody(bench, operation) if unnamed else people.somebody(bench, operation, new=new))
    case = change.lay(who.own)
    if case is None or not names_nobody_else(bench, operation, who, case, change.place):
        people.back(who)
        return None
    note = f"by {'nobody' if unnamed else 'an account made for it'}: {change.what}"
    exchange = await people.call(bench, operation, who, case, note, broken=change.broken)
    if exchange is None:
        return await _changed(bench, operation, people, change, new=True)
    return _Called(case, exchange, change, who.used)


def _about(bench: Bench, operation: Operation, own: Case, like: Case) -> Case:
    if not isinstance(own.body, Mapping) or not isinstance(like.body, Mapping):
        return own.but(body=like.body, media_type=like.media_type)
    told = values_at(own.body, account_fields(bench.contract, operation))
    return own.but(body=laid_at(like.body, told), media_type=like.media_type)


def _judged(bench: Bench, operation: Operation, called: _Called) -> Iterator[Finding]:
    exchange, change = called.exchange, called.change
    invalid = change is not None and change.broken
    if exchange.status >= 500:
        yield _finding(
            operation,
            f"answers {exchange.status} to {'a call that breaks its contract' if invalid else 'a valid call'}"
            f"{f' ({change.what})' if change else ''}",
            "that it is refused with a 4xx" if invalid else "no server error, since the call keeps to the contract",
            exchange,
            Severity.MEDIUM if invalid else Severity.HIGH,
            " ".join(filter(None, (called.kind, fingerprint(exchange)))),
            root(bench, operation, exchange, called.kind),
        )
    if exchange.status >= 500 or invalid:
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
            undocumented_root(exchange) if status else breach_root(bench, operation, violation, exchange.status),
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
    oracle="a 5xx, twice, or an answer to a valid call that the contract does not declare, to an account made for it",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
)
