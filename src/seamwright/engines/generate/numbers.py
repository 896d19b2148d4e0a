"""Numbers between limits: valid ones, those at a limit, those that break one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from seamwright.engines.generate.cases import Limit, Unsatisfiable
from seamwright.engines.generate.facts import Facts

__all__ = ["Numbers"]

_RANGES = {
    "int8": (-(2**7), 2**7 - 1), "int16": (-(2**15), 2**15 - 1), "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1), "uint8": (0, 2**8 - 1), "uint16": (0, 2**16 - 1), "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}  # fmt: skip
_USUAL = 1000
_STEP = Fraction(1, 1_000_000)


class Numbers:
    """The numbers that some facts allow; raises Unsatisfiable (place empty) when there is none."""

    def __init__(self, facts: Facts, integer: bool) -> None:
        self._facts = facts
        self._integer = integer
        self._format = next((each for each in facts.formats if each in _RANGES), None)
        self.step = _common(facts.multiples + ((Fraction(1),) if integer or self._format else ()))
        low, high = facts.low, facts.high
        if self._format:
            floor, ceiling = (Fraction(each) for each in _RANGES[self._format])
            low = (floor, False) if low is None or low[0] < floor else low
            high = (ceiling, False) if high is None or high[0] > ceiling else high
        self._low, self._high = low, high
        if low and high and (low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1]))):
            raise Unsatisfiable("", "minimum", f"{_number(low[0])} lies above the maximum {_number(high[0])}")
        if self.step:
            self._first = None if low is None else _index(low, self.step, up=True)
            self._last = None if high is None else _index(high, self.step, up=False)
            if self._first is not None and self._last is not None and self._first > self._last:
                word = "multipleOf" if facts.multiples else "minimum"
                raise Unsatisfiable("", word, "leaves no number between the limits")

    def make(self, random: Random) -> int | float:
        """A number within the limits; near zero or the lower limit more often than far from it."""
        if self.step:
            first, last = self._window()
            if last - first > 2 * _USUAL and random.random() < 0.8:
                start = min(max(first, 0), last - _USUAL)
                return self._value(start + int(random.random() * _USUAL))
            count = last - first + 1
            return self._value(first + (int(random.random() * count) if count < 2**50 else random.randrange(count)))
        low = float(self._low[0]) if self._low else None
        high = float(self._high[0]) if self._high else None
        if low is None:
            low = -float(_USUAL) if high is None else high - _USUAL
        if high is None:
            high = low + _USUAL if low >= 0 or self._low else float(_USUAL)
        if high - low > 1e6 and random.random() < 0.8:
            low = min(max(low, 0.0), high)
            high = min(low + _USUAL, high)
        value = low + random.random() * (high - low)
        rounded = round(value, 2)
        return rounded if low < rounded < high else self._inside(value)

    def limits(self) -> Iterator[tuple[int | float, str, Limit]]:
        """Valid numbers at, and one step inside, each limit that is stated."""
        for bound, key, exclusive, sign in (
            (self._facts.low, "minimum", "exclusiveMinimum", 1),
            (self._facts.high, "maximum", "exclusiveMaximum", -1),
        ):
            if bound is None:
                continue
            word = exclusive if bound[1] else key
            if self.step:
                edge = _index(bound, self.step, up=sign > 0)
                yield self._value(edge), word, "at"
                yield self._value(edge + sign), word, "over" if sign > 0 else "under"
            elif bound[1]:
                yield _number(bound[0] + sign * self._gap(bound[0])), word, "over" if sign > 0 else "under"
            else:
                yield _number(bound[0]), word, "at"
                yield _number(bound[0] + sign * self._gap(bound[0])), word, "over" if sign > 0 else "under"
        if self._format:
            floor, ceiling = _RANGES[self._format]
            yield ceiling, "format", "at"
            yield floor, "format", "at"
        if self.step and self._facts.multiples:
            yield self._value(max(self._window()[0], 1)), "multipleOf", "at"
        if not self._facts.low:
            yield -1, "type", "at"
        yield 0, "type", "at"

    def broken(self, random: Random) -> Iterator[tuple[Any, str, str]]:
        """Numbers outside each limit, and beside each multiple."""
        for bound, key, exclusive, sign in (
            (self._facts.low, "minimum", "exclusiveMinimum", -1),
            (self._facts.high, "maximum", "exclusiveMaximum", 1),
        ):
            if bound is None:
                continue
            side = "below" if sign < 0 else "above"
            word = exclusive if bound[1] else key
            if bound[1]:
                yield _number(bound[0]), word, f"exactly {_number(bound[0])}, which is excluded"
            if self.step:
                inner = _index((bound[0], False), self.step, up=sign < 0)
                yield self._value(inner + sign), word, f"one step {side} {_number(bound[0])}"
                yield self._value(inner + 1000 * sign), word, f"far {side} {_number(bound[0])}"
            else:
                yield _number(bound[0] + sign * self._gap(bound[0])), word, f"just {side} {_number(bound[0])}"
                yield _number(bound[0] + sign * 1000), word, f"far {side} {_number(bound[0])}"
        for multiple in self._facts.multiples:
            good = self.make(random)
            beside = Fraction(repr(good)) + (1 if self._integer else multiple / 2)
            yield _number(beside), "multipleOf", f"not a multiple of {_number(multiple)}"
            less = Fraction(repr(good)) - (1 if self._integer else multiple / 2)
            yield _number(less), "multipleOf", f"not a multiple of {_number(multiple)}"

    def _window(self) -> tuple[int, int]:
        """First and last index of the multiples to choose from; an open side gets a usual width."""
        if self._first is not None:
            return self._first, self._first + _USUAL if self._last is None else self._last
        if self._last is not None:
            return self._last - _USUAL, self._last
        return -100, _USUAL

    def _value(self, index: int) -> int | float:
        assert self.step is not None
        value = index * self.step.numerator
        whole, rest = divmod(value, self.step.denominator)
        return value / self.step.denominator if rest else whole

    def _gap(self, bound: Fraction) -> Fraction:
        """A distance from `bound` that a double can tell, and that stays within a narrow span."""
        gap = max(_STEP, abs(bound) * _STEP)
        if self._low and self._high and self._high[0] > self._low[0]:
            gap = min(gap, (self._high[0] - self._low[0]) / 4)
        return gap

    def _inside(self, value: float) -> float:
        """`value`, moved off an excluded limit that rounding put it on."""
        if self._low and self._low[1] and value <= self._low[0]:
            return math.nextafter(float(self._low[0]), math.inf)
        if self._high and self._high[1] and value >= self._high[0]:
            return math.nextafter(float(self._high[0]), -math.inf)
        return value


def _common(multiples: tuple[Fraction, ...]) -> Fraction | None:
    """The least number that is a multiple of all, or None when there is none to hold to."""
    step: Fraction | None = None
    for each in multiples:
        if step is None:
            step = each
        else:
            step = Fraction(math.lcm(step.numerator, each.numerator), math.gcd(step.denominator, each.denominator))
    return step


def _index(bound: tuple[Fraction, bool], step: Fraction, up: bool) -> int:
    """Index of the multiple of `step` next to `bound` on its inner side."""
    ratio = bound[0] / step
    index = math.ceil(ratio) if up else math.floor(ratio)
    if bound[1] and index == ratio:
        index += 1 if up else -1
    return index


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
