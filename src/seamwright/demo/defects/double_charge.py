"""The key is looked up before the charge and stored after it: check, then act."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from seamwright.demo.defect import Defect
from seamwright.demo.orders.ordering import Ordering, Pending
from seamwright.demo.orders.tables import IDEMPOTENCY
from seamwright.demo.orders.wishes import NewOrder
from seamwright.kit.idempotency import Answer, Claim, KeyInFlight

__all__ = ["DEFECT"]


class _CheckThenAct(Ordering):
    def begin(self, owner: str, key: str, fingerprint: str, wish: NewOrder) -> Answer | Pending:
        columns = IDEMPOTENCY.table.c
        seen = sa.select(columns.key).where(columns.scope == owner, columns.key == key)
        with self.database.writing() as connection:
            if connection.execute(seen).first() is not None:
                answer = IDEMPOTENCY.claim(connection, key, scope=owner, fingerprint=fingerprint)
                if isinstance(answer, Answer):
                    return answer
                raise KeyInFlight
            order_id = str(uuid.uuid4())
            pending = Pending(Claim(owner, key, fingerprint, order_id), self.new_row(order_id, owner, wish))
            self.hold(connection, pending.order)
            return pending

    def remember(self, connection: sa.Connection, claim: Claim, answer: Answer) -> None:
        try:
            mine = IDEMPOTENCY.claim(connection, claim.key, scope=claim.scope, fingerprint=claim.token)
        except KeyInFlight:
            return
        if isinstance(mine, Claim):
            IDEMPOTENCY.complete(connection, mine, answer)


DEFECT = Defect(
    name="double-charge",
    family="consistency",
    service="orders",
    check="consistency.idempotent-concurrent",
    mistake="two requests with the same Idempotency-Key at the same time are both charged",
    part=_CheckThenAct,
)
