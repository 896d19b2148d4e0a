"""Valid messages: of every kind of field, within what annotations allow, the same for the same seed."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.protobuf import Messages
from seamwright.wire.annotations import breaches
from seamwright.wire.protobuf import Descriptors
from tests.annotated import annotated
from tests.engines.generate.protobuf.kinds import kinds
from tests.library import LIBRARY
from tests.rpc import descriptors_of


def test_every_kind_of_field_is_made_and_can_be_sent() -> None:
    told = kinds()
    kind = told.message("kinds.Everything")
    made, random = Messages(kind), Random(1)
    seen: set[str] = set()
    for _ in range(60):
        value = made.valid(random)
        seen |= set(value)
        again = told.decode(kind, told.encode(kind, value))
        assert set(again) <= set(value), "what is of the default value is not sent"
    assert seen == {field.name for field in kind.fields}


def test_the_same_seed_makes_the_same_messages() -> None:
    made = Messages(kinds().message("kinds.Everything"))
    first, second = Random(7), Random(7)
    assert [made.valid(first) for _ in range(10)] == [made.valid(second) for _ in range(10)]
    assert made.valid(Random(8)) != made.valid(Random(9))


def test_as_full_as_told() -> None:
    kind = kinds().message("kinds.Everything")
    full = Messages(kind).valid(Random(1), fullness=1.0)
    members = {"first", "second", "third"}
    assert {field.name for field in kind.fields} - set(full) <= members
    assert len(members & set(full)) == 1
    assert Messages(kind).valid(Random(1), fullness=0.0) == {}


def _depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inside), default=0)


def test_messages_that_hold_themselves_come_to_an_end() -> None:
    told = kinds()
    for name in ("kinds.Tree", "kinds.Expression"):
        for seed in range(30):
            assert _depth(Messages(told.message(name)).valid(Random(seed), fullness=1.0)) < 20
    endless = Descriptors(descriptors_of('syntax = "proto2"; message M { required M m = 1; }'))
    with pytest.raises(Unsatisfiable, match="requires itself without end"):
        Messages(endless.message("M")).valid(Random(1))


def test_annotations_are_kept_to() -> None:
    told = Descriptors(annotated())
    kind = told.message("annotated.Account")
    for seed in range(100):
        value = Messages(kind).valid(Random(seed), fullness=seed % 3 / 2)
        assert list(breaches(kind, told.decode(kind, told.encode(kind, value)))) == [], value
        assert "id" not in value, "the server gives it"


def test_required_fields_of_proto2_are_there() -> None:
    told = Descriptors(
        descriptors_of(
            'syntax = "proto2"; message M { required int32 a = 1; optional int32 b = 2; optional group G = 3 '
            "{ required string c = 1; } }"
        )
    )
    kind = told.message("M")
    for seed in range(20):
        value = Messages(kind).valid(Random(seed), fullness=seed % 2)
        assert told.parse(kind, value).IsInitialized()


def test_a_mask_names_fields_that_are_set_beside_it() -> None:
    kind = Descriptors(descriptors_of(LIBRARY)).message("library.v1.UpdateBookRequest")
    for seed in range(20):
        value = Messages(kind).valid(Random(seed), fullness=1.0)
        assert set(value["update_mask"].split(",")) <= set(value["book"])
        assert value["update_mask"]


def test_deprecated_fields_are_seldom_set() -> None:
    told = Descriptors(descriptors_of('syntax = "proto3"; message M { int32 a = 1; int32 b = 2 [deprecated = true]; }'))
    random = Random(3)
    values = [Messages(told.message("M")).valid(random) for _ in range(200)]
    assert sum("b" in value for value in values) < sum("a" in value for value in values) / 2
