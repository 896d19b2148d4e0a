"""A contract's document with its places: follows references and reads values of the type that the place must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from seamwright.contracts.bundle import escaped, pointed
from seamwright.model.errors import ContractError

__all__ = ["BUNDLE", "Document", "Misread", "Node", "OutOfReach"]

BUNDLE = "bundle the contract into one document"
"""What to do about a reference that leads out of it."""


class Misread(ContractError):
    """Something in a document is not what it must be; `place` is a JSON pointer, or an operation and what of it."""

    def __init__(self, source: str, place: str, text: str) -> None:
        self.place = place
        self.text = text
        super().__init__(f"{source}: {place}: {text}")


class OutOfReach(ContractError):
    """A place needs what lies on another host; nothing is fetched for a reference."""

    def __init__(self, source: str, place: str, ref: str) -> None:
        self.ref = ref
        super().__init__(f"{source}: {place}: refers to {ref}, and nothing is fetched for a reference; {BUNDLE}")


@dataclass(slots=True)
class Document:
    """A bundled document; whatever is read wrong from it raises ContractError with source and place."""

    source: str
    root: dict[str, Any]
    notices: list[str] = field(default_factory=list)

    def fail(self, place: str, text: str) -> NoReturn:
        """Raise Misread for a place."""
        raise Misread(self.source, place, text)

    def notice(self, place: str, text: str) -> None:
        """Keep something that the reader should know, once."""
        line = f"{place}: {text}"
        if line not in self.notices:
            self.notices.append(line)

    def top(self) -> Node:
        """The whole document."""
        return Node(self, self.root, "#")


@dataclass(frozen=True, slots=True)
class Node:
    """One value in a document, and where it lies."""

    document: Document
    value: Any
    place: str

    def followed(self) -> Node:
        """This node with its reference followed to the end.

        Dangling and circular references raise ContractError, those to another host OutOfReach, which is one too.
        """
        node, seen = self, [self.place]
        while isinstance(node.value, Mapping) and isinstance(node.value.get("$ref"), str):
            ref = node.value["$ref"]
            if not ref.startswith("#"):
                raise OutOfReach(self.document.source, node.place, ref)
            try:
                target = pointed(self.document.root, ref)
            except KeyError:
                node.document.fail(
                    node.place, f"the reference {ref} leads nowhere; add what it names, or correct its spelling"
                )
            if ref in seen:
                node.document.fail(
                    node.place, f"the reference {ref} leads in a circle back to itself; break the circle"
                )
            seen.append(ref)
            beside = {k: v for k, v in node.value.items() if k != "$ref"}
            # OpenAPI 3.1 lets a path item and a description stand beside a reference; they win over its target.
            node = Node(self.document, {**target, **beside} if beside and isinstance(target, Mapping) else target, ref)
        return node

    def mapping(self) -> Mapping[str, Any]:
        """The value as a mapping; a missing one is empty."""
        if self.value is None:
            return {}
        if not isinstance(self.value, Mapping):
            self.document.fail(self.place, f"must be a mapping, and is {_kind(self.value)}")
        return self.value

    def at(self, key: str) -> Node:
        """The child of this name, references followed; its value is None where there is none."""
        return Node(self.document, self.mapping().get(key), self._below(key)).followed()

    def raw(self, key: str) -> Node:
        """The child of this name as it stands, its reference not followed."""
        return Node(self.document, self.mapping().get(key), self._below(key))

    def children(self, *, extensions: bool = False) -> list[tuple[str, Node]]:
        """The children by name, references followed, `x-` extensions left out."""
        return [(key, self.at(key)) for key in self.mapping() if extensions or not key.startswith("x-")]

    def items(self) -> list[Node]:
        """The items of a list, references followed; a missing list is empty."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.document.fail(self.place, f"must be a list, and is {_kind(self.value)}")
        return [Node(self.document, v, f"{self.place}/{i}").followed() for i, v in enumerate(self.value)]

    def text(self, key: str, default: str | None = None) -> str:
        """The child as text; numbers and booleans are told as text, because YAML reads `version: 1.0` as a number."""
        value = self.mapping().get(key)
        if value is None:
            if default is None:
                self.document.fail(self.place, f"{key} is missing")
            return default
        if isinstance(value, Mapping | list):
            self.document.fail(self._below(key), f"must be text, and is {_kind(value)}")
        return str(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """The child as a boolean; the texts "true" and "false" count."""
        value = self.mapping().get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if str(value).lower() not in ("true", "false"):
            self.document.fail(self._below(key), f"must be true or false, and is {value!r}")
        return str(value).lower() == "true"

    def _below(self, key: str) -> str:
        return f"{self.place}/{escaped(key)}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    return "text" if isinstance(value, str) else "a number" if isinstance(value, int | float) else "empty"
