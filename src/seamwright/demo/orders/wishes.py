"""What callers of orders ask for, taken apart and validated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Draft202012Validator

from seamwright.demo.document import IDEMPOTENCY_KEY_PATTERN, UUID
from seamwright.demo.orders.contract import ETAG_PATTERN, NEW_ORDER, ORDER_CHANGE, PAGE
from seamwright.demo.shell import validated
from seamwright.kit.idempotency import parse_key
from seamwright.kit.problems import Problem

__all__ = ["NewOrder", "Page", "Wishes"]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class NewOrder:
    sku: str
    quantity: int
    payment_method: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Page:
    limit: int
    offset: int
    search: str | None


class Wishes:
    """Turns bodies, parameters and headers into values, or raises the `Problem` that the contract declares."""

    new_order: Mapping[str, Any] = NEW_ORDER

    def __init__(self) -> None:
        self._new_order = Draft202012Validator(dict(self.new_order))
        self._change = Draft202012Validator(ORDER_CHANGE)
        self._page = Draft202012Validator(PAGE)
        self._order_id = re.compile(UUID["pattern"])

    def order(self, body: Any) -> NewOrder:
        """A new order from its body. Raises 422."""
        valid = validated(body, self._new_order)
        return NewOrder(valid["sku"], int(valid["quantity"]), valid["payment_method"], self.note(valid))

    def note(self, body: Mapping[str, Any]) -> str | None:
        return body.get("note")

    def change(self, body: Any) -> dict[str, Any]:
        """The columns of an order that are to change. Raises 422."""
        valid = dict(validated(body, self._change))
        if "quantity" in valid:
            valid["quantity"] = int(valid["quantity"])
        return valid

    def page(self, query: Mapping[str, str]) -> Page:
        """Which part of a list. Raises 422."""
        given: dict[str, Any] = {name: query[name] for name in PAGE["properties"] if name in query}
        for name in ("limit", "offset"):
            if _INTEGER.fullmatch(given.get(name, "")):
                given[name] = int(given[name])
        valid = validated(given, self._page)
        return Page(valid.get("limit", 20), valid.get("offset", 0), valid.get("search"))

    def order_id(self, text: str) -> str:
        """Raises 422 for what is no order's id."""
        if not self._order_id.fullmatch(text):
            raise Problem(422, "An order's id is a UUID in lower case.")
        return text

    def idempotency_key(self, header: str | None) -> str:
        """Raises 400 where it is missing or malformed."""
        key = parse_key(header)
        if not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
            raise Problem(400, f"An Idempotency-Key here matches {IDEMPOTENCY_KEY_PATTERN}.")
        return key

    def version(self, header: str | None) -> int:
        """The version in If-Match. Raises 428 where it is missing, 412 where it can match nothing."""
        if header is None:
            raise Problem(428, "Send the order's ETag in If-Match, so that no other change is overwritten.")
        if not re.fullmatch(ETAG_PATTERN, header):
            raise Problem(412, "If-Match is not an ETag of this service.")
        return int(header.strip('"'))
