"""Valid messages at their limits: all of them can be sent, and each differs in the place that it names."""

from __future__ import annotations

from random import Random
from typing import Any

from seamwright.engines.generate.protobuf import Messages, Variant, edges
from seamwright.wire.annotations import breaches
from seamwright.wire.protobuf import Descriptors
from tests.annotated import annotated
from tests.engines.generate.protobuf.kinds import kinds


def _edges(told: Descriptors, name: str) -> list[Variant]:
    kind = told.message(name)
    return list(edges(kind, Messages(kind).valid(Random(1), fullness=1.0), Random(2)))


def _at(found: list[Variant], place: str) -> list[Any]:
    """What stands at a field at the top, in all messages that are about it."""
    return [variant.value.get(place) for variant in found if variant.place == place]


def test_all_of_them_can_be_sent() -> None:
    told = kinds()
    found = _edges(told, "kinds.Everything")
    assert len(found) > 150
    for variant in found:
        assert variant.raw is None
        told.encode(told.message("kinds.Everything"), variant.value)


def test_limits_of_types() -> None:
    found = _edges(kinds(), "kinds.Everything")
    assert found[0].value == {}
    assert {2**63 - 1, -(2**63), 0, -1, None} == set(_at(found, "c"))
    assert {2**32 - 1, 0, None} == set(_at(found, "k"))
    assert {"NaN", "Infinity", "-Infinity"} <= set(_at(found, "a"))
    texts = _at(found, "i")
    assert "" in texts
    assert any("\x00" in (text or "") for text in texts)
    assert any(len(text or "") == 64 * 1024 for text in texts)
    assert {"LEVEL_UNSPECIFIED", "LOW", "BELOW", 2**31 - 1, None} == set(_at(found, "l"))
    assert {0, 1000} <= {len(items) for items in _at(found, "numbers") if items is not None}
    assert {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"} <= set(_at(found, "at"))
    assert {"text", "label"} <= {variant.place.rpartition("/")[2] for variant in found}


def test_one_member_of_a_oneof_takes_the_place_of_another() -> None:
    for variant in _edges(kinds(), "kinds.Everything"):
        if variant.place in ("first", "second", "third"):
            assert len({"first", "second", "third"} & set(variant.value)) <= 1


def test_a_message_that_holds_itself_is_nested_deep() -> None:
    [deep] = [v for v in _edges(kinds(), "kinds.Everything") if v.keyword == "depth" and v.place == "tree"]
    node, depth = deep.value["tree"], 0
    while node.get("only") or node.get("children"):
        node, depth = node.get("only") or node["children"][0], depth + 1
    assert depth == 60


def test_annotations_are_kept_to_and_their_limits_are_met() -> None:
    told = Descriptors(annotated())
    kind = told.message("annotated.Account")
    found = _edges(told, "annotated.Account")
    for variant in found:
        assert not list(breaches(kind, told.decode(kind, told.encode(kind, variant.value)))), variant
    assert {18, 119} <= set(_at(found, "age"))
    assert not any(variant.place == "id" for variant in found), "the server gives it"
