"""Reads the links that a contract itself declares (OpenAPI 3.1, link object): whose answer holds which value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.contracts.links.sources import Source
from seamwright.model.operation import Contract, Operation

__all__ = ["Link", "linked", "links_to"]

Link = tuple[Operation, Mapping[str, Any]]
"""The operation whose answer declares a link, and the link object."""


def linked(contract: Contract, operation: Operation, name: str) -> Iterator[tuple[Operation, Source]]:
    """Where links give a path parameter: those to this operation, and those to another one on the same path."""
    for other, target, link in _declared(contract):
        if other.id != operation.id and _same_object(target, operation, name):
            source = _source(_parameters(link, f"path.{name}", name))
            if source:
                yield other, source


def links_to(contract: Contract, operation: Operation) -> tuple[Link, ...]:
    """The links to this very operation."""
    return tuple(
        (other, link) for other, target, link in _declared(contract) if target is operation and other is not target
    )


def parameter_source(link: Mapping[str, Any], location: str, name: str) -> Source | None:
    """Where a link finds the value of a parameter."""
    return _source(_parameters(link, f"{location}.{name}", name))


def body_sources(link: Mapping[str, Any]) -> Iterator[tuple[str, Source]]:
    """Where a link finds the fields of a body that it writes out, each with its JSON pointer."""
    stack: list[tuple[str, Any]] = [("", link.get("requestBody"))]
    while stack:
        pointer, node = stack.pop()
        if isinstance(node, Mapping):
            stack += [(f"{pointer}/{key}", child) for key, child in node.items()]
        elif pointer and (source := _source(node)):
            yield pointer, source


def _declared(contract: Contract) -> Iterator[tuple[Operation, Operation, Mapping[str, Any]]]:
    """Every link of a success: the operation that answers it, the one it leads to, and the link."""
    for other in contract.operations:
        for status, answer in other.answers.items():
            for link in answer.links.values() if status.startswith("2") else ():
                target = _target(contract, link)
                if target is not None:
                    yield other, target, link


def _target(contract: Contract, link: Mapping[str, Any]) -> Operation | None:
    if isinstance(link.get("operationId"), str):
        return contract.operation(link["operationId"])
    match = re.fullmatch(r"#/paths/([^/]+)/(\w+)", str(link.get("operationRef", "")))
    if match is None:
        return None
    path = match[1].replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
    return next((o for o in contract.operations if o.path == path and o.method.lower() == match[2]), None)


def _same_object(target: Operation, operation: Operation, name: str) -> bool:
    if target.id == operation.id:
        return True
    ours = operation.path.partition(f"{{{name}}}")
    return bool(ours[1]) and target.path.startswith(f"{ours[0]}{ours[1]}")


def _parameters(link: Mapping[str, Any], full: str, name: str) -> Any:
    parameters = link.get("parameters")
    return parameters.get(full, parameters.get(name)) if isinstance(parameters, Mapping) else None


def _source(expression: Any) -> Source | None:
    """A runtime expression (OpenAPI 3.1, section 4.8.20.4)."""
    told = str(expression or "")
    if told.startswith("$response.body#"):
        return Source("body", told.removeprefix("$response.body#"))
    if told.startswith("$response.header."):
        return Source("header", told.removeprefix("$response.header.").lower())
    if told.startswith("$request.body#"):
        return Source("request", told.removeprefix("$request.body#"))
    return None
