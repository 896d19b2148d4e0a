"""Fields that come, go and change; told by their numbers, as bytes are."""

from __future__ import annotations

import pytest

from seamwright.contracts.diff import diff
from seamwright.contracts.protobuf.operations import load_protobuf
from tests.annotated import ANNOTATED, annotated, annotated_as
from tests.contracts.diff.protobuf.shop import between, messages, told

REST = " message Told {}"


def _fields(old: str, new: str, syntax: str = "proto3") -> list[tuple[str, str, str]]:
    """What changed in the message that callers send, between two versions of its fields."""
    found = told(f"message Asked {{ {old} }}{REST}", f"message Asked {{ {new} }}{REST}", syntax)
    return [(level, name, place.removeprefix("a.v1.Asked").removeprefix(".")) for level, name, place in found]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("int32 a = 1;", "int32 a = 1;", []),
        ("", "int32 a = 1;", [("info", "field-added", "a")]),
        ("int32 a = 1;", "", [("breaking", "field-removed", "a")]),
        ("int32 a = 1;", "reserved 1;", [("potentially", "field-removed", "a")]),
        ("int32 a = 1;", 'reserved 1; reserved "a";', [("potentially", "field-removed", "a")]),
        ("int32 a = 1;", "int32 a = 2;", [("breaking", "field-number-changed", "a")]),
        ("int32 a = 1;", "int32 b = 1;", [("potentially", "field-renamed", "a")]),
        ("int32 a = 1;", "string b = 1;", [("breaking", "field-number-reused", "a")]),
        ("int32 a = 1;", "string a = 1;", [("breaking", "field-type-changed", "a")]),
        ("int32 a = 1;", "uint32 a = 1;", [("potentially", "field-type-changed", "a")]),
        ("string a = 1;", "bytes a = 1;", [("potentially", "field-type-changed", "a")]),
        ("int32 a = 1;", "repeated int32 a = 1;", [("breaking", "field-cardinality-changed", "a")]),
        ("string a = 1;", "repeated string a = 1;", [("potentially", "field-cardinality-changed", "a")]),
        ("repeated string a = 1;", "string a = 1;", [("breaking", "field-cardinality-changed", "a")]),
        ("int32 a = 1;", "optional int32 a = 1;", [("info", "field-presence-changed", "a")]),
        ("optional int32 a = 1;", "int32 a = 1;", [("potentially", "field-presence-changed", "a")]),
        ("int32 a = 1;", 'int32 a = 1 [json_name = "x"];', [("potentially", "field-json-name-changed", "a")]),
        ("int32 a = 1;", "int32 a = 1 [deprecated = true];", [("info", "field-deprecated", "a")]),
        ("map<string, int32> a = 1;", "map<string, int32> a = 1;", []),
        ("map<string, int32> a = 1;", "map<string, string> a = 1;", [("breaking", "field-type-changed", "a (value)")]),
        ("map<string, int32> a = 1;", "repeated string a = 1;", [("breaking", "field-type-changed", "a")]),
        ("reserved 5 to 7;", "reserved 5;", [("potentially", "reserved-removed", "")]),
        ('reserved "a";', "", [("potentially", "reserved-removed", "")]),
        ("reserved 5;", "reserved 1 to 9;", []),
    ],
)
def test_fields(old: str, new: str, found: list[tuple[str, str, str]]) -> None:
    assert _fields(old, new) == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("optional int32 a = 1;", "required int32 a = 1;", [("breaking", "field-required-added", "a")]),
        ("required int32 a = 1;", "optional int32 a = 1;", [("breaking", "field-required-removed", "a")]),
        ("", "required int32 a = 1;", [("breaking", "field-required-added", "a")]),
        ("required int32 a = 1;", "reserved 1;", [("breaking", "field-removed", "a")]),
        (
            "optional int32 a = 1 [default = 1];",
            "optional int32 a = 1 [default = 2];",
            [("potentially", "field-default-changed", "a")],
        ),
    ],
)
def test_fields_of_proto2(old: str, new: str, found: list[tuple[str, str, str]]) -> None:
    assert _fields(old, new, "proto2") == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("string a = 1;", "oneof o { string a = 1; }", [("potentially", "field-into-oneof", "a")]),
        (
            "string a = 1; string b = 2;",
            "oneof o { string a = 1; string b = 2; }",
            [("breaking", "field-into-oneof", "a"), ("breaking", "field-into-oneof", "b")],
        ),
        (
            "oneof o { string a = 1; } string b = 2;",
            "oneof o { string a = 1; string b = 2; }",
            [("breaking", "field-into-oneof", "b")],
        ),
        (
            "oneof o { string a = 1; string b = 2; }",
            "oneof o { string a = 1; } string b = 2;",
            [("potentially", "field-out-of-oneof", "b")],
        ),
        (
            "oneof o { string a = 1; string b = 2; }",
            "oneof p { string a = 1; string b = 2; }",
            [("potentially", "oneof-removed", "o")],
        ),
        ("oneof o { string a = 1; }", "oneof o { string a = 1; string b = 2; }", [("info", "field-added", "b")]),
    ],
)
def test_oneofs(old: str, new: str, found: list[tuple[str, str, str]]) -> None:
    assert [each for each in _fields(old, new) if each[1] != "field-presence-changed"] == found


def test_messages_that_stand_in_each_others_place_are_compared_by_their_bytes() -> None:
    old = "message Asked { A a = 1; } message A { string x = 1; A more = 2; } message B { string y = 1; B more = 2; }"
    same = old.replace("{ A a = 1; }", "{ B a = 1; }")
    [change] = between(messages(old + REST), messages(same + REST))
    assert (str(change.level), change.id) == ("potentially", "field-type-changed")
    other = same.replace("string y", "int32 y")
    changes = between(messages(old + REST), messages(other + REST))
    assert ("breaking", "field-type-changed", "a.v1.Asked.a") in [(str(c.level), c.id, c.place) for c in changes]


def _annotations(old: str, new: str) -> list[tuple[str, str, str]]:
    """What changed where a piece of the annotated contract is written in another way."""
    assert old in ANNOTATED
    before, after = annotated(), annotated_as(ANNOTATED.replace(old, new))
    found = diff(load_protobuf(before, source="old"), load_protobuf(after, source="new"))
    return [(str(c.level), c.id, c.text) for c in found]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("gte: 18", "gte: 21", [("breaking", "field-rule-stricter", "the least value is now 21")]),
        ("gte: 18", "gte: 16", [("info", "field-rule-looser", "the least value was 18")]),
        ("max_len: 3", "max_len: 9", [("info", "field-rule-looser", "the largest length was 3")]),
        ('"^[A-Z]{3}$"', '"^[A-Z]{2}$"', [("breaking", "field-rule-stricter", "the pattern is now ^[A-Z]{2}$")]),
        ('["S", "M", "L"]', '["S", "M"]', [("breaking", "field-rule-stricter", "one of S, M is now wanted")]),
        (
            "string note = 14;",
            "string note = 14 [(google.api.field_behavior) = REQUIRED];",
            [("breaking", "field-required-added", "the field was not required and is")],
        ),
        (
            "string id = 1 [(google.api.field_behavior) = REQUIRED];",
            "string id = 1;",
            [("info", "field-required-removed", "the field was required and is not")],
        ),
    ],
)
def test_annotations(old: str, new: str, found: list[tuple[str, str, str]]) -> None:
    assert _annotations(old, new) == found
