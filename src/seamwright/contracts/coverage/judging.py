"""What an answer says about what was sent: accepted, refused for it, or nothing at all.

A value counts as tried only once the service has judged it. An answer that would have come to any value judges none:
who is not let in (401, 403, 407), slowed down (408, 425, 429), or meets a failure (5xx), has tried nothing. What the
statuses mean is RFC 9110, section 15.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

from seamwright.model.operation import Operation

__all__ = ["Judgement", "Where", "authenticated", "judgement", "of_status", "refused_entry", "succeeded"]

Where = Literal["path", "query", "header", "cookie", "body"]


class Judgement(Enum):
    """What a service said of what it was sent."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NONE = "none"


_INPUT = frozenset({400, 422})
"""The request as a whole was read and refused for what it says."""

_PART: dict[Where, frozenset[int]] = {
    "path": frozenset({404, 410, 414}),
    "query": frozenset({414}),
    "header": frozenset({412, 428, 431}),
    "cookie": frozenset({431}),
    "body": frozenset({413}),
}
"""Statuses that judge one part of a request and say nothing of the others."""

_NOBODY = frozenset({401, 403, 407, 408, 425, 429})


def judgement(operation: Operation, status: int, where: Where) -> Judgement:
    """What a status says of one part of a request; 0 stands for no answer."""
    if succeeded(operation, status):
        return Judgement.ACCEPTED
    return Judgement.REFUSED if status in _INPUT or status in _PART[where] else Judgement.NONE


def of_status(status: int) -> Judgement:
    """What a status says of a whole call, where neither its operation nor the part of it is known."""
    if 200 <= status < 300:
        return Judgement.ACCEPTED
    return Judgement.NONE if status in _NOBODY or not 400 <= status < 500 else Judgement.REFUSED


def succeeded(operation: Operation, status: int) -> bool:
    """Whether a status is of an operation's success class: 2xx, or a redirect that the contract declares."""
    if 200 <= status < 300:
        return True
    return 300 <= status < 400 and (str(status) in operation.answers or "3XX" in operation.answers)


def authenticated(status: int) -> bool:
    """Whether an answer shows that credentials were looked at and taken."""
    return 0 < status < 500 and status not in _NOBODY


def refused_entry(status: int) -> bool:
    """Whether an answer judges the want of credentials."""
    return status in (401, 403, 407)
