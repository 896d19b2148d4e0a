"""Reads ids out of exchanges: where a value stands in a call or its answer, and which operation gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

import orjson

from seamwright.contracts.links._names import flat
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Operation

__all__ = ["Kind", "Producer", "Source"]

Kind = Literal["create", "list"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands in an exchange.

    `body`: a JSON pointer into the answer's body; `header`: the name of an answer's header, whose last path segment
    is the value; `request`: a JSON pointer into the body that was sent, for ids that the client chooses; `named`: the
    first of these names (apart by `|`) that stands in the answer's body, of which the contract tells nothing.
    """

    where: Literal["body", "header", "request", "named"]
    pointer: str
    otherwise: Source | None = None
    """Where it stands when it is not here."""
    array: str | None = None
    """The pointer of the listing's array that `pointer` leads into the first item of; None where it is no listing."""

    def read(self, exchange: Exchange, item: int = 0) -> Any:
        """The value; None where the exchange does not hold it. `item` counts the items of a listing."""
        value = self._here(exchange, item)
        return self.otherwise.read(exchange, item) if value is None and self.otherwise is not None else value

    def _here(self, exchange: Exchange, item: int) -> Any:
        if self.where == "request":
            return _scalar(_json(exchange.request.body), self.pointer)
        if exchange.response is None:
            return None
        if self.where == "header":
            told = exchange.response.header(self.pointer) or ""
            return unquote(re.split(r"[?#]", told)[0].rstrip("/").rpartition("/")[2]) or None
        if self.where == "named":
            return _by_name(_json(exchange.response.body), self.pointer.split("|"))
        return _scalar(_json(exchange.response.body), self._pointer(item))

    def _pointer(self, item: int) -> str:
        if not item or self.array is None:
            return self.pointer
        return f"{self.array}/{item}{self.pointer.removeprefix(f'{self.array}/0')}"


@dataclass(frozen=True, slots=True)
class Producer:
    """An operation whose answer holds values of path parameters: parameter → where."""

    operation: Operation
    parameters: Mapping[str, Source]
    kind: Kind

    @property
    def chosen(self) -> tuple[str, ...]:
        """The fields at the top of the creating body that hold ids which the client chooses."""
        places = [source.pointer for source in self.parameters.values() if source.where == "request"]
        return tuple(pointer.removeprefix("/") for pointer in places if pointer.count("/") == 1)

    def values(self, exchange: Exchange, item: int = 0) -> dict[str, Any] | None:
        """The parameters' values from an exchange of this operation; None where one is missing or it failed.

        Lists are read at their first item, or at that with the index `item`.
        """
        if not exchange.ok:
            return None
        found = {name: source.read(exchange, item) for name, source in self.parameters.items()}
        return None if any(value is None for value in found.values()) else found

    def every(self, exchange: Exchange) -> Iterator[dict[str, Any]]:
        """The values of each item of a listing in its order; of a creation, its one."""
        listed = all(source.array is not None for source in self.parameters.values())
        item = 0
        while (values := self.values(exchange, item)) is not None:
            yield values
            item += 1
            if not listed:
                return


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _by_name(value: Any, names: list[str]) -> Any:
    """The value of the first of these names, at the top of an object or one object below it."""
    if not isinstance(value, Mapping):
        return None
    for shown in (value, *(child for child in value.values() if isinstance(child, Mapping))):
        spelt = {flat(str(key)): child for key, child in shown.items()}
        for name in names:
            found = spelt.get(name)
            if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
                return found
    return None


def _scalar(value: Any, pointer: str) -> Any:
    for raw in pointer.split("/")[1:]:
        token = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(token)
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return None if isinstance(value, Mapping | list) or value == "" else value
