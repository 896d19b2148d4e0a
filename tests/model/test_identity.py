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
