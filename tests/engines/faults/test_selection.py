"""Which requests are struck: counted, matched, and refused where it makes no sense."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seamwright.engines.faults.selection import ALL, Selection, selection_from


@pytest.mark.parametrize(
    ("where", "struck"),
    [
        (ALL, [1, 2, 3, 4, 5, 6]),
        (Selection(nth=3), [3]),
        (Selection(first=2), [1, 2]),
        (Selection(every=2), [2, 4, 6]),
        (Selection(every=2, first=4), [2, 4]),
    ],
)
def test_counts(where: Selection, struck: list[int]) -> None:
    assert [count for count in range(1, 7) if where.chosen(count)] == struck


@pytest.mark.parametrize(
    ("operation", "matches", "not_these"),
    [
        (
            "GET /orders/{id}",
            ["GET /orders/7", "GET /orders/a.b"],
            ["GET /orders", "GET /orders/7/x", "POST /orders/7"],
        ),
        ("* /a.b", ["GET /a.b", "DELETE /a.b"], ["GET /aXb"]),
        ("GET /v1/*", ["GET /v1/", "GET /v1/a/b"], ["GET /v2/a"]),
        ("COMMIT", ["COMMIT", "commit;", "Commit work"], ["COMMITTED", "BEGIN; COMMIT"]),
        ("insert into orders", ["INSERT  INTO orders (id) VALUES (1)"], ["insert into orders_old"]),
    ],
)
def test_operations(operation: str, matches: list[str], not_these: list[str]) -> None:
    where = Selection(operation=operation)
    assert [words for words in matches + not_these if where.matches(words)] == matches
    assert not where.matches("")


def test_it_survives_json() -> None:
    where = Selection(operation="GET /", nth=2, probability=0.5, open=True)
    assert selection_from(json.loads(json.dumps(where.params()))) == where
    assert ALL.params() == {}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"nth": 0}, "nth must be"),
        ({"first": True}, "first must be"),
        ({"every": 1.5}, "every must be"),
        ({"probability": 2}, "from 0 to 1"),
        ({"share": float("nan")}, "from 0 to 1"),
        ({"operation": " "}, "operation must be"),
        ({"open": 1}, "true or false"),
        ({"url": "/"}, "selected by url; there are operation"),
    ],
)
def test_nonsense_is_refused(params: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        selection_from(params)
