"""Styles of names, and which names of many do not keep to the one that most of them have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from seamwright.contracts.lint._rule import Found

__all__ = ["STYLES", "in_style", "inconsistent", "main_style", "odd_ones", "out_of_style", "words"]

STYLES: Mapping[str, re.Pattern[str]] = {
    "camelCase": re.compile(r"[a-z][a-z0-9]*(?:[A-Z0-9][a-z0-9]*)*"),
    "snake_case": re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
    "kebab-case": re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"),
    "PascalCase": re.compile(r"[A-Z][a-z0-9]*(?:[A-Z0-9][a-z0-9]*)*"),
    "Train-Case": re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)*"),
    "SCREAMING_CASE": re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"),
}
"""Name of a style → what all of its names match."""

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+")


def words(name: str) -> list[str]:
    """The words of a name in any style, in small letters: `getOrderById` is get, order, by, id."""
    return [word.lower() for word in _WORDS.findall(name)]


def in_style(parts: Iterable[str], style: str) -> str:
    """Put words together in a style."""
    small = [part.lower() for part in parts]
    match style:
        case "snake_case":
            return "_".join(small)
        case "kebab-case":
            return "-".join(small)
        case "PascalCase":
            return "".join(part.capitalize() for part in small)
        case "Train-Case":
            return "-".join(part.capitalize() for part in small)
        case "SCREAMING_CASE":
            return "_".join(part.upper() for part in small)
    return "".join(part if index == 0 else part.capitalize() for index, part in enumerate(small))


def out_of_style(place: str, name: str, style: str) -> Iterator[Found]:
    """What is to be said of a name that is not written in this style."""
    if not STYLES[style].fullmatch(name):
        yield Found(place, f"{place} is not in {style}", f"write it {in_style(words(name), style)}")


def main_style(names: Iterable[str], default: str) -> str:
    """The style that most names have; `default` among styles that as many have, and where there is no name."""
    count = Counter(style for name in names for style, pattern in STYLES.items() if pattern.fullmatch(name))
    most = max(count.values(), default=0)
    best = [style for style in STYLES if count[style] == most]
    return default if default in best or not most else best[0]


def odd_ones(names: Mapping[str, str], default: str) -> tuple[str, list[str]]:
    """The main style of names (place → name), and the places of those that are not of that style."""
    style = main_style(names.values(), default)
    return style, [place for place, name in names.items() if not STYLES[style].fullmatch(name)]


def inconsistent(names: Mapping[str, str], default: str, what: str, fix: str) -> Iterator[Found]:
    """Tell of each name (place → name) that is not in the main style; once, where no style is kept by most of them.

    `fix` takes the name in the main style.
    """
    style, odd = odd_ones(names, default)
    if 2 * len(odd) > len(names) and len(odd) > 2:
        told = f"no style is kept by most of the {len(names)} names of this kind ({what} {names[odd[0]]})"
        yield Found(odd[0], told, f"choose one, such as {style}")
        return
    for place in odd:
        better = in_style(words(names[place]), style)
        yield Found(place, f"{what} {names[place]} is not in {style}, as others are", fix.format(better))
