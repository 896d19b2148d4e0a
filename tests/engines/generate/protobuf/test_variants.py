"""One field changed, however deep it lies, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.protobuf.variants import Place, generator_of, places
from seamwright.wire.protobuf import Descriptors
from tests.rpc import SHOP, descriptors_of

BASE: dict[str, Any] = {"customer": "a", "lines": [{"sku": "x", "quantity": 1}, {"sku": "y"}]}


def _places(depth: int) -> dict[str, Place]:
    kind = Descriptors(descriptors_of(SHOP)).message("shop.v1.CreateOrderRequest")
    return {place.name: place for place in places(kind, BASE, depth)}


def test_fields_at_each_depth() -> None:
    assert list(_places(0)) == ["customer", "lines", "note"]
    assert list(_places(1)) == ["lines/sku", "lines/quantity"]
    assert list(_places(2)) == []


@pytest.mark.parametrize(
    ("depth", "name", "value", "changed"),
    [
        (0, "note", "n", {**BASE, "note": "n"}),
        (1, "lines/sku", "z", {"customer": "a", "lines": [{"sku": "z", "quantity": 1}, {"sku": "y"}]}),
    ],
)
def test_a_field_is_put(depth: int, name: str, value: Any, changed: Any) -> None:
    before = str(BASE)
    assert _places(depth)[name].put(value) == changed
    assert str(BASE) == before


def test_a_field_is_taken_away() -> None:
    assert _places(0)["customer"].without() == {"lines": BASE["lines"]}
    assert _places(1)["lines/quantity"].without()["lines"] == [{"sku": "x"}, {"sku": "y"}]


def test_schemas_of_fields_refer_to_nothing() -> None:
    assert generator_of({"type": "integer", "minimum": 3, "maximum": 3}) is not None
    with pytest.raises(Unsatisfiable, match="cannot be resolved"):
        generator_of({"$ref": "#/a"})
