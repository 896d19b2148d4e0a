"""Which credentials a call shows, for every kind of scheme."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from seamwright.contracts.coverage.credentials import look_at_credentials, shows
from seamwright.contracts.coverage.points import Points, Universe
from seamwright.model.exchange import Request
from seamwright.model.operation import SecurityScheme

BEARER = SecurityScheme("bearer", "http", "Bearer")
BASIC = SecurityScheme("basic", "http", "basic")
OAUTH = SecurityScheme("oauth", "oauth2")
KEY = SecurityScheme("key", "apiKey", location="header", parameter="X-Key")
QUERY = SecurityScheme("q", "apiKey", location="query", parameter="key")
COOKIE = SecurityScheme("c", "apiKey", location="cookie", parameter="sid")


@pytest.mark.parametrize(
    ("scheme", "headers", "url", "expected"),
    [
        (BEARER, {"authorization": "bearer t"}, "http://h/", True),
        (BEARER, {"authorization": "Basic t"}, "http://h/", False),
        (BASIC, {"authorization": "Basic t"}, "http://h/", True),
        (OAUTH, {"authorization": "Bearer t"}, "http://h/", True),
        (OAUTH, {}, "http://h/", False),
        (KEY, {"x-key": "1"}, "http://h/", True),
        (QUERY, {}, "http://h/?monkey=1&key=", True),
        (QUERY, {}, "http://h/?monkey=1", False),
        (COOKIE, {"cookie": "a=1; sid=2"}, "http://h/", True),
        (COOKIE, {"cookie": "xsid=2"}, "http://h/", False),
    ],
)
def test_a_scheme_is_seen(scheme: SecurityScheme, headers: Mapping[str, str], url: str, expected: bool) -> None:
    assert shows(scheme, headers, url) is expected


def points() -> tuple[Points, Points, Points]:
    universe = Universe(9)
    return (
        universe.at("security", "security", "bearer", "used"),
        universe.at("security", "security", "both", "used"),
        universe.at("security", "security", "no credentials", "left out"),
    )


def test_an_alternative_needs_all_of_its_schemes() -> None:
    one, both, none = points()
    alternatives = [((BEARER,), one), ((BEARER, KEY), both)]
    look_at_credentials(alternatives, none, Request("GET", "http://h/", (("Authorization", "Bearer t"),)), 200)
    assert (one.pending, both.pending, none.pending) == (set(), {"used"}, {"left out"})


def test_half_of_an_alternative_is_not_none_of_it() -> None:
    one, both, none = points()
    look_at_credentials([((BEARER, KEY), both)], none, Request("GET", "http://h/", (("X-Key", "1"),)), 401)
    assert none.pending == {"left out"}
    assert one.pending
    look_at_credentials([((BEARER, KEY), both)], none, Request("GET", "http://h/"), 429)
    assert none.pending == {"left out"}, "who is slowed down was not turned away"
    look_at_credentials([((BEARER, KEY), both)], none, Request("GET", "http://h/"), 403)
    assert none.pending == set()
