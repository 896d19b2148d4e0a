"""Rules that annotations state, read from files that declare them, and messages that break them."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.wire.annotations import NONE, Rules, breaches, needs_one, rules_of
from seamwright.wire.protobuf import Descriptors
from tests.annotated import annotated

MESSAGE = "annotated.Account"


def _told() -> Descriptors:
    return Descriptors(annotated())


def _rules(name: str) -> Rules:
    return rules_of(_told().message(MESSAGE).fields_by_name[name])


def test_what_is_annotated() -> None:
    assert _rules("email").format == "email"
    assert _rules("email").required
    assert _rules("id").given_by_server
    assert (_rules("age").least, _rules("age").most) == (18, 119)
    assert (_rules("share").least, _rules("share").open_least, _rules("share").most) == (0.0, True, 1.0)
    assert (_rules("code").pattern, _rules("code").longest) == ("^[A-Z]{3}$", 3)
    assert _rules("kind").defined_only
    assert _rules("size").among == ("S", "M", "L")
    tags = _rules("tags")
    assert (tags.shortest, tags.longest, tags.unique) == (1, 3, True)
    assert tags.items is not None
    assert tags.items.shortest == 2
    assert _rules("note") == NONE


def test_a_rule_that_zero_breaks_makes_a_field_required_where_zero_and_nothing_are_the_same() -> None:
    assert {name for name in GOOD if _rules(name).required} == {"email", "age", "share", "code", "size", "tags"}
    assert not _rules("kind").required
    assert not _rules("spare").required, "it says that it is not held to its rule where it is not set"
    assert _rules("spare").least == 5
    assert not _rules("maybe").required, "it can tell that it is not set"


def test_a_oneof_of_which_one_must_be_set() -> None:
    oneofs = _told().message(MESSAGE).oneofs_by_name
    assert needs_one(oneofs["way"])
    assert not needs_one(oneofs["other"])


def test_proto2_required() -> None:
    from tests.rpc import descriptors_of

    told = Descriptors(descriptors_of('syntax = "proto2"; message M { required int32 a = 1; optional int32 b = 2; }'))
    fields = told.message("M").fields_by_name
    assert rules_of(fields["a"]).required
    assert rules_of(fields["b"]) == NONE


GOOD: dict[str, Any] = {
    "email": "a@example.com",
    "age": 30,
    "share": 0.5,
    "code": "ABC",
    "kind": "BIG",
    "size": "M",
    "tags": ["ab", "cd"],
    "phone": "+49",
    "limits": {"a": "5"},
}


@pytest.mark.parametrize(
    ("change", "place", "rule"),
    [
        ({"email": "nobody"}, "/email", "pattern"),
        ({"email": ""}, "/email", "required"),
        ({"age": 17}, "/age", "minimum"),
        ({"age": 120}, "/age", "maximum"),
        ({"share": -0.5}, "/share", "minimum"),
        ({"code": "abc"}, "/code", "pattern"),
        ({"code": "ABCD"}, "/code", "max_len"),
        ({"kind": 77}, "/kind", "defined_only"),
        ({"size": "XL"}, "/size", "in"),
        ({"tags": ["ab", "cd", "ef", "gh"]}, "/tags", "max_items"),
        ({"tags": ["ab", "ab"]}, "/tags", "unique"),
        ({"tags": ["a"]}, "/tags/0", "min_len"),
        ({"limits": {"a": "-1"}}, "/limits/a", "minimum"),
        ({"phone": None}, "/way", "required"),
    ],
)
def test_messages_that_break_one(change: dict[str, Any], place: str, rule: str) -> None:
    kind = _told().message(MESSAGE)
    assert list(breaches(kind, GOOD)) == []
    broken = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    assert (place, rule) in [(where, keyword) for where, keyword, _ in breaches(kind, broken)]
