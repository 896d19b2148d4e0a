"""GET, HEAD and OPTIONS change nothing that anybody can see (RFC 9110, section 9.2.1).

Crawlers, prefetching and retries call them whenever they like. An object of its own is put beside each operation (the
one that its path names, or one that it may show), looked at, the operation is called as GET, HEAD and OPTIONS, and the
object and its collection are looked at again. Whatever changes without these calls too is not counted, and neither are
times and counts of views. What HEAD answers is the matter of `contract.head-and-options`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from seamwright.checks._cells import answered, each_operation, excerpt, these
from seamwright.checks._honest import Accepted, accepted, nobody_may
from seamwright.checks._reading import json_of, objects_in, read_case
from seamwright.checks.contract._volatile import changes
from seamwright.contracts.links import Resource, path_parameters, resources, shape
from seamwright.contracts.schemas import properties
from seamwright.engines.generate.rendering import media_type_for, render
from seamwright.model.bench import Bench
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

TIMES = 3
"""Times that the operation is called between two looks."""

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class _Watched:
    """An object that is looked at before and after, who looks, and where."""

    resource: Resource
    read: Operation
    identity: Identity
    path: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Look:
    """What is seen of an object and of its collection."""

    exchange: Exchange
    listed: Exchange | None

    def differs(self, later: _Look, known: set[str]) -> list[str]:
        """The places in which a later look differs; `known` are those that do so anyway."""
        if later.exchange.ok is not self.exchange.ok:
            return [f"it is answered {later.exchange.status} instead of {self.exchange.status}"]
        found = list(changes(json_of(self.exchange), json_of(later.exchange), known))
        if self.listed is not None and later.listed is not None and self.listed.ok and later.listed.ok:
            before, after = _count(self.listed), _count(later.listed)
            found += [f"{before} objects are listed before, and {after} afterwards"] if before != after else []
        return found


def _applies(subject: Subject) -> Applicability:
    able = subject.contract is not None and any(_watchable(subject, r) for r in resources(subject.contract))

    def why_not(operation: Operation) -> str | None:
        if operation.method != "GET":
            return "is not a GET"
        return nobody_may(subject, operation) if able else "the contract has no object that could be looked at"

    return these(subject, why_not, "it has no GET that could be seen to change anything")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in each_operation(bench, _decide):
        yield observation


async def _decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
    good = await accepted(bench, operation)
    seen: list[tuple[list[str], tuple[Exchange, ...]]] = []
    for _ in range(ROUNDS):
        watched = await _watched(bench, operation)
        found = await _round(bench, operation, good, watched)
        if found is None:
            yield Proved(operation.id, tried=TIMES + 2)
            return
        seen.append(found)
    differing, exchanges = seen[0]
    yield Refuted(operation.id, _finding(operation, differing, exchanges), tried=ROUNDS * (TIMES + 2))


async def _round(
    bench: Bench, operation: Operation, good: Accepted, watched: _Watched
) -> tuple[list[str], tuple[Exchange, ...]] | None:
    """What the calls changed, with the looks around them; None where nothing."""
    first, quiet = await _look(bench, watched), await _look(bench, watched)
    if not first.exchange.ok:
        raise Undecided(f"{operation.id}: an object of its own cannot be looked at: {excerpt(first.exchange)}")
    by_itself = set(changes(json_of(first.exchange), json_of(quiet.exchange)))
    if watched.read.id == operation.id:
        # Here looking is what is tried. Only what somebody could have written is surely no matter of the moment.
        by_itself = {place for place in by_itself if place.split("/")[-1] not in _writable(bench, watched.resource)}
        if differing := first.differs(quiet, by_itself):
            return differing, (first.exchange, quiet.exchange)
    elif not quiet.exchange.ok:
        raise Undecided(f"{operation.id}: an object of its own is gone without its being called: {quiet.exchange}")
    made = await _called(bench, operation, good, watched)
    if not any(e.ok for e in made):
        raise Undecided(f"{operation.id}: it was not answered with success on the object that was looked at: {made[0]}")
    last = await _look(bench, watched)
    differing = first.differs(last, by_itself)
    return (differing, (first.exchange, *made, last.exchange)) if differing else None


async def _called(bench: Bench, operation: Operation, good: Accepted, watched: _Watched) -> tuple[Exchange, ...]:
    """Call the operation as GET, HEAD and OPTIONS, on the watched object where its path names one."""
    case = good.case
    if f"{shape(operation.path)}/".startswith(f"{watched.resource.shape}/"):
        own = dict(zip(path_parameters(operation.path), watched.path.values(), strict=False))
        case = case.but(path={**case.path, **own})
    calls = [answered(await good.caller.call(bench, case, note="a safe call")) for _ in range(TIMES)]
    url = urlsplit(render("http://path", bench.contract, operation, case).url)
    target = f"{url.path}?{url.query}" if url.query else url.path
    for method in ("HEAD", "OPTIONS"):
        await bench.request(method, target, good.caller.identity, note="a safe call")
    return tuple(calls)


async def _watched(bench: Bench, operation: Operation) -> _Watched:
    """An object of its own that the operation is likeliest to touch. Raises Undecided."""
    able = [r for r in resources(bench.contract) if _watchable(bench.subject, r)]
    able.sort(key=lambda r: _distance(r, operation))
    why = f"{operation.id}: the contract has no object that could be looked at"
    for resource in able:
        assert resource.read is not None
        identity = bench.subject.honest(operation)
        if identity is None or bench.subject.allowed(identity, resource.read) is False:
            identity = bench.subject.honest(resource.read)
        if identity is None:
            continue
        try:
            owned = await bench.own(resource.read, identity)
        except Undecided as reason:
            why = str(reason)
            continue
        return _Watched(resource, resource.read, identity, owned.values)
    raise Undecided(why, Cause.USAGE)


def _watchable(subject: Subject, resource: Resource) -> bool:
    callable_ = {operation.id for operation in subject.operations}
    return resource.read is not None and resource.read.id in callable_


def _distance(resource: Resource, operation: Operation) -> int:
    """How far a resource is from what an operation is about: 0 for its own object."""
    ours, theirs = operation.path.rstrip("/").split("/"), resource.path.split("/")
    common = 0
    for one, other in zip(ours, theirs, strict=False):
        if one != other and not (one.startswith("{") and other.startswith("{")):
            break
        common += 1
    return len(ours) + len(theirs) - 2 * common


async def _look(bench: Bench, watched: _Watched) -> _Look:
    read = await read_case(bench, watched.read, watched.identity, watched.path)
    exchange = answered(await bench.call(read, watched.identity, note="looks at the object"))
    listing = watched.resource.list
    if listing is None or listing.id not in {o.id for o in bench.subject.operations}:
        return _Look(exchange, None)
    path = {name: watched.path[name] for name in path_parameters(listing.path) if name in watched.path}
    with suppress(Undecided):
        case = await read_case(bench, listing, watched.identity, path)
        return _Look(exchange, await bench.call(case, watched.identity, note="looks at the collection"))
    return _Look(exchange, None)


def _writable(bench: Bench, resource: Resource) -> set[str]:
    """The fields that callers send for objects of a resource."""
    found: set[str] = set()
    for operation in (*([resource.create] if resource.create else []), *resource.updates):
        media_type = media_type_for(operation)
        if media_type is not None and operation.body is not None:
            found |= set(properties(bench.contract, operation.body.content[media_type].schema))
    return found


def _count(listed: Exchange) -> int:
    return sum(1 for _ in objects_in(json_of(listed)))


def _finding(operation: Operation, differing: list[str], exchanges: tuple[Exchange, ...]) -> Finding:
    return Finding(
        title=f"{operation.label} changes what can be read, although GET is safe",
        detail=(
            f"expected: the object and its collection as they were: {excerpt(exchanges[0])} (RFC 9110, section 9.2.1)\n"
            f"seen: {', '.join(differing[:4])}: {excerpt(exchanges[-1])}"
        ),
        severity=Severity.MEDIUM,
        operation=operation.id,
        key=f"safe-methods:{operation.id}",
        exchanges=tuple(e.number for e in exchanges),
        facts={"places": differing[:8]},
    )


CHECK = Check(
    id="contract.safe-methods",
    proves="GET, HEAD and OPTIONS change nothing that can be read",
    oracle="an object, or how many there are, is another after safe calls and the same without them, twice",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
    alone=True,
    cwe=("CWE-650",),
)
