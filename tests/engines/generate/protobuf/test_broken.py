"""What is no message cannot be read, and what breaks an annotation breaks just that one."""

from __future__ import annotations

from random import Random

import pytest

from seamwright.engines.generate.protobuf import Messages, Variant, broken
from seamwright.wire.annotations import breaches
from seamwright.wire.protobuf import Descriptors
from tests.annotated import annotated
from tests.engines.generate.protobuf.kinds import kinds
from tests.rpc import descriptors_of


def _broken(told: Descriptors, name: str) -> list[Variant]:
    kind = told.message(name)
    base = Messages(kind).valid(Random(1), fullness=1.0)
    return list(broken(kind, base, lambda value: told.encode(kind, value), Random(2)))


@pytest.mark.parametrize("name", ["kinds.Everything", "kinds.Sum", "google.protobuf.Empty"])
def test_bytes_that_no_parser_reads(name: str) -> None:
    told = kinds()
    found = [variant for variant in _broken(told, name) if variant.raw is not None]
    assert {variant.keyword for variant in found} >= {"undecodable"}
    for variant in found:
        assert variant.raw is not None
        with pytest.raises(ValueError, match="is no"):
            told.read(told.message(name), variant.raw)


def test_texts_that_are_no_utf8() -> None:
    places = {variant.place for variant in _broken(kinds(), "kinds.Everything") if variant.keyword == "utf8"}
    assert {"i", "first"} <= places
    proto2 = Descriptors(descriptors_of('syntax = "proto2"; message M { optional string a = 1; }'))
    assert not [v for v in _broken(proto2, "M") if v.keyword == "utf8"], "there, parsers need not look"


def test_each_breaks_one_annotation() -> None:
    told = Descriptors(annotated())
    kind = told.message("annotated.Account")
    found = [variant for variant in _broken(told, "annotated.Account") if variant.raw is None]
    for variant in found:
        wrong = {place for place, _, _ in breaches(kind, told.decode(kind, told.encode(kind, variant.value)))}
        assert {place.split("/")[1] for place in wrong} == {variant.place}, variant
    places = {"email", "age", "share", "code", "size", "kind", "tags", "way", "spare", "maybe"}
    assert {v.place for v in found} == places
    assert {"required", "minimum", "maximum"} <= {v.keyword for v in found}


def test_required_fields_of_proto2_are_for_the_parser_to_miss() -> None:
    told = Descriptors(descriptors_of('syntax = "proto2"; message M { required int32 a = 1; }'))
    [missing] = [variant for variant in _broken(told, "M") if variant.keyword == "required"]
    assert (missing.value, missing.by_parser) == ({}, True)
