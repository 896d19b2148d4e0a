"""Alternatives: one more, one less, and the same in other words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import found, schema_changes, sending, told

B, P, F = "breaking", "potentially", "info"


def _thing(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


TEXT = {"type": "string"}
CAT, DOG, COW = (_thing(name, **{name: TEXT}) for name in ("purrs", "barks", "moos"))
SCHEMAS = {"schemas": {"Cat": CAT, "Dog": DOG, "Cow": COW}}


BOTH = {"purrs": TEXT, "barks": TEXT}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_an_alternative_more_or_less(keyword: str) -> None:
    word = "one-of" if keyword == "oneOf" else "any-of"
    two, three = {keyword: [_ref("Cat"), _ref("Dog")]}, {keyword: [_ref("Cat"), _ref("Dog"), _ref("Cow")]}
    assert schema_changes(two, three, components=SCHEMAS) == (
        {(F, f"request-body-{word}-added")},
        {(B, f"response-body-{word}-added")},
    )
    assert schema_changes(three, two, components=SCHEMAS) == (
        {(B, f"request-body-{word}-removed")},
        {(F, f"response-body-{word}-removed")},
    )


def test_the_order_of_alternatives_does_not_matter() -> None:
    assert schema_changes({"oneOf": [CAT, DOG]}, {"oneOf": [DOG, CAT]}) == (set(), set())


def test_a_schema_under_another_name_is_the_same() -> None:
    old = sending({"oneOf": [_ref("Cat"), _ref("Dog")]}, components={"schemas": {"Cat": CAT, "Dog": DOG}})
    new = sending({"oneOf": [_ref("Cat"), _ref("Hound")]}, components={"schemas": {"Cat": CAT, "Hound": DOG}})
    assert told(old, new) == {(F, "api-schema-removed")}


def test_one_named_alternative_for_another_is_a_loss_though_they_look_alike() -> None:
    components = {"schemas": {"Cat": CAT, "Dog": DOG, "Hound": DOG}}
    old, new = ({"oneOf": [_ref("Cat"), _ref(name)]} for name in ("Dog", "Hound"))
    request, _ = schema_changes(old, new, components=components)
    assert request == {(B, "request-body-one-of-removed"), (F, "request-body-one-of-added")}


def test_alternatives_that_look_alike_are_compared() -> None:
    old, new = {"oneOf": [CAT, DOG]}, {"oneOf": [CAT, _thing("barks", "age", barks=TEXT, age=TEXT)]}
    request, response = schema_changes(old, new)
    assert request == {(B, "new-required-request-property")}
    assert response == {(F, "response-required-property-added")}


def test_the_one_that_is_left_on_each_side_became_the_other() -> None:
    old, new = {"oneOf": [CAT, _thing(a=TEXT)]}, {"oneOf": [CAT, _thing(b=TEXT)]}
    request, response = schema_changes(old, new)
    assert request == {(P, "request-property-removed"), (F, "new-optional-request-property")}
    assert response == {(P, "response-optional-property-removed"), (F, "response-optional-property-added")}


def test_an_alternative_that_another_one_takes_in_is_no_loss() -> None:
    old = {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "string"}, {"type": "integer"}]}
    new = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    request, _ = schema_changes(old, new)
    assert {level for level, _ in request} <= {F}


@pytest.mark.parametrize(
    ("old", "new", "sent", "answered"),
    [
        (CAT, {"oneOf": [CAT, DOG]}, (F, "one-of-added"), (B, "wrapped-in-one-of")),
        (_thing("a", a=TEXT, b=TEXT), {"oneOf": [CAT, DOG]}, (B, "wrapped-in-one-of"), (B, "wrapped-in-one-of")),
        (
            _thing("a", "b", a=TEXT, b=TEXT),
            {"oneOf": [_thing("a", a=TEXT, b=TEXT), _thing("b", a=TEXT, b=TEXT)]},
            (B, "wrapped-in-one-of"),
            (B, "wrapped-in-one-of"),
        ),
        (
            _thing(a=TEXT),
            {"anyOf": [_thing("a", a=TEXT), _thing(a={"type": "string", "maxLength": 3})]},
            (B, "wrapped-in-one-of"),
            (F, "any-of-added"),
        ),
        ({"oneOf": [CAT, DOG]}, CAT, (B, "one-of-removed"), (F, "one-of-removed")),
        ({"oneOf": [CAT, DOG]}, {"type": "object"}, (P, "one-of-removed"), (B, "one-of-removed")),
        ({"oneOf": [CAT, DOG]}, {"type": "object", "properties": BOTH}, (F, "one-of-removed"), (B, "one-of-removed")),
    ],
)
def test_a_schema_and_a_choice_of_schemas(old: Any, new: Any, sent: tuple[str, str], answered: tuple[str, str]) -> None:
    request, response = schema_changes(old, new)
    assert request == {(sent[0], f"request-body-{sent[1]}")}
    assert response == {(answered[0], f"response-body-{answered[1]}")}


def test_what_fits_two_alternatives_fits_none_of_a_one_of() -> None:
    old = _thing("a", a=TEXT, b=TEXT)
    overlapping = {"oneOf": [_thing("a", a=TEXT, b=TEXT), _thing("b", b=TEXT)]}
    assert told(sending(old), sending(overlapping)) == {(B, "request-body-wrapped-in-one-of")}
    assert told(sending(old), sending({"anyOf": overlapping["oneOf"]})) == {(F, "request-body-any-of-added")}


def test_a_choice_by_the_value_of_a_property_takes_what_the_whole_took() -> None:
    whole = _thing("kind", kind={"type": "string", "enum": ["a", "b"]}, note=TEXT)
    parts = [_thing("kind", kind={"type": "string", "enum": [value]}, note=TEXT) for value in "ab"]
    assert told(sending(whole), sending({"oneOf": parts})) == {(F, "request-body-one-of-added")}


def test_a_branch_for_null_only_makes_nullable() -> None:
    components = {"components": {"schemas": {"Cat": CAT}}, "openapi": "3.1.0"}
    request, response = schema_changes(_ref("Cat"), {"oneOf": [{"type": "null"}, _ref("Cat")]}, **components)
    assert request == {(F, "request-body-became-nullable")}
    assert response == {(B, "response-body-became-nullable")}


def test_the_kind_of_choice() -> None:
    one, some = {"oneOf": [CAT, DOG]}, {"anyOf": [CAT, DOG]}
    assert schema_changes(one, some)[0] == {(F, "request-body-one-of-became-any-of")}
    assert schema_changes(some, one)[0] == {(P, "request-body-any-of-became-one-of")}


def test_an_all_of_that_means_the_same_is_no_change() -> None:
    whole = _thing("a", a=TEXT, b=TEXT)
    split = {"allOf": [_thing("a", a=TEXT), {"properties": {"b": TEXT}}]}
    again = {"allOf": [_thing("a", a=TEXT), {"properties": {"b": TEXT}}, {"properties": {"b": TEXT}}]}
    assert schema_changes(whole, split) == (set(), set())
    assert schema_changes(split, whole) == (set(), set())
    assert schema_changes(split, again) == (set(), set())


def test_an_all_of_whose_inline_member_got_a_name_is_no_change() -> None:
    old = sending({"allOf": [_ref("Cat"), {"properties": {"b": TEXT}}]}, components=SCHEMAS)
    named = {"schemas": {**SCHEMAS["schemas"], "Extra": {"properties": {"b": TEXT}}}}
    assert told(old, sending({"allOf": [_ref("Cat"), _ref("Extra")]}, components=named)) == set()


def test_a_further_member_of_an_all_of() -> None:
    one, two = {"allOf": [_ref("Cat")]}, {"allOf": [_ref("Cat"), _ref("Dog")]}
    request, response = schema_changes(one, two, components=SCHEMAS)
    assert request == {(B, "request-body-all-of-added"), (B, "new-required-request-property")}
    assert response == {(F, "response-body-all-of-added"), (F, "response-required-property-added")}
    request, response = schema_changes(two, one, components=SCHEMAS)
    assert request == {(P, "request-body-all-of-removed"), (P, "request-property-removed")}
    assert response == {(F, "response-body-all-of-removed"), (B, "response-required-property-removed")}


def test_a_member_that_only_describes_is_no_change() -> None:
    assert schema_changes({"allOf": [CAT]}, {"allOf": [CAT, {"title": "Cat", "description": "purrs"}]}) == (
        set(),
        set(),
    )


def test_a_change_inside_an_alternative_is_told_by_its_name() -> None:
    changed = {"schemas": {**SCHEMAS["schemas"], "Dog": _thing("barks", barks={"type": "integer"})}}
    schema = {"oneOf": [_ref("Cat"), _ref("Dog")]}
    (change,) = found(sending(schema, components=SCHEMAS), sending(schema, components=changed))
    assert change.text == "property `(Dog).barks` of the request body: the type was string and is integer now"
