"""Server errors of operations of which no call is accepted: no object to call them on can be had, or none will do.

Nothing can be proved of such an operation. But an object that is not there, or a body that breaks a rule of the
business, is no reason to crash: a server error is one all the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from itertools import islice, takewhile
from random import Random
from typing import Any

from seamwright.checks._cells import LAST, answered, excerpt, sent
from seamwright.checks._honest import Caller, caller, fresh_key
from seamwright.checks.contract._cause import fingerprint, kind, resource, root
from seamwright.checks.contract._varying import Vary
from seamwright.contracts.links import path_parameters
from seamwright.engines.generate.requests import Varied, merged, valid_case
from seamwright.model.bench import Bench, Call
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation

__all__ = ["crashes_unaccepted", "drawn_only"]

MOST = 60
"""Calls that are made of one operation."""

LOOKED_INTO = 4
"""Failures that are made to happen again, each of another cause."""


def drawn_only(contract: Contract, operation: Operation, random: Random) -> Iterator[Varied]:
    """Nothing but other valid values, as they come."""
    for _ in range(MOST):
        drawn = valid_case(contract, operation, random)
        yield Varied("body", "", drawn.body, "drawn", "a valid call", "other valid values", absent=drawn.body is None)


async def crashes_unaccepted(
    bench: Bench,
    operation: Operation,
    vary: Vary,
    why: Undecided,
    severity: Severity,
    *,
    start: int = 0,
    to: int = MOST,
    cause: Callable[[Varied], str] | None = None,
) -> AsyncIterator[Observation]:
    """Call an operation on objects as generated. Refuted for each server error that comes again; else unknown, for the
    reason that kept a call from being accepted. With `start` and `to`, only a part of the calls is made; `cause` names
    the root cause of a crash on a value where that is known whatever the answer."""
    who = caller(bench.subject, operation)
    if bench.subject.logins(operation):
        raise why
    random = bench.random_for(f"{operation.id} unaccepted")
    base = _with_key(_below(bench, operation, who, valid_case(bench.contract, operation, random)))
    control = answered(await who.call(bench, base, note="valid, on an object as generated"))
    if control.status == 401:
        raise why  # Who calls is asked before what is sent, and each such answer costs a new login.
    failures: dict[str, tuple[Case, Varied | None, Exchange]] = {}
    known = fingerprint(control) if control.status >= 500 else ""
    if known and vary is drawn_only:
        failures[known] = (base, None, control)
    made: dict[int, Varied] = {}
    calls = islice(_calls(bench, operation, who, base, vary, random, made), start, to)
    async with aclosing(bench.stream(calls)) as answers:
        async for call, exchange in answers:
            what = made.pop(id(call))
            # What fails as an ordinary call does fails for that reason, and is told by the check of ordinary calls.
            seen = fingerprint(exchange)
            if exchange.status >= 500 and seen != known and seen not in failures:
                failures[seen] = (call.case, what, bench.keep(exchange))
    refuted = False
    for seen, (case, varied, first) in islice(failures.items(), LOOKED_INTO):
        if bench.remaining < LAST:
            break
        again = answered(await who.call(bench, _with_key(case), note="once more"))
        if again.status >= 500:
            refuted = True
            known = cause(varied) if cause is not None and varied is not None else ""
            finding = _finding(bench, operation, varied, first, again, control, seen, severity, known)
            yield Refuted(operation.id, finding)
    if not refuted:
        yield Unknown(operation.id, str(why), why.cause)


def _below(bench: Bench, operation: Operation, who: Caller, case: Case) -> Case:
    """The call on an object as generated, below parents that are there, where a call of another operation named them.

    Otherwise all that is ever asked is whether there is such a parent.
    """
    *parents, _ = path_parameters(operation.path) or ("",)
    found: dict[str, Any] = {}
    for other in bench.contract.operations if parents else ():
        accepted = bench.learned.get(("accepted", other.id, who.identity.name))
        if accepted is None:
            continue
        alike = takewhile(_alike, zip(operation.path.split("/"), other.path.split("/"), strict=False))
        named = {ours[1:-1]: accepted.path.get(theirs[1:-1]) for ours, theirs in alike if "{" in ours}
        shared = {name: value for name, value in named.items() if name in parents and value is not None}
        found = max(found, shared, key=len)
    return case.but(path={**case.path, **found})


def _alike(pair: tuple[str, str]) -> bool:
    """Whether two parts of paths stand for the same: the same word, or a parameter, whatever it is called."""
    ours, theirs = pair
    return ours == theirs or (ours.startswith("{") and theirs.startswith("{"))


def _calls(
    bench: Bench, operation: Operation, who: Caller, base: Case, vary: Vary, random: Random, made: dict[int, Varied]
) -> Iterator[Call]:
    until = bench.remaining * (1 - 1 / max(2, len(bench.cells)))
    try:
        for varied in islice(vary(bench.contract, operation, random), MOST):
            if bench.remaining < until:
                return
            case = merged(base, varied)
            if varied.keyword == "drawn":
                case = valid_case(bench.contract, operation, random)
            call = Call(_with_key(case), who.identity, f"{varied.place}: {varied.why}", case, kind(varied))
            made[id(call)] = varied
            yield call
    except Undecided:
        return


def _with_key(case: Case) -> Case:
    headers = {n: fresh_key() if n.lower() == "idempotency-key" else v for n, v in case.headers.items()}
    return case.but(headers=headers)


def _finding(
    bench: Bench,
    operation: Operation,
    varied: Varied | None,
    first: Exchange,
    again: Exchange,
    control: Exchange,
    seen: str,
    severity: Severity,
    cause: str,
) -> Finding:
    special = kind(varied) if varied is not None else ""
    what = "a valid call" if varied is None or varied.keyword == "drawn" else f"{varied.place}: {varied.why}"
    ordinary = f"\nan ordinary call was answered {control.status}" if varied is not None else ""
    return Finding(
        title=f"{operation.label} answers {again.status} to {what}",
        detail=(
            f"expected: no server error, whatever the object is: {sent(first)}\nseen: {excerpt(first)}\n"
            f"once more: {excerpt(again)}{ordinary}"
        ),
        severity=severity,
        operation=operation.id,
        key=" ".join((resource(operation), "" if varied is None else varied.why, seen)),
        root=root(bench, operation, again, special, varied.where if varied is not None and special else "", cause),
        exchanges=(first.number, again.number),
        facts={
            "status": again.status,
            **({"place": varied.place, "keyword": varied.keyword, "empty": not varied.value} if varied else {}),
        },
    )
