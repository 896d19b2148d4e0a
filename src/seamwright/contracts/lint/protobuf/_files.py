"""`.proto` files as the rules see them: what they define, with lines and comments, and no library behind it.

A place is a full name: `shop.v1.Order`, `shop.v1.Order.total`, `shop.v1.Orders.GetOrder`; of a whole file, its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from seamwright.contracts.lint._rule import Edit
from seamwright.contracts.source import Located

__all__ = ["Enum", "Field", "File", "Files", "Message", "Part", "Rpc", "Service", "Value"]


@dataclass(frozen=True, slots=True)
class Part:
    """Anything that has a name, and the comment above it."""

    name: str
    place: str
    line: int
    comment: str = ""
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Field(Part):
    """One field of a message."""

    number: int = 0
    type: str = ""
    """`int32`, `string` and so on, or the full name of a message or an enum."""
    repeated: bool = False
    required: bool = False
    """Of proto2."""


@dataclass(frozen=True, slots=True)
class Message(Part):
    """One message, wherever it is nested; the entries that stand for maps are left out."""

    fields: tuple[Field, ...] = ()
    oneofs: tuple[Part, ...] = ()
    reserved: tuple[range, ...] = ()
    extended: tuple[range, ...] = ()
    """Numbers that extensions may use."""

    def field(self, name: str) -> Field | None:
        """Its field of a name."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Value(Part):
    """One value of an enum."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Enum(Part):
    """One enum, wherever it is nested."""

    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Rpc(Part):
    """One rpc with the full names of its messages."""

    request: str = ""
    response: str = ""
    takes_stream: bool = False
    gives_stream: bool = False


@dataclass(frozen=True, slots=True)
class Service(Part):
    """One service."""

    rpcs: tuple[Rpc, ...] = ()


@dataclass(frozen=True, slots=True)
class File(Part):
    """One file."""

    package: str = ""
    syntax: str = "proto2"
    imports: tuple[Part, ...] = ()
    """Each with the name of the file as its name; what is imported publicly, for others, is left out."""
    services: tuple[Service, ...] = ()
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()
    uses: frozenset[str] = frozenset()
    """Full names of the messages and enums that it uses."""
    commented: bool = False
    """Whether its comments came along; sets of descriptors often leave them out."""


@dataclass(frozen=True)
class Files:
    """The files of a contract, what belongs to somebody else left out."""

    files: tuple[File, ...]
    defined: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """File → full names of its messages and enums, also of somebody else's; files that are used unnamed left out."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """File → what it is called where its problems are told."""

    @cached_property
    def places(self) -> Mapping[str, tuple[str, int]]:
        """Place → its file and line."""
        return {part.place: (file.name, part.line) for file in self.files for part in _parts(file)}

    @property
    def services(self) -> Iterator[Service]:
        """Every service."""
        return (service for file in self.files for service in file.services)

    @property
    def rpcs(self) -> Iterator[Rpc]:
        """Every rpc."""
        return (rpc for service in self.services for rpc in service.rpcs)

    @cached_property
    def messages(self) -> Mapping[str, Message]:
        """The messages by their full names."""
        return {each.place: each for file in self.files for each in file.messages}

    @property
    def enums(self) -> Iterator[Enum]:
        """Every enum."""
        return (each for file in self.files for each in file.enums)

    @property
    def commented(self) -> Iterator[File]:
        """The files whose comments came along: of the others nothing can be said."""
        return (file for file in self.files if file.commented)

    def located(self, places: Iterable[str]) -> dict[str, Located]:
        """Where places are."""
        found = {}
        for place in places:
            file, line = self.places[place]
            found[place] = Located(self.shown.get(file, file), line, place)
        return found

    def written(self, edit: Edit) -> Edit | None:
        """None: what these rules see is for the author to decide."""
        return None


def _parts(file: File) -> Iterator[Part]:
    yield file
    yield from file.imports
    for service in file.services:
        yield service
        yield from service.rpcs
    for message in file.messages:
        yield message
        yield from (*message.fields, *message.oneofs)
    for enum in file.enums:
        yield enum
        yield from enum.values
