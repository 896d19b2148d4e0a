"""What is mended is all that changes in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.contracts.lint import lint, mend, rules
from seamwright.contracts.reading import openapi_source
from seamwright.contracts.source import Source
from seamwright.model.errors import ContractError

YAML = """\
# The shop.
openapi: 3.0.3
info: {title: Shop, version: 1.0.0}   # two spaces
paths:
  /orders:
    # Lists.
    get:
      # first of all
      summary:
        Lists orders.
      parameters:
        - name: ids      # many
          in: query
          schema: {type: array}
        - name: state
          in: query
          schema:
            type: string
            enum:
              - open     # the first
              - 'open'
              # done with
              - paid
      responses:
        200: {description: ok}
    "post": {responses: {201: {description: made, headers: {}}}}
  /at/{when}:
    delete:
      parameters: [{name: when, in: path, example: 2024-01-02T03:04:05.6Z, schema: {type: string}}]
      responses: {204: {description: gone}}
components:
  schemas:
    # kept as a comment
    Unused:
      type: object

    # about Other
    Other: {type: object}
"""

MENDED = """\
# The shop.
openapi: 3.0.3
info: {title: Shop, version: 1.0.0}   # two spaces
paths:
  /orders:
    # Lists.
    get:
      # first of all
      operationId: getOrders
      summary:
        Lists orders.
      parameters:
        - name: ids      # many
          in: query
          schema: {items: {}, type: array}
        - name: state
          in: query
          schema:
            type: string
            enum:
              - open     # the first
              # done with
              - paid
      responses:
        200: {description: ok}
    "post": {operationId: postOrders, responses: {201: {description: made, headers: {}}}}
  /at/{when}:
    delete:
      operationId: deleteAtByWhen
      parameters: [{required: true, name: when, in: path, example: 2024-01-02T03:04:05.6Z, schema: {type: string}}]
      responses: {204: {description: gone}}
components:
  schemas:
    # kept as a comment
    Unused:
      type: object

    # about Other
    Other: {type: object}
"""


def _mended(path: Path, *, asked: bool = False) -> bytes:
    known = rules()
    held = {rule: rule.severity for rule in known.values() if asked or not rule.asked}
    source = openapi_source(str(path), base=Path())
    assert source is not None
    [file] = mend(source, lint(source, held))
    assert file.path == path
    return file.data


def test_yaml_keeps_comments_quotes_and_blanks(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(YAML)
    assert _mended(path).decode() == MENDED


def test_unused_parts_go_when_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(YAML)
    after = _mended(path, asked=True).decode()
    assert after.endswith("components:\n  schemas:\n    # kept as a comment\n    {}\n")
    path.write_text(YAML + "    Third: {type: object}\n" + "security: [{a: []}]\n")
    path.write_text(path.read_text().replace("schema: {type: array}", "schema: {$ref: '#/components/schemas/Other'}"))
    after = _mended(path, asked=True).decode()
    assert "  schemas:\n    # kept as a comment\n\n    # about Other\n    Other: {type: object}\nsecurity:" in after


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding_and_line_ends_stay(tmp_path: Path, newline: str, encoding: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_bytes(YAML.replace("\n", newline).replace("The shop", "Dés").encode(encoding))
    assert _mended(path).decode(encoding) == MENDED.replace("\n", newline).replace("The shop", "Dés")


JSON = """{
   "openapi": "3.0.3", "info": {"title": "Shop \\u00e9", "version": "1.0.0"},
   "paths": {
      "/a": {
         "get": {
            "parameters": [ {"name": "x", "in": "query", "schema": {"maximum": 1.50, "enum": [1, 1.0, 2]}} ],
            "responses": {"default": {"description": ""}}
         },
         "put": {},
         "post": {
            "responses": {}
         }
      }
   }
}
"""


def test_json_keeps_its_indentation_and_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    path.write_text(JSON)
    wanted = (
        JSON.replace(
            '         "get": {\n            ', '         "get": {\n            "operationId": "getA",\n            '
        )
        .replace('"put": {}', '"put": {"operationId": "putA"}')
        .replace('"post": {\n            ', '"post": {\n            "operationId": "postA",\n            ')
        .replace("[1, 1.0, 2]", "[1, 2]")
    )
    assert _mended(path).decode() == wanted


HEAD = "info: {title: x, version: 1.0.0}\npaths:\n  /a:\n    get:\n"


def test_swagger_and_files_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        f"swagger: '2.0'\n{HEAD}      operationId: a\n      parameters:\n      - {{name: q, in: query, type: array}}\n"
        "      responses:\n        200: {description: x}\n"
    )
    assert b"- {items: {}, name: q, in: query, type: array}" in _mended(path)
    (tmp_path / "list.yaml").write_text("type: array # of what?\n")
    path.write_text(
        f"openapi: 3.0.3\n{HEAD}      operationId: a\n      responses:\n"
        "        200: {description: x, content: {application/json: {schema: {$ref: list.yaml}}}}\n"
    )
    source = openapi_source(str(path), base=Path())
    assert source is not None
    [file] = mend(source, lint(source, {rules()["array-items"]: rules()["array-items"].severity}))
    assert (file.path, file.data) == (tmp_path / "list.yaml", b"items: {}\ntype: array # of what?\n")


def test_what_an_alias_stands_for_is_not_changed_elsewhere_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        "openapi: 3.0.3\ninfo: {title: x, version: 1.0.0}\npaths:\n  /a:\n    get: &get\n      responses:\n"
        "        200: {description: x}\n  /b:\n    get: *get\n"
    )
    source = openapi_source(str(path), base=Path())
    assert source is not None
    found = lint(source, {rules()["operation-id-missing"]: rules()["operation-id-missing"].severity})
    with pytest.raises(ContractError, match="mend it by hand"):
        mend(source, found)


def test_what_is_no_file_is_not_mended() -> None:
    with pytest.raises(ContractError, match="is no file"):
        mend(Source("http://h/x", b"{}", {}), ())
