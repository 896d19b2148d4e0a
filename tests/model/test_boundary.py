"""A boundary of the manifest."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from seamwright.model.boundary import Boundary, Latency, RelayDoor, Reset


def test_the_origin_is_scheme_host_and_port() -> None:
    assert Boundary(kind="http", url="https://shop.example:8443/v1/").origin == "https://shop.example:8443"


@pytest.mark.parametrize(
    ("kind", "url", "text"),
    [
        ("http", "shop.example", "must begin with http://"),
        ("graphql", "ftp://shop.example", "must begin with http://"),
        ("grpc", "127.0.0.1:50051", "must be grpc://host:port"),
        ("grpc", "grpc://127.0.0.1:50051/shop.v1.Orders", "must be grpc://host:port"),
        ("websocket", "http://shop.example", "must begin with ws:// or wss://"),
        ("sql", "shop.db", "is no database URL; write it like sqlite:///path"),
    ],
)
def test_a_url_that_does_not_fit_its_kind_is_refused(kind: Any, url: str, text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        Boundary(kind=kind, url=url)


@pytest.mark.parametrize("given", [{}, {"operation": "a", "command": "b"}])
def test_a_reset_is_one_thing(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="give either 'operation' or 'command'"):
        Reset(**given)


@pytest.mark.parametrize("given", [{}, {"listen": "h:1", "control": "http://h"}])
def test_a_relay_is_one_thing(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="give either 'listen' or 'control'"):
        RelayDoor(**given)


def test_quantiles_that_are_promised_are_listed() -> None:
    latency = Latency.model_validate({"p50": "10ms", "p999": "1s"})
    assert latency.items() == (("p50", 0.5, 0.01), ("p999", 0.999, 1.0))
