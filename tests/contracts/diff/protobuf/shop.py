"""Two versions of a contract, written by what differs."""

from __future__ import annotations

from seamwright.contracts.diff import Change, diff
from tests.rpc import contract_of

__all__ = ["between", "messages", "told"]


def between(old: str, new: str) -> tuple[Change, ...]:
    """What changed between two `.proto` files."""
    return diff(contract_of(old), contract_of(new))


def messages(body: str, syntax: str = "proto3") -> str:
    """A `.proto` file with a service that takes `Asked` and gives `Told`, and these messages and enums beside."""
    service = "service S { rpc Do(Asked) returns (Told); }"
    return f'syntax = "{syntax}"; package a.v1; {service} {body}'


def told(old: str, new: str, syntax: str = "proto3") -> list[tuple[str, str, str]]:
    """What changed between two versions of the messages: level, id, place."""
    return [(str(c.level), c.id, c.place) for c in between(messages(old, syntax), messages(new, syntax))]
