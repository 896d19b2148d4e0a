"""Defects replace the parts that they concern, and only those."""

from __future__ import annotations

from seamwright.demo.defect import Defect, compose


class Greeting:
    def opens(self) -> str:
        return "Hello"

    def closes(self) -> str:
        return "Goodbye"


class Other:
    """A part of something else."""


class _Rude(Greeting):
    def opens(self) -> str:
        return "Hey"


class _Short(Greeting):
    def closes(self) -> str:
        return super().closes()[:4]


def defect(part: type) -> Defect:
    return Defect("a-name", "contract", "orders", "contract.a-check", "a mistake", part)


def test_without_defects_the_healthy_class_itself_is_used() -> None:
    assert compose(Greeting, []) is Greeting
    assert compose(Other, [defect(_Rude)]) is Other


def test_two_defects_of_one_part_are_both_there() -> None:
    spoiled = compose(Greeting, [defect(_Rude), defect(_Short)])()
    assert (spoiled.opens(), spoiled.closes()) == ("Hey", "Good")
