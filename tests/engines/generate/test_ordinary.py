"""Bodies as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from seamwright.engines.generate.ordinary import ordinary

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "made"),
    [
        ("startsAt", "2056-04-18T10:09:26Z", "2026-03-02T12:00:00Z"),
        ("endsAt", "1999-10-19T10:09:26+02:00", "2026-03-31T12:00:00Z"),
        ("valid_until", "2004-01-15", "2026-03-31"),
        ("from", "2044-01-15", "2026-03-02"),
        ("bornOn", "2004-01-15", "2004-01-15"),
        ("custom", "2004-01-15", "2004-01-15"),
        ("contact", "some.one+x@example.com", "some.one+x@example.com"),
        ("id", "6fa459ea-ee8a-3ca4-894e-db77e160355e", "6fa459ea-ee8a-3ca4-894e-db77e160355e"),
        ("page", "https://example.com/a?b", "https://example.com/a?b"),
        ("name", "plain", "plain"),
        ("count", 7, 7),
    ],
)
def test_times_lie_ahead_in_order_and_what_has_a_form_keeps_it(name: str, value: object, made: object) -> None:
    assert ordinary({name: value}, NOW) == {name: made}


def test_free_texts_are_letters_and_digits_of_the_same_length() -> None:
    strange = {"labels": [{"name": "06bpx+3|@&h", "value": "7ñ漢 Z"}, {"name": "\u0430ß"}], "note": ""}
    made = ordinary(strange, NOW)
    texts = [text for label in made["labels"] for text in label.values()]
    assert all(text.isascii() and text.isalnum() and text[0].isalpha() for text in texts)
    assert [len(text) for text in texts] == [11, 5, 2]
    assert made["note"] == ""
