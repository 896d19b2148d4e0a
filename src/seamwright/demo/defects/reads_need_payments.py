"""An order is shown as its charge is, asked of payments with every look at it."""

from __future__ import annotations

import httpx2
from starlette.requests import Request
from starlette.responses import Response

from seamwright.demo.defect import Defect
from seamwright.demo.orders.app import Orders
from seamwright.demo.orders.charging import PaymentsUnavailable

__all__ = ["DEFECT"]


class _AsksForEveryLook(Orders):
    async def get(self, request: Request) -> Response:
        shown = await super().get(request)
        try:
            async with httpx2.AsyncClient(timeout=0.8, trust_env=False) as client:
                await client.get(f"{self.settings.payments_url}/health")
        except httpx2.TransportError as error:
            raise PaymentsUnavailable from error
        return shown


DEFECT = Defect(
    name="reads-need-payments",
    family="resilience",
    service="orders",
    check="resilience.works-without",
    mistake="an order cannot be read while payments is away: whether it is up is asked with every look",
    part=_AsksForEveryLook,
)
