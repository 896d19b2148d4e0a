"""Finds for each alternative of the old schema the one that it became in the new schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from seamwright.contracts.diff.schemas.pair import Pair
from seamwright.contracts.diff.schemas.shape import Branch, Union

__all__ = ["labels", "matched_branches", "matched_unions"]

Unions = tuple[list[tuple[Union, Union]], list[Union], list[Union]]
Branches = tuple[list[tuple[Branch, Branch]], list[Branch], list[Branch]]


def labels(branches: Sequence[Branch], most: int = 5) -> str:
    """The alternatives by their labels; only the first ones where there are many."""
    names = [branch.label for branch in branches[:most]]
    return ", ".join(names) + (f", … ({len(branches)} in all)" if len(branches) > most else "")


def matched_unions(old: Sequence[Union], new: Sequence[Union]) -> Unions:
    """Match choices, those that name the same schemas first. Gives those of both, those gone, and those that came."""
    both: list[tuple[Union, Union]] = []
    left, right = list(old), list(new)
    shared = [(len(_refs(one) & _refs(other)), i, j) for i, one in enumerate(old) for j, other in enumerate(new)]
    for _, i, j in sorted(shared, key=lambda row: (-row[0], row[1], row[2])):
        if old[i] in left and new[j] in right:
            both.append((old[i], new[j]))
            left.remove(old[i])
            right.remove(new[j])
    return both, left, right


def _refs(union: Union) -> set[str]:
    return {branch.ref for branch in union.branches if branch.ref}


def matched_branches(pair: Pair, old: Sequence[Branch], new: Sequence[Branch]) -> Branches:
    """Match alternatives: of the same name, of the same meaning, or unnamed ones that look alike.

    Gives those that both have, those that are gone, and those that came.
    """
    both: list[tuple[Branch, Branch]] = []
    left, right = list(old), list(new)

    def take(fits: Callable[[Branch, Branch], bool]) -> None:
        for one in tuple(left):
            other = next((branch for branch in right if fits(one, branch)), None)
            if other is not None:
                both.append((one, other))
                left.remove(one)
                right.remove(other)

    take(lambda one, other: bool(one.ref) and one.ref == other.ref)
    take(lambda one, other: _alike(pair, one, other) and pair.comparing.same(one.part, other.part))
    for one, other in _only_each_other(pair, left, right):
        both.append((one, other))
        left.remove(one)
        right.remove(other)
    take(lambda one, other: _alike(pair, one, other) and pair.comparing.equivalent(one.part, other.part))
    scores = [(_likeness(pair, one, other), i, j) for i, one in enumerate(left) for j, other in enumerate(right)]
    before, after = tuple(left), tuple(right)
    for score, i, j in sorted(scores, key=lambda row: (-row[0], row[1], row[2])):
        if score > 0 and before[i] in left and after[j] in right:
            both.append((before[i], after[j]))
            left.remove(before[i])
            right.remove(after[j])
    return both, left, right


def _only_each_other(pair: Pair, left: list[Branch], right: list[Branch]) -> list[tuple[Branch, Branch]]:
    """The unnamed ones that can only have become each other, which need not be compared to tell so."""
    alike = [(i, j) for i, one in enumerate(left) for j, other in enumerate(right) if _alike(pair, one, other)]
    rows, columns = Counter(i for i, _ in alike), Counter(j for _, j in alike)
    return [(left[i], right[j]) for i, j in alike if rows[i] == columns[j] == 1 and not (left[i].ref or right[j].ref)]


def _alike(pair: Pair, one: Branch, other: Branch) -> bool:
    """Whether one may have become the other: of two that have names, only where a schema was given another name."""
    if one.ref and other.ref and not pair.comparing.renamed(one.ref, other.ref):
        return False
    old, new = pair.comparing.old_shape(one.part), pair.comparing.new_shape(other.part)
    return old.types == new.types and old.properties.keys() == new.properties.keys()


def _likeness(pair: Pair, one: Branch, other: Branch) -> float:
    """How much two alternatives look alike, from 0 to 1; named ones are other schemas where their names differ."""
    if one.ref and other.ref:
        return 0
    old, new = pair.comparing.old_shape(one.part), pair.comparing.new_shape(other.part)
    if old.types != new.types:
        return 0
    names, others = old.properties.keys(), new.properties.keys()
    if names or others:
        share = len(names & others) / len(names | others)
        # Two that are only written out may be one that changed much; a named schema is rather another one.
        return share if share >= 0.5 else 0 if one.ref or other.ref else 0.01
    return 1 if (old.values is None) == (new.values is None) and old.format == new.format else 0
