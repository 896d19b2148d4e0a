"""The Idempotency-Key is made where the request is, so that every retry is a new charge."""

from __future__ import annotations

import uuid
from typing import Any

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Answered, Charging

__all__ = ["DEFECT"]


class _KeyOfTheAttempt(Charging):
    async def sent(self, path: str, body: dict[str, Any] | None, key: str) -> Answered:
        return await super().sent(path, body, str(uuid.uuid4()))


DEFECT = Defect(
    name="retry-with-new-key",
    family="resilience",
    service="orders",
    check="resilience.lost-answer",
    mistake="a charge whose answer is lost is charged again: every attempt has an Idempotency-Key of its own",
    part=_KeyOfTheAttempt,
)
