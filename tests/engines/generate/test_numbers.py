"""Numbers keep to their limits; what is broken lies outside."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.facts import Facts
from seamwright.engines.generate.numbers import Numbers


def test_steps_of_decimals_are_exact() -> None:
    numbers = Numbers(Facts(multiples=(Fraction("0.01"),), low=(Fraction(0), False), high=(Fraction(1), False)), False)
    random = Random(0)
    made = {numbers.make(random) for _ in range(3000)}
    assert made == {index / 100 for index in range(101)}


def test_broken_numbers_lie_outside() -> None:
    numbers = Numbers(Facts(low=(Fraction(1), False), high=(Fraction(5), True)), True)
    broken = {(value, keyword) for value, keyword, _ in numbers.broken(Random(0))}
    assert broken >= {(0, "minimum"), (5, "exclusiveMaximum"), (6, "exclusiveMaximum")}
    assert all(value < 1 or value >= 5 for value, _ in broken)


def test_a_huge_range_reaches_far() -> None:
    numbers = Numbers(Facts(low=(Fraction(0), False), high=(Fraction(2**63 - 1), False)), True)
    random = Random(0)
    made = [numbers.make(random) for _ in range(500)]
    assert max(made) > 2**50
    assert sum(value <= 1000 for value in made) > 250


@pytest.mark.parametrize(
    "facts",
    [
        Facts(low=(Fraction(2), False), high=(Fraction(1), False)),
        Facts(low=(Fraction(1), True), high=(Fraction(1), False)),
        Facts(low=(Fraction("1.2"), False), high=(Fraction("1.8"), False)),
        Facts(formats=("int32",), low=(Fraction(2**40), False)),
    ],
)
def test_no_number(facts: Facts) -> None:
    with pytest.raises(Unsatisfiable):
        Numbers(facts, True)
