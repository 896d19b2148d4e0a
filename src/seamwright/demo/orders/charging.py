"""How orders talks to payments: with a key, a deadline, and an answer for every way it can fail."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from seamwright.kit.breaker import Breaker, CircuitOpen
from seamwright.kit.bulkhead import Bulkhead, BulkheadFull
from seamwright.kit.deadline import Deadline, DeadlineExceeded
from seamwright.kit.problems import Problem
from seamwright.kit.retry import call_again
from seamwright.kit.retry_after import seconds_of

__all__ = ["Answered", "AskedToWait", "Charging", "PaymentsUnavailable", "Send", "ServerError", "TooLong"]


class PaymentsUnavailable(Problem):
    """Payments did not answer in time, or not sensibly. Nothing is lost: the same request may be sent again."""

    def __init__(self) -> None:
        super().__init__(503, "Payments cannot be reached at the moment.", headers={"Retry-After": "1"})


class ServerError(Exception):
    """Payments answered with a 5xx."""


class AskedToWait(Exception):
    """Payments is there, and does not want to be asked again before some time."""


class TooLong(Exception):
    """Payments sends more than any of its answers needs."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of payments, read to its end."""

    status: int
    body: bytes


Send = Callable[[], Awaitable[Answered]]


class Charging:
    """A client of payments."""

    budget: float | None = 0.8
    """Seconds for one charge, its retries included; None waits as long as payments likes."""
    failures: tuple[type[Exception], ...] = (httpx2.TransportError, DeadlineExceeded)
    """What may happen on the way there and back, and means that payments is unavailable."""
    unusable: tuple[type[Exception], ...] = (ServerError, AskedToWait, TooLong)
    """What payments may answer that means the same."""
    longest = 64 * 1024
    """Bytes of an answer; a charge has some hundred."""

    def __init__(self, url: str, api_key: str) -> None:
        self._client = httpx2.AsyncClient(
            base_url=url, headers={"X-Api-Key": api_key}, timeout=self.budget, trust_env=False
        )
        self.breaker = self.new_breaker()
        self.bulkhead = Bulkhead(64)

    def new_breaker(self) -> Breaker:
        """Lets nothing through for half a second after five failed calls; the manifest promises it."""
        return Breaker(failures=5, pause=0.5)

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
        failures = (*self.failures, *self.unusable)
        unavailable: tuple[type[Exception], ...] = (*failures, CircuitOpen, BulkheadFull)
        try:
            with self.bulkhead.entered(), self.breaker.guarding(failures):
                answer = await self.again(lambda: self.sent(path, body, key), key)
        except unavailable as error:
            raise PaymentsUnavailable from error
        return self.understood(answer)

    async def again(self, send: Send, key: str) -> Answered:
        """Sends, and again after a failure that may pass, within one budget for all of it."""
        deadline = Deadline.after(86400.0 if self.budget is None else self.budget)
        passing = (*self.failures, ServerError)
        return await call_again(send, method="POST", idempotency_key=key, deadline=deadline, on=passing)

    async def sent(self, path: str, body: dict[str, Any] | None, key: str) -> Answered:
        """One request and its answer. Where payments asks for a pause, it gets one from all of orders."""
        async with self._client.stream("POST", path, json=body, headers={"Idempotency-Key": key}) as answer:
            if answer.status_code in (429, 503):
                self.may_wait(seconds_of(answer.headers.get("retry-after")))
            if answer.status_code >= 500:
                raise ServerError
            return Answered(answer.status_code, await self.read(answer))

    def may_wait(self, seconds: float | None) -> None:
        """Payments has said when it wants to be asked again, or not."""
        if seconds:
            self.breaker.hold(seconds)
            raise AskedToWait

    async def read(self, answer: httpx2.Response) -> bytes:
        """The body, unless it is longer than any of payments should be."""
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > self.longest:
                raise TooLong
        return bytes(body)

    def understood(self, answer: Answered) -> dict[str, Any]:
        """The charge that an answer holds; whatever does not look like one is as good as none."""
        try:
            charge = json.loads(answer.body)
        except ValueError as error:
            raise PaymentsUnavailable from error
        if not 200 <= answer.status < 300 or not isinstance(charge, dict) or not {"id", "status"} <= charge.keys():
            raise PaymentsUnavailable
        return charge
