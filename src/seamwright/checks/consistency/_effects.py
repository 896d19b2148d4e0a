"""What consistency checks share: calls marked with a canary, and the effects that can be counted afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.checks._honest import Accepted, fresh_key, nobody_may, renewed
from seamwright.checks._reading import address_in, json_of, objects_in, read_case
from seamwright.contracts.links import success_schema
from seamwright.contracts.objects import canary_field, reader
from seamwright.engines.generate.rendering import media_type_for
from seamwright.model.bench import Bench
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject

__all__ = ["created_id", "key_header", "keyed", "listed", "lister", "marked", "no_key", "room", "with_key"]


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


def no_key(subject: Subject, operation: Operation) -> str | None:
    """Why an operation is left out where idempotency keys are tried; None where they can be."""
    if key_header(operation) is None:
        return "its contract declares no Idempotency-Key"
    return nobody_may(subject, operation)


def with_key(case: Case, header: str, key: str) -> Case:
    """The case under this idempotency key."""
    return case.but(headers={**{n: v for n, v in case.headers.items() if n.lower() != header.lower()}, header: key})


async def keyed(bench: Bench, operation: Operation, good: Accepted) -> tuple[Case, str]:
    """The accepted call once more under a fresh idempotency key, and the canary in it (see `marked`)."""
    header = key_header(operation)
    assert header is not None
    case, canary = marked(bench, operation, await renewed(bench, operation, good))
    return with_key(case, header, fresh_key()), canary


def created_id(contract: Contract, operation: Operation, exchange: Exchange) -> tuple[Any, ...] | None:
    """What addresses the object that a call made; None where the answer does not tell."""
    values = address_in(contract, operation, exchange)
    return tuple(values[name] for name in sorted(values)) or None


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
    case = await read_case(bench, listing, good.caller.identity, path)
    exchange = await good.caller.call(bench, case, note="counts what was created")
    if not exchange.ok:
        return None
    name = room(bench.contract, operation)
    return sum(1 for found in objects_in(json_of(exchange)) if found.get(name) == canary)
