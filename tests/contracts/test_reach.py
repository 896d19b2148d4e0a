"""What an operation can reach leads somewhere, and nothing is fetched on the way."""

from __future__ import annotations

import time
from typing import Any

import pytest

from seamwright.contracts.openapi import notices
from seamwright.contracts.reach import MAX_CHAIN, success
from seamwright.model.errors import ContractError
from seamwright.model.operation import Contract
from tests.contracts.documents import contract, operation

FAR = {"$ref": "https://example.com/far.yaml#/Far"}
JSON = "application/json"


def _answer(schema: Any) -> dict[str, Any]:
    return {"description": "ok", "content": {JSON: {"schema": schema}}}


def _get(**answers: Any) -> dict[str, Any]:
    return {"get": {"responses": {key.removeprefix("s"): value for key, value in answers.items()}}}


def _ids(found: Contract) -> list[str]:
    return [each.id for each in found.operations]


@pytest.mark.parametrize(
    "far",
    [
        {"$ref": "https://example.com/paths.yaml#/orders"},
        {"get": {"parameters": [FAR], "responses": {}}},
        {"get": {"parameters": [{"name": "q", "in": "query", "schema": FAR}], "responses": {}}},
        {"get": {"requestBody": FAR, "responses": {}}},
        {"get": {"requestBody": {"content": {JSON: {"schema": {"items": FAR}}}}, "responses": {}}},
        _get(s200=FAR),
        _get(s201=_answer(FAR)),
        _get(default=_answer({"properties": {"a": {"$ref": "#/components/schemas/Far"}}})),
    ],
)
def test_an_operation_that_needs_another_host_is_left_out_by_name(far: dict[str, Any]) -> None:
    paths = {"/near": _get(s200=_answer({"type": "string"})), "/far": far}
    found = contract(paths, components={"schemas": {"Far": FAR, "Unused": FAR}})
    assert _ids(found) == ["get_near"]
    [(name, why)] = found.left_out.items()
    assert name in ("get_far", "/far")
    assert "https://example.com/" in why
    assert f"{name}: is left out: {why}" in notices(found)


@pytest.mark.parametrize("answer", [FAR, _answer(FAR), _answer({"allOf": [{"$ref": "#/components/schemas/Far"}]})])
def test_an_error_on_another_host_is_left_open(answer: dict[str, Any]) -> None:
    paths = {"/a": _get(s200=_answer({"type": "string"}), s400=answer, default=answer)}
    found = contract(paths, components={"schemas": {"Far": FAR}})
    assert found.left_out == {}
    answers = operation(found, "get_a").answers
    assert set(answers) == {"200", "400", "default"}
    assert answers["200"].content
    assert not answers["400"].content
    assert not answers["default"].content
    assert sum("this answer is not judged" in each for each in notices(found)) == 2


def test_where_everything_is_elsewhere_there_is_no_contract() -> None:
    with pytest.raises(ContractError, match=r"no operation can be used; get_a: refers to https://example.com/far"):
        contract({"/a": _get(s200=FAR)})


def test_a_link_or_a_scheme_elsewhere_ends_nothing() -> None:
    answer = {"description": "ok", "links": {"far": FAR}, "headers": {"X-Far": FAR, "X-Near": {"schema": {}}}}
    found = contract({"/a": _get(s200=answer)}, components={"securitySchemes": {"far": FAR}}, security=[{"far": []}])
    kept = operation(found, "get_a").answers["200"]
    assert (list(kept.links), list(kept.headers)) == ([], ["X-Near"])
    assert found.schemes["far"].type == "undeclared"


def test_swagger_too() -> None:
    from seamwright.contracts.openapi import load_openapi

    ok = {"responses": {"200": {"description": "ok"}}}
    document = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/near": {"get": ok},
            "/far": {"get": {**ok, "operationId": "far", "parameters": [FAR]}, "put": ok},
            "/away": {"$ref": "https://example.com/away.yaml"},
        },
    }
    found = load_openapi(document, source="a", digest="")
    assert _ids(found) == ["get_near", "put_far"]
    assert set(found.left_out) == {"far", "/away"}


def test_what_counts_as_success() -> None:
    assert success("201", ["201", "default"])
    assert success("default", ["404", "default"])
    assert not success("default", ["2XX", "default"])
    assert not success("404", ["404"])


def _ref(number: int) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/A{number}"}


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_branches_that_double_are_refused_at_once(keyword: str) -> None:
    schemas: dict[str, Any] = {f"A{n}": {keyword: [_ref(n + 1), _ref(n + 1)]} for n in range(40)}
    started = time.process_time()
    with pytest.raises(ContractError, match="unfolds into more than"):
        contract({"/a": _get(s200=_answer(_ref(0)))}, components={"schemas": {**schemas, "A40": {}}})
    assert time.process_time() - started < 2


def test_a_long_chain_of_references_is_refused_and_a_deep_object_is_not() -> None:
    for schema in ({"allOf": [_ref(0)]}, _ref(0)):
        chain: dict[str, Any] = {f"A{n}": {"allOf": [_ref(n + 1)]} for n in range(MAX_CHAIN + 2)}
        with pytest.raises(ContractError, match="unfolds"):
            contract({"/a": _get(s200=_answer(schema))}, components={"schemas": {**chain, f"A{MAX_CHAIN + 2}": {}}})
    deep: dict[str, Any] = {f"A{n}": {"properties": {"next": _ref(n + 1)}} for n in range(1000)}
    assert contract({"/a": _get(s200=_answer(_ref(0)))}, components={"schemas": {**deep, "A1000": {}}}).operations


def test_schemas_that_recur_are_read() -> None:
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": _ref(0)}}, "allOf": [{"not": _ref(0)}]}
    assert contract({"/a": _get(s200=_answer(_ref(0)))}, components={"schemas": {"A0": tree}}).operations
