"""Server errors that were met are remembered by operation, as many as are needed."""

from __future__ import annotations

from typing import Any

from seamwright.model.exchange import Case, Exchange, Request, Response
from seamwright.model.met import MOST, Met


def _met(operation: str, number: int) -> Met:
    request = Request("GET", "http://127.0.0.1:9/")
    exchange = Exchange(request, Response(500, (), b""), None, 0.0, 0.0, "api", operation, number=number)
    return Met(Case(operation), None, exchange, "contract.a")


def test_what_was_met_is_told_by_operation() -> None:
    learned: dict[tuple[str, ...], Any] = {}
    _met("list", 1).remember(learned)
    _met("make", 2).remember(learned)
    assert [m.exchange.number for m in Met.of(learned, "make")] == [2]
    assert Met.of(learned, "other") == []


def test_the_first_ones_are_kept() -> None:
    learned: dict[tuple[str, ...], Any] = {}
    for number in range(MOST + 5):
        _met("list", number).remember(learned)
    assert [m.exchange.number for m in Met.of(learned, "list")] == list(range(MOST))
