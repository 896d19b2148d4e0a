"""Reads the contract of a mock, gives it out again as one document, and notices when its files change."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from seamwright.contracts.bundle import FILES
from seamwright.contracts.parsing import parsed
from seamwright.contracts.reading import is_url, read_contract
from seamwright.model.operation import Contract

__all__ = ["ContractDocument", "Fetch", "Source", "read_document"]

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets a document by URL; raises TargetError when its host does not give it."""

_NOTES = "x-seamwright-notices"


@dataclass(frozen=True, slots=True)
class Source:
    """A contract to be mocked: its path or URL, and where it was named.

    `name` is that of the boundary, or the contract itself; `kind` that of the boundary, where there is one.
    """

    contract: str
    base: Path
    fetch: Fetch
    name: str = ""
    kind: str | None = None


class ContractDocument:
    """A contract as it was read, and the state that its files were in; `data` are the bytes of its own document."""

    def __init__(
        self, contract: Contract, files: Iterable[Path] = (), data: bytes | None = None, before: Any = None
    ) -> None:
        """`before` is the stamp that the first file had before it was read: it may be another one by now."""
        self.contract = contract
        self._files = tuple(files)
        self._data = data
        self._json: bytes | None = None
        self._stamps = self._seen() if before is None else (before, *self._seen()[1:])

    def told(self) -> tuple[str, bytes]:
        """The document as it is given out: its media type and its bytes."""
        match self.contract.kind:
            case "graphql":
                return "text/plain; charset=utf-8", self.contract.document["sdl"].encode()
            case "protobuf":
                return "application/protobuf", base64.b64decode(self.contract.document["descriptors"])
            case _:
                return "application/json", self.json()

    def json(self) -> bytes:
        """An OpenAPI document, as JSON; one that is spread over files comes whole, with the files inside."""
        if self._json is None:
            if FILES in self.contract.document or self._data is None:
                whole = {key: value for key, value in self.contract.document.items() if key != _NOTES}
            else:
                whole = parsed(self._data, source=self.contract.source)
            self._json, self._data = orjson.dumps(whole, option=orjson.OPT_NON_STR_KEYS), None
        return self._json

    @property
    def watched(self) -> bool:
        """Whether it has files. What came from a URL is not looked at again."""
        return bool(self._files)

    def changed(self) -> bool:
        """Whether one of its files is another one than when this was asked last."""
        seen = self._seen()
        changed, self._stamps = seen != self._stamps, seen
        return changed

    def _seen(self) -> tuple[Any, ...]:
        return tuple(_stamp(path) for path in self._files)


async def read_document(source: Source) -> ContractDocument:
    """Read the contract that a source names. Raises ContractError, and TargetError for a host that does not give it."""
    if urlsplit(source.contract).scheme in ("grpc", "grpcs"):
        return await _told_by_server(source)
    if is_url(source.contract):
        data = await source.fetch(source.contract)
        return ContractDocument(read_contract(source.contract, base=source.base, fetch=lambda _: data), data=data)
    path = Path(source.contract).expanduser()
    path = path if path.is_absolute() else source.base / path
    before = _stamp(path)
    contract = read_contract(source.contract, base=source.base)
    if contract.kind == "protobuf":
        from seamwright.contracts.protobuf.sources import files_of

        return ContractDocument(contract, files_of(path, source.base))
    beside = [path.parent / name for name in contract.document.get(FILES, ())]
    return ContractDocument(contract, (path, *beside), path.read_bytes(), before)


async def _told_by_server(source: Source) -> ContractDocument:
    """What a gRPC server tells of itself by reflection."""
    from seamwright.contracts.protobuf.operations import load_protobuf
    from seamwright.wire.reflection import reflected

    return ContractDocument(load_protobuf(await reflected(source.contract), source=source.contract))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino
