"""Small contracts in two versions, and what is told of the step from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from seamwright.contracts.diff import Change, Policy, diff
from seamwright.contracts.openapi import load_openapi
from seamwright.model.operation import Contract

__all__ = ["TODAY", "Told", "answering", "found", "operation", "schema_changes", "sending", "shop", "told"]

TODAY = date(2030, 6, 15)

Told = set[tuple[str, str]]
"""Pairs of level and id."""

_OK = {"200": {"description": "ok"}}


def operation(**parts: Any) -> dict[str, Any]:
    """An operation that answers 200."""
    return {"responses": _OK, **parts}


def shop(
    operation: Mapping[str, Any], *, path: str = "/orders", method: str = "post", openapi: str = "3.0.3", **rest: Any
) -> Contract:
    """A contract with one operation; `version` is no semantic version, so that nothing is said of it."""
    document = {
        "openapi": openapi,
        "info": {"title": "Shop", "version": "today"},
        "paths": {path: {method: dict(operation)}},
        **rest,
    }
    return load_openapi(document, source="shop.json", digest="d")


def sending(schema: Any, *, media: str = "application/json", **rest: Any) -> Contract:
    """A contract in which callers send this as the body."""
    return shop(operation(requestBody={"content": {media: {"schema": schema}}}), **rest)


def answering(schema: Any, *, media: str = "application/json", **rest: Any) -> Contract:
    """A contract in which the system answers this."""
    answers = {"200": {"description": "ok", "content": {media: {"schema": schema}}}}
    return shop(operation(responses=answers), **rest)


def found(old: Contract, new: Contract, policy: Policy | None = None) -> tuple[Change, ...]:
    """What changed, on a day that never comes nearer."""
    return diff(old, new, policy or Policy(today=TODAY))


def told(old: Contract, new: Contract, policy: Policy | None = None) -> Told:
    """The levels and ids of what changed."""
    return {(change.level.value, change.id) for change in found(old, new, policy)}


def schema_changes(old: Any, new: Any, **rest: Any) -> tuple[Told, Told]:
    """What is told of a schema that changed: where callers send it, and where the system answers it."""
    return (
        told(sending(old, **rest), sending(new, **rest)),
        told(answering(old, **rest), answering(new, **rest)),
    )
