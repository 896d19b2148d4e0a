"""Arrays: their items, by place and among each other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import found, schema_changes, sending

B, F = "breaking", "info"


def _list(**says: Any) -> dict[str, Any]:
    return {"type": "array", **says}


def test_items_are_gone_into() -> None:
    old, new = (
        _list(items=_list(items={"type": "string"})),
        _list(items=_list(items={"type": "string", "maxLength": 3})),
    )
    (change,) = found(sending(old), sending(new))
    assert change.id == "request-property-max-length-set"
    assert change.text == "property `[][]` of the request body: the greatest length is 3 now, and was open"


def test_items_that_were_not_described() -> None:
    request, response = schema_changes(_list(), _list(items={"type": "string"}))
    assert request == {(B, "request-property-type-specialized")}
    assert response == {(F, "response-property-type-specialized")}


@pytest.mark.parametrize(
    ("keyword", "value", "name", "levels"),
    [
        ("prefixItems", [{"type": "string"}], "prefix-items", (F, B, B, F)),
        ("contains", {"type": "string"}, "contains", (B, F, F, B)),
        ("unevaluatedItems", {"type": "string"}, "unevaluated-items", (B, F, F, B)),
    ],
)
def test_keywords_of_3_1(keyword: str, value: Any, name: str, levels: tuple[str, str, str, str]) -> None:
    with_it = _list(**{keyword: value})
    assert schema_changes(_list(), with_it, openapi="3.1.0") == (
        {(levels[0], f"request-body-{name}-added")},
        {(levels[1], f"response-body-{name}-added")},
    )
    assert schema_changes(with_it, _list(), openapi="3.1.0") == (
        {(levels[2], f"request-body-{name}-removed")},
        {(levels[3], f"response-body-{name}-removed")},
    )


def test_an_item_by_its_place_is_gone_into() -> None:
    old, new = (_list(prefixItems=[{"type": "string"}, {"type": kind}]) for kind in ("integer", "boolean"))
    (change,) = found(sending(old, openapi="3.1.0"), sending(new, openapi="3.1.0"))
    assert change.text.startswith("property `[1]` of the request body")
