"""Types by names of programming languages are read as what they mean, and data is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.aliases import with_plain_types
from seamwright.contracts.openapi import load_openapi, notices


@pytest.mark.parametrize(
    ("told", "meant"), [("int", "integer"), ("String", "string"), ("bool", "boolean"), ("list", "array")]
)
def test_an_alias_is_corrected_and_told(told: str, meant: str) -> None:
    document: Any = {"paths": {"/a/{b}": {"get": {"parameters": [{"name": "b", "type": told}]}}}}

    assert list(with_plain_types(document)) == [("#/paths/~1a~1{b}/get/parameters/0", told, meant)]
    assert document["paths"]["/a/{b}"]["get"]["parameters"][0]["type"] == meant


@pytest.mark.parametrize(
    "document",
    [
        {"schema": {"type": "integer"}},
        {"schema": {"type": ["string", "null"]}},
        {"schema": {"type": "int128"}},
        {"schema": {"properties": {"type": {"type": "string"}}}},
        {"schema": {"example": {"type": "int"}}},
        {"schema": {"enum": [{"type": "int"}]}},
        {"x-vendor": {"type": "int"}},
    ],
)
def test_what_is_no_alias_or_no_schema_is_left_alone(document: Any) -> None:
    assert list(with_plain_types(document)) == []


def test_a_contract_with_aliases_is_read_as_it_was_meant() -> None:
    document: Any = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/bytes/{n}": {
                "get": {
                    "parameters": [{"name": "n", "in": "path", "required": True, "type": "int"}],
                    "responses": {"200": {"description": "ok"}},
                }
            }
        },
    }
    contract = load_openapi(document, source="t", digest="0" * 64)

    [parameter] = contract.operations[0].parameters
    assert isinstance(parameter.schema, dict)
    assert parameter.schema["type"] == "integer"
    assert any("'int' is read as integer" in text for text in notices(contract))
    assert document["paths"]["/bytes/{n}"]["get"]["parameters"][0]["type"] == "int", "the caller's document is its own"
