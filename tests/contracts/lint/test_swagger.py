"""Swagger 2.0 is linted in its form of OpenAPI 3, and told of as it is written."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.lint._swagger import as_written
from tests.contracts.lint.documents import problems

TEXT = """
swagger: "2.0"
paths:
  /orders/{id}:
    parameters:
    - {name: id, in: path, required: true, type: string}
    - {$ref: "#/parameters/Limit"}
    put:
      parameters:
      - {name: order, in: body, schema: {$ref: "#/definitions/Order"}}
      - {name: state, in: query, type: string, enum: [open, open]}
      responses: {"200": {description: ok, schema: {type: array}}, default: {$ref: "#/responses/Problem"}}
    post:
      parameters: [{name: note, in: formData, type: string}]
      responses: {"200": {description: ok}}
parameters: {Limit: {name: limit, in: query, type: integer, minimum: 5, maximum: 1}}
responses: {Problem: {description: no, schema: {type: array}}}
definitions: {Order: {type: object, required: [b], properties: {a: {type: string}}}}
securityDefinitions: {basic: {type: basic}}
"""


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        ("unsatisfiable", {"#/parameters/Limit/minimum"}),
        ("enum-duplicate", {"#/paths/~1orders~1{id}/put/parameters/1/enum/1"}),
        ("array-items", {"#/paths/~1orders~1{id}/put/responses/200/schema", "#/responses/Problem/schema"}),
        ("required-undefined", {"#/definitions/Order/required/0"}),
        ("security-weak", {"#/securityDefinitions/basic"}),
        (
            "string-limit",
            {
                "#/paths/~1orders~1{id}/parameters/0",
                "#/paths/~1orders~1{id}/post/parameters/0",
                "#/definitions/Order/properties/a",
            },
        ),
    ],
)
def test_places_are_those_of_the_file(rule: str, places: set[str]) -> None:
    assert {problem.place for problem in problems(TEXT, rule)} == places


def test_a_place_that_has_no_counterpart_is_the_nearest_above() -> None:
    document: dict[str, Any] = {"paths": {"/a": {"get": {"responses": {}}}}}
    assert as_written("#/paths/~1a/get/requestBody/content/x/schema", document) == "#/paths/~1a/get"
    assert as_written("#/paths/~1a/get/parameters/3", document) == "#/paths/~1a/get"
    assert as_written("#/servers/0/url", document) == "#"


def test_one_reference_that_leads_nowhere_does_not_end_the_lint() -> None:
    text = TEXT.replace('schema: {$ref: "#/definitions/Order"}', 'schema: {$ref: "#/definitions/Gone"}')
    found = {problem.rule for problem in problems(text)}
    assert {"reference-resolves", "unsatisfiable", "enum-duplicate"} <= found
