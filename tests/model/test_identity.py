"""An identity of the manifest."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from seamwright.model.identity import Identity

WAYS: dict[str, Any] = {
    "login": {"operation": "login"},
    "token": "t0ken",
    "basic": {"user": "a", "password": "pa55word"},
    "api_key": {"value": "k3y"},
    "oauth2": {"token_url": "http://h/t", "client_id": "a", "client_secret": "s3cret"},
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_authenticate_makes_a_caller(way: str) -> None:
    assert not Identity.model_validate({way: WAYS[way]}).anonymous


def test_nobody_is_anonymous() -> None:
    assert Identity(roles=("customer",)).anonymous


def test_an_identity_has_one_way() -> None:
    with pytest.raises(ValidationError, match="gives login and token; an identity has one way"):
        Identity.model_validate({"login": WAYS["login"], "token": "t0ken"})


@pytest.mark.parametrize("way", ["token", "basic", "api_key", "oauth2"])
def test_secrets_do_not_show(way: str) -> None:
    shown = repr(Identity.model_validate({way: WAYS[way]}))
    assert not any(secret in shown for secret in ("t0ken", "pa55word", "k3y", "s3cret"))


def test_a_word_before_a_credential_is_its_prefix() -> None:
    identity = Identity.model_validate({"token": "Token abc"})
    assert identity.token is not None
    assert (identity.stated_prefix, identity.token.get_secret_value()) == ("Token", "abc")
    assert Identity.model_validate({"token": "Token abc", "prefix": "Token"}) == identity
    key = Identity.model_validate({"api_key": {"value": "k3y & more"}}).api_key
    assert key is not None
    assert (key.prefix, key.value.get_secret_value()) == (None, "k3y & more")


@pytest.mark.parametrize("way", ["login", "api_key", "oauth2"])
def test_each_way_that_makes_a_header_has_a_prefix(way: str) -> None:
    assert Identity.model_validate({way: WAYS[way]}).stated_prefix is None
    assert Identity.model_validate({way: {**WAYS[way], "prefix": "Token "}}).stated_prefix == "Token"
    assert Identity.model_validate({way: {**WAYS[way], "prefix": ""}}).stated_prefix == ""


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"login": WAYS["login"], "prefix": "Token"}, "gives a prefix, and no token beside it; write it inside login"),
        (
            {"token": "Bearer t0ken", "prefix": "Token"},
            "gives the prefix 'Token', and a token that begins with another",
        ),
        ({"token": "t0ken", "prefix": "Token\r\nx: y"}, "should match pattern"),
        ({"token": "t0ken", "prefix": "my token"}, "should match pattern"),
    ],
)
def test_a_prefix_that_cannot_be_sent_is_refused(given: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text) as told:
        Identity.model_validate(given)
    assert "Bearer t0ken" not in told.value.errors()[0]["msg"]
