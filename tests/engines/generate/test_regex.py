"""Regular expressions are read into the tree that they mean."""

from __future__ import annotations

import math

import pytest

from seamwright.engines.generate.regex import Alternation, Anchor, Back, Chars, Group, Look, Repeat, Sequence, parse


def test_a_sequence_of_quantified_classes() -> None:
    tree = parse("^[a-c]{2,3}\\d*$")
    assert isinstance(tree, Sequence)
    first, letters, digits, last = tree.items
    assert isinstance(first, Anchor)
    assert isinstance(last, Anchor)
    assert isinstance(letters, Repeat)
    assert (letters.low, letters.high) == (2, 3)
    assert isinstance(letters.item, Chars)
    assert letters.item.options == "abc"
    assert isinstance(digits, Repeat)
    assert digits.high == math.inf
    assert (tree.shortest, tree.longest) == (2, math.inf)


def test_groups_alternatives_looks_and_references() -> None:
    assert isinstance(parse("a|b|"), Alternation)
    assert isinstance(parse("(a)"), Group)
    assert isinstance(parse("(?:a)"), Chars)
    look = parse("(?!a)")
    assert isinstance(look, Look)
    assert look.negative
    tree = parse("(?<n>a)\\k<n>")
    assert isinstance(tree, Sequence)
    assert isinstance(tree.items[1], Back)
    assert tree.items[1].target == "n"


def test_a_brace_that_is_no_count_is_a_character() -> None:
    tree = parse("{x}")
    assert isinstance(tree, Sequence)
    assert [each.options for each in tree.items if isinstance(each, Chars)] == ["{", "x", "}"]


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [("[^a-z]", "A0 ", "amz"), ("\\w", "aZ_5", "- é"), ("\\D", "a-", "0"), ("[\\]x-]", "]x-", "a"),
     ("\\u0041", "A", "a"), ("\\p{Lu}", "AÉ", "a1"), ("\\P{L}", "1 ", "aé"), ("[a-]", "a-", "b")],
)  # fmt: skip
def test_classes(pattern: str, inside: str, outside: str) -> None:
    tree = parse(pattern)
    assert isinstance(tree, Chars)
    assert set(inside) <= set(tree.options)
    assert not set(outside) & set(tree.options)


@pytest.mark.parametrize("pattern", ["(a", "a)", "[a", "*a", "a\\", "[]", "\\p{Nowhere}"])
def test_what_cannot_be_read_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError):
        parse(pattern)
