"""Reads the names of rpcs: the verb that says what is done, and the noun that says to what.

`CreateOrder` makes an order; in a service `Orders` so does `Create`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seamwright.model.operation import Operation

__all__ = ["IDS", "NUMBERS", "TEXT", "creates", "flat", "id_in", "lists", "noun_of", "reads_one", "singular", "verb_of"]

IDS = ("id", "uuid", "guid")
"""Names of fields that hold the id of what they are in."""

TEXT, NUMBERS = 9, frozenset({3, 4, 5, 6, 7, 13, 15, 16, 17, 18})
"""Types of fields that can hold an id (google/protobuf/descriptor.proto)."""

_CREATING = re.compile(
    r"^(?:Batch|Bulk)?(?:Create|Add|Insert|Register|Place|Make|New|Submit|Book|Issue|Open|Upload|Publish|Enroll|Store"
    r"|Save|Post|Put|Start|Schedule|Reserve|SignUp|Import)(?![a-z])"
)
_LISTING = re.compile(r"^(?:List|Search|Find|Query|Browse|GetAll|FetchAll|Get(?=\w+[^sui]s$))(?![a-z])")
_READING = re.compile(r"^(?:Get|Read|Fetch|Describe|Find|Lookup|Show|Load|Retrieve)(?![a-z])")
_VERB = re.compile(r"^(?:(?:Batch|Bulk)?[A-Z][a-z0-9]*)")
_SERVICE = re.compile(r"(?:Service|Api|API|Manager|Server|Svc|Grpc|Rpc|RPC|Store|Repository)$")


def creates(operation: Operation) -> bool:
    """Whether an rpc, by its name, makes a new thing."""
    return _CREATING.match(verb_of(operation)) is not None


def lists(operation: Operation) -> bool:
    """Whether an rpc, by its name, shows many things."""
    return _LISTING.match(verb_of(operation)) is not None


def reads_one(operation: Operation) -> bool:
    """Whether an rpc, by its name, shows one thing."""
    return _READING.match(verb_of(operation)) is not None


def noun_of(operation: Operation) -> str:
    """The thing that an rpc is about: the rest of its name behind the verb, else what its service is called after."""
    rest = _VERB.sub("", verb_of(operation), count=1)
    rest = re.split(r"(?<=[a-z0-9])(?:By|With|For|From|In|To|As|Of)(?=[A-Z]|$)", rest)[0]
    if rest:
        return singular(flat(rest))
    service = operation.path.strip("/").partition("/")[0].rpartition(".")[2]
    return singular(flat(_SERVICE.sub("", service) or service))


def verb_of(operation: Operation) -> str:
    """The name of an rpc, beginning with a capital letter as its verb does."""
    name = operation.path.rpartition("/")[2]
    return name[:1].upper() + name[1:]


def id_in(descriptor: Any, noun: str) -> tuple[str, ...] | None:
    """Where a message tells the id of a thing: at its top, or in the message in it that is the thing."""
    names = {field.name: field for field in descriptor.fields if not field.is_repeated}
    for name in (*IDS, *(f"{stem}{end}" for stem in _spellings(names, noun) for end in ("_id", "_uuid")), "name"):
        field = names.get(name)
        if field is not None and (field.type == TEXT or field.type in NUMBERS):
            return (name,)
    for name, field in names.items():
        inner = field.message_type
        if inner is not None and noun in (flat(inner.name), flat(name)):
            path = id_in(inner, noun) if inner.full_name != descriptor.full_name else None
            if path is not None:
                return (name, *path)
    return None


def _spellings(names: Any, noun: str) -> Iterator[str]:
    """How a noun is spelt at the beginning of field names: `line_item` of `lineitem`."""
    for name in names:
        stem = name.rpartition("_")[0]
        if stem and flat(stem) == noun:
            yield stem


def flat(name: str) -> str:
    """A name without what only parts its words."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def singular(word: str) -> str:
    """A noun that stands for one thing."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word.removesuffix("s")
