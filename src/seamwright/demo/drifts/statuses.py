"""Status, media type and headers of answers."""

from __future__ import annotations

from seamwright.demo.drift import Drift
from seamwright.demo.drifts._shop import (
    CANCEL,
    CREATE,
    CREATE_CHARGE,
    GET,
    GET_CHARGE,
    LIST,
    ME,
    PROBLEM,
    TEXT,
    UP,
    moved,
    of,
    orders,
    payments,
)

__all__ = ["STATUSES"]

STATUSES: tuple[Drift, ...] = (
    orders(
        "create-is-200",
        "status",
        "creating answers 200",
        "createOrder",
        *moved(f"{CREATE}/responses/201", "200", of("Order")),
    ),
    orders(
        "list-is-206",
        "status",
        "listing answers 206",
        "listOrders",
        *moved(f"{LIST}/responses/200", "206", of("OrderPage")),
    ),
    orders(
        "cancel-is-204",
        "status",
        "cancelling answers 204",
        "cancelOrder",
        *moved(f"{CANCEL}/responses/200", "204", {"description": "Done."}),
    ),
    payments(
        "charge-is-202",
        "status",
        "charging answers 202",
        "createCharge",
        *moved(f"{CREATE_CHARGE}/responses/201", "202", of("Charge")),
    ),
    orders("order-never-missing", "status", "no order is ever missing", "getOrder", (f"{GET}/responses/404",)),
    orders("cancel-never-conflicts", "status", "cancelling twice is fine", "cancelOrder", (f"{CANCEL}/responses/409",)),
    payments(
        "charge-never-missing", "status", "no charge is ever missing", "getCharge", (f"{GET_CHARGE}/responses/404",)
    ),
    orders(
        "me-is-xml",
        "content type",
        "a person is XML",
        "whoAmI",
        (f"{ME}/responses/200/content", {"application/xml": {"schema": {"type": "object"}}}),
    ),
    orders(
        "health-is-text",
        "content type",
        "health is plain text",
        "health",
        (f"{UP}/responses/200/content", {"text/plain": {"schema": TEXT}}),
    ),
    orders(
        "problem-is-json",
        "content type",
        "a missing order is told in plain JSON",
        "getOrder",
        ("/components/responses/Problem404/content", {"application/json": {"schema": {"type": "object"}}}),
    ),
    payments(
        "charge-is-hal",
        "content type",
        "a charge is HAL",
        "getCharge",
        (f"{GET_CHARGE}/responses/200/content", {"application/hal+json": {"schema": {"type": "object"}}}),
    ),
    orders(
        "request-id-told",
        "header",
        "a new order comes with X-Request-Id",
        "createOrder",
        (f"{CREATE}/responses/201/headers/X-Request-Id", {"required": True, "schema": TEXT}),
    ),
    orders(
        "location-is-number",
        "header",
        "Location is a number",
        "createOrder",
        (f"{CREATE}/responses/201/headers/Location/schema", {"type": "integer"}),
    ),
    orders(
        "etag-is-weak",
        "header",
        "entity tags are weak",
        "getOrder",
        (f"{GET}/responses/200/headers/ETag/schema/pattern", '^W/"'),
    ),
    orders(
        "rate-limit-told",
        "header",
        "a page comes with RateLimit-Remaining",
        "listOrders",
        (f"{LIST}/responses/200/headers", {"RateLimit-Remaining": {"required": True, "schema": {"type": "integer"}}}),
    ),
    orders(
        "problem-status-is-text",
        "problem",
        "a problem's status is a string",
        "getOrder",
        (f"{PROBLEM}/properties/status", TEXT),
    ),
    orders(
        "problem-instance-required",
        "problem",
        "a problem names its instance",
        "getOrder",
        (f"{PROBLEM}/properties/instance", TEXT),
        (f"{PROBLEM}/required/-", "instance"),
    ),
    payments(
        "problem-title-undeclared",
        "problem",
        "a problem has no title",
        "getCharge",
        (f"{PROBLEM}/properties/title",),
        (f"{PROBLEM}/required/title",),
    ),
)
"""Status, media type and headers of answers."""
