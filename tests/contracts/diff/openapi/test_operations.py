"""Operations come, go, grow old, and change their names."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.diff import Policy
from seamwright.contracts.openapi import load_openapi
from seamwright.model.operation import Contract
from tests.contracts.diff.versions import TODAY, found, operation, shop, told


def _paths(**paths: Any) -> Contract:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "now"},
        "paths": {f"/{k}": v for k, v in paths.items()},
    }
    return load_openapi(document, source="shop.json", digest="d")


def test_a_renamed_template_is_no_removal() -> None:
    old, new = shop(operation(), path="/orders/{id}"), shop(operation(), path="/orders/{orderId}")
    assert told(old, new) == {("info", "request-path-parameter-renamed")}


def test_a_new_operation() -> None:
    (change,) = found(_paths(a={"get": operation()}), _paths(a={"get": operation(), "put": operation()}))
    assert (change.level, change.id, change.place) == ("info", "endpoint-added", "PUT /a")


@pytest.mark.parametrize(
    ("says", "level", "ending"),
    [
        ({}, "breaking", "without-deprecation"),
        ({"x-sunset": "2020-01-01"}, "breaking", "without-deprecation"),
        ({"deprecated": True}, "info", "with-deprecation"),
        ({"deprecated": True, "x-sunset": "2030-06-15"}, "info", "with-deprecation"),
        ({"deprecated": True, "x-sunset": "2030-06-16"}, "breaking", "before-sunset"),
    ],
)
@pytest.mark.parametrize("path_too", [True, False])
def test_a_removal_breaks_whoever_was_not_told_in_time(
    says: dict[str, Any], level: str, ending: str, path_too: bool
) -> None:
    gone = {"get": operation(**says)}
    old = _paths(a={**gone, "put": operation()}, b={"get": operation()})
    new = _paths(b={"get": operation()}) if path_too else _paths(a={"put": operation()}, b={"get": operation()})
    ids = {change.id: change.level.value for change in found(old, new) if change.place == "GET /a"}
    assert ids == {f"api-{'path-' if path_too else ''}removed-{ending}": level}


def test_a_removal_with_a_sunset_that_is_no_date() -> None:
    old = _paths(a={"get": operation(deprecated=True, **{"x-sunset": "soon"})})
    (change,) = found(old, _paths(b={"get": operation(**{"x-stability-level": "draft"})}))[:1]
    assert (change.level, change.id) == ("breaking", "api-path-sunset-parse")
    assert "'soon' is no date" in change.text


def test_drafts_and_alphas_may_go() -> None:
    old = _paths(a={"get": operation(**{"x-stability-level": "alpha"}), "put": operation()})
    assert told(old, _paths(a={"put": operation()})) == {("info", "api-removed-unstable")}


@pytest.mark.parametrize(
    ("says", "days", "expected"),
    [
        ({}, 0, ("info", "endpoint-deprecated")),
        ({}, 30, ("breaking", "api-deprecated-sunset-missing")),
        ({"x-sunset": "2030-07-15"}, 30, ("info", "endpoint-deprecated-with-sunset")),
        ({"x-sunset": "2030-07-14"}, 30, ("breaking", "api-sunset-date-too-small")),
        ({"x-sunset": "2030-06-14"}, 0, ("breaking", "api-sunset-date-too-small")),
        ({"x-sunset": "soon"}, 0, ("breaking", "api-deprecated-sunset-parse")),
    ],
)
def test_a_deprecation_gives_the_notice_that_is_asked_for(
    says: dict[str, Any], days: int, expected: tuple[str, str]
) -> None:
    new = shop(operation(deprecated=True, **says))
    assert told(shop(operation()), new, Policy(days=days, today=TODAY)) == {expected}


def test_beta_has_a_notice_of_its_own() -> None:
    old = shop(operation(**{"x-stability-level": "beta"}))
    new = shop(operation(deprecated=True, **{"x-stability-level": "beta", "x-sunset": "2030-07-01"}))
    assert told(old, new, Policy(days=100, beta_days=10, today=TODAY)) == {("info", "endpoint-deprecated-with-sunset")}


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ({"x-sunset": "2031-01-01"}, {}, {("breaking", "sunset-deleted")}),
        ({"x-sunset": "2031-01-01"}, {"x-sunset": "2032-01-01"}, set()),
        ({"x-sunset": "2031-01-01"}, {"x-sunset": "2030-07-01"}, {("breaking", "api-sunset-date-changed-too-small")}),
        ({"x-sunset": "2031-01-01"}, {"x-sunset": "2030-12-01"}, set()),
        ({"x-sunset": "2031-01-01"}, {"x-sunset": "never"}, {("breaking", "api-path-sunset-parse")}),
        ({}, {"x-sunset": "2031-01-01"}, set()),
    ],
)
def test_an_announced_sunset_is_a_promise(
    was: dict[str, Any], becomes: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    old, new = shop(operation(deprecated=True, **was)), shop(operation(deprecated=True, **becomes))
    assert told(old, new, Policy(days=30, today=TODAY)) == expected


def test_taking_a_deprecation_back() -> None:
    assert told(shop(operation(deprecated=True)), shop(operation())) == {("info", "endpoint-reactivated")}


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        (None, "beta", {("breaking", "api-stability-decreased")}),
        ("beta", "stable", {("info", "api-stability-increased")}),
        ("alpha", "draft", set()),
        ("stable", "ga", {("breaking", "api-invalid-stability-level")}),
        ("ga", "ga", set()),
    ],
)
def test_stability_is_a_promise(was: str | None, becomes: str, expected: set[tuple[str, str]]) -> None:
    old = shop(operation(**({"x-stability-level": was} if was else {})))
    assert told(old, shop(operation(**{"x-stability-level": becomes}))) == expected


def test_names() -> None:
    old = shop(operation(operationId="makeOrder", tags=["orders", "old"]))
    new = shop(operation(operationId="createOrder", tags=["orders", "new"]))
    assert told(old, new) == {
        ("info", "api-operation-id-removed"),
        ("info", "api-tag-removed"),
        ("info", "api-tag-added"),
    }
    assert told(shop(operation()), shop(operation(operationId="createOrder"))) == {("info", "api-operation-id-added")}
