"""Bodies of requests: whether there is one, and in which media types."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import Told, found, operation, sending, shop, told

JSON = {"application/json": {"schema": {"type": "string"}}}


def _body(content: Any, **says: Any) -> dict[str, Any]:
    return {"requestBody": {"content": content, **says}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, _body(JSON), {("info", "request-body-added-optional")}),
        ({}, _body(JSON, required=True), {("breaking", "request-body-added-required")}),
        (_body(JSON), {}, {("breaking", "request-body-removed")}),
        (_body(JSON), _body(JSON, required=True), {("breaking", "request-body-became-required")}),
        (_body(JSON, required=True), _body(JSON), {("info", "request-body-became-optional")}),
        (_body(JSON), _body({**JSON, "text/plain": {}}), {("info", "request-body-media-type-added")}),
        (_body({**JSON, "text/plain": {}}), _body(JSON), {("breaking", "request-body-media-type-removed")}),
        (_body({"image/png": {}}), _body({"image/*": {}}), {("info", "request-body-media-type-added")}),
        (_body({"image/*": {}}), _body({"image/png": {}}), {("breaking", "request-body-media-type-removed")}),
        (_body({"text/plain": {}}), _body({"text/plain; charset=utf-8": {}}), set()),
        (
            _body({"a/b; version=1": {}}),
            _body({"a/b; version=2": {}}),
            {("breaking", "request-body-media-type-removed")},
        ),
        (_body({"application/json": {}}), _body(JSON), {("breaking", "request-body-media-type-schema-added")}),
        (_body(JSON), _body({"application/json": {}}), {("info", "request-body-media-type-schema-removed")}),
    ],
)
def test_bodies_come_and_go(old: dict[str, Any], new: dict[str, Any], expected: Told) -> None:
    assert told(shop(operation(**old)), shop(operation(**new))) == expected


def test_media_types_that_share_a_schema_are_told_of_once() -> None:
    def both(kind: str) -> Any:
        content = {media: {"schema": {"$ref": "#/components/schemas/A"}} for media in ("application/json", "text/json")}
        return shop(operation(**_body(content)), components={"schemas": {"A": {"type": kind}}})

    (change,) = found(both("string"), both("integer"))
    assert change.text == "the request body: the type was string and is integer now"


def test_media_types_with_schemas_of_their_own_are_named() -> None:
    def both(kind: str) -> Any:
        other = {"schema": {"type": "object", "properties": {"a": {"type": kind}}}}
        return shop(operation(**_body({**JSON, "application/xml": other})))

    (change,) = found(both("integer"), both("boolean"))
    assert change.text == "property `a` of the request body as application/xml: the type was integer and is boolean now"


def test_a_number_is_a_text_where_everything_is() -> None:
    number, text = ({"type": "object", "properties": {"a": {"type": kind}}} for kind in ("integer", "string"))
    xml = "application/xml"
    assert told(sending(number, media=xml), sending(text, media=xml)) == {("info", "request-property-type-compatible")}
    assert told(sending(number), sending(text)) == {("breaking", "request-property-type-changed")}
