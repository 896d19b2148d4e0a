"""Answers a repeated call with what the first one was answered, where the contract has an Idempotency-Key.

Source: The Idempotency-Key HTTP Header Field (draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from seamwright.engines.mock.arrivals import Arrival, Reply
from seamwright.engines.mock.refusals import Refusal, declared
from seamwright.engines.mock.schemas import flat
from seamwright.model.operation import Operation

__all__ = ["Replays"]

_KEPT = 10_000


class Replays:
    """The answers that were given under idempotency keys, by operation."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[str, Reply]] = OrderedDict()

    def earlier(self, operation: Operation, arrival: Arrival) -> Reply | None:
        """The answer of the first call with this key; None where it is the first, or has none.

        Raises Refusal where the key comes with another request, and the contract has a status that says so.
        """
        key = _key(operation, arrival)
        kept = self._kept.get((operation.id, key)) if key else None
        if kept is None:
            return None
        if kept[0] != _digest(arrival) and declared(operation, (422, 409, 400)) is not None:
            raise Refusal(422, "this idempotency key was used for another request", instead=(409, 400))
        return kept[1]

    def keep(self, operation: Operation, arrival: Arrival, reply: Reply) -> None:
        """Keep an answer for the calls that come again."""
        key = _key(operation, arrival)
        if key:
            self._kept[operation.id, key] = _digest(arrival), reply
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget every key."""
        self._kept.clear()


def _key(operation: Operation, arrival: Arrival) -> str:
    for parameter in operation.at("header"):
        if flat(parameter.name).removeprefix("x") in ("idempotencykey", "idempotenttoken", "idempotencytoken"):
            return arrival.header(parameter.name) or ""
    return ""


def _digest(arrival: Arrival) -> str:
    return hashlib.sha256(f"{arrival.request.url}\n".encode() + arrival.request.body).hexdigest()
