"""The Idempotency-Key is required and validated, and then not used."""

from __future__ import annotations

import uuid

from seamwright.demo.defect import Defect
from seamwright.demo.orders.ordering import Ordering, Pending
from seamwright.demo.orders.wishes import NewOrder
from seamwright.kit.idempotency import Answer

__all__ = ["DEFECT"]


class _KeyUnused(Ordering):
    def begin(self, owner: str, key: str, fingerprint: str, wish: NewOrder) -> Answer | Pending:
        return super().begin(owner, str(uuid.uuid4()), fingerprint, wish)


DEFECT = Defect(
    name="key-ignored",
    family="consistency",
    service="orders",
    check="consistency.idempotent-replay",
    mistake="a request sent again with its Idempotency-Key places and charges a second order",
    part=_KeyUnused,
)
