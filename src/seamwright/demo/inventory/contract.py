"""The contract of inventory."""

from __future__ import annotations

from typing import Any

from seamwright.demo.document import document, json_answer, operation, parameter, problems

__all__ = ["ORDER_ID", "openapi"]

Json = dict[str, Any]

ORDER_ID: Json = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "minLength": 36,
    "maxLength": 36,
}
_RESERVATION: Json = {
    "type": "object",
    "required": ["order_id", "sku", "quantity", "status"],
    "properties": {
        "order_id": ORDER_ID,
        "sku": {"type": "string", "maxLength": 20},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 20},
        "status": {"type": "string", "enum": ["reserved", "released"], "maxLength": 20},
    },
    "additionalProperties": False,
}
_HEALTH: Json = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string", "enum": ["ok"]}},
    "additionalProperties": False,
}


def openapi(url: str) -> Json:
    """The document served at /openapi.json."""
    reservation = json_answer("The reservation.", {"$ref": "#/components/schemas/Reservation"})
    order_id = parameter(
        "path", "orderId", "The order's id.", ORDER_ID, "5f0c1f0e-53a3-4c8e-9c58-0d3f3f1f6b60", required=True
    )
    paths: dict[str, dict[str, Json]] = {
        "/reservations/{orderId}": {
            "get": operation(
                "getReservation",
                "What is reserved for an order.",
                {"200": reservation, **problems(401, 404, 422)},
                parameters=[order_id],
            )
        },
        "/health": {
            "get": operation(
                "health",
                "Whether the service is up.",
                {"200": json_answer("It is.", {"$ref": "#/components/schemas/Health"})},
                security=[],
            )
        },
    }
    return document(
        "Inventory",
        url,
        "Reserves goods for orders, as their events tell.",
        paths,
        {"Reservation": _RESERVATION, "Health": _HEALTH},
        {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        [{"key": []}],
    )
