"""All of many texts are found, the longer ones first, whenever they were added."""

from __future__ import annotations

import re
import string
from random import Random

import pytest

from seamwright.run.literals import YOUNG, Literals


def _of(*texts: str) -> Literals:
    literals = Literals()
    for text in texts:
        literals.add(text)
    return literals


def test_nothing_is_found_where_there_is_nothing_to_look_for() -> None:
    assert _of().replaced("a text", "-") == "a text"
    assert _of("").replaced("a text", "-") == "a text"


def test_what_is_special_in_a_regular_expression_is_no_more_than_itself() -> None:
    assert _of("a.c(", "[x]*", "\\d").replaced(r"abc( a.c( [x]* x \d 7", r"\1") == r"abc( \1 \1 x \1 7"


@pytest.mark.parametrize("order", [("secret", "secret-word", "the-secret-word-of"), ("the-secret-word-of", "secret")])
def test_of_texts_inside_one_another_the_longest_is_taken_out_whole(order: tuple[str, ...]) -> None:
    literals = Literals()
    for text in order:
        literals.add(text)
        literals.replaced("whatever", "-")
    assert literals.replaced("a the-secret-word-of b secret c", "-") == "a - b - c"


def test_what_was_added_is_known() -> None:
    literals = _of("one", "two")
    assert "one" in literals
    assert "three" not in literals


@pytest.mark.parametrize("count", [1, YOUNG, YOUNG + 1, 5 * YOUNG])
def test_many_are_found_as_an_alternation_would_find_them(count: int) -> None:
    random = Random(count)
    texts = ["".join(random.choices(string.printable, k=random.randint(6, 20))) for _ in range(count)]
    literals = Literals()
    for text in texts:
        literals.add(text)
        if random.random() < 0.5:
            assert literals.replaced(f"<{text}>", "-") == "<->"
    plain = re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)))
    text = " ".join(random.choice(["some words", *texts]) for _ in range(200))
    assert literals.replaced(text, "-") == plain.sub("-", text)
