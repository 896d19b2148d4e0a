"""A shop of orders behind gRPC, as a test serves it: healthy, with any of its rpcs replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc  # type: ignore[import-untyped]

__all__ = ["Shop", "refuse"]


def refuse(context: Any, code: str, text: str) -> None:
    """End a call with a status."""
    context.abort(getattr(grpc.StatusCode, code), text)


class Shop:
    """Orders by their ids; `answers` is what `serving_rpc` takes for the contract `tests.rpc.SHOP`."""

    def __init__(self) -> None:
        self.orders: dict[str, Any] = {}

    def create(self, request: Any, context: Any) -> Any:
        """Keep an order."""
        order = {**request, "id": f"order-{len(self.orders) + 1}", "state": "OPEN"}
        self.orders[order["id"]] = order
        return order

    def get(self, request: Any, context: Any) -> Any:
        """Show an order."""
        if request.get("id") not in self.orders:
            refuse(context, "NOT_FOUND", "there is no such order")
        return self.orders[request["id"]]

    def list(self, request: Any, context: Any) -> Any:
        """Show the last orders."""
        return {"orders": list(self.orders.values())[-5:]}

    def delete(self, request: Any, context: Any) -> Any:
        """End an order."""
        self.get(request, context)
        del self.orders[request["id"]]
        return {}

    def answers(self, **replaced: Callable[[Any, Any], Any]) -> dict[str, Callable[[Any, Any], Any]]:
        """What answers each rpc, some replaced by others."""
        own = {
            "CreateOrder": self.create,
            "GetOrder": self.get,
            "ListOrders": self.list,
            "DeleteOrder": self.delete,
        }
        return {**own, **replaced}
