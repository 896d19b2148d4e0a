"""Replays under an Idempotency-Key: a client that got no answer sends its request again, and must not pay twice.

The rules are those of an IETF draft, "The Idempotency-Key HTTP Header Field", section 2
(draft-ietf-httpapi-idempotency-key-header). The same request under the same key gives the result of the first one; the
key with another request is refused; and another key is another request. A key belongs to its caller, too: with
somebody else's key nobody gets at somebody else's result.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, these, undecidable
from seamwright.checks._honest import Accepted, Caller, accepted, renewed
from seamwright.checks._reading import json_of, tells_address
from seamwright.checks.consistency._effects import created_id, keyed, listed, lister, marked, no_key
from seamwright.engines.generate.requests import valid_case
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

ROUNDS = 2


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if why := no_key(subject, operation):
            return why
        if not tells_address(subject.contract, operation) and lister(subject, operation) is None:
            return "the contract does not tell what it made, so its effects cannot be counted"
        return None

    return these(subject, why_not, "no operation declares an Idempotency-Key")


@dataclass(frozen=True, slots=True)
class _Trial:
    """One request under a key of its own, marked so that what it makes can be counted."""

    operation: Operation
    good: Accepted
    case: Case
    canary: str


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await accepted(bench, operation)
    await _keys_decide(bench, operation, good)
    findings: dict[str, Finding] = {}
    counts: dict[str, int] = {}
    for _ in range(ROUNDS):
        trial = _Trial(operation, good, *await keyed(bench, operation, good))
        for finding in await _round(bench, trial):
            findings.setdefault(finding.key, finding)
            counts[finding.key] = counts.get(finding.key, 0) + 1
    for key, finding in findings.items():
        if counts[key] < ROUNDS:
            raise Undecided(f"{finding.title}: seen once in {ROUNDS} rounds only")
        yield Refuted(operation.id, finding, tried=ROUNDS)
    if not findings:
        yield Proved(operation.id, tried=ROUNDS)


async def _round(bench: Bench, trial: _Trial) -> list[Finding]:
    first = await _first(bench, trial)
    findings = await _again(bench, trial, first)
    if not findings:
        findings += await _other_body(bench, trial, first)
        findings += await _other_caller(bench, trial, first)
    return findings


async def _first(bench: Bench, trial: _Trial) -> Exchange:
    first = answered(await trial.good.caller.call(bench, trial.case, note="the first request under its key"))
    if not first.ok:
        raise Undecided(f"{trial.operation.id}: a valid request under a fresh key is not accepted: {excerpt(first)}")
    return first


async def _keys_decide(bench: Bench, operation: Operation, good: Accepted) -> None:
    """Control: under another key the very same body has an effect of its own; else it is not the key that decides."""
    other = answered(await good.caller.call(bench, await renewed(bench, operation, good), note="control: another key"))
    ours = created_id(bench.contract, operation, good.exchange)
    if not other.ok or (ours is not None and ours == created_id(bench.contract, operation, other)):
        raise Undecided(
            f"{operation.id}: under another key the request has no effect of its own, so nothing shows that the key "
            f"decides: {excerpt(other)}"
        )


async def _again(bench: Bench, trial: _Trial, first: Exchange) -> list[Finding]:
    """The same request under the same key: one effect, and the first result."""
    second = answered(await trial.good.caller.call(bench, trial.case, note="the same request again under the same key"))
    ours, theirs = _id(bench, trial, first), _id(bench, trial, second)
    count = await listed(bench, trial.operation, trial.good, trial.canary, trial.case.path)
    operation = trial.operation
    if (theirs is not None and theirs != ours) or (count or 0) > 1:
        made = f"{ours} and then {theirs}" if theirs != ours else f"{count} objects with one canary"
        return [
            _finding(
                operation,
                "twice",
                "has a second effect when a request is sent again with its Idempotency-Key",
                "one effect, and the result of the first request",
                f"{made}: {excerpt(second)}",
                Severity.CRITICAL,
                (first, second),
            )
        ]
    if why := undecidable(second):
        raise Undecided(f"{operation.id}: its request was sent again under its key, and {why}")
    if ours is None and not count:
        raise Undecided(f"{operation.id}: what it makes cannot be counted: no id in its answer, and not listed")
    if not second.ok or json_of(second) != json_of(first):
        return [
            _finding(
                operation,
                "other-result",
                "gives another result when a finished request is sent again with its Idempotency-Key",
                f"the result of the first request, {excerpt(first)}",
                excerpt(second),
                Severity.MEDIUM,
                (first, second),
            )
        ]
    return []


async def _other_body(bench: Bench, trial: _Trial, first: Exchange) -> list[Finding]:
    """Another request under a used key: refused (the draft says 422), and never carried out."""
    body = _another(bench, trial)
    if body is None:
        return []
    other = answered(
        await trial.good.caller.call(bench, trial.case.but(body=body), note="another body under the same key")
    )
    if why := undecidable(other):
        raise Undecided(f"{trial.operation.id}: another body was sent under a used key, and {why}")
    if not other.ok:
        return []
    carried_out = _id(bench, trial, other) != _id(bench, trial, first)
    return [
        _finding(
            trial.operation,
            "other-body-done" if carried_out else "other-body-hidden",
            "carries out another request under a used Idempotency-Key"
            if carried_out
            else "answers another request under a used Idempotency-Key with the earlier result, as if it had been done",
            "a refusal (422): the key belongs to another request",
            excerpt(other),
            Severity.HIGH if carried_out else Severity.MEDIUM,
            (first, other),
        )
    ]


async def _other_caller(bench: Bench, trial: _Trial, first: Exchange) -> list[Finding]:
    """The same key from another customer: not the first one's result."""
    other = _other(bench, trial)
    ours = _id(bench, trial, first)
    if other is None or ours is None or trial.operation.at("path"):
        return []
    exchange = await Caller(other).call(bench, trial.case, note=f"the same key, sent by {other.name}")
    if not exchange.ok or _id(bench, trial, exchange) != ours:
        return []
    return [
        _finding(
            trial.operation,
            "other-caller",
            "gives a customer the result of another customer who used the same Idempotency-Key",
            f"{other.name} is a caller of its own, whose keys are its own",
            excerpt(exchange),
            Severity.HIGH,
            (first, exchange),
        )
    ]


def _other(bench: Bench, trial: _Trial) -> Identity | None:
    """Somebody else with the same roles."""
    mine = trial.good.caller.identity
    if mine.anonymous:
        return None
    able = (i for i in bench.subject.identities if bench.subject.allowed(i, trial.operation) is not False)
    return next((i for i in able if i.name != mine.name and set(i.roles) == set(mine.roles)), None)


def _another(bench: Bench, trial: _Trial) -> Any:
    """A valid body that is another one; None where the operation takes none, or only this."""
    if not isinstance(trial.case.body, Mapping):
        return None
    case, canary = marked(bench, trial.operation, trial.case)
    if canary:
        return case.body
    for _ in range(8):
        body = valid_case(bench.contract, trial.operation, bench.random).body
        if body != trial.case.body:
            return body
    return None


def _id(bench: Bench, trial: _Trial, exchange: Exchange) -> tuple[Any, ...] | None:
    return created_id(bench.contract, trial.operation, exchange)


def _finding(
    operation: Operation,
    kind: str,
    what: str,
    expected: str,
    seen: str,
    severity: Severity,
    exchanges: tuple[Exchange, ...],
) -> Finding:
    return Finding(
        title=f"{operation.label} {what}",
        detail=f"expected: {expected}\nseen: {seen}",
        severity=severity,
        operation=operation.id,
        key=f"idempotent-replay:{operation.id}:{kind}",
        exchanges=tuple(e.number for e in exchanges),
        facts={"kind": kind},
    )


CHECK = Check(
    id="consistency.idempotent-replay",
    proves="a request sent again with its Idempotency-Key has one effect and gives the first result",
    oracle="under one key two objects are made, another result comes, or another body is answered 2xx, in two rounds",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-837",),
)
