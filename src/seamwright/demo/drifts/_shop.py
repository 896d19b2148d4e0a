"""Places in the contracts of the shop, and short words for what drifts there."""

from __future__ import annotations

from typing import Any

from seamwright.demo.drift import Drift

__all__ = [
    "CANCEL",
    "CHARGE",
    "CREATE",
    "CREATE_CHARGE",
    "GET",
    "GET_CHARGE",
    "HEALTH",
    "LIST",
    "ME",
    "NEW",
    "NEW_CHARGE",
    "OK",
    "ORDER",
    "PAGE",
    "PATCH",
    "PERSON",
    "PROBLEM",
    "TEXT",
    "UP",
    "moved",
    "of",
    "orders",
    "payments",
]


Json = dict[str, Any]
Change = tuple[Any, ...]

ORDER = "/components/schemas/Order"
PAGE = "/components/schemas/OrderPage"
NEW = "/components/schemas/NewOrder"
PERSON = "/components/schemas/Person"
PROBLEM = "/components/schemas/Problem"
CHARGE = "/components/schemas/Charge"
NEW_CHARGE = "/components/schemas/NewCharge"
HEALTH = "/components/schemas/Health"
CREATE = "/paths/~1orders/post"
LIST = "/paths/~1orders/get"
GET = "/paths/~1orders~1{orderId}/get"
PATCH = "/paths/~1orders~1{orderId}/patch"
CANCEL = "/paths/~1orders~1{orderId}~1cancel/post"
ME = "/paths/~1me/get"
GET_CHARGE = "/paths/~1charges~1{chargeId}/get"
CREATE_CHARGE = "/paths/~1charges/post"
UP = "/paths/~1health/get"

TEXT: Json = {"type": "string"}
OK: Json = {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}}


def orders(name: str, kind: str, says: str, operation: str, *changes: Change) -> Drift:
    return Drift(name, "orders", kind, says, tuple(operation.split()), changes)


def payments(name: str, kind: str, says: str, operation: str, *changes: Change) -> Drift:
    return Drift(name, "payments", kind, says, tuple(operation.split()), changes)


def moved(place: str, to: str, answer: Json) -> tuple[Change, Change]:
    """An answer under another status."""
    return (place,), (f"{place.rpartition('/')[0]}/{to}", answer)


def of(schema: str) -> Json:
    return {
        "description": "The same.",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
