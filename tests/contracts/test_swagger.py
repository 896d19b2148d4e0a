"""A Swagger 2.0 document comes out in the form of OpenAPI 3.0."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.openapi import load_openapi, notices
from seamwright.model.operation import Contract
from tests.contracts.documents import operation

DOCUMENT: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Pets", "version": 1.0},
    "host": "pets.test",
    "basePath": "/v2/",
    "schemes": ["https", "http"],
    "consumes": ["application/json"],
    "produces": ["application/json", "application/xml"],
    "security": [{"basic": []}],
    "securityDefinitions": {
        "basic": {"type": "basic"},
        "key": {"type": "apiKey", "in": "query", "name": "key"},
        "oauth": {"type": "oauth2", "flow": "implicit", "authorizationUrl": "https://x.test", "scopes": {}},
    },
    "definitions": {
        "Pet": {
            "type": "object",
            "discriminator": "kind",
            "properties": {
                "kind": {"type": "string"},
                "tag": {"type": "string", "x-nullable": True},
                "friend": {"$ref": "#/definitions/Pet"},
            },
        }
    },
    "parameters": {"pet": {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}}},
    "responses": {"Pet": {"description": "a pet", "schema": {"$ref": "#/definitions/Pet"}}},
    "paths": {
        "/pets": {
            "post": {
                "operationId": "addPet",
                "parameters": [{"$ref": "#/parameters/pet"}],
                "responses": {"200": {"$ref": "#/responses/Pet"}},
            },
            "get": {
                "operationId": "listPets",
                "security": [],
                "produces": ["application/json"],
                "parameters": [
                    {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}},
                    {
                        "name": "b",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "multi",
                    },
                    {
                        "name": "c",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "pipes",
                    },
                    {
                        "name": "d",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "tsv",
                    },
                    {"name": "limit", "in": "query", "type": "integer", "maximum": 9},
                ],
                "responses": {
                    "200": {
                        "description": "pets",
                        "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                        "headers": {"X-Next": {"type": "string"}},
                        "examples": {"application/json": []},
                    },
                    "default": {"description": "nothing more is said"},
                },
            },
        },
        "/pets/{petId}/photo": {
            "parameters": [{"name": "petId", "in": "path", "required": True, "type": "integer", "format": "int64"}],
            "post": {
                "operationId": "upload",
                "parameters": [
                    {"name": "file", "in": "formData", "type": "file", "required": True},
                    {"name": "note", "in": "formData", "type": "string"},
                ],
                "responses": {"204": {"description": "stored"}},
            },
        },
    },
}


def _read() -> Contract:
    return load_openapi(DOCUMENT, source="pets.json", digest="")


def test_the_frame() -> None:
    found = _read()
    assert (found.dialect, found.version) == ("2.0", "1.0")
    assert found.servers == ("https://pets.test/v2", "http://pets.test/v2")
    assert (found.schemes["basic"].type, found.schemes["basic"].scheme) == ("http", "basic")
    assert (found.schemes["key"].location, found.schemes["key"].parameter) == ("query", "key")
    assert found.schemes["oauth"].type == "oauth2"


def test_a_body_parameter_becomes_the_body() -> None:
    found = _read()
    add = operation(found, "addPet")
    assert add.parameters == ()
    assert add.protected
    assert add.body is not None
    assert add.body.required
    assert add.body.content["application/json"].schema == {"$ref": "#/definitions/Pet"}
    assert set(add.answers["200"].content) == {"application/json", "application/xml"}
    pet = found.resolve("#/definitions/Pet")
    assert pet["properties"]["tag"]["nullable"] is True
    assert pet["discriminator"] == {"propertyName": "kind"}


def test_collection_formats_become_styles() -> None:
    found = _read()
    listing = operation(found, "listPets")
    told = {p.name: (p.style, p.explode) for p in listing.parameters}
    assert told == {
        "a": ("form", False),
        "b": ("form", True),
        "c": ("pipeDelimited", False),
        "d": ("form", False),
        "limit": ("form", True),
    }
    assert listing.parameters[-1].schema == {"type": "integer", "maximum": 9}
    assert any("tsv" in notice for notice in notices(found))


def test_a_parameter_may_say_its_schema_and_style_as_openapi_3_does() -> None:
    ids = {"type": "array", "items": {"type": "integer"}}
    parameters = [
        {"name": "filter", "in": "query", "schema": {"type": "object"}, "style": "deepObject", "explode": True},
        {"name": "ids", "in": "query", "schema": ids},
        {"name": "few", "in": "query", "schema": ids, "explode": False, "maxItems": 3},
        {"name": "csv", "in": "query", "schema": ids, "collectionFormat": "csv"},
        {"name": "pet", "in": "query", "schema": {"$ref": "#/definitions/Pet"}, "type": "string"},
    ]
    answers = {"200": {"description": "found"}}
    path = {"/found": {"get": {"operationId": "find", "parameters": parameters, "responses": answers}}}
    found = load_openapi({**DOCUMENT, "paths": path}, source="pets.json", digest="")
    assert {p.name: (p.style, p.explode) for p in operation(found, "find").parameters} == {
        "filter": ("deepObject", True),
        "ids": ("form", True),
        "few": ("form", False),
        "csv": ("form", False),
        "pet": ("form", True),
    }
    schemas = {p.name: p.schema for p in operation(found, "find").parameters}
    assert (schemas["filter"], schemas["few"]) == ({"type": "object"}, {**ids, "maxItems": 3})
    assert schemas["pet"] == {"$ref": "#/definitions/Pet"}
    assert any("knows no schema, style, explode" in notice for notice in notices(found))


def test_answers_carry_schema_headers_and_examples() -> None:
    listing = operation(_read(), "listPets")
    assert listing.security == ()
    answer = listing.answers["200"]
    assert answer.content["application/json"].examples == ([],)
    assert answer.headers["X-Next"].schema == {"type": "string"}
    assert listing.answers["default"].content == {}


def test_form_data_becomes_a_multipart_body() -> None:
    upload = operation(_read(), "upload")
    assert [(p.name, p.location) for p in upload.parameters] == [("petId", "path")]
    assert upload.body is not None
    [(media, form)] = upload.body.content.items()
    assert media == "multipart/form-data"
    assert form.schema == {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}, "note": {"type": "string"}},
        "required": ["file"],
    }


def test_the_document_that_was_given_is_left_alone() -> None:
    _read()
    assert DOCUMENT["definitions"]["Pet"]["discriminator"] == "kind"
    assert "nullable" not in DOCUMENT["definitions"]["Pet"]["properties"]["tag"]
