"""Which types are the same bytes: checked against the library that writes and reads them."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.protobuf.types import shown_type, type_change
from seamwright.wire.protobuf import Descriptors, strays
from tests.rpc import descriptors_of

SCALARS = (
    *("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64"),
    *("fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes", "E"),
)

TEXT = 'syntax = "proto3"; enum E { A = 0; B = 1; }' + "".join(
    f" message M{number} {{ {name} a = 1; }}" for number, name in enumerate(SCALARS)
)


@pytest.mark.parametrize(("old", "new"), list(permutations(range(len(SCALARS)), 2)))
def test_scalars(old: int, new: int) -> None:
    told = Descriptors(descriptors_of(TEXT))
    was, now = told.message(f"M{old}"), told.message(f"M{new}")
    change = type_change(was.fields_by_name["a"], now.fields_by_name["a"])
    assert change is not None
    one = {"string": "a", "bytes": "YQ==", "bool": True, "E": "B"}.get(SCALARS[old], 1)
    message = told.read(now, told.encode(was, {"a": one}))
    read = not list(strays(message)) and told.show(message)
    if change[0] is Level.POTENTIALLY:
        assert read, "the same bytes are read as the other type"
        assert change[1], "and why it may hurt is said"
    elif read:
        # The bytes are taken, and mean something else: -1 of int32 and 1 of sint32, say.
        assert json.dumps(told.show(message)) != json.dumps({"a": one})


def test_types_as_people_write_them() -> None:
    told = Descriptors(
        descriptors_of(
            'syntax = "proto3"; package p; enum E { A = 0; } '
            "message M { map<string, M> a = 1; repeated M b = 2; E c = 3; sint32 d = 4; }"
        )
    )
    fields = told.message("p.M").fields
    assert [shown_type(field) for field in fields] == ["map<string, p.M>", "p.M", "p.E", "sint32"]
    assert type_change(fields[1], fields[1]) is None
    change = type_change(
        fields[1], Descriptors(descriptors_of('syntax = "proto3"; message N { bytes b = 2; }')).message("N").fields[0]
    )
    assert change is not None
    assert change[0] is Level.POTENTIALLY
