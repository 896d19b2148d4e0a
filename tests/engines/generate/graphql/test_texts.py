"""The name of a place tells what text is likely to be accepted there."""

from __future__ import annotations

import re
from random import Random

import pytest

from seamwright.engines.generate.graphql.texts import meant, plain, words


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("email", r"[^@\s]+@[^@\s]+"),
        ("contactEmail", r"[^@\s]+@[^@\s]+"),
        ("website", r"https?://.+"),
        ("createdAt", r"\d{4}-\d\d-\d\dT.*"),
        ("birthday", r"\d{4}-\d\d-\d\d"),
        ("currency", r"[A-Z]{3}"),
        ("zipCode", r"\d{5}"),
        ("phone_number", r"[a-z]+"),
        ("title", r"[a-z]+"),
        ("", r"[a-z]+"),
    ],
)
def test_a_text_as_the_name_lets_one_expect(name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, meant(Random(1), name))
    assert meant(Random(1), name) == meant(Random(1), name)


def test_words() -> None:
    assert words("shippingAddress_2") == ["shipping", "address", "2"]
    assert plain(Random(2)).isalpha()
