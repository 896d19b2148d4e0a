"""Bytes become a contract, or one clear sentence about why they do not."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from seamwright.contracts.conformance import ContractValidator
from seamwright.contracts.protobuf.sources import DescriptorSet
from seamwright.contracts.reading import contract_of, openapi_source, read_contract, written
from seamwright.contracts.source import Source
from seamwright.engines.generate.requests import valid_case
from seamwright.model.errors import ContractError, Undecided
from seamwright.model.operation import Contract
from tests.contracts.documents import answered, document, operation
from tests.rpc import SHOP, descriptors_of

YAML = """\
openapi: 3.1.0
info: {title: Shop, version: 1.10}
paths:
  /orders:
    get:
      operationId: listOrders
      responses:
        200:
          description: ok
          content:
            application/json:
              schema: {type: string}
              example: 2024-01-02
"""


def test_a_yaml_file_with_its_digest(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(YAML)
    found = read_contract("shop.yaml", base=tmp_path)
    assert found.digest == hashlib.sha256(YAML.encode()).hexdigest()
    listing = operation(found, "listOrders")
    assert set(listing.answers) == {"200"}, "a status that YAML reads as a number is text again"
    assert listing.answers["200"].content["application/json"].examples == ("2024-01-02",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = json.dumps(document({"/ä": {"get": {"responses": {}}}}), ensure_ascii=False)
    (tmp_path / "a.json").write_bytes(text.encode(encoding))
    assert read_contract(str(tmp_path / "a.json"), base=Path("/")).operations[0].path == "/ä"


def test_a_url_is_read_through_the_given_fetch() -> None:
    asked = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return YAML.encode()

    found = read_contract("http://127.0.0.1:1/openapi.yaml", base=Path(), fetch=fetch)
    assert asked == ["http://127.0.0.1:1/openapi.yaml"]
    assert found.source == asked[0]
    with pytest.raises(ContractError, match="cannot be read here"):
        read_contract("http://127.0.0.1:1/openapi.yaml", base=Path())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("<!DOCTYPE html><html></html>", "HTML page"),
        ("type Query {\n  order(id: ID!): Order\n}\n", "GraphQL schema"),
        ('syntax = "proto3";\n', "protobuf"),
        ('{"data": {"__schema": {}}}', "introspection result"),
        ("asyncapi: 3.0.0\n", "AsyncAPI"),
        ("openapi: 4.0.0\npaths: {}\n", "'4.0.0' is not known"),
        ("name: something\n", "is no OpenAPI document"),
        ("- 1\n", "holds list"),
        ('{"openapi": "3.1.0",\n "paths": {]}', ":2:12: is no valid JSON"),
        ("openapi: 3.1.0\npaths:\n  /a: [\n", ":4:1: is no valid YAML"),
        ("openapi: 3.1.0\npaths: {}\npaths: {}\n", ":3:1: is no valid YAML"),
        ("openapi: 3.1.0\npaths: &a {'/x': *a}\n", "too large or too deep"),
        ("openapi: 3.1.0\nx-n: .nan\npaths: {}\n", "nan"),
        ("openapi: 3.1.0\nx: !!python/object:os.system {}\n", "is no valid YAML"),
    ],
)
def test_what_is_no_contract_is_said_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(ContractError) as caught:
        read_contract("a.txt", base=tmp_path)
    assert told in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "a.txt"))
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="does not exist"):
        read_contract("none.yaml", base=tmp_path)
    with pytest.raises(ContractError, match="is a folder"):
        read_contract(".", base=tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"openapi: 3.1.0\n# caf\xe9\n")
    with pytest.raises(ContractError, match=r"latin.yaml:2: byte 20 is no UTF-8"):
        read_contract("latin.yaml", base=tmp_path)


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (tmp_path / "bomb.yaml").write_text("openapi: 3.1.0\npaths: {}\n" + "\n".join(lines))
    with pytest.raises(ContractError, match="too large or too deep"):
        read_contract("bomb.yaml", base=tmp_path)


def test_neighbouring_files_are_read_and_count_in_the_digest(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "paths.yaml").write_text(
        "order:\n  get:\n    operationId: getOrder\n    responses:\n      '200':\n        description: ok\n"
        "        content: {application/json: {schema: {$ref: 'schemas/order.json'}}}\n"
    )
    order = tmp_path / "schemas" / "order.json"
    order.write_text(
        '{"type": "object", "properties": {"up": {"$ref": "#"}, "m": {"$ref": "../shop.json#/components/schemas/M"}}}'
    )
    paths = {"/orders/{id}": {"$ref": "./paths.yaml#/order"}}
    shop = document(paths, openapi="3.1.0", components={"schemas": {"M": {"type": "integer"}}})
    (tmp_path / "shop.json").write_text(json.dumps(shop))
    found = read_contract("shop.json", base=tmp_path)
    schema = operation(found, "getOrder").answers["200"].content["application/json"].schema
    assert isinstance(schema, dict)
    resolved = found.resolve(schema["$ref"])
    assert found.resolve(resolved["properties"]["up"]["$ref"]) is resolved
    assert resolved["properties"]["m"]["$ref"] == "#/components/schemas/M"
    order.write_text(order.read_text() + "\n")
    assert read_contract("shop.json", base=tmp_path).digest != found.digest


@pytest.mark.parametrize("target", ["../secret.json", "/etc/hosts", "link/secret.json"])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, target: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (inside / "link").symlink_to(tmp_path)
    answer = {"description": "", "content": {"application/json": {"schema": {"$ref": target}}}}
    (inside / "a.json").write_text(json.dumps(document({"/a": {"get": {"responses": {"200": answer}}}})))
    with pytest.raises(ContractError, match=r"outside the contract's folder"):
        read_contract("a.json", base=inside)


def test_a_description_that_speaks_of_types_is_no_graphql(tmp_path: Path) -> None:
    text = "components:\n  schemas:\n    A:\n      description: |\n        type Order {\n" + "  # filler\n" * 500 + YAML
    (tmp_path / "a.yaml").write_text(text)
    assert read_contract("a.yaml", base=tmp_path).kind == "openapi"


def test_what_is_misread_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(YAML.replace("operationId: listOrders", "operationId: [listOrders]"))
    with pytest.raises(ContractError, match=r"shop\.yaml:6: #/paths/~1orders/get/operationId: must be text"):
        read_contract("shop.yaml", base=tmp_path)
    (tmp_path / "part.json").write_text('{"a":\n {"get": {"responses": 5}}}')
    (tmp_path / "shop.yaml").write_text("openapi: 3.0.3\npaths: {/a: {$ref: 'part.json#/a'}}\n")
    with pytest.raises(ContractError, match=r"part\.json:2: .*/responses: must be a mapping, and is a number"):
        read_contract("shop.yaml", base=tmp_path)


def test_the_document_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(YAML)
    source = openapi_source("shop.yaml", base=tmp_path)
    assert source is not None
    assert (source.path, source.document["openapi"]) == (tmp_path / "shop.yaml", "3.1.0")
    assert openapi_source("http://h/a", base=tmp_path, fetch=lambda url: b"type Query { a: Int }") is None
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "a.proto").write_text('syntax = "proto3";\n')
    assert openapi_source("protos", base=tmp_path) is None


# -- whatever a document holds, it becomes a contract or one clear sentence ---

RICH = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "security": [{"bearer": []}],
    "paths": {
        "/orders/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
            ],
            "get": {
                "operationId": "getOrder",
                "parameters": [
                    {
                        "name": "q",
                        "in": "query",
                        "required": True,
                        "style": "deepObject",
                        "schema": {"$ref": "#/$defs/Q"},
                    },
                    {"$ref": "#/components/parameters/Limit"},
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                        "links": {"again": {"operationId": "getOrder", "parameters": {"id": "$response.body#/id"}}},
                    },
                    "default": {"description": "no", "content": {"text/plain": {"schema": {"type": "string"}}}},
                },
            },
            "put": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Order"}, "example": {"id": 1}},
                        "multipart/form-data": {"schema": {"properties": {"file": {"type": "string"}}}},
                    },
                },
                "responses": {"204": {"description": "done"}},
            },
        },
    },
    "components": {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        "parameters": {
            "Limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "multipleOf": 5}}
        },
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["lines"],
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "lines": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 3,
                        "items": {"$ref": "#/components/schemas/Line"},
                    },
                    "up": {"$ref": "#/components/schemas/Order"},
                    "tags": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 2},
                },
            },
            "Line": {
                "oneOf": [{"type": "object", "required": ["sku"], "properties": {"sku": {"pattern": "^[A-Z]{3}$"}}}],
                "discriminator": {"propertyName": "sku"},
            },
        },
    },
    "$defs": {"Q": {"type": "object", "properties": {"a": {"type": ["integer", "null"], "enum": [1, None]}}}},
}
ODD: list[Any] = [
    *(None, [], {}, 0, -1, 1.5, 10**30, "", "x", True, [None], [[]], {"": {}}, {"$ref": "#"}, {"$ref": 1}, "http://["),
    *({"$ref": "#/nowhere"}, {"$ref": "https://example.com/a"}, {"type": "array"}, {"pattern": "("}, {"allOf": []}),
    *({"enum": []}, {"type": []}, {"type": "string", "minLength": 5, "maxLength": 1}, {"required": "x"}),
]


def _places(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*place, key)
        yield from _places(child, (*place, key))


def _at(node: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        node = node[step]
    return node


def _changed(document: dict[str, Any], random: Random) -> dict[str, Any]:
    """The document with a few parts of it removed, put elsewhere, or made something else."""
    made = copy.deepcopy(document)
    for _ in range(random.choice((1, 1, 2))):
        places = list(_places(made))
        place = random.choice(places)
        parent = _at(made, place[:-1])
        match random.randrange(4):
            case 0:
                del parent[place[-1]]
            case 1:
                parent[place[-1]] = copy.deepcopy(_at(made, random.choice(places)))
            case _:
                parent[place[-1]] = copy.deepcopy(random.choice(ODD))
    return made


@pytest.mark.parametrize("version", ["3.1.0", "3.0.3"])
@pytest.mark.parametrize("seed", range(6))
def test_a_contract_or_one_clear_sentence(seed: int, version: str) -> None:
    random = Random(seed)
    read = 0
    told: set[str] = set()
    for _ in range(60):
        document = _changed({**RICH, "openapi": version}, random)
        started = time.process_time()
        try:
            found = contract_of(json.dumps(document).encode(), source="shop.json")
        except ContractError as error:
            told.add(str(error).partition(":")[0])
            continue
        read += 1
        validator = ContractValidator(found)
        for each in found.operations:
            with contextlib.suppress(Undecided, ContractError):
                validator.request_violations(each, valid_case(found, each, Random(0)))
            for status in ("200", "400"):
                with contextlib.suppress(ContractError):
                    validator.violations(each, answered(int(status), {"lines": [1, None]}))
        assert time.process_time() - started < 2
    assert read > 10
    assert told == {"shop.json"}, "each refusal begins with the name of the document"


def test_protobuf_contracts_are_known_by_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "shop.proto").write_text(SHOP)
    (tmp_path / "shop.txt").write_text(SHOP)
    (tmp_path / "shop.bin").write_bytes(descriptors_of(SHOP))
    found = [read_contract(name, base=tmp_path) for name in ("protos", "protos/shop.proto", "shop.txt", "shop.bin")]
    assert [(c.kind, len(c.operations)) for c in found] == [("protobuf", 4)] * 4
    assert found[0].digest == found[1].digest
    by_url = read_contract("http://127.0.0.1:1/shop.proto", base=tmp_path, fetch=lambda url: SHOP.encode())
    assert (by_url.kind, by_url.source) == ("protobuf", "http://127.0.0.1:1/shop.proto")
    assert contract_of(descriptors_of(SHOP), source="grpc://127.0.0.1:1").kind == "protobuf"


def test_a_contract_is_given_as_its_rules_need_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\ninfo: {}\n")
    (tmp_path / "a.graphql").write_text("type Query { a: Int }\n")
    proto = 'syntax = "proto3";\npackage a.v1;\nservice S { rpc Do(M) returns (M); }\nmessage M {}\n'
    (tmp_path / "a.proto").write_text(proto)
    found = written("a.yaml", base=tmp_path)
    assert isinstance(found, Source), "whether or not it can be used"
    graph = written("a.graphql", base=tmp_path)
    assert isinstance(graph, Contract)
    assert graph.kind == "graphql"
    for source, fetch in (("a.proto", None), ("http://h/a.proto", lambda url: proto.encode())):
        told = written(source, base=tmp_path, fetch=fetch)
        assert isinstance(told, DescriptorSet)
        assert (told.path is None) == source.startswith("http")
    with pytest.raises(ContractError, match="a URL cannot be read here"):
        written("http://h/a", base=tmp_path)
