"""Objects: what may, must and must not be in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import Told, found, schema_changes, sending, told

B, P, F = "breaking", "potentially", "info"
TEXT: dict[str, Any] = {"type": "string"}


def _thing(*required: str, further: Any = None, **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties, "required": list(required)}
    return made if further is None else {**made, "additionalProperties": further}


@pytest.mark.parametrize(
    ("old", "new", "sent", "answered"),
    [
        (_thing(), _thing(a=TEXT), {(F, "new-optional-request-property")}, {(F, "response-optional-property-added")}),
        (
            _thing(),
            _thing("a", a=TEXT),
            {(B, "new-required-request-property")},
            {(F, "response-required-property-added")},
        ),
        (
            _thing(),
            _thing("a", a={**TEXT, "default": "x"}),
            {(B, "new-required-request-property-with-default")},
            {(F, "response-required-property-added")},
        ),
        (_thing(a=TEXT), _thing(), {(P, "request-property-removed")}, {(P, "response-optional-property-removed")}),
        (_thing("a", a=TEXT), _thing(), {(P, "request-property-removed")}, {(B, "response-required-property-removed")}),
        (
            _thing(a=TEXT),
            _thing("a", a=TEXT),
            {(B, "request-property-became-required")},
            {(F, "response-property-became-required")},
        ),
        (
            _thing(a={**TEXT, "default": "x"}),
            _thing("a", a={**TEXT, "default": "x"}),
            {(B, "request-property-became-required-with-default")},
            {(F, "response-property-became-required")},
        ),
        (
            _thing("a", a=TEXT),
            _thing(a=TEXT),
            {(F, "request-property-became-optional")},
            {(B, "response-property-became-optional")},
        ),
        (
            _thing(),
            _thing("a"),
            {(B, "request-property-became-required")},
            {(F, "response-property-became-required")},
        ),
    ],
)
def test_properties(old: Any, new: Any, sent: Told, answered: Told) -> None:
    assert schema_changes(old, new) == (sent, answered)


def test_a_property_that_had_to_be_there_is_described_for_the_first_time() -> None:
    assert schema_changes(_thing("a"), _thing(a=TEXT)) == (
        {(F, "request-property-became-optional"), (B, "request-property-type-specialized")},
        {(B, "response-property-became-optional"), (F, "response-property-type-specialized")},
    )
    assert schema_changes(_thing("a"), _thing("a", a={})) == (set(), set())


def test_a_property_that_is_gone_is_refused_where_no_others_are_allowed() -> None:
    old, new = _thing(further=False, a=TEXT, b=TEXT), _thing(further=False, b=TEXT)
    (change,) = found(sending(old), sending(new))
    assert (change.level, change.id) == (B, "request-property-removed")
    assert "no further properties are allowed" in change.why
    kept = {**new, "patternProperties": {"^a": TEXT}}
    assert (P, "request-property-removed") in told(sending(old, openapi="3.1.0"), sending(kept, openapi="3.1.0"))


READ, WRITE = {**TEXT, "readOnly": True}, {**TEXT, "writeOnly": True}


@pytest.mark.parametrize(
    ("old", "new", "sent", "answered"),
    [
        (_thing(), _thing("a", a=READ), set(), {(F, "response-required-property-added")}),
        (_thing(a=READ), _thing(), set(), {(P, "response-optional-property-removed")}),
        (
            _thing(),
            _thing(a=WRITE),
            {(F, "new-optional-request-property")},
            {(F, "response-optional-write-only-property-added")},
        ),
        (
            _thing("a", a=WRITE),
            _thing(),
            {(P, "request-property-removed")},
            {(F, "response-required-write-only-property-removed")},
        ),
        (
            _thing("a", a=WRITE),
            _thing(a=WRITE),
            {(F, "request-property-became-optional")},
            {(F, "response-write-only-property-became-optional")},
        ),
        (
            _thing(a=TEXT),
            _thing(a=READ),
            {(F, "request-optional-property-became-read-only")},
            {(F, "response-optional-property-became-read-only")},
        ),
        (
            _thing("a", a=TEXT),
            _thing("a", a=WRITE),
            {(F, "request-required-property-became-write-only")},
            {(P, "response-required-property-became-write-only")},
        ),
        (
            _thing("a", a=WRITE),
            _thing("a", a=TEXT),
            {(F, "request-required-property-became-not-write-only")},
            {(P, "response-required-property-became-not-write-only")},
        ),
        (
            _thing(a=READ),
            _thing(a={**READ, "type": "integer"}),
            set(),
            {(B, "response-property-type-changed")},
        ),
        (
            _thing(a=WRITE),
            _thing(a={**WRITE, "type": "integer"}),
            {(B, "request-property-type-changed")},
            set(),
        ),
    ],
)
def test_what_travels_one_way_only(old: Any, new: Any, sent: Told, answered: Told) -> None:
    assert schema_changes(old, new) == (sent, answered)


def test_a_pattern_is_told_of_even_where_callers_need_not_send_it() -> None:
    old, new = _thing(a=READ), _thing(a={**READ, "pattern": "^a"})
    assert told(sending(old), sending(new)) == {(B, "request-property-pattern-added")}


@pytest.mark.parametrize(
    ("old", "new", "sent", "answered", "kind"),
    [
        (None, False, B, F, "additional-properties-forbidden"),
        (False, True, F, F, "additional-properties-allowed"),
        (True, TEXT, B, F, "additional-properties-constrained"),
        (TEXT, None, F, P, "additional-properties-unconstrained"),
    ],
)
def test_further_properties(old: Any, new: Any, sent: str, answered: str, kind: str) -> None:
    request, response = schema_changes(_thing(further=old), _thing(further=new))
    assert request == {(sent, f"request-body-{kind}")}
    assert response == {(answered, f"response-body-{kind}")}


def test_a_map_is_gone_into() -> None:
    (change,) = found(sending(_thing(further={"type": "integer"})), sending(_thing(further={"type": "boolean"})))
    assert change.text == "property `{}` of the request body: the type was integer and is boolean now"


@pytest.mark.parametrize(
    ("keyword", "value", "name"),
    [
        ("patternProperties", {"^a": TEXT}, "pattern-property"),
        ("propertyNames", {"pattern": "^a"}, "property-names"),
        ("unevaluatedProperties", False, "unevaluated-properties"),
    ],
)
def test_keywords_of_3_1(keyword: str, value: Any, name: str) -> None:
    with_it = {**_thing(), keyword: value}
    assert schema_changes(_thing(), with_it, openapi="3.1.0") == (
        {(B, f"request-body-{name}-added")},
        {(F, f"response-body-{name}-added")},
    )
    assert schema_changes(with_it, _thing(), openapi="3.1.0") == (
        {(F, f"request-body-{name}-removed")},
        {(B, f"response-body-{name}-removed")},
    )
