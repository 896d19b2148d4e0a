"""Names that want something, and those that want nothing."""

from __future__ import annotations

import re
from random import Random

import pytest

from seamwright.engines.generate.protobuf.names import likely_number, likely_text, word


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("email", r"\S+@example\.com"),
        ("contact_email", r"\S+@example\.com"),
        ("page_token", ""),
        ("order_by", ""),
        ("website_url", r"https://example\.com/\w+"),
        ("currency_code", r"[A-Z]{3}"),
        ("date_of_birth", r"\d{4}-\d\d-\d\d"),
        ("order_id", r"[0-9a-f-]{36}"),
        ("display_name", r"[A-Z]\w+ [A-Z]\w+"),
        ("idea", r"[a-z ]+"),
        ("note", r"[a-z ]+"),
    ],
)
def test_texts(name: str, pattern: str) -> None:
    for seed in range(10):
        assert re.fullmatch(pattern, likely_text(name, Random(seed)))


@pytest.mark.parametrize(
    ("name", "least", "most"), [("page_size", 1, 20), ("offset", 0, 0), ("birth_year", 2026, 2029), ("weight", 1, 100)]
)
def test_numbers(name: str, least: int, most: int) -> None:
    assert all(least <= likely_number(name, Random(seed)) <= most for seed in range(20))


def test_words() -> None:
    assert word(Random(1)) == word(Random(1))
    assert len({word(Random(seed)) for seed in range(50)}) > 30
