"""The drifted contracts of the shop: what each says, and where that shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.demo.drift import Drift

__all__ = ["DRIFTS"]

Json = dict[str, Any]
Change = tuple[Any, ...]

_ORDER = "/components/schemas/Order"
_PAGE = "/components/schemas/OrderPage"
_NEW = "/components/schemas/NewOrder"
_PERSON = "/components/schemas/Person"
_PROBLEM = "/components/schemas/Problem"
_CHARGE = "/components/schemas/Charge"
_NEW_CHARGE = "/components/schemas/NewCharge"
_HEALTH = "/components/schemas/Health"
_CREATE = "/paths/~1orders/post"
_LIST = "/paths/~1orders/get"
_GET = "/paths/~1orders~1{orderId}/get"
_PATCH = "/paths/~1orders~1{orderId}/patch"
_CANCEL = "/paths/~1orders~1{orderId}~1cancel/post"
_ME = "/paths/~1me/get"
_GET_CHARGE = "/paths/~1charges~1{chargeId}/get"
_CREATE_CHARGE = "/paths/~1charges/post"
_UP = "/paths/~1health/get"

_TEXT: Json = {"type": "string"}
_OK: Json = {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}}


def _orders(name: str, kind: str, says: str, operation: str, *changes: Change) -> Drift:
    return Drift(name, "orders", kind, says, tuple(operation.split()), changes)


def _payments(name: str, kind: str, says: str, operation: str, *changes: Change) -> Drift:
    return Drift(name, "payments", kind, says, tuple(operation.split()), changes)


def _moved(place: str, to: str, answer: Json) -> tuple[Change, Change]:
    """An answer under another status."""
    return (place,), (f"{place.rpartition('/')[0]}/{to}", answer)


def _of(schema: str) -> Json:
    return {
        "description": "The same.",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


_MUTANTS = (
    # What answers hold.
    _orders(
        "total-is-text",
        "type",
        "total_cents is a string",
        "getOrder",
        (f"{_ORDER}/properties/total_cents/type", "string"),
    ),
    _orders(
        "quantity-is-boolean",
        "type",
        "quantity is a boolean",
        "getOrder",
        (f"{_ORDER}/properties/quantity", {"type": "boolean"}),
    ),
    _orders("roles-is-text", "type", "roles is a string", "whoAmI", (f"{_PERSON}/properties/roles", _TEXT)),
    _orders(
        "subject-is-object",
        "type",
        "subject is an object",
        "whoAmI",
        (f"{_PERSON}/properties/subject", {"type": "object"}),
    ),
    _orders("health-is-list", "type", "health is a list", "health", (_HEALTH, {"type": "array", "items": _TEXT})),
    _orders(
        "page-total-is-text",
        "type",
        "a page's total is a string",
        "listOrders",
        (f"{_PAGE}/properties/total/type", "string"),
    ),
    _orders(
        "page-is-list",
        "type",
        "a page is a bare list",
        "listOrders",
        (_PAGE, {"type": "array", "items": {"$ref": f"#{_ORDER}"}}),
    ),
    _payments(
        "amount-is-text", "type", "amount_cents is a string", "getCharge", (f"{_CHARGE}/properties/amount_cents", _TEXT)
    ),
    _orders(
        "currency-required",
        "required",
        "every order has a currency",
        "getOrder",
        (f"{_ORDER}/properties/currency", _TEXT),
        (f"{_ORDER}/required/-", "currency"),
    ),
    _orders(
        "email-required",
        "required",
        "a person has an email",
        "whoAmI",
        (f"{_PERSON}/properties/email", _TEXT),
        (f"{_PERSON}/required/-", "email"),
    ),
    _orders(
        "cursor-required",
        "pagination",
        "a page has a next cursor",
        "listOrders",
        (f"{_PAGE}/properties/next", _TEXT),
        (f"{_PAGE}/required/-", "next"),
    ),
    _orders(
        "items-renamed",
        "pagination",
        "a page's orders lie under `orders`",
        "listOrders",
        (f"{_PAGE}/required", ["orders"]),
        (f"{_PAGE}/properties/orders", {"type": "array"}),
        (f"{_PAGE}/properties/items",),
    ),
    _orders(
        "page-of-none",
        "pagination",
        "a page has one order at most",
        "listOrders",
        (f"{_PAGE}/properties/items/maxItems", 1),
    ),
    _orders(
        "limit-unsaid",
        "pagination",
        "a page does not say its limit",
        "listOrders",
        (f"{_PAGE}/properties/limit",),
        (f"{_PAGE}/required/limit",),
    ),
    _payments(
        "charge-currency-required",
        "required",
        "every charge has a currency",
        "getCharge",
        (f"{_CHARGE}/properties/currency", _TEXT),
        (f"{_CHARGE}/required/-", "currency"),
    ),
    _orders(
        "owner-undeclared",
        "extra field",
        "an order has no owner",
        "getOrder",
        (f"{_ORDER}/properties/owner",),
        (f"{_ORDER}/required/owner",),
    ),
    _orders(
        "roles-undeclared",
        "extra field",
        "a person has no roles",
        "whoAmI",
        (f"{_PERSON}/properties/roles",),
        (f"{_PERSON}/required/roles",),
    ),
    _payments(
        "order-id-undeclared",
        "extra field",
        "a charge has no order_id",
        "getCharge",
        (f"{_CHARGE}/properties/order_id",),
        (f"{_CHARGE}/required/order_id",),
    ),
    _orders(
        "status-in-capitals",
        "enum",
        "a status is in capitals",
        "getOrder",
        (f"{_ORDER}/properties/status/enum", ["PAID", "CANCELLED", "REFUNDED"]),
    ),
    _orders(
        "cancelled-unknown",
        "enum",
        "an order is never cancelled",
        "cancelOrder",
        (f"{_ORDER}/properties/status/enum", ["paid", "refunded"]),
    ),
    _orders("health-is-up", "enum", "health says `up`", "health", (f"{_HEALTH}/properties/status/enum", ["up"])),
    _payments(
        "captured-unknown",
        "enum",
        "a charge is never captured",
        "getCharge",
        (f"{_CHARGE}/properties/status/enum", ["declined", "refunded"]),
    ),
    _orders(
        "created-is-date",
        "format",
        "created_at is a date",
        "getOrder",
        (f"{_ORDER}/properties/created_at/format", "date"),
    ),
    _orders(
        "owner-is-email",
        "format",
        "the owner is an email address",
        "getOrder",
        (f"{_ORDER}/properties/owner/format", "email"),
    ),
    _orders(
        "subject-is-uuid", "format", "the subject is a UUID", "whoAmI", (f"{_PERSON}/properties/subject/format", "uuid")
    ),
    _orders(
        "id-in-capitals",
        "pattern",
        "ids are in capitals",
        "getOrder",
        (f"{_ORDER}/properties/id/pattern", "^[0-9A-F-]{36}$"),
        (f"{_ORDER}/properties/id/minLength", 36),
    ),
    _orders(
        "sku-of-two",
        "length",
        "a sku has two characters at most",
        "getOrder",
        (f"{_ORDER}/properties/sku", {"type": "string", "maxLength": 2}),
    ),
    _orders(
        "many-roles",
        "length",
        "everybody has five roles at least",
        "whoAmI",
        (f"{_PERSON}/properties/roles/minItems", 5),
    ),
    _payments(
        "order-id-short",
        "length",
        "an order_id has ten characters at most",
        "getCharge",
        (f"{_CHARGE}/properties/order_id", {"type": "string", "maxLength": 10}),
    ),
    _orders(
        "quantity-of-hundreds",
        "range",
        "a quantity is 100 at least",
        "getOrder",
        (f"{_ORDER}/properties/quantity", {"type": "integer", "minimum": 100}),
    ),
    _orders(
        "owner-is-null",
        "nullability",
        "the owner is null",
        "getOrder",
        (f"{_ORDER}/properties/owner", {"type": "null"}),
    ),
    _orders(
        "subject-is-null",
        "nullability",
        "the subject is null",
        "whoAmI",
        (f"{_PERSON}/properties/subject", {"type": ["null", "integer"]}),
    ),
    # Status, media type, headers.
    _orders(
        "create-is-200",
        "status",
        "creating answers 200",
        "createOrder",
        *_moved(f"{_CREATE}/responses/201", "200", _of("Order")),
    ),
    _orders(
        "list-is-206",
        "status",
        "listing answers 206",
        "listOrders",
        *_moved(f"{_LIST}/responses/200", "206", _of("OrderPage")),
    ),
    _orders(
        "cancel-is-204",
        "status",
        "cancelling answers 204",
        "cancelOrder",
        *_moved(f"{_CANCEL}/responses/200", "204", {"description": "Done."}),
    ),
    _payments(
        "charge-is-202",
        "status",
        "charging answers 202",
        "createCharge",
        *_moved(f"{_CREATE_CHARGE}/responses/201", "202", _of("Charge")),
    ),
    _orders("order-never-missing", "status", "no order is ever missing", "getOrder", (f"{_GET}/responses/404",)),
    _orders(
        "cancel-never-conflicts", "status", "cancelling twice is fine", "cancelOrder", (f"{_CANCEL}/responses/409",)
    ),
    _payments(
        "charge-never-missing", "status", "no charge is ever missing", "getCharge", (f"{_GET_CHARGE}/responses/404",)
    ),
    _orders(
        "me-is-xml",
        "content type",
        "a person is XML",
        "whoAmI",
        (f"{_ME}/responses/200/content", {"application/xml": {"schema": {"type": "object"}}}),
    ),
    _orders(
        "health-is-text",
        "content type",
        "health is plain text",
        "health",
        (f"{_UP}/responses/200/content", {"text/plain": {"schema": _TEXT}}),
    ),
    _orders(
        "problem-is-json",
        "content type",
        "a missing order is told in plain JSON",
        "getOrder",
        ("/components/responses/Problem404/content", {"application/json": {"schema": {"type": "object"}}}),
    ),
    _payments(
        "charge-is-hal",
        "content type",
        "a charge is HAL",
        "getCharge",
        (f"{_GET_CHARGE}/responses/200/content", {"application/hal+json": {"schema": {"type": "object"}}}),
    ),
    _orders(
        "request-id-told",
        "header",
        "a new order comes with X-Request-Id",
        "createOrder",
        (f"{_CREATE}/responses/201/headers/X-Request-Id", {"required": True, "schema": _TEXT}),
    ),
    _orders(
        "location-is-number",
        "header",
        "Location is a number",
        "createOrder",
        (f"{_CREATE}/responses/201/headers/Location/schema", {"type": "integer"}),
    ),
    _orders(
        "etag-is-weak",
        "header",
        "entity tags are weak",
        "getOrder",
        (f"{_GET}/responses/200/headers/ETag/schema/pattern", '^W/"'),
    ),
    _orders(
        "rate-limit-told",
        "header",
        "a page comes with RateLimit-Remaining",
        "listOrders",
        (f"{_LIST}/responses/200/headers", {"RateLimit-Remaining": {"required": True, "schema": {"type": "integer"}}}),
    ),
    _orders(
        "problem-status-is-text",
        "problem",
        "a problem's status is a string",
        "getOrder",
        (f"{_PROBLEM}/properties/status", _TEXT),
    ),
    _orders(
        "problem-instance-required",
        "problem",
        "a problem names its instance",
        "getOrder",
        (f"{_PROBLEM}/properties/instance", _TEXT),
        (f"{_PROBLEM}/required/-", "instance"),
    ),
    _payments(
        "problem-title-undeclared",
        "problem",
        "a problem has no title",
        "getCharge",
        (f"{_PROBLEM}/properties/title",),
        (f"{_PROBLEM}/required/title",),
    ),
    # What requests may hold: the service takes more than is said.
    _orders("note-required", "required", "an order needs a note", "createOrder", (f"{_NEW}/required/-", "note")),
    _orders(
        "quantity-up-to-ten",
        "range",
        "ten of a thing at most",
        "createOrder",
        (f"{_NEW}/properties/quantity/maximum", 10),
    ),
    _orders(
        "quantity-from-two",
        "range",
        "two of a thing at least",
        "createOrder",
        (f"{_NEW}/properties/quantity/minimum", 2),
    ),
    _orders(
        "note-of-hundred",
        "length",
        "a note has 100 characters at most",
        "createOrder",
        (f"{_NEW}/properties/note/maxLength", 100),
    ),
    _payments(
        "small-charges",
        "range",
        "a charge is one euro at most",
        "createCharge",
        (f"{_NEW_CHARGE}/properties/amount_cents/maximum", 100),
        (f"{_CREATE_CHARGE}/requestBody/content/application~1json/example/amount_cents", 90),
    ),
    _orders(
        "limit-up-to-ten",
        "pagination",
        "ten orders a page at most",
        "listOrders",
        (f"{_LIST}/parameters/0/schema", {"type": "integer", "minimum": 1, "maximum": 10}),
    ),
    _orders(
        "limit-required",
        "pagination",
        "a page size must be said",
        "listOrders",
        (f"{_LIST}/parameters/0/required", True),
    ),
    _orders(
        "offset-renamed",
        "pagination",
        "the offset is called skip",
        "listOrders",
        (f"{_LIST}/parameters/1/name", "skip"),
    ),
    _orders(
        "search-of-ten",
        "length",
        "ten characters are searched for at most",
        "listOrders",
        (f"{_LIST}/parameters/2/schema", {"type": "string", "maxLength": 10}),
    ),
    # The service takes less than is said.
    _orders(
        "payment-optional",
        "required",
        "how to pay may be left out",
        "createOrder",
        (f"{_NEW}/required/payment_method",),
    ),
    _orders(
        "quantity-up-to-fifty",
        "range",
        "fifty of a thing may be ordered",
        "createOrder",
        (f"{_NEW}/properties/quantity/maximum", 50),
    ),
    _orders(
        "quantity-of-none",
        "range",
        "none of a thing may be ordered",
        "createOrder",
        (f"{_NEW}/properties/quantity/minimum", 0),
    ),
    _orders(
        "note-of-four-hundred",
        "length",
        "a note may have 400 characters",
        "createOrder",
        (f"{_NEW}/properties/note/maxLength", 400),
    ),
    _orders("sofa-sold", "enum", "a sofa may be ordered", "createOrder", (f"{_NEW}/properties/sku/enum/-", "sofa")),
    _payments(
        "cash-taken", "enum", "cash is taken", "createCharge", (f"{_NEW_CHARGE}/properties/method/enum/-", "cash")
    ),
    _orders(
        "limit-up-to-thousand",
        "pagination",
        "a page may have a thousand orders",
        "listOrders",
        (f"{_LIST}/parameters/0/schema/maximum", 1000),
    ),
    _orders(
        "limit-of-none",
        "pagination",
        "a page may have no orders",
        "listOrders",
        (f"{_LIST}/parameters/0/schema/minimum", 0),
    ),
    _orders(
        "if-match-optional",
        "required",
        "a change may come without If-Match",
        "updateOrder",
        (f"{_PATCH}/parameters/1/required", False),
    ),
    _orders(
        "form-taken",
        "content type",
        "an order may come as a form",
        "createOrder",
        (f"{_CREATE}/requestBody/content/application~1x-www-form-urlencoded", {"schema": {"$ref": f"#{_NEW}"}}),
    ),
    # Operations and who may call them.
    _orders(
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
    _orders(
        "lines-declared",
        "operation",
        "there is a list of products",
        "listProducts",
        ("/paths/~1products", {"get": {"operationId": "listProducts", "responses": {"200": _OK}}}),
    ),
    _orders("get-undeclared", "operation", "an order cannot be read", "updateOrder", (_GET,)),
    _orders(
        "me-is-open",
        "auth",
        "anybody may ask who they are",
        "whoAmI",
        (f"{_ME}/security", []),
        (f"{_ME}/responses/401",),
    ),
    _payments(
        "charges-are-open",
        "auth",
        "anybody may read a charge",
        "getCharge",
        (f"{_GET_CHARGE}/security", []),
        (f"{_GET_CHARGE}/responses/401",),
    ),
    _orders("health-is-closed", "auth", "health needs a token", "health", (f"{_UP}/security", [{"bearer": []}])),
)

DRIFTS: Mapping[str, Drift] = {drift.name: drift for drift in _MUTANTS}
"""Every mutant, by its name."""
