"""What requests may hold: the service takes more than is said, or less."""

from __future__ import annotations

from seamwright.demo.drift import Drift
from seamwright.demo.drifts._shop import CREATE, CREATE_CHARGE, LIST, NEW, NEW_CHARGE, PATCH, orders, payments

__all__ = ["REQUESTS"]

REQUESTS: tuple[Drift, ...] = (
    # What requests may hold: the service takes more than is said.
    orders("note-required", "required", "an order needs a note", "createOrder", (f"{NEW}/required/-", "note")),
    orders(
        "quantity-up-to-ten",
        "range",
        "ten of a thing at most",
        "createOrder",
        (f"{NEW}/properties/quantity/maximum", 10),
    ),
    orders(
        "quantity-from-two",
        "range",
        "two of a thing at least",
        "createOrder",
        (f"{NEW}/properties/quantity/minimum", 2),
    ),
    orders(
        "note-of-hundred",
        "length",
        "a note has 100 characters at most",
        "createOrder",
        (f"{NEW}/properties/note/maxLength", 100),
    ),
    payments(
        "small-charges",
        "range",
        "a charge is one euro at most",
        "createCharge",
        (f"{NEW_CHARGE}/properties/amount_cents/maximum", 100),
        (f"{CREATE_CHARGE}/requestBody/content/application~1json/example/amount_cents", 90),
    ),
    orders(
        "limit-up-to-ten",
        "pagination",
        "ten orders a page at most",
        "listOrders",
        (f"{LIST}/parameters/0/schema", {"type": "integer", "minimum": 1, "maximum": 10}),
    ),
    orders(
        "limit-required",
        "pagination",
        "a page size must be said",
        "listOrders",
        (f"{LIST}/parameters/0/required", True),
    ),
    orders(
        "offset-renamed",
        "pagination",
        "the offset is called skip",
        "listOrders",
        (f"{LIST}/parameters/1/name", "skip"),
    ),
    orders(
        "search-of-ten",
        "length",
        "ten characters are searched for at most",
        "listOrders",
        (f"{LIST}/parameters/2/schema", {"type": "string", "maxLength": 10}),
    ),
    # The service takes less than is said.
    orders(
        "payment-optional",
        "required",
        "how to pay may be left out",
        "createOrder",
        (f"{NEW}/required/payment_method",),
    ),
    orders(
        "quantity-up-to-fifty",
        "range",
        "fifty of a thing may be ordered",
        "createOrder",
        (f"{NEW}/properties/quantity/maximum", 50),
    ),
    orders(
        "quantity-of-none",
        "range",
        "none of a thing may be ordered",
        "createOrder",
        (f"{NEW}/properties/quantity/minimum", 0),
    ),
    orders(
        "note-of-four-hundred",
        "length",
        "a note may have 400 characters",
        "createOrder",
        (f"{NEW}/properties/note/maxLength", 400),
    ),
    orders("sofa-sold", "enum", "a sofa may be ordered", "createOrder", (f"{NEW}/properties/sku/enum/-", "sofa")),
    payments("cash-taken", "enum", "cash is taken", "createCharge", (f"{NEW_CHARGE}/properties/method/enum/-", "cash")),
    orders(
        "limit-up-to-thousand",
        "pagination",
        "a page may have a thousand orders",
        "listOrders",
        (f"{LIST}/parameters/0/schema/maximum", 1000),
    ),
    orders(
        "limit-of-none",
        "pagination",
        "a page may have no orders",
        "listOrders",
        (f"{LIST}/parameters/0/schema/minimum", 0),
    ),
    orders(
        "if-match-optional",
        "required",
        "a change may come without If-Match",
        "updateOrder",
        (f"{PATCH}/parameters/1/required", False),
    ),
    orders(
        "form-taken",
        "content type",
        "an order may come as a form",
        "createOrder",
        (f"{CREATE}/requestBody/content/application~1x-www-form-urlencoded", {"schema": {"$ref": f"#{NEW}"}}),
    ),
)
"""What requests may hold: the service takes more than is said, or less."""
