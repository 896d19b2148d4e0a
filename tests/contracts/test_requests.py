"""Parameters and bodies are read with their examples and what the path implies."""

from __future__ import annotations

from seamwright.contracts.openapi import notices
from tests.contracts.documents import contract, operation


def test_examples_of_every_form() -> None:
    schema = {"type": "string", "examples": ["from the schema"]}
    found = contract(
        {
            "/a": {
                "get": {
                    "operationId": "a",
                    "parameters": [
                        {"name": "one", "in": "query", "schema": schema, "example": 1},
                        {
                            "name": "many",
                            "in": "query",
                            "schema": schema,
                            "examples": {"x": {"value": 2}, "y": {"value": 3}},
                        },
                        {"name": "inherited", "in": "query", "schema": {"$ref": "#/components/schemas/S"}},
                    ],
                    "responses": {},
                }
            }
        },
        openapi="3.1.0",
        components={"schemas": {"S": schema}},
    )
    assert [p.examples for p in operation(found, "a").parameters] == [(1,), (2, 3), ("from the schema",)]


def test_what_cannot_be_sent_is_told_and_left_out() -> None:
    found = contract(
        {
            "/a": {
                "post": {
                    "operationId": "a",
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {}},
                        {"name": "b", "in": "body", "schema": {}},
                    ],
                    "requestBody": {"content": {}},
                    "responses": {},
                }
            }
        }
    )
    assert operation(found, "a").parameters == ()
    assert operation(found, "a").body is None
    assert any("id is not in /a" in notice for notice in notices(found))
    assert any("'body' is not known" in notice for notice in notices(found))
