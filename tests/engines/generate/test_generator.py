"""The generator held to the validator, over the whole corpus and several seeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from seamwright.engines.generate import Compiler, Generator, Unsatisfiable, compile_schema
from tests.engines.generate.corpus import CORPUS, IMPOSSIBLE, resolver

_SEEDS = range(4)
_STREAM = """
import sys, json
from random import Random
from seamwright.engines.generate import compile_schema
from tests.engines.generate.corpus import CORPUS, resolver
for name in ("order", "types", "json-value", "enum-mixed", "one-of-with-base", "contains"):
    g = compile_schema(CORPUS[name], resolve=resolver(CORPUS[name]))
    r = Random(7)
    print(json.dumps([g.valid(r) for _ in range(20)]))
    print(json.dumps([[c.value, c.keyword, c.place] for c in g.invalid(Random(7))]))
    print(json.dumps([[c.value, c.keyword, c.place] for c in g.boundary(Random(7))]))
"""


def _generator(name: str) -> Generator:
    return compile_schema(CORPUS[name], resolve=resolver(CORPUS[name]))


def _validator(name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(CORPUS[name], validate_formats=True)


def _errors(validator: Any, value: Any) -> str:
    return "; ".join(error.message for error in validator.iter_errors(value))


@pytest.mark.parametrize("name", CORPUS)
def test_every_valid_value_is_valid(name: str) -> None:
    generator, validator = _generator(name), _validator(name)
    for seed in _SEEDS:
        random = Random(seed)
        for _ in range(60):
            value = generator.valid(random)
            assert validator.is_valid(value), (value, _errors(validator, value))


@pytest.mark.parametrize("name", CORPUS)
def test_every_boundary_value_is_valid(name: str) -> None:
    generator, validator = _generator(name), _validator(name)
    for seed in (0, 1):
        for case in islice(generator.boundary(Random(seed)), 400):
            assert validator.is_valid(case.value), (case, _errors(validator, case.value))


@pytest.mark.parametrize("name", CORPUS)
def test_every_invalid_value_is_refused(name: str) -> None:
    generator, validator = _generator(name), _validator(name)
    for seed in (0, 1):
        for case in islice(generator.invalid(Random(seed)), 400):
            assert not validator.is_valid(case.value), case


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_satisfied_is_said(name: str) -> None:
    schema, place, keyword = IMPOSSIBLE[name]
    with pytest.raises(Unsatisfiable) as caught:
        compile_schema(schema, resolve=resolver(schema))
    assert (caught.value.place, caught.value.keyword) == (place, keyword), str(caught.value)


def test_the_stream_depends_on_the_seed_alone() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _STREAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    generator = _generator("order")
    assert [generator.valid(Random(seed)) for seed in range(5)] == [generator.valid(Random(seed)) for seed in range(5)]
    assert generator.valid(Random(1)) != generator.valid(Random(2))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("integer-bounds", {("minimum", 3), ("minimum", 4), ("maximum", 9), ("maximum", 8)}),
        ("integer-exclusive", {("exclusiveMinimum", 4), ("exclusiveMaximum", 4)}),
        ("integer-fraction-bounds", {("minimum", 1), ("maximum", 2)}),
        ("integer-multiple", {("minimum", 21), ("maximum", 98)}),
        ("int32", {("format", 2**31 - 1), ("format", -(2**31))}),
        ("int64", {("minimum", 1), ("format", 2**63 - 1)}),
        ("number-cents", {("minimum", 0), ("minimum", 0.01), ("maximum", 10000), ("maximum", 9999.99)}),
        ("enum", {("enum", "new"), ("enum", "paid"), ("enum", "shipped")}),
        ("boolean", {("type", True), ("type", False)}),
        ("string-empty", {("minLength", ""), ("maxLength", "")}),
    ],
)
def test_boundaries_of_scalars(name: str, wanted: set[tuple[str, Any]]) -> None:
    assert wanted <= {(case.keyword, case.value) for case in _generator(name).boundary(Random(0))}


def test_boundaries_of_lengths_are_exact() -> None:
    cases = list(_generator("string-lengths").boundary(Random(0)))
    assert {(case.keyword, case.limit, len(case.value)) for case in cases} == {
        ("minLength", "at", 3), ("minLength", "over", 4), ("maxLength", "at", 5), ("maxLength", "under", 4),
    }  # fmt: skip
    sized = {(case.keyword, case.limit, len(case.value)) for case in _generator("array-bounds").boundary(Random(0))}
    assert sized >= {("minItems", "at", 2), ("maxItems", "at", 4)}
    lengths = {(case.keyword, len(case.value)) for case in _generator("pattern-lengths").boundary(Random(0))}
    assert lengths == {("minLength", 5), ("minLength", 6), ("maxLength", 7), ("maxLength", 6)}


def test_limits_too_large_to_send_are_capped_and_told() -> None:
    for name, keyword, size in (("string-huge", "maxLength", 10_000), ("array-huge", "maxItems", 1_000)):
        generator = _generator(name)
        assert (keyword, "capped", size) in {
            (case.keyword, case.limit, len(case.value)) for case in generator.boundary(Random(0)) if case.place == ""
        }
        assert ("", keyword) in {(gap.place, gap.keyword) for gap in generator.gaps}


def test_optional_members_are_absent_one_by_one_and_all_together() -> None:
    values = [
        case.value for case in _generator("object").boundary(Random(0)) if case.keyword in ("required", "properties")
    ]
    assert {frozenset(value) for value in values} == {
        frozenset(("name", "age", "a/b~c")), frozenset(("name",)), frozenset(("name", "a/b~c")),
        frozenset(("name", "age")),
    }  # fmt: skip


def test_the_empty_and_the_null_are_boundaries() -> None:
    assert None in [case.value for case in _generator("nullable").boundary(Random(0))]
    assert [] in [case.value for case in _generator("array").boundary(Random(0))]
    assert {} in [case.value for case in _generator("object-free").boundary(Random(0))]


def test_invalid_cases_cover_the_keywords_of_an_order() -> None:
    cases = {(case.keyword, case.place) for case in _generator("order").invalid(Random(0))}
    assert cases >= {
        ("type", ""), ("required", "/customer"), ("required", "/items"), ("type", "/customer"),
        ("minLength", "/customer"),
        ("maxLength", "/customer"), ("format", "/email"), ("minItems", "/items"), ("maxItems", "/items"),
        ("additionalProperties", "/items/0/unexpected"), ("pattern", "/items/0/sku"), ("minimum", "/items/0/qty"),
        ("maximum", "/items/0/qty"), ("multipleOf", "/items/0/price"), ("uniqueItems", "/tags"), ("enum", "/status"),
        ("required", "/shipping/zip"), ("pattern", "/billing/zip"), ("required", "/items/0/sku"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "keyword"),
    [
        ("integer-exclusive", "exclusiveMinimum"), ("integer-exclusive", "exclusiveMaximum"), ("const", "const"),
        ("dependent-required", "dependentRequired"), ("map-counted", "minProperties"), ("map-counted", "maxProperties"),
        ("contains", "contains"), ("property-names", "propertyNames"), ("tuple", "minItems"), ("any-of", "type"),
        ("any-of", "maxLength"), ("any-of", "minimum"), ("pattern-password", "pattern"), ("tree", "required"),
        ("format-email", "maxLength"), ("number-exclusive", "exclusiveMinimum"), ("all-of", "required"),
    ],
)  # fmt: skip
def test_keywords_are_broken(name: str, keyword: str) -> None:
    assert keyword in {case.keyword for case in _generator(name).invalid(Random(0))}


def test_an_invalid_value_breaks_its_keyword_only() -> None:
    for name in ("order", "object-closed", "integer-multiple", "pattern-lengths", "format-email", "array-unique"):
        validator = _validator(name)
        for case in _generator(name).invalid(Random(3)):
            kinds = {error.kind.name for error in validator.iter_errors(case.value)}
            assert kinds == {case.keyword} or (case.keyword == "type" and kinds <= {"type", "enum"}), (case, kinds)


def test_every_keyword_is_broken_once_before_any_is_broken_twice() -> None:
    cases = [(case.keyword, case.place) for case in _generator("order").invalid(Random(0))]
    assert len(set(cases[: len(set(cases))])) == len(set(cases))


def test_what_cannot_be_broken_alone_is_a_gap() -> None:
    generator = compile_schema({"type": "string", "pattern": "^[a-z]{3}$", "maxLength": 3}, resolve=resolver({}))
    keywords = {case.keyword for case in generator.invalid(Random(0))}
    assert keywords == {"type", "pattern"}


def test_nullable_and_exclusive_booleans_of_openapi_3_0() -> None:
    generator = compile_schema(
        {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 3, "nullable": True},
        resolve=resolver({}),
        dialect="3.0",
    )
    random = Random(0)
    assert {generator.valid(random) for _ in range(200)} == {None, 2, 3}
    assert None not in [case.value for case in generator.invalid(Random(0))]


def test_siblings_of_ref_count_in_3_1_only() -> None:
    document = {"S": {"type": "string", "maxLength": 9}}
    schema = {"$ref": "#/S", "maxLength": 2}
    old = compile_schema(schema, resolve=resolver(document), dialect="3.0")
    new = compile_schema(schema, resolve=resolver(document), dialect="3.1")
    random = Random(0)
    assert max(len(old.valid(random)) for _ in range(100)) > 2
    assert max(len(new.valid(random)) for _ in range(100)) == 2


def test_null_beside_ref_is_neither_sent_as_valid_nor_as_invalid() -> None:
    document = {"S": {"type": "string"}}
    schema = {"allOf": [{"$ref": "#/S"}], "nullable": True}
    generator = compile_schema(schema, resolve=resolver(document), dialect="3.0")
    random = Random(0)
    assert None not in [generator.valid(random) for _ in range(100)]
    assert None not in [case.value for case in generator.invalid(Random(0))]


def test_members_of_the_other_direction_do_not_travel() -> None:
    document = {"Id": {"type": "integer", "readOnly": True}}
    schema = {
        "allOf": [
            {"type": "object", "properties": {"id": {"$ref": "#/Id"}, "secret": {"type": "string", "writeOnly": True}}},
            {"required": ["id", "secret", "name"], "properties": {"name": {"type": "string"}}},
        ],
        "example": {"id": 1, "name": "n", "secret": "s"},
    }
    sent = compile_schema(schema, resolve=resolver(document), direction="request")
    got = compile_schema(schema, resolve=resolver(document), direction="response")
    assert set(sent.valid(Random(0))) == {"secret", "name"}
    assert set(got.valid(Random(0))) == {"id", "name"}
    assert next(sent.examples()) == {"name": "n", "secret": "s"}


_PETS: dict[str, Any] = {
    "Cat": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
    },
    "Dog": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "bark": {"type": "boolean"}},
    },
    "Pet": {
        "oneOf": [{"$ref": "#/Cat"}, {"$ref": "#/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"feline": "#/Cat"}},
    },
    "Shape": {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string"}},
        "discriminator": {"propertyName": "type", "mapping": {"circle": "#/Circle", "square": "#/Square"}},
    },
    "Circle": {"allOf": [{"$ref": "#/Shape"}, {"required": ["r"], "properties": {"r": {"type": "number"}}}]},
    "Square": {"allOf": [{"$ref": "#/Shape"}, {"required": ["side"], "properties": {"side": {"type": "number"}}}]},
}


def test_a_discriminator_fixes_its_property() -> None:
    generator = compile_schema({"$ref": "#/Pet"}, resolve=resolver(_PETS), dialect="3.0")
    random = Random(0)
    values = [generator.valid(random) for _ in range(100)]
    assert {value["kind"] for value in values} == {"feline", "Dog"}
    assert not [value for value in values if value["kind"] == "Dog" and "lives" in value]


def test_a_parent_with_a_discriminator_is_one_of_its_children() -> None:
    random = Random(0)
    parent = compile_schema({"$ref": "#/Shape"}, resolve=resolver(_PETS), dialect="3.0")
    values = [parent.valid(random) for _ in range(100)]
    assert {(value["type"], *sorted(set(value) - {"type"})) for value in values} == {
        ("circle", "r"),
        ("square", "side"),
    }
    child = compile_schema({"$ref": "#/Circle"}, resolve=resolver(_PETS), dialect="3.0")
    assert {child.valid(random)["type"] for _ in range(20)} == {"circle"}


def test_examples_and_defaults_come_first_when_they_are_valid() -> None:
    schema = {"type": "integer", "minimum": 0, "example": 5, "default": 7, "examples": [-1, 9]}
    generator = compile_schema(schema, resolve=resolver({}))
    assert list(generator.examples()) == [5, 7, 9]
    assert list(islice(generator.values(Random(0)), 3)) == [5, 7, 9]
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "string", "example": "Ada"}}}
    assert list(compile_schema(schema, resolve=resolver({})).examples()) == [{"n": "Ada"}]


def test_text_holds_other_scripts_unless_plain() -> None:
    schema = {
        "type": "object",
        "required": ["s"],
        "properties": {"s": {"type": "string", "minLength": 8, "example": "é"}},
    }
    random = Random(0)
    varied = compile_schema(schema, resolve=resolver({}))
    assert not all(varied.valid(random)["s"].isascii() for _ in range(100))
    plain = compile_schema(schema, resolve=resolver({}), plain=True)
    texts = [plain.valid(random)["s"] for _ in range(100)]
    assert all(text.isascii() and text.isalpha() for text in texts)
    assert len(set(texts)) == 100


def test_a_wrong_type_in_text_is_text_that_does_not_parse() -> None:
    number = compile_schema({"type": "integer", "minimum": 1}, resolve=resolver({}), location="query")
    wrong = [case.value for case in number.invalid(Random(0)) if case.keyword == "type"]
    assert wrong[0] == "abc"
    assert all(isinstance(value, str) for value in wrong)
    text = compile_schema({"type": ["string", "null"]}, resolve=resolver({}), location="query")
    assert list(text.invalid(Random(0))) == []
    either = compile_schema(
        {"oneOf": [{"type": "integer"}, {"type": "string"}]}, resolve=resolver({}), location="query"
    )
    assert [case for case in either.invalid(Random(0)) if case.keyword == "type"] == []
    many = compile_schema({"type": "array", "items": {"type": "integer"}}, resolve=resolver({}), location="query")
    assert ["abc"] in [case.value for case in many.invalid(Random(0))]
    assert all(case.value for case in many.boundary(Random(0)))


def test_text_keeps_to_what_its_place_can_carry() -> None:
    random = Random(0)
    in_path = compile_schema({"type": "string"}, resolve=resolver({}), location="path")
    assert all(
        value and "/" not in value and value not in (".", "..") for value in (in_path.valid(random) for _ in range(300))
    )
    in_header = compile_schema({"type": "string", "pattern": "^\\S.*$"}, resolve=resolver({}), location="header")
    values = [in_header.valid(random) for _ in range(200)]
    assert all(value.isascii() and value.isprintable() and value == value.strip() for value in values)


def test_a_recursive_value_stays_small() -> None:
    for name in ("tree", "list", "expression", "json-value", "mutual"):
        generator, random = _generator(name), Random(0)
        assert max(len(json.dumps(generator.valid(random))) for _ in range(300)) < 60_000


def test_references_are_asked_for_when_needed_only() -> None:
    asked: list[str] = []
    document = {"A": {"type": "string"}, "B": {"type": "integer"}}

    def resolve(ref: str) -> Any:
        asked.append(ref)
        return resolver(document)(ref)

    compiler = Compiler(resolve=resolve)
    assert asked == []
    assert isinstance(compiler.compile({"$ref": "#/B"}).valid(Random(0)), int)
    assert set(asked) == {"#/B"}


def test_what_has_not_the_shape_of_a_schema_does_no_harm() -> None:
    schema: dict[str, Any] = {
        "type": "object", "required": True, "minProperties": "2", "x-vendor": object(), "properties": {
            "a": {"type": "file"}, "b": {"type": "string", "minLength": "3", "enum": "no"}, 404: {"type": "integer"},
            "c": {"type": "money", "format": 3}, "d": None,
        },
    }  # fmt: skip
    generator = compile_schema(schema, resolve=resolver({}), dialect="3.0")
    assert isinstance(generator.valid(Random(0)), dict)
    assert list(generator.invalid(Random(0)))


def test_texts_are_mostly_of_the_format_that_an_example_shows_and_the_schema_leaves_unsaid() -> None:
    schema = {"type": "string", "example": "ada@example.com"}
    generator, random = compile_schema(schema, resolve=resolver({})), Random(1)
    drawn = [generator.valid(random) for _ in range(200)]
    addresses = [text for text in drawn if text.endswith("@example.com")]
    assert len(addresses) > 100
    assert len(set(addresses)) > 50, "an address that nobody has yet is among them"
    assert len(addresses) < 200, "what the contract allows besides is sent as well"

    short = compile_schema({**schema, "maxLength": 15, "minLength": 15}, resolve=resolver({}))
    assert {len(short.valid(random)) for _ in range(50)} == {15}
    free = compile_schema({"type": "string", "example": "Ada"}, resolve=resolver({}))
    assert not [text for text in (free.valid(random) for _ in range(50)) if "@example" in text]


def test_an_address_at_a_limit_beyond_what_mail_can_carry_is_not_made() -> None:
    schema = {"type": "string", "format": "email", "maxLength": 255}
    generator = compile_schema(schema, resolve=resolver({}))
    assert max(len(case.value) for case in generator.boundary(Random(1))) <= 254
    shorter = compile_schema({**schema, "maxLength": 254}, resolve=resolver({}))
    assert max(len(case.value) for case in shorter.boundary(Random(1))) == 254
