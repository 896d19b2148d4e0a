"""Answers: clients find what they were promised."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.model.operation import Contract
from tests.contracts.diff.versions import Told, answering, found, operation, shop, told


def _answers(**answers: Any) -> Contract:
    return shop(operation(responses={key.strip("_"): {"description": "", **says} for key, says in answers.items()}))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"_200": {}, "_201": {}}, {"_200": {}}, {("breaking", "response-success-status-removed")}),
        ({"_200": {}}, {"_200": {}, "_201": {}}, {("info", "response-success-status-added")}),
        ({"_200": {}, "_404": {}}, {"_200": {}}, {("info", "response-non-success-status-removed")}),
        ({"_200": {}}, {"_200": {}, "default": {}}, {("info", "response-non-success-status-added")}),
        ({"_200": {}}, {"_2XX": {}}, set()),
        ({"_2XX": {}}, {"_200": {}, "_202": {}}, set()),
        (
            {"_200": {}},
            {"default": {}},
            {("breaking", "response-success-status-removed"), ("info", "response-non-success-status-added")},
        ),
    ],
)
def test_statuses(old: dict[str, Any], new: dict[str, Any], expected: Told) -> None:
    assert told(_answers(**old), _answers(**new)) == expected


def test_a_range_is_held_against_the_status_that_it_replaces() -> None:
    def content(kind: str) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"type": kind}}}}

    (change,) = found(_answers(_200=content("integer")), _answers(_2XX=content("string")))
    assert change.text == "the body of response 2XX: the type was integer and is string now"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["a/b", "c/d"], ["a/b"], {("breaking", "response-media-type-removed")}),
        (["a/b"], ["a/b", "c/d"], {("info", "response-media-type-added")}),
        (["application/json"], ["application/hal+json"], {("info", "response-media-type-name-specialized")}),
        (["application/hal+json"], ["application/json"], {("breaking", "response-media-type-name-generalized")}),
        (["text/plain"], ["text/plain; charset=utf-8"], {("info", "response-media-type-name-changed")}),
    ],
)
def test_media_types(old: list[str], new: list[str], expected: Told) -> None:
    one, other = (_answers(_200={"content": {name: {} for name in names}}) for names in (old, new))
    assert told(one, other) == expected


def test_a_schema_that_comes_or_goes() -> None:
    none, some = _answers(_200={"content": {"application/json": {}}}), answering({"type": "string"})
    assert told(none, some) == {("info", "response-body-media-type-schema-added")}
    assert told(some, none) == {("potentially", "response-body-media-type-schema-removed")}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"X-A": {}}, {("info", "response-header-added")}),
        ({"X-A": {"required": True}}, {}, {("breaking", "required-response-header-removed")}),
        ({"X-A": {}}, {}, {("potentially", "optional-response-header-removed")}),
        ({"X-A": {"required": True}}, {"x-a": {}}, {("breaking", "response-header-became-optional")}),
        ({"X-A": {}}, {"X-A": {"required": True}}, {("info", "response-header-became-required")}),
        ({"Content-Type": {}}, {}, set()),
        (
            {"X-A": {"schema": {"type": "string", "enum": ["a"]}}},
            {"X-A": {"schema": {"type": "string", "enum": ["a", "b"]}}},
            {("potentially", "response-header-enum-value-added")},
        ),
        (
            {"X-A": {"schema": {"type": "integer"}}},
            {"X-A": {"schema": {"type": "boolean"}}},
            {("breaking", "response-header-type-changed")},
        ),
    ],
)
def test_headers(old: dict[str, Any], new: dict[str, Any], expected: Told) -> None:
    assert told(_answers(_200={"headers": old}), _answers(_200={"headers": new})) == expected


def test_a_header_is_named_as_it_was_written() -> None:
    (change,) = found(_answers(_200={"headers": {"X-Rate-Limit": {}}}), _answers(_200={}))
    assert change.text == "header `X-Rate-Limit` of response 200 was removed"
    assert change.place == "POST /orders"
