"""Security: whoever got in before still gets in, or a change breaks them."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.model.operation import Contract
from tests.contracts.diff.versions import Told, found, operation, shop, told

SCHEMES = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "bearer": {"type": "http", "scheme": "bearer"}}


def _own(security: Any, schemes: Any = None) -> Contract:
    return shop(operation(security=security), components={"securitySchemes": schemes or SCHEMES})


def _global(security: Any) -> Contract:
    return shop(operation(), security=security, components={"securitySchemes": SCHEMES})


@pytest.mark.parametrize(
    ("old", "new", "level", "what"),
    [
        ([], [{"key": []}], "breaking", "added"),
        ([{"key": []}], [{"key": []}, {"bearer": []}], "info", "added"),
        ([{"key": []}], [], "info", "removed"),
        ([{"key": []}, {"bearer": []}], [{"key": []}], "breaking", "removed"),
        ([{}, {"key": []}], [{"key": []}], "breaking", "added"),
        ([{"key": []}], [{}, {"key": []}], "info", "removed"),
        ([{"bearer": ["read"]}], [{"bearer": ["read", "write"]}], "breaking", "scope-added"),
        ([{"bearer": ["read", "write"]}], [{"bearer": ["read"]}], "info", "scope-removed"),
    ],
)
def test_ways_in(old: Any, new: Any, level: str, what: str) -> None:
    assert told(_own(old), _own(new)) == {(level, f"api-security-{what}")}
    assert told(_global(old), _global(new)) == {(level, f"api-global-security-{what}")}


def test_what_is_needed_together_is_more_than_each_of_it() -> None:
    assert told(_own([{"key": []}]), _own([{"key": [], "bearer": []}])) == {
        ("breaking", "api-security-removed"),
        ("info", "api-security-added"),
    }
    assert {level for level, _ in told(_own([{"key": [], "bearer": []}]), _own([{"key": []}]))} == {"info"}


def test_a_scope_that_another_way_does_not_ask_for_shuts_nobody_out() -> None:
    old = _own([{"bearer": ["read"]}])
    assert told(old, _own([{"bearer": ["admin"]}, {"bearer": []}])) == {
        ("info", "api-security-scope-added"),
        ("info", "api-security-scope-removed"),
        ("info", "api-security-added"),
    }


def test_an_operation_without_ways_of_its_own_comes_under_the_contract() -> None:
    old = shop(operation(), security=[{"key": []}], components={"securitySchemes": SCHEMES})
    new = shop(operation(security=[{"bearer": []}]), security=[{"key": []}], components={"securitySchemes": SCHEMES})
    assert told(old, new) == {("breaking", "api-security-removed"), ("info", "api-security-added")}


def test_a_scheme_under_another_name_is_the_same_to_callers() -> None:
    old, new = _own([{"key": []}]), _own([{"apiKey": []}], {"apiKey": SCHEMES["key"], "bearer": SCHEMES["bearer"]})
    assert told(old, new) == {("info", "api-security-component-removed"), ("info", "api-security-component-added")}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"type": "apiKey", "in": "header", "name": "X-Key"},
            {"type": "apiKey", "in": "query", "name": "X-Key"},
            {("breaking", "api-security-component-type-changed")},
        ),
        (
            {"type": "apiKey", "in": "header", "name": "X-Key"},
            {"type": "apiKey", "in": "header", "name": "x-key", "description": "now described"},
            set(),
        ),
        (
            {"type": "openIdConnect", "openIdConnectUrl": "https://a.test"},
            {"type": "openIdConnect", "openIdConnectUrl": "https://b.test"},
            {("info", "api-security-component-oauth-url-changed")},
        ),
    ],
)
def test_how_credentials_are_sent(old: Any, new: Any, expected: Told) -> None:
    assert told(_own([], {"a": old}), _own([], {"a": new})) == expected


def test_flows() -> None:
    def oauth(url: str, **scopes: str) -> Contract:
        flow = {"authorizationUrl": url, "tokenUrl": f"{url}/token", "scopes": scopes}
        return _own([], {"a": {"type": "oauth2", "flows": {"authorizationCode": flow}}})

    assert told(oauth("https://a.test", read="r", old="o"), oauth("https://b.test", read="R", new="n")) == {
        ("info", "api-security-component-oauth-url-changed"),
        ("info", "api-security-component-oauth-token-url-changed"),
        ("info", "api-security-component-oauth-scope-added"),
        ("info", "api-security-component-oauth-scope-removed"),
        ("info", "api-security-component-oauth-scope-changed"),
    }


def test_it_says_who_is_shut_out() -> None:
    (change,) = found(_own([{"key": []}, {"bearer": []}]), _own([{"key": []}]))
    assert change.text == "bearer does not let callers in any more"
    assert change.why == "a caller whose credentials were enough is refused"
    assert change.direction == ""
