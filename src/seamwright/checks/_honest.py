"""Honest calls: who may make them, which ones an operation accepts, and the same call once more with fresh objects."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from seamwright.checks._cells import answered, excerpt, statuses
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.links import carried, producers, references
from seamwright.engines.generate.ordinary import ordinary
from seamwright.engines.generate.rendering import files_of, media_type_for
from seamwright.engines.generate.requests import example_cases, valid_case
from seamwright.engines.generate.uploads import uploads
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import ANYONE, Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = [
    "Accepted",
    "Caller",
    "accepted",
    "caller",
    "candidates",
    "exemplary",
    "fresh_key",
    "learn_accepted",
    "learn_refused",
    "likely",
    "nobody_may",
    "renewed",
    "repeatable",
    "succeeded",
    "to_add",
    "unknown_object",
]

GENERATED = 3
"""Generated cases that are tried after those that people wrote down."""

MORE = 6
"""More of them where a service asks for something that no schema says, as that one day lies before the other."""

DRAWS = 8
"""Generated cases that are looked through for the shortest body, or for other texts."""

_UNLIKED = frozenset({400, 409, 422})
"""Statuses that say that other values may be accepted."""

_FILES_UNLIKED = frozenset({*_UNLIKED, 415})
"""Statuses that say that other files may be accepted: what is in one is a media type to some."""

_NOT_THE_VALUES = frozenset({0, 401, 408, 425, 429})
"""Statuses (0: no answer) that say nothing of the values that were sent."""

EXAMPLES = 2

_MEANT = frozenset({"if-match", "idempotency-key"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes honest calls of an operation; `ANYONE` where it takes no credentials."""

    identity: Identity

    async def case(self, bench: Bench, operation: Operation) -> Case:
        """A valid call on objects of this caller."""
        return await bench.case(operation, self.identity)

    async def call(self, bench: Bench, case: Case, note: str = "") -> Exchange:
        """Send it with this caller's credentials, if it has any."""
        return await bench.call(case, self.identity, note=note)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A valid call that was answered in the operation's success class, and who made it."""

    caller: Caller
    case: Case
    exchange: Exchange
    once: bool = False
    """Whether its texts are taken only once, as the name of an account is."""
    unique: str = ""
    """The one member of its body that is taken only once; empty where it may be any of its texts."""


def caller(subject: Subject, operation: Operation) -> Caller:
    """Who may call this operation. Raises Undecided where it needs credentials and nobody has them.

    A login, and an open operation of a contract that asks for credentials elsewhere, is called without: a login that
    answers 401 must not be taken for credentials that have died.
    """
    identity = subject.honest(operation)
    if identity is None:
        raise Undecided(
            f"{operation.id} needs credentials, and no identity of the manifest has them and may call it; "
            f"{to_add(subject)}",
            Cause.USAGE,
        )
    elsewhere = subject.contract is not None and bool(subject.contract.schemes) and not operation.security
    if not operation.protected and (elsewhere or subject.logins(operation)):
        return Caller(ANYONE)
    return Caller(identity)


def to_add(subject: Subject) -> str:
    """What to do where nobody has credentials."""
    if subject.manifest.origin.source.startswith(("http://", "https://")):
        return "give a token with --token-env VARIABLE, or say who calls in a manifest (seamwright init URL)"
    return "add one under 'identities'"


def nobody_may(subject: Subject, operation: Operation) -> str | None:
    """Why a check leaves out an operation that nobody who is here may call; None where somebody may."""
    return "no identity that is here may call it" if subject.honest(operation) is None else None


def fresh_key() -> str:
    """An Idempotency-Key that nobody has used: not from the seed, or the next run with it would be answered with what
    was stored in this one."""
    return str(uuid.uuid4())


def succeeded(operation: Operation, exchange: Exchange) -> bool:
    """Whether an answer is of the success class: 2xx, or a redirect that the contract declares by its status."""
    status = exchange.status
    return exchange.ok or (300 <= status < 400 and bool({str(status), "3XX"} & set(operation.answers)))


async def candidates(bench: Bench, operation: Operation, who: Caller) -> AsyncIterator[tuple[Case, str]]:
    """Valid cases, the likeliest to be accepted first, each with where it comes from.

    First what the manifest says (a login), then examples of the contract, then generated ones. An operation that takes
    nothing gives two equal ones.
    """
    logins = bench.subject.logins(operation)
    for body in logins:
        yield (await who.case(bench, operation)).but(body=body), "the login of the manifest"
    if operation.body is not None:
        for number, example in enumerate(example_cases(bench.contract, operation, bench.random)):
            if number == EXAMPLES:
                break
            case = await who.case(bench, operation)
            written = case.but(body=example.body, media_type=example.media_type)
            yield written, "an example of the contract"
            mended = carried(bench.contract, operation, written, case)
            if mended != written:
                yield mended, "an example of the contract, with ids of real objects"
    if logins:
        return  # A password that is made up tells nothing, and too many of them lock an account.
    takes = operation.parameters or operation.body
    for number in range(GENERATED if takes else 2):
        case = await who.case(bench, operation)
        yield case if number % 2 == 0 else _as_people_write(bench, operation, case), "generated"


async def likely(bench: Bench, operation: Operation, who: Caller) -> AsyncIterator[tuple[Case, str]]:
    """The candidates, after the call that another check has found to be accepted; one alone, where none was found."""
    known = bench.learned.get(("accepted", operation.id, who.identity.name))
    if known is not None and not bench.subject.logins(operation):
        fresh = await _anew(bench, operation, who, known)
        # Where nothing makes or lists what the path names, the one that was accepted is as good as any.
        made = operation.safe or bool(producers(bench.contract, operation))
        yield fresh if made else fresh.but(path=known.path), "accepted before"
    async for candidate in candidates(bench, operation, who):
        yield candidate
        if ("refused", operation.id, who.identity.name) in bench.learned:
            return


async def accepted(bench: Bench, operation: Operation) -> Accepted:
    """Find a valid call that is answered in the success class: the positive control of whatever is tried next.

    What another check has found is tried first; where another one has found none, a single call is made. Raises
    Undecided when none is accepted, or no answer came.
    """
    who = caller(bench.subject, operation)
    seen: list[Exchange] = []
    in_vain: str | None = bench.learned.get(("refused", operation.id, who.identity.name))

    async def tries() -> AsyncIterator[tuple[Case, str]]:
        async for candidate in likely(bench, operation, who):
            yield candidate
        # What an object was created with by now is taken, at least with other texts: a name may be taken only once.
        created = bench.learned.get(("taken",), {}).get(operation.id)
        if created is not None and not bench.subject.logins(operation):
            yield await _anew(bench, operation, who, created[0], once=True), "as an object was created"
        if in_vain:
            return
        if not _FILES_UNLIKED.isdisjoint(e.status for e in seen):
            async for upload in _with_files(bench, operation, who):
                yield upload
        while len(seen) < EXAMPLES + GENERATED + MORE and operation.body and not bench.subject.logins(operation):
            if _UNLIKED.isdisjoint(e.status for e in seen):
                return
            # The less is said, the less of it can be disliked; and some want what their schema lets one leave out.
            much = max if len(seen) % 2 else min
            body = much((valid_case(bench.contract, operation, bench.random).body for _ in range(DRAWS)), key=_size)
            case = (await who.case(bench, operation)).but(body=body)
            yield case if len(seen) // 2 % 2 == 0 else _as_people_write(bench, operation, case), "generated"

    async for case, origin in tries():
        exchange = answered(await who.call(bench, case, note=f"honest call: {origin}"))
        if succeeded(operation, exchange):
            learn_accepted(bench, operation, who, case)
            return Accepted(who, case, exchange)
        seen.append(exchange)
    why = in_vain or (
        f"{operation.id}: no valid call was answered in its success class ({statuses(seen)}), so there is nothing to "
        f"compare with; last: {excerpt(seen[-1])}"
    )
    learn_refused(bench, operation, who, (exchange.status for exchange in seen), why)
    raise Undecided(why)


def _as_people_write(bench: Bench, operation: Operation, case: Case) -> Case:
    """The case with an ordinary body, where the contract allows it."""
    plain = case.but(body=ordinary(case.body))
    return case if request_violations(bench.contract, operation, plain) else plain


async def _with_files(bench: Bench, operation: Operation, who: Caller) -> AsyncIterator[tuple[Case, str]]:
    """Calls that upload a picture, a document and a text, where the operation takes a form with files."""
    media_type = media_type_for(operation)
    files = files_of(bench.contract, operation, media_type) if media_type else {}
    if not files:
        return
    drawn = [valid_case(bench.contract, operation, bench.random).body for _ in range(DRAWS)]
    fullest = max(drawn, key=lambda body: len(files.keys() & body) if isinstance(body, Mapping) else 0)
    for case, kind in uploads((await who.case(bench, operation)).but(body=fullest), files):
        yield case, f"with a file of {kind}"


def learn_accepted(bench: Bench, operation: Operation, who: Caller, case: Case) -> None:
    """Let other checks know of a call that was accepted."""
    bench.learned[("accepted", operation.id, who.identity.name)] = case
    bench.learned.pop(("refused", operation.id, who.identity.name), None)


def learn_refused(bench: Bench, operation: Operation, who: Caller, seen: Iterable[int], why: str) -> None:
    """Let other checks know that a search was in vain, where the values may be to blame for all that was seen."""
    if _NOT_THE_VALUES.isdisjoint(seen):
        bench.learned.setdefault(("refused", operation.id, who.identity.name), why)


async def repeatable(bench: Bench, operation: Operation, good: Accepted) -> Accepted:
    """The accepted call in a form that is accepted time and again: with other texts, where one was taken for good.

    Whoever is to say that a value is refused must know that the call would not be refused without it. Raises Undecided.
    """
    if operation.safe or operation.body is None:
        return good
    again = answered(await good.caller.call(bench, await renewed(bench, operation, good), note="honest call, again"))
    if succeeded(operation, again):
        return good
    for name in _texts(good.case.body):
        # The fewer texts are other ones, the fewer of them can be disliked.
        one = replace(good, once=True, unique=name)
        other = answered(
            await one.caller.call(bench, await renewed(bench, operation, one), note=f"with another {name}")
        )
        if succeeded(operation, other):
            return one
    once = replace(good, once=True)
    other = answered(await once.caller.call(bench, await renewed(bench, operation, once), note="with other texts"))
    if succeeded(operation, other):
        return once
    raise Undecided(
        f"{operation.id}: a call that was accepted is not accepted again ({excerpt(again)}), nor with other texts "
        f"({excerpt(other)})"
    )


async def renewed(bench: Bench, operation: Operation, good: Accepted) -> Case:
    """The accepted call once more: a fresh object in its path, a fresh Idempotency-Key, the present entity tag.

    Where each of its texts is taken only once, other texts too, and other objects where it names some.
    """
    return await _anew(bench, operation, good.caller, good.case, once=good.once, unique=good.unique)


async def _anew(
    bench: Bench, operation: Operation, who: Caller, before: Case, *, once: bool = False, unique: str = ""
) -> Case:
    case = before
    refers = once and bool(references(bench.contract, operation))
    if once:
        case = case.but(body=_other_texts(bench, operation, case.body, unique))
        case = carried(bench.contract, operation, case, before)
    meant = any(p.name.lower() in _MEANT for p in operation.at("header"))
    if not operation.at("path") and not meant and not refers:
        return case
    fresh = await who.case(bench, operation)
    if refers:
        case = carried(bench.contract, operation, case, fresh)
    headers = {name: value for name, value in case.headers.items() if name.lower() not in _MEANT}
    headers |= {name: value for name, value in fresh.headers.items() if name.lower() in _MEANT}
    return case.but(path=fresh.path, headers=headers)


def exemplary(operation: Operation, path: Mapping[str, Any]) -> bool:
    """Whether a path value is an example of the contract: it may well be somebody's real object, or account."""
    return any(path.get(parameter.name) in parameter.examples for parameter in operation.at("path"))


def _size(body: Any) -> int:
    """How many values a body holds; a short text says no less than a long one."""
    if isinstance(body, Mapping):
        return sum(map(_size, body.values()))
    return sum(map(_size, body)) if isinstance(body, list) else 1


def _texts(body: Any) -> list[str]:
    """The members of a body that are texts, those first whose names say that each has its own."""
    names = [name for name, value in body.items() if isinstance(value, str)] if isinstance(body, Mapping) else []
    return sorted(names, key=lambda name: not re.search(r"mail|name|code|key|slug|number|id$", name, re.IGNORECASE))


def _other_texts(bench: Bench, operation: Operation, body: Any, unique: str = "") -> Any:
    """The same body with other valid texts in its places, or in one of them."""
    for _ in range(DRAWS):
        drawn = valid_case(bench.contract, operation, bench.random).body
        if unique and isinstance(drawn, Mapping):
            drawn = {name: value for name, value in drawn.items() if name == unique}
        body = _over(body, drawn)
    return body


def _over(body: Any, drawn: Any) -> Any:
    if isinstance(body, Mapping) and isinstance(drawn, Mapping):
        return {name: _over(value, drawn[name]) if name in drawn else value for name, value in body.items()}
    return drawn if isinstance(body, str) and isinstance(drawn, str) else body


def unknown_object(bench: Bench, operation: Operation, case: Case) -> Case | None:
    """The same call on an object that does not exist; None where the path names none, or only known values.

    Small numbers are what services count their objects by, so the largest of several made-up ones is taken.
    """
    if not operation.at("path"):
        return None
    made = [valid_case(bench.contract, operation, bench.random).path for _ in range(8)]
    others = [
        path
        for path in made
        if all(str(path[name]) != str(value) for name, value in case.path.items() if name in path)
        and not exemplary(operation, path)
    ]
    if not others:
        return None
    return case.but(path=max(others, key=lambda path: [abs(v) if isinstance(v, int) else 0 for v in path.values()]))
