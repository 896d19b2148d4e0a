"""Strings: of a length, a pattern, a format, fit for the place in a request where they will stand."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Iterator
from random import Random
from typing import Literal

from seamwright.engines.generate.cases import Limit, Unsatisfiable
from seamwright.engines.generate.facts import Facts
from seamwright.engines.generate.formats import BROKEN, FORMATS
from seamwright.engines.generate.patterns import matches, pattern_text
from seamwright.engines.generate.regex import UNIVERSE

__all__ = ["TEXT_CAP", "Location", "Text", "alphabet"]

Location = Literal["body", "path", "query", "header", "cookie"]

TEXT_CAP = 10_000
"""The longest string that is made to stand at a limit; larger limits are told as capped."""

_USUAL = 16
_TRIES = 40
_PRINTABLE = "".join(map(chr, range(33, 127)))
_SCRIPTS = "".join(each for each in UNIVERSE if ord(each) > 127)


def alphabet(location: Location, plain: bool) -> str:
    """The characters that strings are made of: what a request can carry there without harm to the request itself."""
    if plain:
        return string.ascii_letters
    if location == "cookie":
        return "".join(each for each in _PRINTABLE if each not in '",;\\')
    if location == "header":
        return "".join(each for each in _PRINTABLE if each not in '",')
    if location == "path":
        # Servers and proxies treat an encoded slash, dot segment or percent sign as structure, not as data.
        return string.ascii_letters * 2 + string.digits * 2 + "-_~!$'()*@é漢"
    return string.ascii_letters * 2 + string.digits * 2 + _PRINTABLE + "   " + _SCRIPTS


class Text:
    """The strings that some facts allow; raises Unsatisfiable (place empty) when none can be made."""

    def __init__(self, facts: Facts, location: Location = "body", plain: bool = False) -> None:
        self._facts = facts
        self._location = location
        self._letters = alphabet(location, plain)
        self._low = max(facts.min_length, 1 if location == "path" else 0)
        self._high = facts.max_length
        if facts.unreadable:
            raise Unsatisfiable("", "pattern", f"{facts.unreadable[0]!r} cannot be read as a regular expression")
        if self._low > self._high:
            raise Unsatisfiable("", "maxLength", f"{self._high} leaves no string of at least {self._low} characters")
        if self._low > 10 * TEXT_CAP:
            raise Unsatisfiable("", "minLength", f"{self._low} is more than the {10 * TEXT_CAP} characters ever sent")
        self._formats = [each for each in facts.formats if each in FORMATS]
        self._checks = [matches(each) for each in facts.patterns]
        if self._formats and (facts.patterns or len(self._formats) > 1):
            self._checks.append(_format_check(tuple(self._formats)))
        self._ascii = location in ("header", "cookie")
        self.make: Callable[[Random], str] = self._maker()
        self.make(Random(0))

    def sized(self, random: Random, low: int, high: float) -> str | None:
        """A string that keeps to pattern and format, of `low` to `high` characters whatever the facts say of length."""
        for pattern in self._facts.patterns:
            maker = pattern_text(pattern, self._letters)
            for _ in range(_TRIES):
                text = maker.make(random, low, high, tries=10)
                if text is None:
                    break
                if self._fits(text):
                    return text
        if self._formats:
            for _ in range(_TRIES):
                text = FORMATS[self._formats[0]](random, low, high)
                if low <= len(text) <= high and self._fits(text):
                    return text
        if len(self._facts.patterns) > 1:
            return self._joined(random, low, high)
        if self._facts.patterns or self._formats:
            return None
        return self._free(random, low, high)

    def _joined(self, random: Random, low: int, high: float) -> str | None:
        """Text that satisfies several patterns because it holds a match of each, one after the other."""
        makers = [pattern_text(pattern, self._letters) for pattern in self._facts.patterns]
        for attempt in range(_TRIES):
            order = makers[:: -1 if attempt % 2 else 1]
            text = ""
            for index, maker in enumerate(order):
                rest = sum(each.shortest for each in order[index + 1 :])
                least = max(0, low - len(text)) if maker is order[-1] else 0
                text += maker.make(random, least, high - len(text) - rest, tries=10) or ""
            if low <= len(text) <= high and self._fits(text):
                return text
        return None

    def limits(self, random: Random) -> Iterator[tuple[str, str, Limit]]:
        """Valid strings at, and one step inside, each limit of the length."""
        low, high = self._low, self._high
        if self._facts.min_length:
            yield from self._at(random, low, "minLength", "at")
            yield from self._at(random, low + 1, "minLength", "over")
        elif low == 0:
            yield from self._at(random, 0, "minLength", "at")
        if high != math.inf and high > TEXT_CAP:
            yield from self._at(random, max(TEXT_CAP, low), "maxLength", "capped")
        elif high != math.inf:
            yield from self._at(random, int(high), "maxLength", "at")
            yield from self._at(random, int(high) - 1, "maxLength", "under")

    def broken(self, random: Random) -> Iterator[tuple[str, str, str]]:
        """Strings that are too short, too long, off the pattern, off the format."""
        facts = self._facts
        if facts.min_length > (1 if self._location == "path" else 0):
            made = self.sized(random, facts.min_length - 1, facts.min_length - 1)
            if made is not None:
                yield made, "minLength", f"{len(made)} characters, {facts.min_length} is the least"
        if self._high <= TEXT_CAP:
            for size in (int(self._high) + 1, int(self._high) * 4 + 100):
                made = self.sized(random, size, size)
                if made is not None:
                    yield made, "maxLength", f"{size} characters, {facts.max_length} is the most"
            if made is None:
                made = self.sized(random, int(self._high) + 1, math.inf)
                if made is not None:
                    yield made, "maxLength", f"{len(made)} characters, {facts.max_length} is the most"
        for pattern in facts.patterns:
            for text in self._off(random, pattern):
                yield text, "pattern", f"does not match {pattern}"
        for name in facts.formats:
            for text in BROKEN.get(name, ()):
                yield text, "format", f"is not a {name}"

    def _off(self, random: Random, pattern: str) -> Iterator[str]:
        """Text near the pattern that does not match it: one character changed, added or taken, then other text."""
        check = matches(pattern)
        seen: set[str] = set()
        good = self.make(random)
        tried = [
            *(good[:place] + each + good[place + 1 :] for place in range(min(len(good), 24)) for each in "!é a0-"),
            *(f"{each}{good}" for each in "! "), *(f"{good}{each}" for each in "! "), good[:-1], good[1:], good + good,
            *(self._free(random, self._low, self._high) for _ in range(8)), "!" * max(self._low, 1),
        ]  # fmt: skip
        for text in tried:
            fits = self._low <= len(text) <= self._high and text not in seen and self._carried(text)
            if fits and not check(text):
                seen.add(text)
                yield text
                if len(seen) == 2:
                    return

    def _at(self, random: Random, size: int, keyword: str, limit: Limit) -> Iterator[tuple[str, str, Limit]]:
        if self._low <= size <= self._high:
            made = self.sized(random, size, size)
            if made is not None:
                yield made, keyword, limit

    def _maker(self) -> Callable[[Random], str]:
        low, high = self._low, self._high
        if not self._facts.patterns and not self._formats:
            letters, most = self._letters, int(min(high, max(low + 4, _USUAL)))
            least = min(max(low, 1), most)
            span = most - least + 1
            if self._location == "body" or " " not in letters:
                return lambda random: "".join(random.choices(letters, k=least + int(random.random() * span)))
            return lambda random: self._free(random, least, most)
        if len(self._formats) == 1 and not self._checks and not self._ascii:
            maker = FORMATS[self._formats[0]]

            def direct(random: Random) -> str:
                for _ in range(_TRIES):
                    text = maker(random, low, high)
                    if low <= len(text) <= high:
                        return text
                raise self._failure()

            return direct

        if len(self._facts.patterns) == 1 and not self._formats and not self._ascii and self._location == "body":
            from_pattern = pattern_text(self._facts.patterns[0], self._letters)

            def quick(random: Random) -> str:
                text = from_pattern.make(random, low, high)
                if text is None:
                    raise self._failure()
                return text

            return quick

        def checked(random: Random) -> str:
            text = self.sized(random, low, high)
            if text is None:
                raise self._failure()
            return text

        return checked

    def _failure(self) -> Unsatisfiable:
        bounds = (
            f"with {self._low} to {self._high} characters"
            if self._low or self._high != math.inf
            else "that could be found"
        )
        if self._facts.patterns:
            also = f" and format {self._formats[0]}" if self._formats else ""
            return Unsatisfiable("", "pattern", f"{' and '.join(self._facts.patterns)}{also} has no text {bounds}")
        return Unsatisfiable("", "format", f"{self._formats[0]} has no text {bounds}")

    def _free(self, random: Random, low: int, high: float) -> str:
        most = int(min(high, max(low, _USUAL)))
        size = low + int(random.random() * (most - low + 1)) if most > low else most
        text = "".join(random.choices(self._letters, k=size))
        return text if text.strip() == text else text.replace(" ", "_")

    def _fits(self, text: str) -> bool:
        return all(check(text) for check in self._checks) and self._carried(text)

    def _carried(self, text: str) -> bool:
        """Whether the place in the request can carry the text as it is."""
        if self._ascii:
            return text.isascii() and text.isprintable() and text.strip() == text
        return self._location != "path" or (text not in (".", "..") and "/" not in text and text != "")


def _format_check(formats: tuple[str, ...]) -> Callable[[str], bool]:
    import jsonschema_rs

    schema = {"allOf": [{"type": "string", "format": each} for each in formats]}
    check: Callable[[str], bool] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid
    return check
