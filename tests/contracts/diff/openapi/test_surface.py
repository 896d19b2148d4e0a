"""The document is read as operations, with references followed and shared parameters put in place."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.openapi.surface import Surface, shape_of
from seamwright.contracts.openapi import load_openapi


def _surface(paths: dict[str, Any], **rest: Any) -> Surface:
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, **rest}
    return Surface(load_openapi(document, source="shop.json", digest="d"))


def test_parameters_of_the_path_hold_for_its_operations_and_are_overridden() -> None:
    shared = [{"name": "q", "in": "query", "schema": {"type": "string"}}, {"$ref": "#/components/parameters/Trace"}]
    own = [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}]
    item = {"parameters": shared, "get": {"parameters": own, "responses": {}}}
    parameters = {"Trace": {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}}
    (entry,) = _surface({"/a": item}, components={"parameters": parameters}).entries()
    assert entry.place == "GET /a"
    assert set(entry.parameters) == {("query", "q"), ("header", "x-trace")}
    assert entry.parameters["query", "q"]["required"] is True


def test_headers_that_other_parts_say_are_no_parameters() -> None:
    parameters = [{"name": name, "in": "header", "schema": {"type": "string"}} for name in ("Accept", "Authorization")]
    (entry,) = _surface({"/a": {"get": {"parameters": parameters, "responses": {}}}}).entries()
    assert entry.parameters == {}


def test_bodies_and_answers_are_found_behind_references() -> None:
    operation = {
        "requestBody": {"$ref": "#/components/requestBodies/B"},
        "responses": {"2xx": {"$ref": "#/components/responses/R"}, "x-note": {}},
    }
    body = {"required": True, "content": {"application/json": {"schema": {"type": "string"}}}}
    components = {"requestBodies": {"B": body}, "responses": {"R": {"description": "fine"}}}
    surface = _surface({"/a": {"post": operation}}, components=components)
    (entry,) = surface.entries()
    found = surface.body(entry)
    assert found is not None
    assert found.required
    assert set(found.content) == {"application/json"}
    assert {status: values["description"] for status, values in surface.answers(entry).items()} == {"2XX": "fine"}


def test_webhooks_and_callbacks() -> None:
    hook: dict[str, Any] = {"post": {"responses": {}}}
    operation = {"responses": {}, "callbacks": {"paid": {"{$request.body#/url}": hook}}}
    surface = _surface({"/a": {"post": operation}}, webhooks={"shipped": hook})
    (entry,) = surface.entries()
    assert set(surface.webhooks()) == {"shipped"}
    assert set(surface.callbacks(entry)) == {("paid", "{$request.body#/url}")}


def test_the_shape_of_a_path() -> None:
    assert shape_of("/orders/{id}/items/{item}") == shape_of("/orders/{orderId}//items/{n}")
    assert shape_of("/orders/{id}") != shape_of("/orders/latest")
