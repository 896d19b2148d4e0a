"""A boundary of the manifest."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from seamwright.model.boundary import Boundary, Dependency, Latency, RelayDoor, Reset


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


def test_promises_are_made_of_what_it_depends_on() -> None:
    promised = {"bank": {"attempts": 2, "breaker": {"failures": 5, "pause": "500ms"}, "without": ["prices"]}}
    given = {"kind": "http", "url": "http://shop.example", "dependencies": promised}
    boundary = Boundary.model_validate({**given, "depends_on": ["bank"]})
    breaker = boundary.dependencies["bank"].breaker
    assert breaker is not None
    assert (breaker.failures, breaker.pause) == (5, 0.5)
    with pytest.raises(ValidationError, match=r"dependencies\.bank promises something of what is not named"):
        Boundary.model_validate(given)


@pytest.mark.parametrize("given", [{"attempts": 0}, {"breaker": {"failures": 0, "pause": 1}}, {"breaker": {}}])
def test_a_promise_that_makes_no_sense(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Dependency.model_validate(given)
