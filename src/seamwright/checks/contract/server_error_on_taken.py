"""A value that another object already has never leads to a server error.

Names, slugs and addresses are often unique where objects are stored, and a rule of storage that nobody has thought of
at the door comes out as a crash. An object is made, and its texts are given to another one: one at a time, all at once,
and, where objects are made, with the whole body once more; also by somebody else, where there is a second identity.
That the value is taken too, or refused in words (409 Conflict, RFC 9110, section 15.5.10), is both fine.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from seamwright.checks._cells import LAST, answered, each_operation, excerpt, sent, these
from seamwright.checks._honest import Accepted, Caller, accepted, nobody_may, renewed, repeatable, succeeded
from seamwright.checks._reading import json_of, objects_in, read_back
from seamwright.checks.contract._cause import fingerprint, root
from seamwright.contracts.accounts import sign_up
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import carried, path_parameters, producers, references
from seamwright.contracts.objects import creator, reader
from seamwright.contracts.schemas import properties, types
from seamwright.engines.generate.rendering import media_type_for
from seamwright.model.accounts import changes_its_caller, own_account, signs_up
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Contract, Operation, Schema
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

FIELDS = 10
"""Texts that are taken from another object one by one."""

DEEPEST = 3
"""Objects within one another in a body whose texts are looked for."""

CONTROLS = 2
"""Honest calls that are tried before and after a failure: a drawn text may be disliked for itself."""

_At = tuple[str, ...]
"""The names that lead to a place in a body."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What another object has already, and how it is laid over an honest call."""

    place: str
    what: str
    lay: Callable[[Case], Case]


@dataclass(frozen=True, slots=True)
class _Again:
    """A failure made to happen once more, between two honest calls."""

    before: Exchange
    failed: Exchange
    after: Exchange


def _applies(subject: Subject) -> Applicability:
    contract = subject.contract

    def why_not(operation: Operation) -> str | None:
        assert contract is not None
        if operation.method not in ("POST", "PUT", "PATCH") or media_type_for(operation) is None:
            return "it neither makes nor changes an object by what a body says"
        if subject.logins(operation):
            return "identities log in through it"
        if changes_its_caller(operation) or own_account(operation):
            return "it changes the account that calls it"
        if operation.method == "POST" and not _creates(contract, operation):
            return "it makes no object"
        if operation.method != "POST" and not _changes_own(contract, operation):
            return "nothing makes the objects that it changes"
        return nobody_may(subject, operation)

    return these(subject, why_not, "nothing is created by its operations")


def _creates(contract: Contract, operation: Operation) -> bool:
    """Whether a POST is one of a collection."""
    if "201" in operation.answers:
        return True
    return any((made := creator(contract, o)) is not None and made.id == operation.id for o in contract.operations)


def _changes_own(contract: Contract, operation: Operation) -> bool:
    """Whether an update is of an object that can be made for it."""
    made = any(producer.kind == "create" for producer in producers(contract, operation))
    return made and bool(path_parameters(operation.path))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    first = await accepted(bench, operation)
    if not isinstance(first.case.body, Mapping):
        raise Undecided(f"{operation.id}: its body has no members that could be those of another object", Cause.USAGE)
    texts = await _texts(bench, operation, first)
    tried, told, doubts = 0, False, list[str]()
    mine = await _with_others(bench, operation, first)
    for good, foreign in [(mine, False), *await _by_somebody_else(bench, operation, first)]:
        seen: set[str] = set()
        for attempt in _attempts(bench.contract, operation, first, texts, foreign=foreign):
            if told and (foreign or bench.remaining < LAST):
                break
            case = await _laid(bench, operation, good, attempt)
            if case is None:
                continue
            failed = answered(await good.caller.call(bench, case, note=f"taken already: {attempt.what}"))
            if failed.status == 429:
                raise Undecided(f"{operation.id}: too many requests were sent for the boundary's taste: {failed}")
            tried += 1
            # All texts together fail as one of them does by itself.
            if failed.status < 500 or (not attempt.place and fingerprint(failed) in seen):
                continue
            again = await _again(bench, operation, good, attempt)
            if again.failed.status < 500 or not all(succeeded(operation, e) for e in (again.before, again.after)):
                doubts.append(
                    f"{attempt.what} was answered {failed.status} once, and {again.failed.status} when repeated "
                    f"(honest calls before and afterwards: {again.before.status}, {again.after.status})"
                )
                continue
            seen.add(fingerprint(failed))
            told = True
            yield Refuted(operation.id, _finding(bench, operation, attempt, failed, again), tried=tried)
    if told:
        return
    if doubts:
        yield Unknown(operation.id, "; ".join(doubts[:3]), Cause.TARGET)
    elif not tried:
        yield Unknown(operation.id, "no text of another object fits into a call that is accepted", Cause.USAGE)
    else:
        yield Proved(operation.id, tried=tried)


async def _texts(bench: Bench, operation: Operation, first: Accepted) -> dict[_At, str]:
    """The texts that the first object has, by their places in the body; not those that name other objects."""
    found = dict(_leaves(first.case.body))
    read, media_type = reader(bench.contract, operation), media_type_for(operation)
    if operation.method != "POST" and read is not None and operation.body is not None and media_type is not None:
        # An update may leave out most of what its object was made with.
        with suppress(Undecided):
            shown = await read_back(bench, operation, first.caller.identity, first.case.path)
            objects = list(objects_in(json_of(shown))) if shown.ok else []
            for at in _writable(bench.contract, operation.body.content[media_type].schema):
                value = next((o[at[-1]] for o in objects if isinstance(o.get(at[-1]), str)), "")
                if value:
                    found.setdefault(at, value)
    named = {r.place for r in references(bench.contract, operation) if r.location == "body"}
    return {at: text for at, text in found.items() if text and f"/{'/'.join(at)}" not in named}


def _leaves(body: Any, at: _At = ()) -> Iterator[tuple[_At, str]]:
    for name, value in body.items():
        if isinstance(value, str):
            yield (*at, name), value
        elif isinstance(value, Mapping):
            yield from _leaves(value, (*at, name))


def _writable(contract: Contract, schema: Schema, at: _At = ()) -> Iterator[_At]:
    """The places of a body that take texts."""
    for name, child in properties(contract, schema).items():
        kinds = types(contract, child)
        if child.get("readOnly") is True:
            continue
        if "string" in kinds:
            yield (*at, name)
        elif "object" in kinds and len(at) + 1 < DEEPEST:
            yield from _writable(contract, child, (*at, name))


async def _with_others(bench: Bench, operation: Operation, first: Accepted) -> Accepted:
    """The accepted call in a form that is accepted time and again, with other texts if those are liked. Raises
    Undecided, also where no second object can be had."""
    await _fresh(bench, operation, first)
    good = await repeatable(bench, operation, first)
    if good.once:
        return good
    other = replace(good, once=True)
    seen = answered(
        await good.caller.call(bench, await _fresh(bench, operation, other), note="honest call, with other texts")
    )
    return other if succeeded(operation, seen) else good


async def _by_somebody_else(bench: Bench, operation: Operation, first: Accepted) -> list[tuple[Accepted, bool]]:
    """Honest calls of a second identity; none where there is none whose calls are accepted.

    Accounts are left out: who makes them is mostly nobody yet.
    """
    door = sign_up(bench.contract)
    if operation.method != "POST" or operation.at("path") or signs_up(operation):
        return []
    if first.caller.identity.anonymous or (door is not None and door.operation.id == operation.id):
        return []
    for identity in bench.subject.identities:
        if identity.name == first.caller.identity.name or bench.subject.allowed(identity, operation) is False:
            continue
        good = replace(first, caller=Caller(identity), once=True)
        with suppress(Undecided):
            if succeeded(operation, await _honest(bench, operation, good, "by somebody else")):
                return [(good, True)]
    return []


def _attempts(
    contract: Contract, operation: Operation, first: Accepted, texts: Mapping[_At, str], *, foreign: bool
) -> Iterator[_Attempt]:
    """Each text by itself, then all of them, and then the whole body, where it makes an object."""
    whose = "that somebody else's object" if foreign else "that another object"

    def whole(case: Case) -> Case:
        laid = case.but(body=first.case.body)
        return carried(contract, operation, laid, case) if foreign else laid

    for at, text in list(texts.items())[:FIELDS]:
        name = ".".join(at)
        yield _Attempt(name, f"the {name} {whose} has", lambda case, one={at: text}: _over(case, one))  # type: ignore[misc]
    if len(texts) > 1:
        yield _Attempt("", f"nothing but texts {whose} has", lambda case: _over(case, texts))
    if operation.method == "POST":
        yield _Attempt("", f"the very body {whose} was made with", whole)


def _over(case: Case, texts: Mapping[_At, str]) -> Case:
    body = case.body
    for at, text in texts.items():
        body = _put(body, at, text)
    return case.but(body=body)


def _put(body: Any, at: _At, text: str) -> Any:
    if not at:
        return text
    members = body if isinstance(body, Mapping) else {}
    return {**members, at[0]: _put(members.get(at[0]), at[1:], text)}


async def _fresh(bench: Bench, operation: Operation, good: Accepted) -> Case:
    """An honest call on another object, or for another one in the same collection. Raises Undecided."""
    case = await renewed(bench, operation, good)
    if operation.method == "POST":
        return case.but(path=good.case.path)
    if case.path == good.case.path:
        raise Undecided(f"{operation.id}: no two objects could be had, so none can be given what the other has")
    return case


async def _laid(bench: Bench, operation: Operation, good: Accepted, attempt: _Attempt) -> Case | None:
    """An honest call with what another object has; None where it would be the same call, or is no valid one."""
    base = await _fresh(bench, operation, good)
    case = attempt.lay(base)
    if attempt.place and case == base:
        return None
    wrong = request_violations(bench.contract, operation, case)
    return None if wrong and not request_violations(bench.contract, operation, base) else case


async def _honest(bench: Bench, operation: Operation, good: Accepted, note: str) -> Exchange:
    for _ in range(CONTROLS):
        case = await _fresh(bench, operation, good)
        seen = answered(await good.caller.call(bench, case, note=f"honest call, {note}"))
        if succeeded(operation, seen):
            break
    return seen


async def _again(bench: Bench, operation: Operation, good: Accepted, attempt: _Attempt) -> _Again:
    """The same value once more, between two honest calls."""
    before = await _honest(bench, operation, good, "before")
    case = attempt.lay(await _fresh(bench, operation, good))
    failed = answered(await good.caller.call(bench, case, note=f"once more: {attempt.what}"))
    return _Again(before, failed, await _honest(bench, operation, good, "afterwards"))


def _finding(bench: Bench, operation: Operation, attempt: _Attempt, failed: Exchange, again: _Again) -> Finding:
    return Finding(
        title=f"{operation.label} answers {again.failed.status} to {attempt.what} already",
        detail=(
            f"expected: that it is taken, or refused with a 4xx as 409: {sent(failed)}\nseen: {excerpt(failed)}\n"
            f"once more: {excerpt(again.failed)}\nhonest calls before and afterwards, with other values, were answered "
            f"{again.before.status} and {again.after.status}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"server-error-on-taken:{operation.id}:{attempt.place or attempt.what}",
        root=root(bench, operation, again.failed, "a value that another object has"),
        exchanges=(failed.number, again.before.number, again.failed.number, again.after.number),
        facts={"status": again.failed.status, "place": attempt.place, "value": attempt.what},
    )


CHECK = Check(
    id="contract.server-error-on-taken",
    proves="a value that another object already has never leads to a server error",
    oracle="a 5xx to a value of another object, twice, in a call that is accepted with others before and afterwards",
    urgency=1,
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-248", "CWE-755"),
)
