"""Values that come, go and change."""

from __future__ import annotations

import pytest

from tests.contracts.diff.protobuf.shop import told

REST = " message Asked { E e = 1; } message Told {}"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("A = 0; B = 1;", "A = 0; B = 1;", []),
        ("A = 0;", "A = 0; B = 1;", [("potentially", "enum-value-added", ".B")]),
        ("A = 0; B = 1;", "A = 0;", [("breaking", "enum-value-removed", ".B")]),
        ("A = 0; B = 1;", "A = 0; reserved 1;", [("potentially", "enum-value-removed", ".B")]),
        ("A = 0; B = 1;", "A = 0; C = 1;", [("potentially", "enum-value-renamed", ".B")]),
        ("A = 0; B = 1;", "A = 0; B = 2;", [("breaking", "enum-value-number-changed", ".B")]),
        ("A = 0; reserved 5 to 9;", "A = 0; reserved 5, 6;", [("potentially", "reserved-removed", "")]),
    ],
)
def test_values(old: str, new: str, found: list[tuple[str, str, str]]) -> None:
    changes = told(f"enum E {{ {old} }}{REST}", f"enum E {{ {new} }}{REST}")
    assert [(level, name, place.removeprefix("a.v1.E")) for level, name, place in changes] == found


def test_an_enum_that_keeps_what_it_does_not_know() -> None:
    from tests.contracts.diff.protobuf.shop import between

    rest = "service S { rpc Do(M) returns (M); } message M { optional E e = 1; } enum E { A = 0; }"
    old = f'syntax = "proto2"; package a; {rest}'
    new = old.replace("proto2", "proto3")
    found = {change.id: str(change.level) for change in between(old, new)}
    assert found["enum-openness-changed"] == "potentially"
    assert found["syntax-changed"] == "potentially"
