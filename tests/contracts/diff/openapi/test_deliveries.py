"""Webhooks and callbacks are looked at from the receiver's side."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.model.operation import Contract
from tests.contracts.diff.versions import Told, found, operation, shop, told

PAYLOAD = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}


def _delivery(schema: Any = None, **says: Any) -> dict[str, Any]:
    body = {"requestBody": {"content": {"application/json": {"schema": schema}}}} if schema is not None else {}
    return operation(**{**body, **says})


def _hook(**webhooks: Any) -> Contract:
    return shop(operation(), openapi="3.1.0", webhooks={name: {"post": each} for name, each in webhooks.items()})


def _callback(**callbacks: Any) -> Contract:
    told = {name: {"{$request.body#/url}": {"post": each}} for name, each in callbacks.items()}
    return shop(operation(callbacks=told))


def test_webhooks_come_and_go() -> None:
    one, two = _hook(paid=_delivery()), _hook(paid=_delivery(), shipped=_delivery())
    assert told(one, two) == {("info", "webhook-added")}
    assert told(two, one) == {("breaking", "webhook-removed")}


def test_callbacks_come_and_go() -> None:
    one, two = _callback(paid=_delivery()), _callback(paid=_delivery(), shipped=_delivery())
    assert told(one, two) == {("info", "callback-added")}
    assert told(two, one) == {("breaking", "callback-removed")}


@pytest.mark.parametrize("made", [_hook, _callback])
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (PAYLOAD, {**PAYLOAD, "required": []}, {("breaking", "response-property-became-optional")}),
        (PAYLOAD, {"type": "object"}, {("breaking", "response-required-property-removed")}),
        ({"type": "object"}, PAYLOAD, {("info", "response-required-property-added")}),
        ({"type": "number"}, {"type": "integer"}, {("info", "response-body-type-specialized")}),
        ({"type": "integer"}, {"type": "number"}, {("breaking", "response-body-type-generalized")}),
        (PAYLOAD, None, {("breaking", "delivery-body-removed")}),
        (None, PAYLOAD, {("info", "delivery-body-added")}),
    ],
)
def test_what_is_delivered_is_read_as_an_answer_is(made: Any, old: Any, new: Any, expected: Told) -> None:
    assert told(made(paid=_delivery(old)), made(paid=_delivery(new))) == expected


def test_whether_a_delivery_has_a_body_is_a_promise_to_both_ends() -> None:
    def hook(required: bool) -> Contract:
        content = {"application/json": {"schema": PAYLOAD}}
        return _hook(paid=operation(requestBody={"required": required, "content": content}))

    assert told(hook(False), hook(True)) == {("breaking", "delivery-body-became-required")}
    assert told(hook(True), hook(False)) == {("breaking", "delivery-body-became-optional")}


def test_headers_of_a_delivery_are_read_by_receivers() -> None:
    header = {"name": "X-Signature", "in": "header", "required": True, "schema": {"type": "string"}}
    old, new = _hook(paid=_delivery(parameters=[header])), _hook(paid=_delivery())
    (change,) = found(old, new)
    assert (change.level, change.id) == ("breaking", "required-response-header-removed")
    assert change.place == "webhook paid"
    assert change.text == "header `X-Signature` of the delivery was removed"


def test_what_receivers_answer_is_read_as_a_request_is() -> None:
    def answered(schema: Any) -> dict[str, Any]:
        answers = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
        return _delivery(responses=answers)

    old, new = _hook(paid=answered({"type": "object"})), _hook(paid=answered(PAYLOAD))
    assert told(old, new) == {("breaking", "new-required-request-property")}


def test_a_status_that_does_not_confirm_any_more() -> None:
    both = {status: {"description": ""} for status in ("200", "204")}
    old, new = _hook(paid=_delivery(responses=both)), _hook(paid=_delivery(responses={"204": {"description": ""}}))
    assert told(old, new) == {("breaking", "delivery-success-status-removed")}


def test_another_method() -> None:
    old = shop(operation(), openapi="3.1.0", webhooks={"paid": {"post": operation()}})
    new = shop(operation(), openapi="3.1.0", webhooks={"paid": {"put": operation()}})
    assert told(old, new) == {("breaking", "delivery-method-removed"), ("info", "delivery-method-added")}
