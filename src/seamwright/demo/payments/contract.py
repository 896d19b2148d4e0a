"""The contract of payments."""

from __future__ import annotations

from typing import Any

from seamwright.demo.document import body, document, empty, json_answer, operation, parameter, problems

__all__ = ["CHARGE_ID", "IDEMPOTENCY_KEY_PATTERN", "NEW_CHARGE", "openapi"]

Json = dict[str, Any]

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
IDEMPOTENCY_KEY_PATTERN = "^[A-Za-z0-9_-]{8,64}$"
CHARGE_ID: Json = {"type": "string", "pattern": f"^{_UUID}$", "minLength": 36, "maxLength": 36}
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
    "properties": {"order_id": CHARGE_ID, "amount_cents": _AMOUNT, "method": _METHOD},
    "additionalProperties": False,
}
_CHARGE: Json = {
    "type": "object",
    "required": ["id", "order_id", "amount_cents", "method", "status"],
    "properties": {
        "id": CHARGE_ID,
        "order_id": CHARGE_ID,
        "amount_cents": _AMOUNT,
        "method": _METHOD,
        "status": {"type": "string", "enum": ["captured", "declined", "refunded"], "maxLength": 20},
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
    charge: Json = {"$ref": "#/components/schemas/Charge"}
    example = "5f0c1f0e-53a3-4c8e-9c58-0d3f3f1f6b60"
    charge_id = parameter("path", "chargeId", "The charge's id.", CHARGE_ID, example, required=True)
    key = parameter(
        "header",
        "Idempotency-Key",
        "The same key is charged once.",
        {"type": "string", "pattern": IDEMPOTENCY_KEY_PATTERN, "minLength": 8, "maxLength": 64},
        "9b2f7c0a-6a55-4b1b-8a0e-0c8b1f0d4f11",
        required=True,
    )
    paths: dict[str, dict[str, Json]] = {
        "/charges": {
            "post": operation(
                "createCharge",
                "Charges a card, once for each key.",
                {"201": json_answer("The charge.", charge), **problems(400, 401, 413, 415, 422)},
                parameters=[key],
                request=body("NewCharge", {"order_id": example, "amount_cents": 1290, "method": "card-ok"}),
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
        "Payments",
        url,
        "Charges cards.",
        paths,
        {"NewCharge": NEW_CHARGE, "Charge": _CHARGE, "Health": _HEALTH},
        {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        [{"key": []}],
    )
