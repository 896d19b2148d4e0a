"""Finds what in a call brings the failure about: the smallest difference from an accepted call that still fails.

Delta debugging in its plainest form (Zeller and Hildebrandt, 2002): each part that differs is laid over the accepted
call by itself; where no single one is enough, parts are taken back one after the other as long as the call still fails.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from seamwright.model.exchange import Case, Exchange

__all__ = ["Culprit", "beside", "culprit", "like", "rest"]

MOST_CALLS = 16
"""Calls that are spent on one failure."""

_ABSENT = object()

_WORD = re.compile("[0-9A-Za-z]+")
_ALIKE = ("123456789", "0123456789", "abcdef", "ABCDEF", "ghijklmnopqrstuvwxyz", "GHIJKLMNOPQRSTUVWXYZ")

Send = Callable[[Case], Awaitable[Exchange]]
Fails = Callable[[Exchange], bool]


@dataclass(frozen=True, slots=True)
class Culprit:
    """The smallest failing call that was found, what came of it, and the places in which it differs."""

    case: Case
    exchange: Exchange
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    where: str
    name: str
    value: Any

    @property
    def place(self) -> str:
        shown = {"headers": "header", "cookies": "cookie"}.get(self.where, self.where)
        return f"{shown}/{self.name}" if self.name else shown

    def laid(self, case: Case) -> Case:
        """The case with this part as it is in the failing call."""
        if not self.name:
            return case.but(body=None if self.value is _ABSENT else self.value)
        held = {k: v for k, v in getattr(case, self.where).items() if k != self.name}
        if self.value is not _ABSENT:
            held[self.name] = self.value
        return case.but(**{self.where: held})


async def culprit(good: Case, bad: Case, send: Send, fails: Fails) -> Culprit | None:
    """Narrow a failing call down. None where not even the whole of it fails again."""
    parts = list(_parts(good, bad))
    calls = 0

    async def tried(chosen: list[_Part]) -> Culprit | None:
        nonlocal calls
        calls += 1
        case = good
        for part in chosen:
            case = part.laid(case)
        exchange = await send(case)
        return Culprit(case, exchange, tuple(part.place for part in chosen)) if fails(exchange) else None

    for part in parts[: MOST_CALLS // 2] if len(parts) > 1 else ():
        found = await tried([part])
        if found is not None:
            return found
    smallest = await tried(parts)
    if smallest is None:
        return None
    kept = parts
    for part in parts:
        if calls >= MOST_CALLS or len(kept) == 1:
            break
        fewer = [other for other in kept if other is not part]
        found = await tried(fewer)
        if found is not None:
            kept, smallest = fewer, found
    return smallest


def beside(good: Case, places: tuple[str, ...], random: Random) -> Case | None:
    """The accepted call with another ordinary value, much like the accepted one, in each of these places that it has.

    Where that fails too, the accepted call was none because of its state (what it names is there already), and no value
    is to blame. None where there is no other value; objects that the path names are not for values to tell.
    """
    other = good
    for where in ("query", "headers", "cookies"):
        held = getattr(good, where)
        changed = {name: like(v, random) if _Part(where, name, v).place in places else v for name, v in held.items()}
        other = other.but(**{where: changed})
    if "body" in places:
        other = other.but(body=like(good.body, random))
    elif isinstance(good.body, dict):
        body = {n: like(v, random) if _Part("body", n, v).place in places else v for n, v in good.body.items()}
        other = other.but(body=body)
    return other if other != good else None


def rest(good: Case, bad: Case, places: tuple[str, ...]) -> Case | None:
    """The failing call with these places as in the accepted one; None where it differs in nothing else."""
    case = good
    for part in _parts(good, bad):
        if part.place not in places:
            case = part.laid(case)
    return case if case != good else None


def like(value: Any, random: Random) -> Any:
    """Another value of the same form: the next number, or a text whose first word (the year of a date, the account of
    an address) has other letters and digits."""
    if isinstance(value, dict):
        return {name: like(member, random) for name, member in value.items()}
    if isinstance(value, list):
        return [like(member, random) for member in value]
    if isinstance(value, str):
        return _WORD.sub(lambda found: "".join(_another(letter, random) for letter in found[0]), value, count=1)
    return value + 1 if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _another(letter: str, random: Random) -> str:
    """Another letter; of hexadecimal digits one of them, since the text may be a UUID."""
    alike = next(letters for letters in _ALIKE if letter in letters)
    return random.choice(alike.replace(letter, ""))


def _parts(good: Case, bad: Case) -> Iterator[_Part]:
    for where in ("path", "query", "headers", "cookies"):
        yield from _differing(where, getattr(good, where), getattr(bad, where))
    if isinstance(good.body, dict) and isinstance(bad.body, dict):
        yield from _differing("body", good.body, bad.body)
    elif good.body != bad.body:
        yield _Part("body", "", bad.body)


def _differing(where: str, good: Any, bad: Any) -> Iterator[_Part]:
    for name in dict.fromkeys((*bad, *good)):
        value = bad.get(name, _ABSENT)
        if value is _ABSENT or name not in good or value != good[name]:
            yield _Part(where, name, value)
