"""Documents of all three dialects become the operations that they describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Header
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

from seamwright.contracts.openapi import load_openapi, notices
from seamwright.model.errors import ContractError
from seamwright.model.operation import SecurityScheme
from tests.contracts.documents import contract, document, operation

OK = {"200": {"description": "ok"}}


def test_references_are_followed_everywhere() -> None:
    found = contract(
        {"/orders/{orderId}": {"$ref": "#/components/pathItems/order"}},
        openapi="3.1.0",
        components={
            "pathItems": {
                "order": {
                    "parameters": [{"$ref": "#/components/parameters/OrderId"}],
                    "put": {
                        "operationId": "put",
                        "requestBody": {"$ref": "#/components/requestBodies/Order"},
                        "responses": {"200": {"$ref": "#/components/responses/Order"}},
                    },
                }
            },
            "parameters": {"OrderId": {"name": "orderId", "in": "path", "schema": {"type": "integer"}}},
            "requestBodies": {
                "Order": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Order"},
                            "examples": {"one": {"$ref": "#/components/examples/one"}},
                        }
                    },
                }
            },
            "responses": {
                "Order": {
                    "description": "the order",
                    "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    "links": {"self": {"$ref": "#/components/links/self"}},
                }
            },
            "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
            "examples": {"one": {"value": {"note": "a"}}},
            "links": {"self": {"operationId": "put", "parameters": {"orderId": "$response.body#/id"}}},
            "schemas": {"Order": {"type": "object"}},
        },
    )
    put = operation(found, "put")
    assert put.parameters[0].name == "orderId"
    assert put.parameters[0].required, "a path parameter is always required"
    assert put.body is not None
    assert put.body.content["application/json"].examples == ({"note": "a"},)
    answer = put.answers["200"]
    assert answer.headers["ETag"].required
    assert answer.links["self"]["operationId"] == "put"
    assert found.resolve(answer.content["application/json"].schema["$ref"]) == {"type": "object"}  # type: ignore[index]


def test_a_recursive_schema_stays_reachable() -> None:
    found = contract(
        {"/tree": {"get": {"responses": {"200": _json({"$ref": "#/components/schemas/Node"})}}}},
        components={"schemas": {"Node": {"properties": {"left": {"$ref": "#/components/schemas/Node"}}}}},
    )
    node = found.resolve("#/components/schemas/Node")
    assert found.resolve(node["properties"]["left"]["$ref"]) is node


@pytest.mark.parametrize(
    ("paths", "place"),
    [
        ({"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/No"}}}}}, "responses/200"),
        ({"/a": {"get": {"parameters": [{"$ref": "#/nowhere"}], "responses": OK}}}, "parameters/0"),
        (
            {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/x"}}}}}}}},
            "#/paths/~1a/get/responses/200/content/application~1json/schema",
        ),
    ],
)
def test_a_dangling_reference_names_its_place(paths: Mapping[str, Any], place: str) -> None:
    with pytest.raises(ContractError, match="leads nowhere") as caught:
        contract(paths)
    assert place in str(caught.value)
    assert str(caught.value).startswith("shop.json: ")


def test_a_dangling_reference_that_nothing_needs_is_only_told() -> None:
    found = contract({"/a": {"get": {"responses": OK}}}, components={"schemas": {"A": {"$ref": "#/x"}}})
    assert any("no operation needs it" in notice for notice in notices(found))


def test_references_in_a_circle_are_refused() -> None:
    schemas = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    with pytest.raises(ContractError, match="circle"):
        contract(
            {"/a": {"get": {"responses": {"200": _json({"$ref": "#/components/schemas/A"})}}}},
            components={"schemas": schemas},
        )


def test_ids_are_made_and_made_unique() -> None:
    found = contract(
        {
            "/orders/{orderId}": {"get": {"responses": OK}},
            "/": {"get": {"responses": OK}},
            "/b": {"get": {"operationId": "same", "responses": OK}, "put": {"operationId": "same", "responses": OK}},
        }
    )
    assert [o.id for o in found.operations] == ["get_orders_orderId", "get_root", "same", "same_2"]
    assert any("same_2" in notice for notice in notices(found))
    assert any("orderId is not described" in notice for notice in notices(found))


def test_security_is_inherited_overridden_and_lifted() -> None:
    found = contract(
        {
            "/a": {
                "get": {"operationId": "inherits", "responses": OK},
                "put": {"operationId": "open", "security": [], "responses": OK},
                "post": {"operationId": "own", "security": [{"key": [], "token": []}, {}], "responses": OK},
                "delete": {"operationId": "strange", "security": [{"who": []}], "responses": OK},
            }
        },
        security=[{"token": []}],
        components={
            "securitySchemes": {
                "token": {"type": "http", "scheme": "Bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            }
        },
    )
    assert operation(found, "inherits").security == (frozenset({"token"}),)
    assert operation(found, "open").security == ()
    assert operation(found, "own").security == (frozenset({"key", "token"}), frozenset())
    assert not operation(found, "own").protected
    assert found.schemes["token"] == SecurityScheme("token", "http", scheme="bearer")
    assert found.schemes["key"].parameter == "X-Key"
    assert found.schemes["who"].type == "undeclared"


def test_parameters_are_merged_with_the_defaults_of_their_location() -> None:
    found = contract(
        {
            "/a/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                ],
                "get": {
                    "operationId": "get",
                    "parameters": [
                        {
                            "name": "limit",
                            "in": "query",
                            "required": True,
                            "schema": {"type": "string", "example": "5"},
                        },
                        {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                        {
                            "name": "filter",
                            "in": "query",
                            "content": {"application/json": {"schema": {"type": "array"}}},
                        },
                        {"name": "tags", "in": "query", "style": "pipeDelimited", "schema": {"type": "array"}},
                    ],
                    "responses": OK,
                },
            }
        }
    )
    get = operation(found, "get")
    assert [p.name for p in get.parameters] == ["id", "limit", "filter", "tags"]
    limit = get.parameter("query", "limit")
    assert limit is not None
    assert (limit.required, limit.style, limit.explode, limit.examples) == (True, "form", True, ("5",))
    identifier, filtered, tags = get.parameters[0], get.parameters[2], get.parameters[3]
    assert (identifier.style, identifier.explode) == ("simple", False)
    assert (filtered.media_type, filtered.schema) == ("application/json", {"type": "array"})
    assert (tags.style, tags.explode) == ("pipeDelimited", False)


def test_servers_take_the_defaults_of_their_variables() -> None:
    servers = [{"url": "https://{host}/v{n}", "variables": {"host": {"default": "x.test"}, "n": {"default": 2}}}]
    assert contract({"/a": {"get": {"responses": OK}}}, servers=servers).servers == ("https://x.test/v2",)
    relative = document({"/a": {"get": {"responses": OK}}}, servers=[{"url": "/api"}])
    found = load_openapi(relative, source="http://127.0.0.1:1/docs/openapi.json", digest="")
    assert found.servers == ("http://127.0.0.1:1/api",)
    nothing = document({"/a": {"get": {"responses": OK}}}, servers=[{"url": ""}])
    found = load_openapi(nothing, source="http://127.0.0.1:1/openapi.json", digest="d")
    assert found.servers == ("http://127.0.0.1:1/",), "no prefix, not the document's own address"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"openapi": "4.0.0"}, "'4.0.0' is not known"),
        ({"paths": ["/a"]}, "#/paths: must be a mapping"),
        ({"paths": None}, "has no paths"),
        ({"paths": {"/a": {"get": {"parameters": {"a": 1}}}}}, "parameters: must be a list"),
        ({"paths": {"/a": {"get": {"parameters": [{"in": "query"}]}}}}, "name is missing"),
        ({"paths": {"/a": {"get": {"deprecated": "perhaps"}}}}, "must be true or false"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError) as caught:
        load_openapi({**document({}), **changed}, source="shop.json", digest="")
    assert told in str(caught.value)


def test_a_newer_minor_version_is_read_as_3_1() -> None:
    found = contract({"/a": {"query": {"responses": OK}}}, openapi="3.2.0")
    assert found.dialect == "3.1"
    assert found.operations[0].method == "QUERY"
    assert any("3.2.0" in notice for notice in notices(found))


TOKEN = OAuth2PasswordBearer(tokenUrl="token")


class _Node(BaseModel):
    name: str
    children: list[_Node] = []


def test_the_document_of_a_fastapi_app() -> None:
    app = FastAPI(title="Trees", version="7")

    @app.post("/nodes", status_code=201)
    def create(node: _Node, who: Annotated[str, Depends(TOKEN)]) -> _Node:
        return node

    @app.get("/nodes/{node_id}")
    def read(node_id: int, depth: int = 3, x_trace: Annotated[str | None, Header()] = None) -> _Node:
        return _Node(name=str(node_id))

    found = load_openapi(app.openapi(), source="http://127.0.0.1/openapi.json", digest="")
    assert (found.title, found.version, found.dialect, notices(found)) == ("Trees", "7", "3.1", ())
    created, shown = found.operations
    assert created.protected
    assert not shown.protected
    assert created.body is not None
    assert created.body.required
    assert [(p.name, p.location, p.required) for p in shown.parameters] == [
        ("node_id", "path", True),
        ("depth", "query", False),
        ("x-trace", "header", False),
    ]
    assert set(shown.answers) == {"200", "422"}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def test_a_path_with_a_fragment_is_left_out_by_name() -> None:
    id_ = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/files/{id}": {"parameters": [id_], "put": {"operationId": "update", "responses": OK}},
        "/files/{id}#share": {"parameters": [id_], "put": {"operationId": "share", "responses": OK}},
    }
    found = contract(paths)
    assert [each.id for each in found.operations] == ["update"]
    assert "holds a fragment, which no client sends" in found.left_out["share"]
