"""Bytes become a contract, or one clear sentence about why they do not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from seamwright.contracts.reading import MAX_YAML, parsed, read_contract
from seamwright.model.errors import ContractError
from tests.contracts.documents import document, operation

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
        ('{"data": {"__schema": {}}}', "GraphQL introspection"),
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


def test_too_much_yaml_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ContractError, match="convert it to JSON"):
        parsed(b"a" * (MAX_YAML + 1), source="a.yaml")


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


@pytest.mark.parametrize("target", ["../secret.json", "/etc/hosts", "https://example.com/a.json", "link/secret.json"])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, target: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (inside / "link").symlink_to(tmp_path)
    answer = {"description": "", "content": {"application/json": {"schema": {"$ref": target}}}}
    (inside / "a.json").write_text(json.dumps(document({"/a": {"get": {"responses": {"200": answer}}}})))
    with pytest.raises(ContractError, match=r"outside the contract's folder"):
        read_contract("a.json", base=inside)
