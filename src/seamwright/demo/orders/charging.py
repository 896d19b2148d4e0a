"""How orders talks to payments: with a key, a deadline, and an answer for every way it can fail."""

from __future__ import annotations

from typing import Any

import httpx2

from seamwright.kit.deadline import Deadline, DeadlineExceeded
from seamwright.kit.problems import Problem
from seamwright.kit.retry import call_again

__all__ = ["Charging", "PaymentsUnavailable"]


class PaymentsUnavailable(Problem):
    """Payments did not answer in time, or not sensibly. Nothing is lost: the same request may be sent again."""

    def __init__(self) -> None:
        super().__init__(503, "Payments cannot be reached at the moment.", headers={"Retry-After": "1"})


class _ServerError(Exception):
    """Payments answered with a 5xx."""


class Charging:
    """A client of payments."""

    budget: float | None = 0.8
    """Seconds for one charge, its retries included; None waits as long as payments likes."""
    failures: tuple[type[Exception], ...] = (httpx2.TransportError, DeadlineExceeded)
    """What may happen on the way there and back, and means that payments is unavailable."""

    def __init__(self, url: str, api_key: str) -> None:
        self._client = httpx2.AsyncClient(
            base_url=url, headers={"X-Api-Key": api_key}, timeout=self.budget, trust_env=False
        )

    async def charge(self, order_id: str, amount_cents: int, method: str) -> tuple[str, bool]:
        """The charge's id, and whether the money was captured. The order's id is the key: one charge for each."""
        body = {"order_id": order_id, "amount_cents": amount_cents, "method": method}
        charge = await self._post("/charges", body, key=order_id)
        return charge["id"], charge["status"] == "captured"

    async def refund(self, charge_id: str) -> None:
        await self._post(f"/charges/{charge_id}/refund", None, key=f"refund-{charge_id}")

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, path: str, body: dict[str, Any] | None, *, key: str) -> dict[str, Any]:
        failures: tuple[type[Exception], ...] = (*self.failures, _ServerError)

        async def send() -> httpx2.Response:
            answer = await self._client.post(path, json=body, headers={"Idempotency-Key": key})
            if answer.status_code >= 500:
                raise _ServerError
            return answer

        try:
            answer = await call_again(
                send,
                method="POST",
                idempotency_key=key,
                deadline=Deadline.after(86400.0 if self.budget is None else self.budget),
                on=failures,
            )
        except failures as error:
            raise PaymentsUnavailable from error
        try:
            charge = answer.json()
        except ValueError as error:
            raise PaymentsUnavailable from error
        if not answer.is_success or not isinstance(charge, dict) or not {"id", "status"} <= charge.keys():
            raise PaymentsUnavailable
        return charge
