"""Credentials: what is asked for, and what has its form."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from seamwright.engines.mock.arrivals import Arrival
from seamwright.engines.mock.credentials import challenge, secret_names
from seamwright.model.exchange import Case, Request
from seamwright.model.operation import Contract, Operation, SecurityScheme
from tests.contracts.documents import contract

BASIC = "Basic " + base64.b64encode(b"ann:pw").decode()


def guarded(**schemes: SecurityScheme) -> Contract:
    found = contract({})
    return Contract(**{**{n: getattr(found, n) for n in found.__slots__}, "schemes": schemes})


def asked(scheme: SecurityScheme, headers: Mapping[str, str], **case: Any) -> str | None:
    operation = Operation("o", "GET", "/a", security=(frozenset({"s"}),))
    arrival = Arrival(Request("GET", "/a", tuple(headers.items())), Case("o", **case), {}, "/a")
    return challenge(guarded(s=scheme), operation, arrival)


@pytest.mark.parametrize(
    ("scheme", "good", "bad", "told"),
    [
        (SecurityScheme("s", "http", "bearer"), "Bearer x", "Bearer", 'Bearer realm="Shop"'),
        (SecurityScheme("s", "http", "bearer"), "bearer x", BASIC, 'Bearer realm="Shop"'),
        (SecurityScheme("s", "http", "basic"), BASIC, "Basic nonsense", 'Basic realm="Shop", charset="UTF-8"'),
        (SecurityScheme("s", "http", "digest"), "Digest a=b", "Bearer x", 'Digest realm="Shop"'),
        (SecurityScheme("s", "oauth2"), "Bearer x", "", 'Bearer realm="Shop"'),
        (SecurityScheme("s", "openIdConnect"), "Bearer x", "Bearer a b", 'Bearer realm="Shop"'),
    ],
)
def test_the_authorization_header(scheme: SecurityScheme, good: str, bad: str, told: str) -> None:
    assert asked(scheme, {"Authorization": good}) is None
    assert asked(scheme, {"Authorization": bad}) == told
    assert asked(scheme, {}) == told


def test_keys() -> None:
    header = SecurityScheme("s", "apiKey", location="header", parameter="X-Key")
    assert asked(header, {"x-key": "k"}) is None
    assert asked(header, {}) == 'ApiKey realm="Shop", in="header", name="X-Key"'
    assert asked(SecurityScheme("s", "apiKey", location="query", parameter="key"), {}, query={"key": "k"}) is None
    assert asked(SecurityScheme("s", "apiKey", location="cookie", parameter="sid"), {}, cookies={"sid": "k"}) is None


def test_what_cannot_be_seen_is_not_asked_for() -> None:
    assert asked(SecurityScheme("s", "mutualTLS"), {}) is None
    assert asked(SecurityScheme("s", "undeclared"), {}) is None


def test_one_alternative_is_enough_and_all_of_it_is_needed() -> None:
    found = guarded(
        a=SecurityScheme("a", "http", "bearer"), b=SecurityScheme("b", "apiKey", location="header", parameter="B")
    )

    def open_to(security: tuple[frozenset[str], ...], *headers: tuple[str, str]) -> bool:
        arrival = Arrival(Request("GET", "/a", headers), Case("o"), {}, "/a")
        return challenge(found, Operation("o", "GET", "/a", security=security), arrival) is None

    both, either = (frozenset({"a", "b"}),), (frozenset({"a"}), frozenset({"b"}))
    assert not open_to(both, ("B", "k"))
    assert open_to(both, ("B", "k"), ("Authorization", "Bearer x"))
    assert open_to(either, ("B", "k"))
    assert open_to((frozenset({"a"}), frozenset()))
    assert open_to(())


def test_what_carries_secrets() -> None:
    found = guarded(k=SecurityScheme("k", "apiKey", location="header", parameter="X-Key"))
    assert {"authorization", "cookie", "x-key"} <= secret_names(found)
