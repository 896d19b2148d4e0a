"""Makes text that matches a regular expression, of a length between two bounds; bounded, never by luck alone."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from random import Random

from seamwright.engines.generate import regex

__all__ = ["PatternText", "matches", "pattern_text"]

_LONGEST = 100_000
_MORE = 8
"""How many times more than it must an unbounded repetition runs."""


class _Miss(Exception):
    """The branch taken has no text of the length wanted; another may have."""


@functools.lru_cache(maxsize=2048)
def matches(pattern: str) -> Callable[[str], bool]:
    """A test whether text holds a match of `pattern`, as JSON Schema means it (unanchored, ECMA-262)."""
    import jsonschema_rs

    check: Callable[[str], bool] = jsonschema_rs.Draft202012Validator({"type": "string", "pattern": pattern}).is_valid
    return check


@functools.lru_cache(maxsize=2048)
def pattern_text(pattern: str, allowed: str | None = None) -> PatternText:
    """The maker of text for `pattern`; with `allowed` it keeps to those characters where the pattern lets it.

    Raises ValueError when the pattern cannot be read.
    """
    return PatternText(pattern, allowed)


class PatternText:
    """Makes text that matches one pattern."""

    def __init__(self, pattern: str, allowed: str | None = None) -> None:
        self.pattern = pattern
        self._allowed = frozenset(allowed) if allowed is not None else None
        self._tree = self._open(self._narrowed(regex.parse(pattern)))
        self._check = matches(pattern)
        self._wants: list[str] = []
        self._low, self._high = 0, math.inf
        self._read_looks(self._tree)
        self._plain = _closure(self._tree)
        self._usual = _usual_longest(self._tree)

    @property
    def shortest(self) -> int:
        """The length of the shortest text."""
        return self._tree.shortest

    def make(self, random: Random, low: int = 0, high: float = math.inf, tries: int = 60) -> str | None:
        """Matching text of `low` to `high` characters, or None when none was found in `tries` attempts."""
        low, high = max(low, self._low), min(high, self._high, _LONGEST)
        if self._tree.shortest > high or self._tree.longest < low or low > high:
            return None
        plain = self._plain if low <= self._tree.shortest and high >= self._usual and not self._wants else None
        for _ in range(tries):
            if plain:
                text = plain(random)
                if self._check(text):
                    return text
                continue
            try:
                text = self._draw(self._tree, low, high, random, {})
            except _Miss:
                continue
            if self._wants:
                text = self._patched(text, random)
            if low <= len(text) <= high and self._check(text):
                return text
        return None

    def _draw(self, node: regex.Node, low: float, high: float, random: Random, groups: dict[int | str, str]) -> str:
        if isinstance(node, regex.Chars):
            if high < 1:
                raise _Miss
            options = node.options
            return options[int(random.random() * len(options))]
        if isinstance(node, regex.Sequence):
            return self._draw_all(node.items, low, high, random, groups)
        if isinstance(node, regex.Repeat):
            return self._draw_repeat(node, low, high, random, groups)
        if isinstance(node, regex.Alternation):
            fitting = [each for each in node.options if each.shortest <= high and each.longest >= low]
            if not fitting:
                raise _Miss
            return self._draw(fitting[int(random.random() * len(fitting))], low, high, random, groups)
        if isinstance(node, regex.Group):
            text = self._draw(node.item, low, high, random, groups)
            groups[node.number] = text
            if node.name:
                groups[node.name] = text
            return text
        if isinstance(node, regex.Back):
            return groups.get(node.target, "")
        return ""  # Anchors and looks have no width; the check at the end holds them.

    def _draw_all(
        self, items: list[regex.Node], low: float, high: float, random: Random, groups: dict[int | str, str]
    ) -> str:
        rest_shortest: float = sum(each.shortest for each in items)
        rest_longest: list[float] = [0.0]
        for each in reversed(items):
            rest_longest.append(rest_longest[-1] + each.longest)
        parts: list[str] = []
        for index, item in enumerate(items):
            rest_shortest -= item.shortest
            after = rest_longest[len(items) - index - 1]
            text = self._draw(item, max(0.0, low - after), high - rest_shortest, random, groups)
            low -= len(text)
            high -= len(text)
            parts.append(text)
        return "".join(parts)

    def _draw_repeat(
        self, node: regex.Repeat, low: float, high: float, random: Random, groups: dict[int | str, str]
    ) -> str:
        item = node.item
        least = node.low
        if low > 0:
            if item.longest <= 0:
                raise _Miss
            least = max(least, 1 if item.longest == math.inf else math.ceil(low / item.longest))
        most = node.high if item.shortest == 0 else min(node.high, high // item.shortest)
        if least > most:
            raise _Miss
        more = 0 if isinstance(node, _Filler) else min(most - least, _MORE)
        count = int(least + random.random() * (more + 1))
        if isinstance(item, regex.Chars):
            return "".join(random.choices(item.options, k=count))
        return self._draw_all([item] * count, low, high, random, groups)

    def _patched(self, text: str, random: Random) -> str:
        """Puts in a character of each kind that a look-ahead such as `(?=.*[0-9])` asks for."""
        letters = list(text)
        places = list(range(len(letters)))
        random.shuffle(places)
        for want, place in zip(self._wants, places, strict=False):
            letters[place] = want[int(random.random() * len(want))]
        return "".join(letters)

    def _narrowed(self, node: regex.Node) -> regex.Node:
        """The tree with its classes kept to the allowed characters, where any is left."""
        if self._allowed is None:
            return node
        if isinstance(node, regex.Chars):
            kept = "".join(each for each in node.options if each in self._allowed)
            return regex.Chars(kept or node.options)
        if isinstance(node, regex.Sequence):
            return regex.Sequence([self._narrowed(each) for each in node.items])
        if isinstance(node, regex.Alternation):
            return regex.Alternation([self._narrowed(each) for each in node.options])
        if isinstance(node, regex.Repeat):
            return regex.Repeat(self._narrowed(node.item), node.low, node.high)
        if isinstance(node, regex.Group):
            return regex.Group(node.number, node.name, self._narrowed(node.item))
        if isinstance(node, regex.Look):
            return regex.Look(self._narrowed(node.item), node.ahead, node.negative)
        return node

    def _open(self, tree: regex.Node) -> regex.Node:
        """The tree with room for other text before and after it where it is not anchored (patterns are searched)."""
        if isinstance(tree, regex.Alternation):
            return regex.Alternation([self._open(each) for each in tree.options])
        if isinstance(tree, regex.Group) and isinstance(tree.item, regex.Alternation):
            return regex.Group(tree.number, tree.name, self._open(tree.item))
        filler = _Filler(self._narrowed(regex.Chars(regex.UNIVERSE)))
        items = list(tree.items) if isinstance(tree, regex.Sequence) else [tree]
        before = not any(isinstance(each, regex.Anchor) and each.kind == "^" for each in items[:3])
        after = not any(isinstance(each, regex.Anchor) and each.kind == "$" for each in items[-3:])
        return regex.Sequence([*([filler] if before else []), *items, *([filler] if after else [])])

    def _read_looks(self, tree: regex.Node) -> None:
        """Reads what the usual look-aheads ask: a kind of character somewhere, or a length."""
        for look in tree.items if isinstance(tree, regex.Sequence) else []:
            if not isinstance(look, regex.Look) or look.negative or not look.ahead:
                continue
            items = look.item.items if isinstance(look.item, regex.Sequence) else [look.item]
            head, last = items[0] if items else None, items[-1] if items else None
            if isinstance(head, regex.Repeat) and isinstance(head.item, regex.Chars):
                if len(items) == 2 and isinstance(last, regex.Chars) and head.low == 0:
                    self._wants.append(last.options)
                elif len(items) == 1 or (len(items) == 2 and isinstance(last, regex.Anchor)):
                    self._low = max(self._low, head.low)
                    if isinstance(last, regex.Anchor):
                        self._high = min(self._high, head.high)


def _usual_longest(node: regex.Node) -> float:
    """The longest text that is made when no length is asked for."""
    if isinstance(node, regex.Repeat):
        most = node.low if isinstance(node, _Filler) else min(node.high, node.low + _MORE)
        return most * _usual_longest(node.item)
    if isinstance(node, regex.Sequence):
        return sum(_usual_longest(each) for each in node.items)
    if isinstance(node, regex.Alternation):
        return max(_usual_longest(each) for each in node.options)
    return _usual_longest(node.item) if isinstance(node, regex.Group) else node.longest


def _closure(node: regex.Node) -> Callable[[Random], str] | None:
    """A quick maker for when no length is asked for; None for patterns that refer back to their groups."""
    if isinstance(node, regex.Back):
        return None
    if isinstance(node, regex.Chars):
        options, count = node.options, len(node.options)
        if count == 1:
            return lambda random: options
        return lambda random: options[int(random.random() * count)]
    if isinstance(node, regex.Group):
        return _closure(node.item)
    if isinstance(node, regex.Sequence | regex.Alternation):
        parts = [_closure(each) for each in (node.items if isinstance(node, regex.Sequence) else node.options)]
        known = [each for each in parts if each is not None]
        if len(known) < len(parts):
            return None
        if isinstance(node, regex.Alternation):
            return lambda random: known[int(random.random() * len(known))](random)
        wide = [part for part, each in zip(known, node.items, strict=True) if _usual_longest(each)]
        return lambda random: "".join([part(random) for part in wide])
    if isinstance(node, regex.Repeat):
        inner = _closure(node.item)
        least = node.low
        span = 1 if isinstance(node, _Filler) else int(min(node.high - least, _MORE)) + 1
        if inner is None:
            return None
        make = inner
        if isinstance(node.item, regex.Chars):
            letters, size = node.item.options, len(node.item.options)

            def several(random: Random) -> str:
                chance = random.random
                times = least + int(chance() * span) if span > 1 else least
                return "".join([letters[int(chance() * size)] for _ in range(times)])

            return several
        return lambda random: "".join([make(random) for _ in range(least + int(random.random() * span))])
    return lambda random: ""


class _Filler(regex.Repeat):
    """Text around an unanchored pattern: none unless the length asks for it."""

    def __init__(self, item: regex.Node) -> None:
        super().__init__(item, 0, math.inf)
