"""Reads regular expressions (ECMA-262 with Unicode properties) into a tree that text can be made from."""

from __future__ import annotations

import functools
import math
import sys
import unicodedata
from dataclasses import dataclass, field

__all__ = ["UNIVERSE", "Alternation", "Anchor", "Back", "Chars", "Group", "Look", "Node", "Repeat", "Sequence", "parse"]

_ASCII = "".join(map(chr, range(32, 127)))
UNIVERSE = _ASCII + "éüßñçøåÅÉΩλжШ漢字한"
"""Characters that stand for 'any character': printable, of several scripts, none outside the basic plane."""

_SHORT = {"d": "0123456789", "w": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", "s": " \t\n\r\f\v"}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}


@dataclass(slots=True)
class Chars:
    """One character out of `options`."""

    options: str
    shortest: int = 1
    longest: float = 1


@dataclass(slots=True)
class Sequence:
    """Its items, one after the other."""

    items: list[Node]
    shortest: int = field(init=False)
    longest: float = field(init=False)

    def __post_init__(self) -> None:
        self.shortest = sum(each.shortest for each in self.items)
        self.longest = sum(each.longest for each in self.items)


@dataclass(slots=True)
class Alternation:
    """One of its options."""

    options: list[Node]
    shortest: int = field(init=False)
    longest: float = field(init=False)

    def __post_init__(self) -> None:
        self.shortest = min(each.shortest for each in self.options)
        self.longest = max(each.longest for each in self.options)


@dataclass(slots=True)
class Repeat:
    """`item`, between `low` and `high` times (`high` may be infinite)."""

    item: Node
    low: int
    high: float
    shortest: int = field(init=False)
    longest: float = field(init=False)

    def __post_init__(self) -> None:
        self.shortest = self.item.shortest * self.low
        self.longest = 0 if self.item.longest == 0 or self.high == 0 else self.item.longest * self.high


@dataclass(slots=True)
class Group:
    """A capturing group; `Back` repeats what it matched."""

    number: int
    name: str
    item: Node
    shortest: int = field(init=False)
    longest: float = field(init=False)

    def __post_init__(self) -> None:
        self.shortest, self.longest = self.item.shortest, self.item.longest


@dataclass(slots=True)
class Back:
    """What a group matched, again."""

    target: int | str
    shortest: int = 0
    longest: float = math.inf


@dataclass(slots=True)
class Anchor:
    """`^`, `$`, `b` or `B`."""

    kind: str
    shortest: int = 0
    longest: float = 0


@dataclass(slots=True)
class Look:
    """A look ahead (or behind) for `item`, or for its absence."""

    item: Node
    ahead: bool
    negative: bool
    shortest: int = 0
    longest: float = 0


Node = Chars | Sequence | Alternation | Repeat | Group | Back | Anchor | Look


def parse(pattern: str) -> Node:
    """The tree of `pattern`. Raises ValueError with the position of what cannot be read."""
    reader = _Reader(pattern)
    node = reader.alternation()
    if reader.at < len(pattern):
        raise ValueError(f"unbalanced ) at {reader.at} in {pattern!r}")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.groups = 0

    def peek(self, ahead: int = 1) -> str:
        return self.text[self.at : self.at + ahead]

    def take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def until(self, end: str) -> str:
        stop = self.text.find(end, self.at)
        if stop < 0:
            raise ValueError(f"{end!r} missing after {self.at} in {self.text!r}")
        found = self.text[self.at : stop]
        self.at = stop + len(end)
        return found

    def alternation(self) -> Node:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Alternation(options)

    def sequence(self) -> Node:
        items: list[Node] = []
        while self.at < len(self.text) and self.peek() not in "|)":
            item = self.atom()
            if item is not None:
                items.append(self.quantified(item))
        return items[0] if len(items) == 1 else Sequence(items)

    def quantified(self, item: Node) -> Node:
        while True:
            low: int
            high: float
            if self.take("*"):
                low, high = 0, math.inf
            elif self.take("+"):
                low, high = 1, math.inf
            elif self.take("?"):
                low, high = 0, 1
            elif self.peek() == "{" and (counts := self._counts()) is not None:
                low, high = counts
            else:
                return item
            _ = self.take("?") or self.take("+")
            item = Repeat(item, low, high)

    def _counts(self) -> tuple[int, float] | None:
        """`{m}`, `{m,}` or `{m,n}`; any other brace is a character."""
        stop = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : max(stop, self.at)].partition(",")
        if stop < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            return None
        self.at = stop + 1
        return int(low), (int(high) if high else math.inf) if comma else int(low)

    def atom(self) -> Node | None:
        character = self.peek()
        self.at += 1
        if character == "(":
            return self.group()
        if character == "[":
            return Chars(self.charclass())
        if character == ".":
            return Chars(UNIVERSE)
        if character in "^$":
            return Anchor(character)
        if character == "\\":
            return self.escape()
        if character in "*+?":
            raise ValueError(f"nothing to repeat at {self.at - 1} in {self.text!r}")
        return Chars(character)

    def group(self) -> Node | None:
        number, name = 0, ""
        look: tuple[bool, bool] | None = None
        if self.take("?"):
            if self.take(":") or self.take(">"):
                pass
            elif self.take("="):
                look = (True, False)
            elif self.take("!"):
                look = (True, True)
            elif self.take("<="):
                look = (False, False)
            elif self.take("<!"):
                look = (False, True)
            elif self.take("<") or self.take("P<"):
                self.groups += 1
                number, name = self.groups, self.until(">")
            else:  # Inline flags: (?i) for what follows, (?i:...) for a group.
                while self.peek() and self.peek() not in ":)":
                    self.at += 1
                if self.take(")"):
                    return None
                self.take(":")
        else:
            self.groups += 1
            number = self.groups
        item = self.alternation()
        if not self.take(")"):
            raise ValueError(f") missing in {self.text!r}")
        if look:
            return Look(item, *look)
        return Group(number, name, item) if number else item

    def escape(self) -> Node:
        character = self.peek()
        if character in ("b", "B"):
            self.at += 1
            return Anchor(character)
        if character in ("A", "Z", "z"):
            self.at += 1
            return Anchor("^" if character == "A" else "$")
        if character == "k" and self.peek(2) == "k<":
            self.at += 2
            return Back(self.until(">"))
        if character and character in "123456789":
            start = self.at
            while self.peek().isdecimal():
                self.at += 1
            return Back(int(self.text[start : self.at]))
        return Chars(_sample(self.escaped()))

    def escaped(self) -> list[tuple[int, int]]:
        """The ranges of characters that an escape stands for; `at` is behind the backslash."""
        character = self.peek()
        if not character:
            raise ValueError(f"{self.text!r} ends in a backslash")
        self.at += 1
        if character.lower() in _SHORT:
            ranges = _points(_SHORT[character.lower()])
            return _inverted(ranges) if character.isupper() else ranges
        if character in "pP":
            name = self.until("}")[1:] if self.peek() == "{" else self._one()
            inverse = (character == "P") != name.startswith("^")
            ranges = _property(name.lstrip("^"))
            return _inverted(ranges) if inverse else ranges
        if character == "x" and self.peek() != "{":
            return _point(chr(int(self._digits(2), 16)))
        if character in "ux" and self.take("{"):
            return _point(chr(int(self.until("}"), 16)))
        if character == "u":
            return _point(chr(int(self._digits(4), 16)))
        if character == "c":
            return _point(chr(ord(self._one()) % 32))
        return _point(_ESCAPES.get(character, character))

    def _one(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def _digits(self, count: int) -> str:
        self.at += count
        return self.text[self.at - count : self.at]

    def charclass(self) -> str:
        inverse = self.take("^")
        ranges: list[tuple[int, int]] = []
        while not self.take("]"):
            if self.at >= len(self.text):
                raise ValueError(f"] missing in {self.text!r}")
            low = self._member()
            if self.peek() == "-" and self.peek(2) not in ("-]", "-") and _single(low):
                self.at += 1
                high = self._member()
                if _single(high) and high[0][0] >= low[0][0]:
                    low = [(low[0][0], high[0][0])]
                else:
                    low = [*low, *_point("-"), *high]
            ranges.extend(low)
        options = _sample(_inverted(ranges)) if inverse else _sample(ranges)
        if not options:
            raise ValueError(f"a class in {self.text!r} allows no character")
        return options

    def _member(self) -> list[tuple[int, int]]:
        if self.take("\\"):
            return _point("\b") if self.take("b") else self.escaped()
        return _point(self._one())


def _point(character: str) -> list[tuple[int, int]]:
    return [(ord(character), ord(character))]


def _points(characters: str) -> list[tuple[int, int]]:
    return [(ord(each), ord(each)) for each in characters]


def _single(ranges: list[tuple[int, int]]) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _inverted(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            out.append((start, low - 1))
        start = max(start, high + 1)
    if start <= sys.maxunicode:
        out.append((start, sys.maxunicode))
    return out


def _sample(ranges: list[tuple[int, int]]) -> str:
    """Up to a few hundred characters of the ranges: the printable ones we know, else evenly taken ones."""
    known = [each for each in UNIVERSE if any(low <= ord(each) <= high for low, high in ranges)]
    if not known or all(high > 127 or low == high for low, high in ranges):
        for low, high in ranges:
            step = max(1, (high - low) // 64)
            points = range(low, high + 1, step)
            known.extend(chr(each) for each in points if unicodedata.category(chr(each)) not in ("Cs", "Cn"))
            if len(known) > 400:
                break
    return "".join(dict.fromkeys(known))


@functools.lru_cache(maxsize=128)
def _property(name: str) -> list[tuple[int, int]]:
    """Characters of a Unicode property: a general category (`Lu`, `Letter`) or a script (`Han`, `Script=Greek`)."""
    long = {
        "letter": "L", "uppercase": "Lu", "lowercase": "Ll", "uppercaseletter": "Lu", "lowercaseletter": "Ll",
        "number": "N",
        "decimalnumber": "Nd", "punctuation": "P", "symbol": "S", "separator": "Z", "mark": "M", "alphabetic": "L",
        "spaceseparator": "Zs",
    }  # fmt: skip
    value = name.rpartition("=")[2]
    category = long.get(value.replace("_", "").lower(), value)
    if category and category[0] in "LNPSZMC" and len(category) <= 2:
        found = [ord(each) for each in UNIVERSE if unicodedata.category(each).startswith(category)]
        found += [each for each in range(0x100, 0x250) if unicodedata.category(chr(each)).startswith(category)]
        found += [each for each in range(0xA0, 0x100) if unicodedata.category(chr(each)).startswith(category)]
        if not found:
            found = [each for each in range(0x3000) if unicodedata.category(chr(each)).startswith(category)][:64]
    else:
        script = {"HAN": "CJK UNIFIED"}.get(value.upper(), value.upper().replace("_", " "))
        found = [each for each in range(0x20, 0xD7FF) if unicodedata.name(chr(each), "").startswith(script + " ")][:128]
    if not found:
        raise ValueError(f"the Unicode property {name!r} is not known")
    return [(each, each) for each in found]
