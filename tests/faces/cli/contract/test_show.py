"""`seamwright contract show`: what a contract says, for people and for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faces.terminal import seamwright

CONTRACT = """\
openapi: 3.1.0
info: {title: "Shop [x]", version: 1.2.0}
servers: [{url: "https://shop.acme.com/v1"}]
security: [{bearer: []}]
paths:
  /orders:
    get:
      operationId: listOrders
      summary: Lists orders.
      parameters:
      - {name: limit, in: query, required: true, schema: {type: integer, maximum: 10}}
      - {name: state, in: query, schema: {type: string, enum: [open, paid]}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Orders"}}}}
        "401": {description: no, headers: {WWW-Authenticate: {schema: {type: string}}}}
    post:
      operationId: createOrder
      deprecated: true
      security: [{}, {bearer: [], key: []}]
      requestBody: {required: true, content: {application/json: {schema: {properties: {skus: {type: array}}}}}}
      responses: {"201": {description: made}}
  /far:
    get: {operationId: far, responses: {"200": {$ref: "https://example.com/x"}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}, key: {type: apiKey, in: header, name: X-Key}}
  schemas: {Orders: {type: array, items: {type: integer}}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a contract."""
    (tmp_path / "shop.yaml").write_text(CONTRACT)
    return tmp_path


def test_a_table_of_operations(here: Path) -> None:
    done = seamwright("contract", "show", "shop.yaml", cwd=here)
    assert done.status == 0
    head, *lines = done.out.splitlines()
    assert head == "Shop [x] 1.2.0  OpenAPI 3.1, 2 operations"
    assert "  security key: key in the header X-Key" in lines
    table = [line.split() for line in lines if " /orders" in line]
    assert table[0] == ["listOrders", "GET", "/orders", "limit*,", "state", "200", "401", "bearer"]
    assert table[1][:4] == ["createOrder", "POST", "/orders", "(deprecated)"]
    assert table[1][-5:] == ["nothing", "or", "bearer", "and", "key"]
    assert any("note far: is left out: refers to https://example.com/x" in line for line in lines)


def test_one_operation_in_full(here: Path) -> None:
    out = seamwright("contract", "show", "shop.yaml", "--operation", "listOrders,createOrder", cwd=here).out
    for line in (
        "listOrders  GET /orders",
        "  Lists orders.",
        "  query limit: integer, maximum 10, required",
        "  query state: string, one of open, paid, optional",
        "  200 application/json: Orders",
        "  401 header WWW-Authenticate: string",
        "createOrder  POST /orders  deprecated",
        "  body application/json: object with skus, required",
        "  201 no body described",
    ):
        assert line in out.splitlines()


def test_json(here: Path) -> None:
    [found] = seamwright("contract", "show", "shop.yaml", "--json", cwd=here).json["contracts"]
    assert (found["title"], found["dialect"], found["servers"]) == ("Shop [x]", "3.1", ["https://shop.acme.com/v1"])
    assert list(found["left_out"]) == ["far"]
    assert found["notices"]
    listing, creation = found["operations"]
    assert [each["name"] for each in listing["parameters"]] == ["limit", "state"]
    assert list(listing["answers"]) == ["200", "401"]
    assert creation["security"] == [[], ["bearer", "key"]]
    assert creation["body"]["required"]


def test_every_contract_of_a_manifest_and_other_kinds(here: Path) -> None:
    (here / "shop.graphql").write_text("type Query { order(id: ID!): String }\n")
    (here / "seamwright.yaml").write_text(
        "system: s\nboundaries:\n  a: {kind: http, url: 'http://h', contract: shop.yaml}\n"
        "  b: {kind: graphql, url: 'http://h', contract: shop.graphql}\n"
    )
    found = seamwright("contract", "show", "--json", cwd=here).json["contracts"]
    assert [(each["name"], each["kind"]) for each in found] == [("a", "openapi"), ("b", "graphql")]
    assert seamwright("contract", "show", cwd=here).status == 0


def test_what_is_not_there_is_told(here: Path) -> None:
    assert seamwright("contract", "show", "shop.yaml", "--operation", "nosuch", cwd=here).status == 2
    (here / "shop.yaml").write_text("openapi: 3.1.0\npaths: 5\n")
    done = seamwright("contract", "show", "shop.yaml", cwd=here)
    assert done.status == 2
    assert done.err.startswith("error: shop.yaml:2: #/paths: must be a mapping, and is a number")
