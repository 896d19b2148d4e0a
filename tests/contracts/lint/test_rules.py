"""Every rule sees what is wrong, and keeps quiet about what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

import seamwright.contracts.lint as package
from seamwright.contracts.lint import Severity, rules
from seamwright.contracts.lint._references import circular
from tests.contracts.lint.documents import of_kind, only, problems, whole

RULES = rules()


def test_what_is_discovered_is_what_lies_on_disk() -> None:
    [folder] = package.__path__
    files = [path.relative_to(folder).with_suffix("") for path in Path(folder).rglob("*.py")]
    assert set(RULES) == {".".join(file.parts).replace("_", "-") for file in files if not file.name.startswith("_")}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_keeps_to_its_own_documents(name: str) -> None:
    rule = RULES[name]
    found = of_kind(rule.kind, rule.wrong, name)
    assert found, "it does not see what it says is wrong"
    assert all(problem.rule == name and problem.text and problem.line >= 1 for problem in found)
    assert any(problem.severity is rule.severity for problem in found) or name == "version-api"
    assert of_kind(rule.kind, rule.right, name) == ()
    assert not rule.says.endswith(".")
    assert not rule.why.endswith(".")
    assert name.startswith(f"{rule.kind}.") or rule.kind == "openapi"


GOOD = """
openapi: 3.1.0
info:
  title: Shop
  version: 1.4.0
  description: Takes orders.
  contact: {email: orders@shop.acme.com}
servers: [{url: "https://shop.acme.com/v1"}]
security: [{bearer: []}]
tags: [{name: orders, description: Orders of customers.}]
paths:
  /orders:
    get:
      operationId: listOrders
      summary: Lists the orders of the caller.
      tags: [orders]
      parameters:
      - {name: limit, in: query, description: Most orders on a page., schema: {type: integer, minimum: 1, maximum: 100}}
      responses:
        "200":
          description: A page of orders.
          content:
            application/json:
              schema:
                type: object
                required: [items]
                properties: {items: {type: array, maxItems: 100, items: {$ref: "#/components/schemas/Order"}}}
        default: {$ref: "#/components/responses/Problem"}
    post:
      operationId: createOrder
      summary: Orders something.
      tags: [orders]
      parameters:
      - name: Idempotency-Key
        in: header
        description: Makes a second try safe.
        schema: {type: string, maxLength: 64}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Order"}, example: {sku: tea}}}
      responses:
        "201":
          description: The order.
          headers: {Location: {description: Where it is., schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
        default: {$ref: "#/components/responses/Problem"}
  /orders/{id}:
    get:
      operationId: getOrder
      summary: Shows an order.
      tags: [orders]
      parameters:
      - {name: id, in: path, required: true, description: Id of an order., schema: {type: string, format: uuid}}
      responses:
        "200":
          description: The order.
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
        default: {$ref: "#/components/responses/Problem"}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  responses:
    Problem:
      description: What went wrong.
      content: {application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}}
  schemas:
    Order:
      type: object
      required: [sku]
      properties: {id: {type: string, format: uuid, readOnly: true}, sku: {type: string, maxLength: 40}}
    Problem: {type: object, properties: {title: {type: string}, status: {type: integer}}}
"""


def test_a_contract_can_please_every_rule_at_once() -> None:
    assert [str(problem) for problem in problems(GOOD)] == []


def test_a_line_and_a_place_are_where_one_would_look() -> None:
    text = whole(RULES["unsatisfiable"].wrong)
    [found] = problems(text, "unsatisfiable")
    assert text.splitlines()[found.line - 1].startswith("    Quantity:")
    assert found.place == "#/components/schemas/Quantity/minimum"
    assert str(found) == f"shop.yaml:{found.line}: error unsatisfiable {found.text}"


def test_what_is_shared_is_told_once() -> None:
    text = """
paths:
  /a: {get: {responses: {"404": {$ref: "#/components/responses/Gone"}}}}
  /b: {get: {responses: {"404": {$ref: "#/components/responses/Gone"}}}}
components: {responses: {Gone: {description: it is gone}}}
"""
    [found] = [p for p in problems(text, "error-body") if "/components/" in p.place][:1]
    assert found.place == "#/components/responses/Gone"
    assert len({p.place for p in problems(text, "error-body")}) == 1


# -- what a single pair of documents does not show ---


def test_circles_of_references_are_told_and_recursion_is_not() -> None:
    node = {"type": "object", "properties": {"up": {"$ref": "#/a"}}}
    assert circular({"a": node}) == []
    assert circular({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}, "c": {"$ref": "#/c"}}) == [
        ("#/a", "#/b"),
        ("#/c", "#/c"),
    ]


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("{type: array, items: false, minItems: 1}", "more items asked for"),
        ("{minLength: 3, maxLength: 2}", "minLength 3 is more than maxLength 2"),
        ("{type: integer, exclusiveMinimum: 5, maximum: 5}", "nothing lies between"),
        ("{type: integer, minimum: 8, maximum: 13, multipleOf: 7}", "no multiple of 7"),
        ("{enum: []}", "the enum is empty"),
        ("{type: string, enum: [1, 2]}", "no value of the enum is of type string"),
        ("{type: string, const: 1}", "1 is not of type string"),
        ("{enum: [a], const: b}", "is not in the enum"),
        ("{type: object, required: [a], additionalProperties: false}", "no other property"),
        ("{type: object, required: [a, b], maxProperties: 1}", "maxProperties is 1"),
        ("{type: object, required: [a], properties: {a: false}}", "may not be there"),
        ("{allOf: [{type: string}, {type: integer}]}", "integer and string at once"),
    ],
)
def test_schemas_that_nothing_fits(schema: str, told: str) -> None:
    text = f"paths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n"
    assert any(told in each for each in only(text, "unsatisfiable")), only(text, "unsatisfiable")


@pytest.mark.parametrize(
    "schema",
    [
        "{type: integer, minimum: 5, maximum: 5}",
        "{type: integer, minimum: 7, maximum: 13, multipleOf: 7}",
        "{type: [string, 'null'], enum: [a, null]}",
        "{allOf: [{type: number}, {type: integer}]}",
        "{type: object, required: [a], additionalProperties: false, patternProperties: {'^a': {}}}",
        "{type: array, prefixItems: [{}], items: false, minItems: 1}",
    ],
)
def test_schemas_that_something_fits(schema: str) -> None:
    assert only(f"paths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n", "unsatisfiable") == []


def test_required_properties_may_be_described_by_another_branch() -> None:
    text = """
paths: {}
components:
  schemas:
    Base: {type: object, properties: {id: {type: string}}}
    Order: {allOf: [{$ref: "#/components/schemas/Base"}, {required: [id]}]}
    Open: {type: object, required: [any], properties: {a: {}}, additionalProperties: {type: string}}
    Mixin: {required: [id]}
"""
    assert only(text, "required-undefined") == []


def test_security_weighs_by_what_is_left_open() -> None:
    text = "paths: {/a: {get: {responses: {}}, post: {responses: {}}, put: {security: [], responses: {}}}}"
    assert [(p.severity, p.text.split()[0]) for p in problems(text, "security-missing")] == [
        (Severity.ERROR, "POST"),
        (Severity.WARNING, "GET"),
    ]
    assert problems(f"security: [{{}}]\n{text}", "security-missing") == ()


def test_pages_are_known_by_the_names_of_parameters() -> None:
    text = """
paths:
  /a:
    get:
      parameters: [{name: %s, in: query, schema: {type: string}}]
      responses: {"200": {description: x, content: {application/json: {schema: {type: array, items: {}}}}}}
"""
    for name in ("limit", "page[size]", "pageToken", "per_page", "startIndex", "cursor", "$top"):
        assert only(text % f"'{name}'", "pagination") == [], name
    assert only(text % "state", "pagination") != []


def test_the_format_of_most_errors_is_the_one_that_is_asked_for() -> None:
    answer = '"4%s": {description: x, content: {application/json: {schema: {properties: {%s: {type: string}}}}}}'
    answers = ", ".join(answer % pair for pair in (("00", "code"), ("04", "code"), ("09", "reason")))
    oauth = '"401": {description: x, content: {application/json: {schema: {properties: {error: {type: string}}}}}}'
    [told] = only(f"paths: {{/a: {{get: {{responses: {{{answers}, {oauth}}}}}}}}}", "error-format")
    assert told.startswith("the answer 409 of GET /a is application/json with reason")


def test_examples_are_held_against_the_direction_that_they_go() -> None:
    text = """
openapi: 3.0.3
paths:
  /orders:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}, example: %s}}}
      responses:
        "201":
          description: ok
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Order"}
              examples: {one: {value: {id: 5, note: null}}}
components:
  schemas:
    Order:
      type: object
      required: [id]
      properties: {id: {type: integer, readOnly: true}, note: {type: string, nullable: true, example: hello}}
"""
    assert only(text % "{note: hi}", "example-valid") == []
    [told] = only(text % "{id: 5}", "example-valid")
    assert "has no place in a request" in told


def test_an_unusable_schema_does_not_hide_the_examples_of_others() -> None:
    text = """
paths: {}
components:
  schemas:
    Far: {allOf: [{$ref: "https://shop.example/far.yaml"}], example: 1}
    Plain: {type: string, example: 1}
    Text: {type: string, example: hello}
"""
    assert [p.place for p in problems(text, "example-valid")] == ["#/components/schemas/Plain/example"]


def test_a_discriminator_keeps_the_schemas_that_extend_it() -> None:
    text = """
paths:
  /a:
    get:
      responses:
        "200": {description: x, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
components:
  schemas:
    Pet: {type: object, discriminator: {propertyName: kind}, required: [kind], properties: {kind: {type: string}}}
    Cat: {allOf: [{$ref: "#/components/schemas/Pet"}, {$ref: "#/components/schemas/Fur"}]}
    Fur: {type: object}
    Stone: {type: object}
"""
    assert only(text, "component-unused") == ["nothing uses schemas/Stone"]


def test_no_name_is_called_odd_where_no_style_is_kept() -> None:
    names = ("a-b", "cD", "e_f", "G-h", "I_j", "k-L")
    paths = "\n".join(f"  /{name}: {{get: {{operationId: {name}, responses: {{}}}}}}" for name in names)
    [told] = only(f"paths:\n{paths}\n", "operation-id-style")
    assert told.startswith("no style is kept")
    grouped = "\n".join(f"  /{n}: {{get: {{operationId: {n}/list-all, responses: {{}}}}}}" for n in ("a_b", "cD"))
    assert only(f"paths:\n{grouped}\n", "operation-id-style") == []


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("/a/{x}", "/a/{y}", ["error"]),
        ("/{a}/b", "/a/{b}", ["warning"]),
        ("/a/{x}/c", "/a/b/{y}", ["warning"]),
        ("/a/{x}", "/a/b", []),
        ("/a/{x}", "/b/{x}", []),
        ("/a/{x}/c", "/a/{y}/d", []),
    ],
)
def test_paths_that_meet(one: str, other: str, told: list[str]) -> None:
    text = f"paths: {{'{one}': {{}}, '{other}': {{}}}}"
    assert [str(problem.severity) for problem in problems(text, "path-ambiguous")] == told


def test_servers() -> None:
    for url in ("http://[::1]:80", "http://localhost", "http://127.0.0.2:8000", "https://shop.acme.com", "/v1"):
        assert only(f"servers: [{{url: '{url}'}}]\npaths: {{}}", "server-tls") == [], url
    variables = "{region: {default: eu, enum: [us]}, x: {default: y}}"
    text = f"servers: [{{url: 'https://{{region}}.acme.com', variables: {variables}}}]\npaths: {{}}"
    assert len(only(text, "server-form")) == 2
    assert only("servers: [{url: 'https://{region}.acme.com'}]\npaths: {}", "server-form") != []
    assert only("servers: [{url: 'http://['}]\npaths: {}", "server-form") != []


def test_repeated_keys_of_json_are_told_with_both_lines() -> None:
    [found] = problems(RULES["duplicate-key"].wrong, "duplicate-key")
    assert found.place == "#/paths/~1orders/get/operationId"
    assert (
        problems(
            '{"openapi": "3.1.0", "info": {"a": {"b": 1}, "c": {"b": 1}}, "x": [{"b": 1}, {"b": 2}]}', "duplicate-key"
        )
        == ()
    )
