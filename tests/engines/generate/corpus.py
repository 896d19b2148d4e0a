"""Hand-written schemas that the generator is held to, each a JSON Schema 2020-12 document that stands alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["CORPUS", "IMPOSSIBLE", "resolver"]

CORPUS: dict[str, dict[str, Any]] = {
    "anything": {},
    "null": {"type": "null"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "integer-bounds": {"type": "integer", "minimum": 3, "maximum": 9},
    "integer-exclusive": {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
    "integer-fraction-bounds": {"type": "integer", "minimum": 0.5, "maximum": 2.5},
    "integer-multiple": {"type": "integer", "multipleOf": 7, "minimum": 20, "maximum": 100},
    "integer-negative": {"type": "integer", "maximum": -1},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64", "minimum": 1},
    "huge": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    "number": {"type": "number"},
    "number-bounds": {"type": "number", "minimum": 0.1, "maximum": 0.2},
    "number-exclusive": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    "number-cents": {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 10000},
    "number-two-multiples": {"allOf": [{"type": "number", "multipleOf": 0.4}, {"multipleOf": 0.6}]},
    "number-float": {"type": "number", "format": "float", "minimum": -90, "maximum": 90},
    "string": {"type": "string"},
    "string-lengths": {"type": "string", "minLength": 3, "maxLength": 5},
    "string-empty": {"type": "string", "maxLength": 0},
    "string-huge": {"type": "string", "maxLength": 1_000_000},
    "string-long": {"type": "string", "minLength": 300, "maxLength": 400},
    "pattern-code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
    "pattern-lengths": {"type": "string", "pattern": "^[a-z0-9_-]+$", "minLength": 5, "maxLength": 7},
    "pattern-unanchored": {"type": "string", "pattern": "[0-9]", "minLength": 4, "maxLength": 6},
    "pattern-alternatives": {"type": "string", "pattern": "^(dev|test|prod)$|^pr-\\d+$"},
    "pattern-password": {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8,12}$"},
    "pattern-negative-look": {"type": "string", "pattern": "^(?!000)\\d{3}$"},
    "pattern-back": {"type": "string", "pattern": "^(['\"])[a-z]*\\1$"},
    "pattern-unicode": {"type": "string", "pattern": "^\\p{L}+$", "maxLength": 12},
    "pattern-slug": {"type": "string", "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$", "maxLength": 20},
    "pattern-nested": {"type": "string", "pattern": "^((a+)+b?)+$"},
    "pattern-two": {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "z$"}, {"maxLength": 6}]},
    "pattern-python": {"type": "string", "pattern": "^(?<year>\\d{4})-\\d{2}$"},
    "format-date": {"type": "string", "format": "date"},
    "format-date-time": {"type": "string", "format": "date-time"},
    "format-time": {"type": "string", "format": "time"},
    "format-duration": {"type": "string", "format": "duration"},
    "format-email": {"type": "string", "format": "email", "maxLength": 30},
    "format-email-short": {"type": "string", "format": "email", "maxLength": 8},
    "format-uuid": {"type": "string", "format": "uuid", "minLength": 36},
    "format-uri": {"type": "string", "format": "uri", "maxLength": 100},
    "format-hostname": {"type": "string", "format": "hostname"},
    "format-ipv4": {"type": "string", "format": "ipv4"},
    "format-ipv6": {"type": "string", "format": "ipv6"},
    "format-byte": {"type": "string", "format": "byte", "minLength": 4},
    "format-unknown": {"type": "string", "format": "phone", "maxLength": 10},
    "format-and-pattern": {"type": "string", "format": "date", "pattern": "^20"},
    "enum": {"type": "string", "enum": ["new", "paid", "shipped"]},
    "enum-mixed": {"enum": [1, "one", None, True, [1], {"a": 1}]},
    "enum-narrowed": {"type": "integer", "enum": [1, 5, 10, "x"], "minimum": 4},
    "const": {"const": "fixed"},
    "const-object": {"const": {"a": [1, 2]}},
    "nullable": {"type": ["string", "null"], "maxLength": 4},
    "types": {"type": ["integer", "boolean", "array"], "items": {"type": "string"}, "minimum": 0},
    "untyped-object": {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
    "untyped-string": {"minLength": 2, "maxLength": 3},
    "array": {"type": "array", "items": {"type": "integer", "minimum": 0}},
    "array-free": {"type": "array"},
    "array-bounds": {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 2, "maxItems": 4},
    "array-unique": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 5}, "uniqueItems": True,
                     "minItems": 2, "maxItems": 5},
    "array-unique-small": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True},
    "array-huge": {"type": "array", "items": {"type": "boolean"}, "maxItems": 1_000_000},
    "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 1},
    "tuple-rest": {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "number"}, "minItems": 2},
    "contains": {"type": "array", "items": {"type": ["integer", "string"]}, "contains": {"type": "integer"},
                 "minContains": 2, "maxItems": 6},
    "contains-most": {"type": "array", "items": {"enum": ["a", "b"]}, "contains": {"const": "a"}, "maxContains": 1},
    "nested-arrays": {"type": "array", "items": {
        "type": "array", "items": {"type": "array", "items": {"type": "null"}}}},
    "object-free": {"type": "object"},
    "object-closed-empty": {"type": "object", "additionalProperties": False},
    "object": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "minLength": 1}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "a/b~c": {"type": "boolean"}}},
    "object-closed": {"type": "object", "additionalProperties": False, "required": ["a", "b"], "properties": {
        "a": {"type": "integer"}, "b": {"type": "string"}, "c": {"type": "array", "items": {"type": "string"}}}},
    "map": {"type": "object", "additionalProperties": {"type": "integer", "maximum": 9}},
    "map-counted": {"type": "object", "additionalProperties": {"type": "boolean"},
                    "minProperties": 2, "maxProperties": 3},
    "properties-counted": {"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": False,
                           "properties": {each: {"type": "integer"} for each in "abcd"}},
    "required-unlisted": {"type": "object", "required": ["ghost"]},
    "pattern-properties": {"type": "object", "patternProperties": {"^x-": {"type": "string"}},
                           "additionalProperties": False, "properties": {"id": {"type": "integer"}}},
    "property-names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{2,5}$"},
                       "additionalProperties": {"type": "integer"}, "minProperties": 1},
    "dependent-required": {"type": "object", "properties": {
        "card": {"type": "string"}, "cvv": {"type": "string"}, "zip": {"type": "string"}},
        "dependentRequired": {"card": ["cvv"], "cvv": ["zip"]}},
    "dependent-schemas": {"type": "object", "properties": {"kind": {"type": "string"}, "size": {}},
                          "dependentSchemas": {"kind": {"required": ["size"],
                                                         "properties": {"size": {"type": "integer"}}}}},
    "optional-impossible": {"type": "object", "properties": {"never": False, "ok": {"type": "integer"}}},
    "all-of": {"allOf": [{"$ref": "#/$defs/Base"}, {"type": "object", "required": ["extra"],
                         "properties": {"extra": {"type": "integer"}}}],
               "$defs": {"Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}},
    "all-of-same-property": {"allOf": [{"type": "object", "properties": {"n": {"type": "integer", "minimum": 5}}},
                                       {"properties": {"n": {"maximum": 8}}, "required": ["n"]}]},
    "all-of-unevaluated": {"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}],
                           "properties": {"b": {"type": "string"}}, "unevaluatedProperties": False},
    "any-of": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "integer", "minimum": 100}]},
    "any-of-null": {"anyOf": [{"$ref": "#/$defs/Thing"}, {"type": "null"}],
                    "$defs": {"Thing": {"type": "object", "required": ["x"], "properties": {"x": {"type": "number"}}}}},
    "one-of-apart": {"oneOf": [
        {"type": "object", "required": ["kind"], "properties": {
            "kind": {"const": "cat"}, "lives": {"type": "integer"}}},
        {"type": "object", "required": ["kind"], "properties": {
            "kind": {"const": "dog"}, "bark": {"type": "boolean"}}}]},
    "one-of-overlapping": {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
    "one-of-required": {"type": "object", "properties": {"mail": {"type": "string"}, "phone": {"type": "string"}},
                        "oneOf": [{"required": ["mail"]}, {"required": ["phone"]}]},
    "one-of-with-base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}},
                         "oneOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]},
                                   {"properties": {"b": {"type": "string"}}, "required": ["b"]}]},
    "not": {"type": "string", "not": {"enum": ["admin", "root"]}, "minLength": 1},
    "not-type": {"not": {"type": ["string", "object", "array", "null", "boolean"]}},
    "not-required": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                     "not": {"required": ["a"]}},
    "if": {"type": "object", "required": ["country", "code"], "properties": {
        "country": {"enum": ["US", "NL"]}, "code": {"type": "string"}},
        "if": {"properties": {"country": {"const": "US"}}},
        "then": {"properties": {"code": {"pattern": "^\\d{5}$"}}},
        "else": {"properties": {"code": {"pattern": "^\\d{4} [A-Z]{2}$"}}}},
    "tree": {"$ref": "#/$defs/Tree", "$defs": {"Tree": {
        "type": "object", "required": ["value", "children"], "properties": {
        "value": {"type": "integer"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}}},
    "list": {"$ref": "#/$defs/List", "$defs": {"List": {
        "type": "object", "required": ["head"], "additionalProperties": False,
        "properties": {"head": {"type": "string", "maxLength": 2}, "tail": {"$ref": "#/$defs/List"}}}}},
    "expression": {"$ref": "#/$defs/E", "$defs": {
        "E": {"oneOf": [{"type": "number"}, {"$ref": "#/$defs/Sum"}, {"$ref": "#/$defs/Not"}]},
        "Sum": {"type": "object", "required": ["left", "right"], "additionalProperties": False,
                "properties": {"left": {"$ref": "#/$defs/E"}, "right": {"$ref": "#/$defs/E"}}},
        "Not": {"type": "object", "required": ["of"], "additionalProperties": False,
                "properties": {"of": {"$ref": "#/$defs/E"}}}}},
    "mutual": {"$ref": "#/$defs/A", "$defs": {
        "A": {"type": "object", "required": ["b"], "properties": {
            "b": {"anyOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]}}},
        "B": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/A"}}}}},
    "json-value": {"$ref": "#/$defs/V", "$defs": {"V": {"anyOf": [
        {"type": ["string", "number", "boolean", "null"]}, {"type": "array", "items": {"$ref": "#/$defs/V"}},
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/V"}}]}}},
    "recursive-all-of": {"$ref": "#/$defs/Node", "$defs": {
        "Named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 5}}},
        "Node": {"allOf": [{"$ref": "#/$defs/Named"},
                           {"properties": {"inner": {"allOf": [{"$ref": "#/$defs/Node"}, {"required": ["tag"]}]},
                                           "tag": {"type": "integer"}}}]}}},
    "order": {"type": "object", "required": ["customer", "items"], "properties": {
        "customer": {"type": "string", "minLength": 1, "maxLength": 40}, "email": {"type": "string", "format": "email"},
        "items": {"type": "array", "minItems": 1, "maxItems": 20, "items": {"$ref": "#/$defs/Item"}},
        "shipping": {"$ref": "#/$defs/Address"}, "billing": {"$ref": "#/$defs/Address"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 10}, "uniqueItems": True},
        "status": {"type": "string", "enum": ["new", "paid", "shipped"]}},
        "$defs": {
            "Item": {"type": "object", "required": ["sku", "qty"], "additionalProperties": False, "properties": {
                "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
                "qty": {"type": "integer", "minimum": 1, "maximum": 100},
                "price": {"type": "number", "minimum": 0, "multipleOf": 0.01}}},
            "Address": {"type": "object", "required": ["street", "zip"], "properties": {
                "street": {"type": "string", "minLength": 1, "maxLength": 80},
                "zip": {"type": "string", "pattern": "^\\d{5}$"}}}}},
}  # fmt: skip

IMPOSSIBLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "minimum-above-maximum": ({"type": "integer", "minimum": 5, "maximum": 4}, "", "minimum"),
    "no-multiple": ({"type": "integer", "multipleOf": 10, "minimum": 1, "maximum": 9}, "", "multipleOf"),
    "lengths-crossed": ({"type": "string", "minLength": 5, "maxLength": 4}, "", "maxLength"),
    "pattern-too-long": ({"type": "string", "pattern": "^[a-z]{8}$", "maxLength": 4}, "", "pattern"),
    "patterns-apart": ({"allOf": [{"type": "string", "pattern": "^a$"}, {"pattern": "^b$"}]}, "", "pattern"),
    "pattern-unreadable": ({"type": "string", "pattern": "^[a-"}, "", "pattern"),
    "format-too-long": ({"type": "string", "format": "uuid", "maxLength": 10}, "", "format"),
    "types-apart": ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "", "allOf"),
    "enum-of-other-type": ({"type": "integer", "enum": ["a"]}, "", "enum"),
    "not-anything": ({"not": {}}, "", "not"),
    "not-refuses-all": ({"type": "boolean", "not": {"enum": [True, False]}}, "", "not"),
    "false-property": ({"type": "object", "required": ["a"], "properties": {"a": False}}, "/a", "false"),
    "deep": ({"type": "object", "required": ["a"], "properties": {
        "a": {"type": "object", "required": ["b"], "properties": {
        "b": {"type": "integer", "minimum": 2, "maximum": 1}}}}}, "/a/b", "minimum"),
    "endless": ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "object", "required": ["a"], "properties": {
        "a": {"$ref": "#/$defs/A"}}}}}, "", "$ref"),
    "only-itself": ({"$ref": "#/$defs/A", "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}]}}}, "", "$ref"),
    "items-crossed": ({"type": "array", "minItems": 3, "maxItems": 2}, "", "minItems"),
    "too-few-different": ({"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3}, "",
                          "uniqueItems"),
    "dangling": ({"$ref": "#/$defs/Nowhere"}, "", "$ref"),
    "one-of-twice": ({"oneOf": [{"type": "integer"}, {"type": "integer"}]}, "", "oneOf"),
    "closed-all-of": ({"allOf": [
        {"type": "object", "additionalProperties": False, "properties": {"a": {}}, "required": ["a"]},
        {"type": "object", "additionalProperties": False, "properties": {"b": {}}, "required": ["b"]}]}, "/a", "false"),
}  # fmt: skip


def resolver(document: Mapping[str, Any]) -> Callable[[str], Any]:
    """Resolves `#/...` references inside `document`."""

    def resolve(ref: str) -> Any:
        found: Any = document
        for step in ref.removeprefix("#/").split("/"):
            found = found[step]
        return found

    return resolve
