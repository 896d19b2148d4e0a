"""Reads names: the words of a parameter or field, the thing that a collection is full of, the shape of a path."""

from __future__ import annotations

import re

from seamwright.model.accounts import flat

__all__ = ["IDENTIFIERS", "below", "collection_word", "flat", "generic", "nouns", "shape", "singulars", "speaks_of"]

IDENTIFIERS = ("id", "uuid", "guid", "key", "slug", "name", "number", "code")
"""What the property that identifies an object may be called, the likeliest first."""

_SUFFIXES = ("id", "uuid", "guid", "ids", "uuids", "guids")
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "data": "datum"}


def _words(name: str) -> list[str]:
    """The words of a name in any of the usual spellings: `customerId`, `customer_id`, `customer-id`, `CustomerID`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+", " ", name)
    return parted.lower().split()


def singulars(word: str) -> tuple[str, ...]:
    """What one of these may be called, the likeliest first: spelling alone does not tell `courses` from `buses`."""
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    if word.endswith("ies"):
        return (f"{word[:-3]}y", word[:-1])
    if word.endswith("ss"):
        return (word,)
    if word.endswith(("sses", "uses", "xes", "ches", "shes", "zes")):
        return (word[:-2], word[:-1])
    if word.endswith("ses"):
        return (word[:-1], word[:-2])
    return (word.removesuffix("s"),)


def generic(name: str) -> bool:
    """Whether a name identifies anything at all, and so tells nothing of what it is."""
    return flat(name) in (*IDENTIFIERS, "version", "type")


def nouns(name: str) -> tuple[str, ...]:
    """The things that a field may name, the most exact first: `billingcustomer`, `customer` of `billingCustomerId`.

    Empty where the name does not end as names of ids do, or says nothing else.
    """
    found = _words(name)
    if len(found) > 1 and found[-1] == "s" and found[-2] in ("id", "uuid", "guid"):
        found = [*found[:-2], f"{found[-2]}s"]  # userIDs
    if not found:
        return ()
    if found[-1] not in _SUFFIXES:
        run_together = next((s for s in _SUFFIXES if found[-1].endswith(s) and found[-1] != s), None)
        if run_together is None:
            return ()
        found = [*found[:-1], found[-1].removesuffix(run_together), run_together]  # customerid
    things = found[:-1]
    return tuple("".join(things[start:]) for start in range(len(things)))


def collection_word(path: str) -> str:
    """The flat name of the collection that a path ends in; empty where it ends in a parameter."""
    last = path.rstrip("/").rpartition("/")[2]
    return "" if "{" in last else flat(last)


def speaks_of(path: str, noun: str) -> bool:
    """Whether a path is the collection of a thing: `/v2/zones` of `zone`."""
    word = collection_word(path)
    return bool(word) and noun in (word, *singulars(word))


def below(path: str, collection: str) -> bool:
    """Whether a path is a collection itself or goes on from it."""
    return path.startswith(f"{collection}/") or path == collection


def shape(path: str) -> str:
    """The path with every parameter unnamed and no slash at its end."""
    return re.sub(r"{[^{}]+}", "{}", path).rstrip("/")
