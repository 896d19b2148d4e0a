"""Numbers and names that are kept, with both ends of their ranges."""

from __future__ import annotations

from seamwright.contracts.diff.protobuf.reserved import Reserved
from seamwright.wire.protobuf import Descriptors
from tests.rpc import descriptors_of

TEXT = 'syntax = "proto3"; message M { reserved 2, 5 to 7; reserved "a", "b"; } enum E { Z = 0; reserved 2, 5 to 7; }'


def test_of_messages_and_enums_alike() -> None:
    told = Descriptors(descriptors_of(TEXT))
    for kept in (Reserved.of_message(told.message("M")), Reserved.of_enum(told.pool.FindEnumTypeByName("E"))):
        assert kept.ranges == ((2, 2), (5, 7))
        assert [number for number in range(10) if kept.has(number)] == [2, 5, 6, 7]
    assert Reserved.of_message(told.message("M")).names == {"a", "b"}


def test_what_a_later_version_does_not_keep() -> None:
    old = Reserved(((2, 2), (5, 7)), frozenset({"a", "b"}))
    assert list(old.lost_by(old)) == []
    assert list(old.lost_by(Reserved(((1, 6),), frozenset({"b"})))) == ["5 to 7", '"a"']
