"""Reads objects again: who reads back what a call made or changed, at which address, and what an answer shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.checks._cells import undecidable
from seamwright.contracts.links import producers
from seamwright.contracts.objects import reader
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation
from seamwright.model.verdict import Cause

__all__ = [
    "UNREADABLE",
    "address_in",
    "address_of",
    "json_of",
    "lean",
    "objects_in",
    "read_back",
    "read_case",
    "reader_of",
    "tells_address",
]

UNREADABLE = "the contract has no operation that reads back what it changes"
"""Why a check leaves out an operation without a reader."""


def reader_of(contract: Contract, operation: Operation) -> Operation:
    """The operation that reads back what this one makes or changes. Raises Undecided."""
    read = reader(contract, operation)
    if read is None:
        raise Undecided(f"{operation.id}: {UNREADABLE}", Cause.USAGE)
    return read


def tells_address(contract: Contract, operation: Operation) -> bool:
    """Whether the answer of this operation tells the address of the object that it makes."""
    read = reader(contract, operation)
    return read is not None and any(p.operation.id == operation.id for p in producers(contract, read))


def address_in(contract: Contract, operation: Operation, done: Exchange) -> dict[str, Any]:
    """The path values of the object that a call made, as its answer tells them; empty where it does not."""
    read = reader(contract, operation)
    values: dict[str, Any] = {}
    for producer in producers(contract, read) if read is not None else ():
        if producer.operation.id == operation.id:
            values = (producer.values(done) or {}) | values
    return values


def address_of(contract: Contract, operation: Operation, case: Case, done: Exchange) -> dict[str, Any]:
    """The path values of the object that a call made or changed: those it was sent to, and those it was told."""
    return {**case.path, **address_in(contract, operation, done)}


def lean(operation: Operation, case: Case) -> Case:
    """The case without optional query parameters and headers, which may filter away what is looked for."""
    wanted = {p.name for p in operation.at("query") if p.required}
    kept = {"if-match", "idempotency-key", *(p.name.lower() for p in operation.at("header") if p.required)}
    return case.but(
        query={name: value for name, value in case.query.items() if name in wanted},
        headers={name: value for name, value in case.headers.items() if name.lower() in kept},
    )


async def read_case(bench: Bench, read: Operation, identity: Identity, values: Mapping[str, Any]) -> Case:
    """A call of the reading operation for the object that these path values address. Raises Undecided."""
    names = {p.name for p in read.at("path")}
    if missing := names - set(values):
        raise Undecided(f"{read.id}: nothing tells the {', '.join(sorted(missing))} of its path", Cause.USAGE)
    path = {name: value for name, value in values.items() if name in names}
    if not any(p.required for p in (*read.at("query"), *read.at("header"), *read.at("cookie"))):
        return Case(read.id, path=path)
    case = lean(read, await bench.case(read, identity))
    return case.but(path={**case.path, **path})


async def read_back(bench: Bench, operation: Operation, identity: Identity, values: Mapping[str, Any]) -> Exchange:
    """Read the object again that a call made or changed; it may be gone. Raises Undecided when that decides nothing."""
    case = await read_case(bench, reader_of(bench.contract, operation), identity, values)
    exchange = await bench.call(case, identity, note="reads the object back")
    if why := undecidable(exchange):
        raise Undecided(f"{operation.id}: its object cannot be read back: {why}")
    return exchange


def json_of(exchange: Exchange) -> Any:
    """The JSON of an answer; None where there is none."""
    if exchange.response is None:
        return None
    try:
        return exchange.response.json()
    except ValueError:
        return None


def objects_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object inside a JSON value, itself included."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            yield node
            stack += node.values()
        elif isinstance(node, list):
            stack += node
