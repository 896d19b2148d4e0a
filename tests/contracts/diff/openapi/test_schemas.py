"""What changed in a schema is told at its place, in words that say where."""

from __future__ import annotations

from typing import Any

from seamwright.contracts.diff.openapi.schemas import RULES, Where
from tests.contracts.diff.versions import answering, found, sending

ORDER = {"type": "object", "properties": {"lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}}}


def _orders(line: Any) -> Any:
    return answering(ORDER, components={"schemas": {"Line": line}})


def test_the_path_to_a_property_is_told() -> None:
    old = {"type": "object", "properties": {"price": {"type": "integer"}}}
    new = {"type": "object", "properties": {"price": {"type": "number"}}}
    (change,) = found(_orders(old), _orders(new))
    assert change.place == "POST /orders"
    assert change.direction == "response"
    assert change.text == (
        "property `lines[].price` of the body of response 200: the type was integer and is number now"
    )
    assert change.why == "a client of the old contract meets answers that it was told it would not get"


def test_a_level_that_is_milder_than_usual_has_a_reason_to_match() -> None:
    old = {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "string", "minLength": 1}]}
    new = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "object"}]}
    changes = {change.id: change for change in found(sending(old), sending(new))}
    assert changes["request-body-any-of-removed"].level == "breaking"
    kept = {"anyOf": [{"type": "string"}, {"type": "object"}]}
    (change,) = (c for c in found(sending(old), sending(kept)) if c.id == "request-body-any-of-removed")
    assert change.level == "info"
    assert change.why == "what it allowed is still allowed by another alternative"


def test_where() -> None:
    where = Where("GET /a", "response-body", "the body", " of response 200")
    assert where.called("") == "the body of response 200"
    assert where.called(".a.b[]") == "property `a.b[]` of the body of response 200"
    assert where.called("[]") == "property `[]` of the body of response 200"


def test_what_happens_to_properties_only_is_no_rule_of_bodies() -> None:
    ids = {rule.id for rule in RULES}
    assert "request-property-became-required" in ids
    assert "request-body-became-required" not in ids
    assert len(ids) == len(RULES)
