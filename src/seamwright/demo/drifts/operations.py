"""Operations, and who may call them."""

from __future__ import annotations

from seamwright.demo.drift import Drift
from seamwright.demo.drifts._shop import GET, GET_CHARGE, ME, OK, UP, orders, payments

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Drift, ...] = (
    orders(
        "delete-declared",
        "operation",
        "an order can be deleted",
        "deleteOrder",
        (
            "/paths/~1orders~1{orderId}/delete",
            {
                "operationId": "deleteOrder",
                "parameters": [
                    {"name": "orderId", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
                ],
                "responses": {"204": {"description": "Gone."}},
            },
        ),
    ),
    orders(
        "lines-declared",
        "operation",
        "there is a list of products",
        "listProducts",
        ("/paths/~1products", {"get": {"operationId": "listProducts", "responses": {"200": OK}}}),
    ),
    orders("get-undeclared", "operation", "an order cannot be read", "updateOrder", (GET,)),
    orders(
        "me-is-open",
        "auth",
        "anybody may ask who they are",
        "whoAmI",
        (f"{ME}/security", []),
        (f"{ME}/responses/401",),
    ),
    payments(
        "charges-are-open",
        "auth",
        "anybody may read a charge",
        "getCharge",
        (f"{GET_CHARGE}/security", []),
        (f"{GET_CHARGE}/responses/401",),
    ),
    orders("health-is-closed", "auth", "health needs a token", "health", (f"{UP}/security", [{"bearer": []}])),
)
"""Operations, and who may call them."""
