"""PUT and DELETE sent twice do what they do once (RFC 9110, section 9.2.2).

Whoever got no answer sends the request again; that is what these methods are idempotent for. The same PUT twice leaves
the object as it was after the first, but for what counts the changes, and makes no second one; DELETE twice breaks
nothing, and takes nothing else away. The status of the second request may be another one. Keys that make POST
repeatable are the matter of `consistency.idempotent-replay`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, these, undecidable
from seamwright.checks._honest import Accepted, accepted, nobody_may, renewed, repeatable
from seamwright.checks._reading import UNREADABLE, json_of, objects_in, read_back
from seamwright.checks.contract._volatile import changes
from seamwright.contracts.links import path_parameters, success_schema
from seamwright.contracts.objects import canary_field, reader
from seamwright.engines.generate.rendering import media_type_for
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What a repeated request did that the first had not."""

    kind: str
    what: str
    expected: str
    seen: str
    exchanges: tuple[Exchange, ...]


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.method not in ("PUT", "DELETE"):
            return "its method promises nothing about being repeated"
        if "json-patch" in (media_type_for(operation) or ""):
            return "its body is a list of steps, of which some do more each time (RFC 6902, section 4.1)"
        if not path_parameters(operation.path) or reader(subject.contract, operation) is None:
            return UNREADABLE
        return nobody_may(subject, operation)

    return these(subject, why_not, "it has no PUT and no DELETE whose object can be read")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await repeatable(bench, operation, await accepted(bench, operation))
    attempt = _put_twice if operation.method == "PUT" else _deleted_twice
    wrong = [found for _ in range(ROUNDS) if (found := await attempt(bench, operation, good)) is not None]
    if wrong and len({found.kind for found in wrong}) == len(wrong):
        raise Undecided(f"{operation.id}: in one of {ROUNDS} rounds it {wrong[0].what}, and not in the others")
    if wrong:
        yield Refuted(operation.id, _finding(operation, wrong[0]), tried=ROUNDS)
    else:
        yield Proved(operation.id, tried=ROUNDS)


async def _put_twice(bench: Bench, operation: Operation, good: Accepted) -> _Wrong | None:
    identity = good.caller.identity
    case = _marked(bench, operation, await renewed(bench, operation, good))
    first = answered(await good.caller.call(bench, case, note="the first time"))
    if not first.ok:
        raise Undecided(f"{operation.id}: a call like an accepted one is not accepted: {excerpt(first)}")
    once = await read_back(bench, operation, identity, case.path)
    # What differs between two readings without anything in between differs by itself.
    quiet = await read_back(bench, operation, identity, case.path)
    if not once.ok:
        raise Undecided(f"{operation.id}: its object cannot be read back: {excerpt(once)}")
    listed = await _others(bench, operation, good, case)
    second = answered(await good.caller.call(bench, await _anew(bench, operation, good, case), note="the second time"))
    twice = await read_back(bench, operation, identity, case.path)
    if second.status >= 500:
        return _Wrong("fails", "fails when it is repeated", "no server error", excerpt(second), (first, second))
    known = set(changes(json_of(once), json_of(quiet)))
    places = sorted(changes(json_of(once), json_of(twice), known)) if twice.ok else ["the object is gone"]
    if places:
        return _Wrong(
            "another state",
            "leaves another state when it is repeated",
            f"the object as it was after the first time: {excerpt(once)}",
            f"{', '.join(places[:4])}: {excerpt(twice)}",
            (first, once, second, twice),
        )
    more = await _others(bench, operation, good, case)
    if listed is not None and more is not None and len(more) > len(listed):
        return _Wrong(
            "second object",
            "makes a second object when it is repeated",
            "the collection as it was after the first time",
            f"{len(listed)} objects with what was sent were listed then, and {len(more)} are now",
            (first, second),
        )
    return None


async def _anew(bench: Bench, operation: Operation, good: Accepted, case: Case) -> Case:
    """The same request: what is not part of it, a key and the entity tag of the moment, is as it must be now."""
    meant = {name for name in case.headers if name.lower() == "if-match"}
    if not meant:
        return case
    seen = await read_back(bench, operation, good.caller.identity, case.path)
    tag = seen.response.header("etag") if seen.response else None
    return case.but(headers={n: tag if n in meant and tag else v for n, v in case.headers.items()})


async def _others(bench: Bench, operation: Operation, good: Accepted, case: Case) -> list[Mapping[str, Any]] | None:
    """The objects of the collection that show the very text that was sent; None where nothing can be told of it."""
    at = _room(bench, operation)
    collection = operation.path.rstrip("/").rpartition("/")[0]
    listing = next((o for o in bench.subject.operations if o.method == "GET" and o.path == collection), None)
    if listing is None or not at or not isinstance(case.body, Mapping):
        return None
    path = {name: case.path[name] for name in path_parameters(listing.path) if name in case.path}
    exchange = await good.caller.call(bench, Case(listing.id, path=path), note="what is in the collection?")
    if not exchange.ok:
        return None
    return [shown for shown in objects_in(json_of(exchange)) if shown.get(at) == case.body[at]]


def _room(bench: Bench, operation: Operation) -> str:
    """The field of the body that can hold a canary and is read back; empty where there is none."""
    media_type, read = media_type_for(operation), reader(bench.contract, operation)
    if media_type is None or operation.body is None or read is None:
        return ""
    schema = operation.body.content[media_type].schema
    return canary_field(bench.contract, schema, success_schema(bench.contract, read)) or ""


def _marked(bench: Bench, operation: Operation, case: Case) -> Case:
    """The case with a text that nothing else has, where there is room for one."""
    at = _room(bench, operation)
    return case.but(body={**case.body, at: bench.canary()}) if at and isinstance(case.body, Mapping) else case


async def _deleted_twice(bench: Bench, operation: Operation, good: Accepted) -> _Wrong | None:
    identity = good.caller.identity
    doomed, bystander = await renewed(bench, operation, good), await renewed(bench, operation, good)
    if doomed.path == bystander.path:
        raise Undecided(f"{operation.id}: no two objects could be had, so nothing shows what else it takes away")
    before = await read_back(bench, operation, identity, bystander.path)
    first = answered(await good.caller.call(bench, doomed, note="the first time"))
    if not first.ok or not before.ok:
        raise Undecided(
            f"{operation.id}: an object could not be deleted beside another: {excerpt(first)}; {excerpt(before)}"
        )
    beside = await read_back(bench, operation, identity, bystander.path)
    second = answered(await good.caller.call(bench, doomed, note="the second time"))
    if second.status >= 500:
        return _Wrong("fails", "fails when it is repeated", "no server error", excerpt(second), (first, second))
    if why := undecidable(second):
        raise Undecided(f"{operation.id}: it was repeated, and {why}")
    after = await read_back(bench, operation, identity, bystander.path)
    for seen, when in ((beside, "the first time"), (after, "the second time")):
        if not seen.ok:
            return _Wrong(
                "another object",
                f"takes another object away, {when}",
                f"the object beside it stays: {excerpt(before)}",
                excerpt(seen),
                (before, first, second, seen),
            )
    return None


def _finding(operation: Operation, wrong: _Wrong) -> Finding:
    return Finding(
        title=f"{operation.label} {wrong.what}, although {operation.method} is idempotent",
        detail=f"expected: {wrong.expected} (RFC 9110, section 9.2.2)\nseen: {wrong.seen}",
        severity=Severity.HIGH if wrong.kind == "another object" else Severity.MEDIUM,
        operation=operation.id,
        key=f"idempotent-methods:{operation.id}:{wrong.kind}",
        exchanges=tuple(e.number for e in wrong.exchanges),
        facts={"kind": wrong.kind},
    )


CHECK = Check(
    id="contract.idempotent-methods",
    proves="PUT and DELETE that are sent twice have the effect of one",
    oracle="twice, the same PUT again leaves another state or a second object, or DELETE again fails or takes another",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    cwe=("CWE-837",),
)
