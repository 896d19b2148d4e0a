"""What a fault makes of an answer over HTTP."""

from __future__ import annotations

from dataclasses import replace

from seamwright.engines.mock import Disturbance
from seamwright.model.exchange import Response
from seamwright.services.mock.listener import Delivery

__all__ = ["disturbed"]


def disturbed(response: Response | None, struck: Disturbance) -> Delivery:
    """How an answer is delivered (None: the fault struck before there was one)."""
    fault = struck.fault
    match fault.kind if fault is not None else "":
        case "reset" | "drop":
            return Delivery(None, struck.delay, "reset")
        case "hang":
            return Delivery(None, struck.delay, "hang")
        case "slow":
            return Delivery(response, struck.delay + (fault.seconds if fault is not None else 0.0))
        case "truncate":
            return Delivery(response, struck.delay, "truncate")
        case "malformed" if response is not None:
            return Delivery(replace(response, body=response.body[: len(response.body) // 2]), struck.delay)
    return Delivery(response, struck.delay)
