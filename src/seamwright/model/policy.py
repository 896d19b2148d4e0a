"""The policy: who may do what. What is not allowed is denied."""

from __future__ import annotations

from pydantic import Field

from seamwright.model.boundary import Noun

__all__ = ["Rule", "matches"]


class Rule(Noun):
    """Roles and what they may do; with `owning`, only to objects of that type that they own."""

    roles: tuple[str, ...] = Field(min_length=1)
    may: tuple[str, ...] = Field(description='Operation ids, "boundary.operation", "boundary.*" or "*".')
    owning: str | None = Field(None, description="Type of the objects that are private to their owner.")


def matches(pattern: str, boundary: str, operation: str) -> bool:
    """Whether a pattern of `may` names this operation of this boundary."""
    return pattern in ("*", operation, f"{boundary}.{operation}", f"{boundary}.*")
