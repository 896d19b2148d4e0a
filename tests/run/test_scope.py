"""What a run may send, and where to."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.model.errors import RefusedByScope
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.run.scope import Scope, origin_of
from tests.run.trial import manifest_of

IDENTITIES = {"s": {"oauth2": {"token_url": "https://login.example/t", "client_id": "s", "client_secret": "x"}}}


def scope(environment: Any = "test") -> Scope:
    boundaries = {"api": "http://127.0.0.1:8801/v1", "db": {"kind": "sql", "url": "postgresql://db.example/shop"}}
    return Scope(manifest_of(boundaries, environment=environment, identities=IDENTITIES))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8801/elsewhere",
        "HTTP://127.0.0.1:8801",
        "https://login.example:443/t",
        "https://LOGIN.example/other",
    ],
)
def test_hosts_that_are_named_are_in_scope(url: str) -> None:
    scope().admit(Request("DELETE", url), declared=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8802/",
        "https://127.0.0.1:8801/",
        "http://localhost:8801/",
        "http://127.0.0.1:8801@evil.example/",
        "http://db.example/",
        "http://login.example/t",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:8801\\@evil.example/",
        "http://127.0.0.1\n.evil.example:8801/",
        "http:/\t/evil.example/http://127.0.0.1:8801/",
        "nonsense",
    ],
)
def test_every_other_host_is_refused(url: str) -> None:
    with pytest.raises(RefusedByScope):
        scope().admit(Request("GET", url), declared=True)
    assert not scope().names(url)


def test_a_refusal_says_which_host() -> None:
    with pytest.raises(RefusedByScope, match=r"http://evil\.example:80 is not named by the manifest"):
        scope().admit(Request("GET", "http://evil.example/"), declared=True)


@pytest.mark.parametrize(
    ("method", "declared", "login", "passes"),
    [
        ("GET", True, False, True),
        ("HEAD", True, False, True),
        ("GET", False, False, False),
        ("POST", True, False, False),
        ("OPTIONS", True, False, False),
        ("POST", True, True, True),
    ],
)
def test_production_lets_pass_what_is_safe_and_declared_and_logins_with_leave(
    method: str, declared: bool, login: bool, passes: bool
) -> None:
    request = Request(method, "http://127.0.0.1:8801/orders")
    scope("staging").admit(request, declared=declared, login=login)
    if passes:
        scope("production").admit(request, declared=declared, login=login)
        return
    with pytest.raises(RefusedByScope, match=f"environment is production: {method} /orders was not sent"):
        scope("production").admit(request, declared=declared, login=login)


def test_leave_to_log_in_is_no_leave_to_go_elsewhere() -> None:
    with pytest.raises(RefusedByScope):
        scope("production").admit(Request("POST", "http://evil.example/t"), declared=True, login=True)


def answered(status: int, **headers: str) -> Exchange:
    request = Request("GET", "http://127.0.0.1:8801/v1/orders")
    return Exchange(request, Response(status, tuple(headers.items())), None, 0, 0)


def test_a_redirect_to_another_host_is_told() -> None:
    told = scope().redirect(answered(302, location="http://evil.example/"))
    assert told is not None
    assert "redirects to http://evil.example/, a host that was not named; it was not followed" in told
    assert scope().redirect(answered(307, location="//evil.example/")) is not None


@pytest.mark.parametrize(
    "exchange",
    [
        answered(302, location="/v1/orders/"),
        answered(302, location="http://127.0.0.1:8801/"),
        answered(200, location="http://evil.example/"),
        answered(304),
        Exchange(Request("GET", "http://127.0.0.1:8801/"), None, Failure("reset", "x"), 0, 0),
    ],
)
def test_nothing_is_told_of_anything_else(exchange: Exchange) -> None:
    assert scope().redirect(exchange) is None


def test_origins_have_one_spelling() -> None:
    assert origin_of("http://Host/a") == origin_of("http://host:80/b") != origin_of("https://host/a")


def test_production_lets_pass_rpcs_that_are_declared_to_be_safe() -> None:
    boundaries = {"api": {"kind": "grpc", "url": "grpc://127.0.0.1:50051"}}
    production = Scope(manifest_of(boundaries, environment="production"))
    request = Request("GRPC", "grpc://127.0.0.1:50051/shop.v1.Orders/GetOrder")
    production.admit(request, declared=True, method="QUERY")
    for declared, method in ((True, "UNARY"), (False, "QUERY"), (True, None)):
        with pytest.raises(RefusedByScope, match=r"GRPC /shop\.v1\.Orders/GetOrder was not sent"):
            production.admit(request, declared=declared, method=method)
