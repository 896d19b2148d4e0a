"""Text made from patterns matches them, keeps to lengths, and never stalls."""

from __future__ import annotations

import time
from random import Random

import pytest

from seamwright.engines.generate.patterns import matches, pattern_text

_PATTERNS = [
    "^[A-Z]{2}\\d{4}$", "^(?=.*[A-Z])(?=.*\\d)(?=.*[@$!%*?&])[A-Za-z\\d@$!%*?&]{8,}$", "^\\p{L}+$", "^\\p{Greek}+$",
    "^(?!000)\\d{3}$", "^(a|b)\\1$", "abc", "^a|b$", "^\\+?[1-9]\\d{1,14}$", "^$", "\\bfoo\\b",
    "^([0-9]{1,3}\\.){3}[0-9]{1,3}$", "^[^\\x00-\\x1f]{3}$", "^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$", "^[\\u4e00-\\u9fa5]+$",
    "^\\S+$", "^[\\s\\S]*$", "(?i)^abc$", "^(?=.{8,20}$)\\w+$", "^#(?:[0-9a-fA-F]{3}){1,2}$", "^a\\/b\\-c\\.$",
    "^[-a]$", "^[a\\]]$", "^a{2}b{0,3}$", "^\\cA$", "^[^\\d\\s]+$", "^(?:[A-Za-z0-9+/]{4})*$", "^.{0,5}$",
]  # fmt: skip


@pytest.mark.parametrize("pattern", _PATTERNS)
def test_text_matches(pattern: str) -> None:
    maker, check, random = pattern_text(pattern), matches(pattern), Random(1)
    texts = [maker.make(random) for _ in range(50)]
    assert all(text is not None and check(text) for text in texts), texts


@pytest.mark.parametrize(
    ("pattern", "sizes"),
    [
        ("^[a-z0-9]+(?:-[a-z0-9]+)*$", (1, 12, 200)),
        ("^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$", (6, 12, 60)),
        ("[0-9]", (1, 5, 300)),
        ("^a|b$", (1, 9)),
        ("^(ab|cde)+$", (2, 3, 5, 40)),
        ("^\\d*x$", (1, 500)),
        ("^((a+)+b?)+$", (1, 80)),
    ],
)
def test_text_has_the_length_asked_for(pattern: str, sizes: tuple[int, ...]) -> None:
    maker, random = pattern_text(pattern), Random(2)
    for size in sizes:
        text = maker.make(random, size, size)
        assert text is not None, size
        assert len(text) == size


@pytest.mark.parametrize(
    ("pattern", "low", "high"), [("^[a-z]{8}$", 0, 4), ("^a?$", 2, 9), ("^(?!.*)a$", 0, 9), ("^(aa)+$", 3, 3)]
)
def test_what_has_no_text_is_none_and_soon(pattern: str, low: int, high: int) -> None:
    started = time.process_time()
    assert pattern_text(pattern).make(Random(0), low, high) is None
    assert time.process_time() - started < 1


def test_nested_repetition_does_not_stall() -> None:
    started = time.process_time()
    for pattern in ("^(a+)+$", "^((a*)*)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "^(a|aa)+$", "^(.*a){10}$"):
        text = pattern_text(pattern).make(Random(0), 0, 500)
        assert text is not None
        assert matches(pattern)(text)
    assert time.process_time() - started < 1


def test_allowed_characters_are_kept_to_where_the_pattern_lets_it() -> None:
    text = pattern_text("^.{5}\\d$", "ab").make(Random(0))
    assert text is not None
    assert set(text[:5]) <= {"a", "b"}
    assert text[5].isdecimal()


def test_the_unreadable_is_an_error() -> None:
    with pytest.raises(ValueError, match="\\]"):
        pattern_text("^[a-")
