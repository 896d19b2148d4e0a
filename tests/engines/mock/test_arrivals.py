"""What arrives at a mock."""

from __future__ import annotations

from seamwright.engines.mock.arrivals import Arrival
from seamwright.model.exchange import Case, Request


def test_headers_are_found_without_case() -> None:
    request = Request("GET", "/a", (("If-Match", '"1"'),))
    arrival = Arrival(request, Case("a"), {}, "/a")
    assert arrival.header("if-match") == '"1"'
    assert arrival.header("etag") is None
