"""What consistency checks share: calls marked with a canary, and the effects that can be counted afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.checks._cells import answered, excerpt
from seamwright.checks._honest import Accepted
from seamwright.contracts.links import producers, success_schema
from seamwright.contracts.objects import canary_field, reader
from seamwright.engines.generate.rendering import media_type_for
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = [
    "created_id",
    "json_of",
    "key_header",
    "listed",
    "lister",
    "marked",
    "read_back",
    "reader_of",
    "room",
    "with_key",
]


def reader_of(contract: Contract, operation: Operation) -> Operation:
    """The operation that reads back what this one makes or changes. Raises Undecided."""
    read = reader(contract, operation)
    if read is None:
        raise Undecided(f"{operation.id}: the contract has no operation that reads back what it changes", Cause.USAGE)
    return read


def room(contract: Contract, operation: Operation) -> str:
    """The field of the body that can hold a canary and is read back; empty where there is none."""
    media_type, read = media_type_for(operation), reader(contract, operation)
    if media_type is None or operation.body is None or read is None:
        return ""
    schema = operation.body.content[media_type].schema
    return canary_field(contract, schema, success_schema(contract, read)) or ""


def marked(bench: Bench, operation: Operation, case: Case) -> tuple[Case, str]:
    """The case with a fresh canary in its body, and the canary; unchanged and empty where there is no room."""
    name = room(bench.contract, operation)
    if not name or not isinstance(case.body, Mapping):
        return case, ""
    canary = bench.canary()
    return case.but(body={**case.body, name: canary}), canary


def key_header(operation: Operation) -> str | None:
    """The name of the header that carries the idempotency key, as the contract spells it."""
    parameter = operation.parameter("header", "Idempotency-Key")
    return parameter.name if parameter is not None else None


def with_key(case: Case, header: str, key: str) -> Case:
    """The case under this idempotency key."""
    return case.but(headers={**{n: v for n, v in case.headers.items() if n.lower() != header.lower()}, header: key})


def created_id(contract: Contract, operation: Operation, exchange: Exchange) -> tuple[Any, ...] | None:
    """What addresses the object that a call made; None where the answer does not tell."""
    read = reader(contract, operation)
    for producer in producers(contract, read) if read is not None else ():
        if producer.operation.id == operation.id:
            values = producer.values(exchange)
            if values is not None:
                return tuple(values[name] for name in sorted(values))
    return None


def lister(subject: Subject, operation: Operation) -> Operation | None:
    """The operation that lists the collection that this one creates in; None where there is none."""
    path = operation.path.rstrip("/")
    return next((o for o in subject.operations if o.method == "GET" and o.path.rstrip("/") == path), None)


async def listed(
    bench: Bench, operation: Operation, good: Accepted, canary: str, path: Mapping[str, Any]
) -> int | None:
    """How many objects with this canary the collection lists; None where it cannot be asked."""
    listing = lister(bench.subject, operation)
    if listing is None or not canary:
        return None
    required = any(p.required for p in (*listing.at("query"), *listing.at("header")))
    case = await good.caller.case(bench, listing) if required else Case(listing.id)
    names = {p.name for p in listing.at("path")}
    case = case.but(path={n: v for n, v in path.items() if n in names})
    exchange = await good.caller.call(bench, case, note="counts what was created")
    if not exchange.ok:
        return None
    name = room(bench.contract, operation)
    return sum(1 for found in _objects(json_of(exchange)) if found.get(name) == canary)


async def read_back(bench: Bench, operation: Operation, good: Accepted, values: Mapping[str, Any]) -> Exchange:
    """Read the object again that a call made or changed. Raises Undecided when no answer came, or the server failed."""
    read = reader_of(bench.contract, operation)
    names = {p.name for p in read.at("path")}
    if missing := names - set(values):
        raise Undecided(f"{operation.id}: nothing tells the {', '.join(sorted(missing))} of what it made", Cause.USAGE)
    path = {n: v for n, v in values.items() if n in names}
    case = Case(read.id, path=path)
    if any(p.required for p in (*read.at("query"), *read.at("header"))):
        case = (await good.caller.case(bench, read)).but(path=path)
    exchange = answered(await good.caller.call(bench, case, note="reads it back"))
    if exchange.status >= 500 or exchange.status == 429:
        raise Undecided(f"{operation.id}: what it changes cannot be read back: {excerpt(exchange)}")
    return exchange


def json_of(exchange: Exchange) -> Any:
    """The JSON of an answer; None where there is none."""
    if exchange.response is None:
        return None
    try:
        return exchange.response.json()
    except ValueError:
        return None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            yield node
            stack += node.values()
        elif isinstance(node, list):
            stack += node
