"""The contract of payments."""

from __future__ import annotations

from typing import Any

from seamwright.demo.document import (
    EXAMPLE_ID,
    HEALTH,
    UUID,
    body,
    document,
    empty,
    health,
    idempotency_key,
    json_answer,
    operation,
    parameter,
    problems,
)

__all__ = ["NEW_CHARGE", "openapi"]

Json = dict[str, Any]

_AMOUNT: Json = {
    "type": "integer",
    "minimum": -100_000_000,
    "maximum": 100_000_000,
    "description": "Cents; below zero it is a credit.",
}
_METHOD: Json = {"type": "string", "enum": ["card-ok", "card-declined"], "maxLength": 20}

NEW_CHARGE: Json = {
    "type": "object",
    "required": ["order_id", "amount_cents", "method"],
    "properties": {"order_id": UUID, "amount_cents": _AMOUNT, "method": _METHOD},
    "additionalProperties": False,
}
_CHARGE: Json = {
    "type": "object",
    "required": ["id", "order_id", "amount_cents", "method", "status"],
    "properties": {
        "id": UUID,
        "order_id": UUID,
        "amount_cents": _AMOUNT,
        "method": _METHOD,
        "status": {"type": "string", "enum": ["captured", "declined", "refunded"], "maxLength": 20},
    },
    "additionalProperties": False,
}


def openapi(url: str) -> Json:
    """The document served at /openapi.json."""
    charge: Json = {"$ref": "#/components/schemas/Charge"}
    charge_id = parameter("path", "chargeId", "The charge's id.", UUID, EXAMPLE_ID, required=True)
    key = idempotency_key("The same key is charged once.")
    paths: dict[str, dict[str, Json]] = {
        "/charges": {
            "post": operation(
                "createCharge",
                "Charges a card, once for each key.",
                {"201": json_answer("The charge.", charge), **problems(400, 401, 413, 415, 422)},
                parameters=[key],
                request=body("NewCharge", {"order_id": EXAMPLE_ID, "amount_cents": 1290, "method": "card-ok"}),
            )
        },
        "/charges/{chargeId}": {
            "get": operation(
                "getCharge",
                "One charge.",
                {"200": json_answer("The charge.", charge), **problems(401, 404, 422)},
                parameters=[charge_id],
            )
        },
        "/charges/{chargeId}/refund": {
            "post": operation(
                "refundCharge",
                "Gives a captured charge back; asked again, it answers the same.",
                {"200": json_answer("The charge, refunded.", charge), **problems(401, 404, 409, 422)},
                parameters=[charge_id],
            )
        },
        "/sandbox/reset": {
            "post": operation("resetCharges", "Forgets all charges.", {"204": empty("Done."), **problems(401)})
        },
        "/health": {"get": health()},
    }
    return document(
        "Payments",
        url,
        "Charges cards.",
        paths,
        {"NewCharge": NEW_CHARGE, "Charge": _CHARGE, "Health": HEALTH},
        {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        [{"key": []}],
    )
