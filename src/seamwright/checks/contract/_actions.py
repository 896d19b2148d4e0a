"""Reads off a contract what its operations do with objects, for sequences of calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.checks._reading import address_in
from seamwright.contracts.links import path_parameters, producers, references, shape
from seamwright.engines.sequences import Action
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject

__all__ = ["actions_of", "made_by", "reader_at"]


def actions_of(subject: Subject) -> tuple[Action, ...]:
    """What each operation that checks may call does, but for logins; a resource is the path that reads one of it."""
    contract = subject.contract
    return () if contract is None else tuple(_actions(subject, contract))


def reader_at(subject: Subject, resource: str) -> Operation | None:
    """The operation that reads an object of a resource."""
    return next((o for o in subject.operations if o.method == "GET" and o.path == resource), None)


def made_by(contract: Contract, create: Operation, read: Operation, exchange: Exchange) -> dict[str, Any]:
    """The values, by the names of the reading path, of the object that a call made; empty where it does not tell."""
    values = address_in(contract, create, exchange)
    for producer in producers(contract, read):
        if producer.operation.id == create.id:
            values = (producer.values(exchange) or {}) | values
    return values


def _actions(subject: Subject, contract: Contract) -> Iterator[Action]:
    makes = _makers(subject, contract)
    for operation in subject.operations:
        if subject.logins(operation):
            continue
        takes: dict[str, str] = {}
        for reference in references(contract, operation):
            maker = next((p.operation.id for p in reference.producers if p.operation.id in makes), None)
            if maker is not None and reference.required:
                takes[reference.place] = makes[maker]
        on = _called_on(operation, set(makes.values()))
        ends = operation.method == "DELETE" and bool(on) and shape(operation.path) == shape(on)
        yield Action(operation.id, on, makes.get(operation.id, ""), takes, ends)


def _makers(subject: Subject, contract: Contract) -> dict[str, str]:
    """Operation → the resource of which it makes an object."""
    found: dict[str, list[str]] = {}
    callable_ = {operation.id for operation in subject.operations if not subject.logins(operation)}
    for read in subject.operations:
        if read.method != "GET" or not read.path.rstrip("/").endswith("}"):
            continue
        last = path_parameters(read.path)[-1]
        for producer in producers(contract, read):
            if producer.kind == "create" and last in producer.parameters and producer.operation.id in callable_:
                found.setdefault(producer.operation.id, []).append(read.path)
    at = {operation.id: f"{shape(operation.path)}/{{}}" for operation in subject.operations}
    return {name: next((p for p in paths if shape(p) == at[name]), paths[0]) for name, paths in found.items()}


def _called_on(operation: Operation, resources: set[str]) -> str:
    """The resource whose object the path names, the nearest; empty where it names none, or one that nothing makes."""
    whole = shape(operation.path)
    above = [r for r in resources if whole == shape(r) or whole.startswith(f"{shape(r)}/")]
    return max(above, key=lambda resource: len(shape(resource)), default="")
