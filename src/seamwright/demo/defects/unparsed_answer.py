"""That payments may answer with something else than JSON was not thought of."""

from __future__ import annotations

import json
from typing import Any

from seamwright.demo.defect import Defect
from seamwright.demo.orders.charging import Answered, Charging, PaymentsUnavailable

__all__ = ["DEFECT"]


class _TakesItForJson(Charging):
    def understood(self, answer: Answered) -> dict[str, Any]:
        charge: dict[str, Any] = json.loads(answer.body)
        if not 200 <= answer.status < 300:
            raise PaymentsUnavailable
        return charge


DEFECT = Defect(
    name="unparsed-answer",
    family="resilience",
    service="orders",
    check="resilience.malformed-answer",
    mistake="an answer of payments that is no JSON becomes a 500 instead of the declared 503",
    part=_TakesItForJson,
)
