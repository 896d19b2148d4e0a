"""A whole document is compared: what each group of rules says, said once and in its place."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.openapi import RULES, changes
from seamwright.contracts.openapi import load_openapi
from seamwright.model.operation import Contract
from tests.contracts.diff.versions import told


def _shop(version: str, *, price: str, removed: bool) -> Contract:
    order = {"type": "object", "properties": {"price": {"type": price}}, "required": ["price"]}
    answers = {
        "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/O"}}}}
    }
    paths: dict[str, Any] = {
        "/orders/{id}": {"get": {"responses": answers}},
        "/orders": {"get": {"responses": answers}},
    }
    if removed:
        del paths["/orders"]
    return load_openapi(
        {
            "openapi": "3.0.3",
            "info": {"title": "Shop", "version": version},
            "paths": paths,
            "components": {"schemas": {"O": order}},
        },
        source="shop.json",
        digest="d",
    )


def test_a_shared_schema_is_told_of_at_every_operation_that_uses_it() -> None:
    found = changes(_shop("1.0.0", price="integer", removed=False), _shop("2.0.0", price="string", removed=False))
    assert [(change.place, change.id) for change in found] == [
        ("GET /orders/{id}", "response-property-type-changed"),
        ("GET /orders", "response-property-type-changed"),
    ]
    assert found[0].text == "property `price` of the body of response 200: the type was integer and is string now"


def test_a_break_under_the_same_version_is_told() -> None:
    old, new = _shop("1.0.0", price="integer", removed=False), _shop("1.0.0", price="integer", removed=True)
    assert told(old, new) == {
        ("breaking", "api-path-removed-without-deprecation"),
        ("info", "api-version-not-bumped"),
    }


def test_what_is_not_promised_may_change() -> None:
    old, new = _shop("1.0.0", price="integer", removed=False), _shop("1.0.0", price="string", removed=False)
    for contract in (old, new):
        for item in contract.document["paths"].values():
            item["get"]["x-stability-level"] = "alpha"
    assert told(old, new) == set()


def test_swagger_is_compared_as_well() -> None:
    def swagger(kind: str) -> Contract:
        parameter = {"name": "limit", "in": "query", "type": kind}
        document = {
            "swagger": "2.0",
            "info": {"title": "Shop", "version": "1"},
            "paths": {"/orders": {"get": {"parameters": [parameter], "responses": {"200": {"description": ""}}}}},
        }
        return load_openapi(document, source="shop.json", digest="d")

    assert told(swagger("string"), swagger("integer")) == {("breaking", "request-parameter-type-specialized")}
    assert told(swagger("integer"), swagger("string")) == {("info", "request-parameter-type-compatible")}


def test_rules_are_in_one_table() -> None:
    ids = {rule.id for rule in RULES}
    assert {
        "api-path-removed-without-deprecation",
        "request-parameter-removed",
        "request-body-media-type-removed",
        "response-success-status-removed",
        "api-security-added",
        "webhook-removed",
        "server-base-path-removed",
        "response-property-enum-value-added",
    } <= ids
