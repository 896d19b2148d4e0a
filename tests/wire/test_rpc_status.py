"""The details of an error, as services send them along."""

from __future__ import annotations

import pytest

from seamwright.wire.protobuf import Descriptors
from seamwright.wire.rpc_status import error_details
from tests.rpc import SHOP, descriptors_of


def _any(name: str, value: bytes) -> bytes:
    url = f"type.googleapis.com/{name}".encode()
    inside = b"\x0a" + bytes([len(url)]) + url + b"\x12" + bytes([len(value)]) + value
    return b"\x1a" + bytes([len(inside)]) + inside


def test_what_was_wrong_with_a_request() -> None:
    violation = b"\x0a\x05email\x12\x0bis no email"
    data = b"\x08\x03\x12\x03bad" + _any("google.rpc.BadRequest", b"\x0a" + bytes([len(violation)]) + violation)
    [detail] = error_details(data, None)
    assert detail == {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "field_violations": [{"field": "email", "description": "is no email"}],
    }


def test_messages_of_the_service_and_of_nobody() -> None:
    data = _any("shop.v1.Line", b"\x0a\x01x\x10\x02") + _any("elsewhere.Secret", b"\x0a\x01x")
    known = Descriptors(descriptors_of(SHOP))
    assert error_details(data, known) == [
        {"@type": "type.googleapis.com/shop.v1.Line", "sku": "x", "quantity": 2},
        {"@type": "type.googleapis.com/elsewhere.Secret"},
    ]


def test_bytes_that_are_none() -> None:
    with pytest.raises(ValueError, match=r"google\.rpc\.Status"):
        error_details(b"\x0a", None)
