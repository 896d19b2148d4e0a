"""What an operation does to accounts is read off its path and its name."""

from __future__ import annotations

import re

import pytest

from seamwright.model.accounts import changes_its_caller, own_account, signs_up, wipes_everything, words_of
from seamwright.model.operation import Operation, Parameter


def _operation(method: str, path: str, name: str = "op") -> Operation:
    parameters = tuple(
        Parameter(found, "path", True, {"type": "string"}, "simple", False) for found in re.findall(r"{(\w+)}", path)
    )
    return Operation(name, method, path, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/me"),
        ("PATCH", "/users/me"),
        ("PUT", "/account"),
        ("POST", "/account/delete"),
        ("POST", "/delete-account"),
        ("POST", "/users/me/deactivate"),
        ("POST", "/auth/log-out"),
        ("POST", "/logout-all"),
        ("POST", "/change-password"),
        ("PUT", "/users/{name}/password"),
        ("POST", "/password-recovery/{email}"),
        ("POST", "/sessions/revoke"),
        ("POST", "/revoke-all-tokens"),
        ("DELETE", "/session"),
        ("POST", "/api-keys/rotate"),
        ("POST", "/mfa/enable"),
        ("POST", "/email/change"),
        ("DELETE", "/users"),
    ],
)
def test_what_changes_or_ends_whoever_calls(method: str, path: str) -> None:
    assert changes_its_caller(_operation(method, path))


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/me", "op"),
        ("POST", "/me/avatar", "op"),
        ("POST", "/accounts", "createAccount"),
        ("DELETE", "/accounts/{id}", "deleteAccount"),
        ("DELETE", "/users/{id}", "deleteUser"),
        ("DELETE", "/sessions/{id}", "op"),
        ("POST", "/pins", "op"),
        ("POST", "/end-users", "op"),
        ("POST", "/documents/{id}/sign-off", "op"),
        ("PUT", "/my/cart", "op"),
        ("DELETE", "/notes", "op"),
        ("POST", "/tokens", "op"),
    ],
)
def test_what_does_not(method: str, path: str, name: str) -> None:
    assert not changes_its_caller(_operation(method, path, name))


def test_a_name_counts_where_the_path_says_nothing() -> None:
    assert changes_its_caller(_operation("POST", "/do", "deleteMyAccount"))
    assert wipes_everything(_operation("POST", "/api", "resetDatabase"))


@pytest.mark.parametrize(
    "path", ["/reset-all", "/reset", "/admin/reset", "/api/v1/debug/wipe-db", "/database/reset", "/createdb"]
)
def test_what_wipes_the_whole_system_by_whichever_method(path: str) -> None:
    assert wipes_everything(_operation("POST", path))
    assert wipes_everything(_operation("GET", path))


@pytest.mark.parametrize(
    "path", ["/counter/reset", "/carts/{id}/reset", "/notifications/clear-all", "/store/restore", "/orders", "/"]
)
def test_what_is_limited_to_one_thing_does_not(path: str) -> None:
    assert not wipes_everything(_operation("POST", path))


def test_an_rpc_that_ends_its_server_does() -> None:
    assert wipes_everything(_operation("UNARY", "/jobs.v1.Workers/ShutdownServer"))
    assert wipes_everything(_operation("UNARY", "/Workers/Shutdown"))
    assert not wipes_everything(_operation("UNARY", "/jobs.v1.Workers/ShutdownWorker"))


def test_sign_ups() -> None:
    for path in ("/register", "/users/register", "/auth/sign-up", "/registration"):
        assert signs_up(_operation("POST", path)), path
    assert signs_up(_operation("POST", "/users", "createUser"))
    for method, path in (("GET", "/register"), ("POST", "/events/{id}/register"), ("POST", "/login")):
        assert not signs_up(_operation(method, path)), path


def test_words_and_oneself() -> None:
    assert words_of(_operation("POST", "/auth/{x}/log-out/")) == ["auth", "logout"]
    assert own_account(_operation("GET", "/users/me"))
    assert not own_account(_operation("GET", "/users/{me}"))
