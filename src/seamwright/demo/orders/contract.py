"""The contract of orders: its schemas, which also validate its requests, and its OpenAPI document."""

from __future__ import annotations

from typing import Any

from seamwright.demo.document import (
    EXAMPLE_ID,
    HEALTH,
    UUID,
    body,
    document,
    empty,
    header,
    health,
    idempotency_key,
    json_answer,
    operation,
    parameter,
    problems,
)

__all__ = [
    "ETAG_PATTERN",
    "NEW_ORDER",
    "ORDER_CHANGE",
    "PAGE",
    "PRICES",
    "openapi",
]

Json = dict[str, Any]

PRICES = {"mug": 1290, "pen": 350, "notebook": 790, "lamp": 4990, "chair": 12900}
"""What the shop sells: stock keeping unit to price, in cents."""

_TEXT = "^[^\\u0000]*$"  # PostgreSQL stores no NUL in text
_SKU: Json = {"type": "string", "enum": list(PRICES), "maxLength": 20}
_QUANTITY: Json = {"type": "integer", "minimum": 1, "maximum": 20}
_NOTE: Json = {"type": "string", "maxLength": 200, "pattern": _TEXT}
_PAYMENT: Json = {"type": "string", "enum": ["card-ok", "card-declined"], "maxLength": 20}

ETAG_PATTERN = '^"[0-9]{1,9}"$'

NEW_ORDER: Json = {
    "type": "object",
    "required": ["sku", "quantity", "payment_method"],
    "properties": {"sku": _SKU, "quantity": _QUANTITY, "payment_method": _PAYMENT, "note": _NOTE},
    "additionalProperties": False,
}
ORDER_CHANGE: Json = {
    "type": "object",
    "minProperties": 1,
    "properties": {"quantity": _QUANTITY, "note": _NOTE},
    "additionalProperties": False,
}
PAGE: Json = {
    "type": "object",
    "properties": {
        "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
        "offset": {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0},
        "search": {"type": "string", "maxLength": 100, "pattern": _TEXT},
    },
}
_ORDER: Json = {
    "type": "object",
    "required": ["id", "owner", "sku", "quantity", "payment_method", "status", "total_cents", "created_at"],
    "properties": {
        "id": UUID,
        "owner": {"type": "string", "maxLength": 64},
        "sku": _SKU,
        "quantity": _QUANTITY,
        "payment_method": _PAYMENT,
        "note": _NOTE,
        "status": {"type": "string", "enum": ["paid", "cancelled", "refunded"], "maxLength": 20},
        "total_cents": {"type": "integer", "minimum": 0, "maximum": 100_000_000},
        "created_at": {"type": "string", "format": "date-time", "maxLength": 40},
    },
    "additionalProperties": False,
}
_ORDER_PAGE: Json = {
    "type": "object",
    "required": ["items", "total", "limit", "offset"],
    "properties": {
        "items": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/Order"}},
        "total": {"type": "integer", "minimum": 0},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        "offset": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
    },
    "additionalProperties": False,
}
_PERSON: Json = {
    "type": "object",
    "required": ["subject", "roles"],
    "properties": {
        "subject": {"type": "string", "maxLength": 64},
        "roles": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 32}},
    },
    "additionalProperties": False,
}


def openapi(url: str) -> Json:
    """The document served at /openapi.json."""
    order: Json = {"$ref": "#/components/schemas/Order"}
    page: Json = {"$ref": "#/components/schemas/OrderPage"}
    etag = header("The order's version, for If-Match.", {"type": "string", "pattern": ETAG_PATTERN})
    location = header("Where the order is.", {"type": "string", "maxLength": 100})
    order_id = parameter("path", "orderId", "The order's id.", UUID, EXAMPLE_ID, required=True)
    key = idempotency_key("New for each new order; the same when the request is sent again.")
    if_match = parameter(
        "header",
        "If-Match",
        "The ETag of the version that is to be changed.",
        {"type": "string", "pattern": ETAG_PATTERN, "maxLength": 11},
        '"1"',
        required=True,
    )
    paging = [
        parameter("query", name, text, PAGE["properties"][name], example, required=False)
        for name, text, example in (
            ("limit", "How many at most.", 20),
            ("offset", "How many to leave out first.", 0),
            ("search", "Only orders whose note contains this text.", "gift"),
        )
    ]
    listed = {"200": json_answer("Orders, newest first.", page), **problems(401, 403, 422, 503)}
    found = {"200": json_answer("The order.", order, {"ETag": etag})}
    paths: dict[str, dict[str, Json]] = {
        "/orders": {
            "get": operation("listOrders", "The caller's own orders.", listed, parameters=paging),
            "post": operation(
                "createOrder",
                "Places an order and charges for it.",
                {
                    "201": json_answer("The order, paid.", order, {"ETag": etag, "Location": location}),
                    **problems(400, 401, 402, 403, 409, 413, 415, 422, 503),
                },
                parameters=[key],
                request=body("NewOrder", {"sku": "mug", "quantity": 1, "payment_method": "card-ok", "note": "a gift"}),
            ),
        },
        "/orders/{orderId}": {
            "get": operation(
                "getOrder",
                "One order: the caller's own, or any for an admin.",
                found | problems(401, 403, 404, 422, 503),
                parameters=[order_id],
            ),
            "patch": operation(
                "updateOrder",
                "Changes the note or the quantity of a paid order.",
                found | problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
                parameters=[order_id, if_match],
                request=body("OrderChange", {"note": "two gifts", "quantity": 2}),
            ),
        },
        "/orders/{orderId}/cancel": {
            "post": operation(
                "cancelOrder",
                "Cancels a paid order; once.",
                found | problems(401, 403, 404, 409, 422, 503),
                parameters=[order_id],
            )
        },
        "/orders/{orderId}/refund": {
            "post": operation(
                "refundOrder",
                "Gives the money of a paid order back; for admins.",
                found | problems(401, 403, 404, 409, 422, 503),
                parameters=[order_id],
            )
        },
        "/admin/orders": {
            "get": operation("listAllOrders", "Everybody's orders; for admins.", listed, parameters=paging)
        },
        "/me": {
            "get": operation(
                "whoAmI",
                "Whom the access token speaks for.",
                {"200": json_answer("The caller.", {"$ref": "#/components/schemas/Person"}), **problems(401, 503)},
            )
        },
        "/sandbox/reset": {
            "post": operation(
                "resetSandbox",
                "Deletes all orders and fills the stock; for admins.",
                {"204": empty("Done."), **problems(401, 403, 503)},
            )
        },
        "/health": {"get": health()},
    }
    return document(
        "Orders",
        url,
        "Takes orders, charges for them once, and tells the warehouse.",
        paths,
        {
            "NewOrder": NEW_ORDER,
            "OrderChange": ORDER_CHANGE,
            "Order": _ORDER,
            "OrderPage": _ORDER_PAGE,
            "Person": _PERSON,
            "Health": HEALTH,
        },
        {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        [{"bearer": []}],
    )
