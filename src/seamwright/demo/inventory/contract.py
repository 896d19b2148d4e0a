"""The contract of inventory."""

from __future__ import annotations

from typing import Any

from seamwright.demo.document import (
    EXAMPLE_ID,
    HEALTH,
    UUID,
    document,
    health,
    json_answer,
    operation,
    parameter,
    problems,
)

__all__ = ["openapi"]

Json = dict[str, Any]

_RESERVATION: Json = {
    "type": "object",
    "required": ["order_id", "sku", "quantity", "status"],
    "properties": {
        "order_id": UUID,
        "sku": {"type": "string", "maxLength": 20},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 20},
        "status": {"type": "string", "enum": ["reserved", "released"], "maxLength": 20},
    },
    "additionalProperties": False,
}


def openapi(url: str) -> Json:
    """The document served at /openapi.json."""
    reservation = json_answer("The reservation.", {"$ref": "#/components/schemas/Reservation"})
    order_id = parameter("path", "orderId", "The order's id.", UUID, EXAMPLE_ID, required=True)
    paths: dict[str, dict[str, Json]] = {
        "/reservations/{orderId}": {
            "get": operation(
                "getReservation",
                "What is reserved for an order.",
                {"200": reservation, **problems(401, 404, 422)},
                parameters=[order_id],
            )
        },
        "/health": {"get": health()},
    }
    return document(
        "Inventory",
        url,
        "Reserves goods for orders, as their events tell.",
        paths,
        {"Reservation": _RESERVATION, "Health": HEALTH},
        {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        [{"key": []}],
    )
