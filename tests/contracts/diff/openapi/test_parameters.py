"""Parameters: callers send what they always sent."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.diff import Policy
from seamwright.model.operation import Contract
from tests.contracts.diff.versions import TODAY, Told, found, operation, shop, told


def _with(*parameters: dict[str, Any], path: str = "/orders") -> Contract:
    return shop(operation(parameters=list(parameters)), path=path, method="get")


def _query(schema: Any = None, **says: Any) -> dict[str, Any]:
    return {"name": "q", "in": "query", "schema": schema or {"type": "string"}, **says}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [_query()], {("info", "new-optional-request-parameter")}),
        ([], [_query(required=True)], {("breaking", "new-required-request-parameter")}),
        ([_query()], [], {("potentially", "request-parameter-removed")}),
        ([_query(deprecated=True)], [], {("info", "request-parameter-removed-with-deprecation")}),
        (
            [_query(deprecated=True, **{"x-sunset": "2030-06-16"})],
            [],
            {("breaking", "request-parameter-removed-before-sunset")},
        ),
        (
            [_query(deprecated=True, **{"x-sunset": "2030-06-15"})],
            [],
            {("info", "request-parameter-removed-with-deprecation")},
        ),
        ([_query(deprecated=True, **{"x-sunset": "?"})], [], {("breaking", "request-parameter-sunset-parse")}),
        ([_query()], [_query(required=True)], {("breaking", "request-parameter-became-required")}),
        ([_query(required=True)], [_query()], {("info", "request-parameter-became-optional")}),
        ([_query(deprecated=True)], [_query()], {("info", "request-parameter-reactivated")}),
        (
            [_query(deprecated=True, **{"x-sunset": "2031-01-01"})],
            [_query(deprecated=True)],
            {("breaking", "request-parameter-sunset-deleted")},
        ),
        ([_query(allowEmptyValue=True)], [_query()], {("potentially", "request-parameter-empty-value-forbidden")}),
    ],
)
def test_parameters_come_and_go(old: list[Any], new: list[Any], expected: Told) -> None:
    assert told(_with(*old), _with(*new)) == expected


@pytest.mark.parametrize(
    ("says", "days", "expected"),
    [
        ({}, 0, ("info", "request-parameter-deprecated")),
        ({}, 30, ("breaking", "request-parameter-deprecated-sunset-missing")),
        ({"x-sunset": "2030-07-15"}, 30, ("info", "request-parameter-deprecated")),
        ({"x-sunset": "2030-07-14"}, 30, ("breaking", "request-parameter-sunset-date-too-small")),
        ({"x-sunset": "soon"}, 0, ("breaking", "request-parameter-sunset-parse")),
    ],
)
def test_a_deprecation_gives_notice(says: dict[str, Any], days: int, expected: tuple[str, str]) -> None:
    new = _with(_query(deprecated=True, **says))
    assert told(_with(_query()), new, Policy(days=days, today=TODAY)) == {expected}


def test_a_sunset_that_comes_nearer() -> None:
    old = _with(_query(deprecated=True, **{"x-sunset": "2031-01-01"}))
    new = _with(_query(deprecated=True, **{"x-sunset": "2030-06-20"}))
    policy = Policy(days=30, today=TODAY)
    assert told(old, new, policy) == {("breaking", "request-parameter-sunset-date-changed-too-small")}


def test_headers_are_the_same_in_other_letters() -> None:
    old = {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}
    assert told(_with(old), _with({**old, "name": "x-trace"})) == set()


def test_a_renamed_path_parameter_keeps_its_rules() -> None:
    def path(name: str, schema: Any) -> Contract:
        return _with({"name": name, "in": "path", "required": True, "schema": schema}, path=f"/orders/{{{name}}}")

    renamed = ("info", "request-path-parameter-renamed")
    assert told(path("id", {"type": "string"}), path("order", {"type": "string"})) == {renamed}
    narrowed = told(path("id", {"type": "string"}), path("order", {"type": "string", "maxLength": 3}))
    assert narrowed == {renamed, ("potentially", "request-parameter-max-length-set")}


def test_a_path_parameter_that_nobody_described_is_a_text() -> None:
    described = {"name": "id", "in": "path", "required": True}
    old = _with(path="/orders/{id}")
    assert told(old, _with({**described, "schema": {"type": "string"}}, path="/orders/{id}")) == set()
    narrowed = told(old, _with({**described, "schema": {"type": "integer"}}, path="/orders/{id}"))
    assert narrowed == {("breaking", "request-parameter-type-specialized")}


@pytest.mark.parametrize(
    ("schema", "old", "new", "expected"),
    [
        ({"type": "array", "items": {}}, {}, {"explode": False}, {("breaking", "request-parameter-explode-changed")}),
        ({"type": "array", "items": {}}, {}, {"style": "form", "explode": True}, set()),
        (
            {"type": "array", "items": {}},
            {},
            {"style": "pipeDelimited"},
            {("breaking", "request-parameter-style-changed")},
        ),
        ({"type": "string"}, {}, {"explode": False}, set()),
        ({"type": "string"}, {}, {"style": "spaceDelimited"}, set()),
    ],
)
def test_how_values_are_joined_matters_where_there_are_several(
    schema: Any, old: dict[str, Any], new: dict[str, Any], expected: Told
) -> None:
    assert told(_with(_query(schema, **old)), _with(_query(schema, **new))) == expected


def test_an_exploded_object_is_the_same_as_its_properties() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}
    whole = _with({"name": "filter", "in": "query", "required": True, "schema": schema})
    parts: list[dict[str, Any]] = [
        {"name": "a", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "b", "in": "query", "schema": {"type": "integer"}},
    ]
    assert told(whole, _with(*parts)) == set()
    assert told(_with(*parts), whole) == set()
    assert told(whole, _with(parts[0])) == {("potentially", "request-parameter-removed")}


def test_one_value_is_an_array_of_one_where_names_are_repeated() -> None:
    one, many = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    assert told(_with(_query(one)), _with(_query(many))) == {("info", "request-parameter-type-generalized")}
    in_one_piece = told(_with(_query(one)), _with(_query(many, explode=False)))
    assert {level for level, _ in in_one_piece} == {"breaking"}


def test_the_default_counts_only_for_what_may_be_left_out() -> None:
    a, b = ({"type": "string", "default": value} for value in "ab")
    assert told(_with(_query(a)), _with(_query(b))) == {("breaking", "request-parameter-default-value-changed")}
    assert told(_with(_query(a, required=True)), _with(_query(b, required=True))) == set()


def test_a_parameter_in_a_media_type() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    old = {"name": "f", "in": "query", "content": {"application/json": {"schema": schema}}}
    new = {"name": "f", "in": "query", "content": {"application/xml": {"schema": schema}}}
    assert told(_with(old), _with(new)) == {("breaking", "request-parameter-content-changed")}
    narrowed = {**schema, "required": ["n"]}
    changed = {"name": "f", "in": "query", "content": {"application/json": {"schema": narrowed}}}
    (change,) = found(_with(old), _with(changed))
    assert (change.level, change.id) == ("breaking", "request-parameter-property-became-required")
    assert change.text == "property `n` of query parameter `f`: it is required now"


def test_properties_of_a_header_have_rules_of_their_own() -> None:
    def header(required: list[str]) -> Contract:
        schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": required}
        return _with({"name": "X-Filter", "in": "header", "schema": schema})

    assert told(header([]), header(["a"])) == {("breaking", "request-header-property-became-required")}
