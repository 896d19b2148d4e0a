"""Reads the contract of a mock, gives it out again as one JSON document, and notices when its files change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from seamwright.contracts.bundle import FILES
from seamwright.contracts.parsing import parsed
from seamwright.contracts.reading import is_url, read_contract
from seamwright.model.operation import Contract
from seamwright.services.mock.kind import Source

__all__ = ["ContractDocument", "read_document"]

_NOTES = "x-seamwright-notices"


class ContractDocument:
    """A contract as it was read, and the state that its files were in."""

    def __init__(self, contract: Contract, path: Path | None, data: bytes) -> None:
        self.contract = contract
        self._path = path
        self._data: bytes | None = data
        self._json: bytes | None = None
        self._stamps = self._seen()

    def json(self) -> bytes:
        """The document itself, as JSON; one that is spread over files comes whole, with the files inside."""
        if self._json is None:
            if FILES in self.contract.document or self._data is None:
                whole = {key: value for key, value in self.contract.document.items() if key != _NOTES}
            else:
                whole = parsed(self._data, source=self.contract.source)
            self._json, self._data = orjson.dumps(whole, option=orjson.OPT_NON_STR_KEYS), None
        return self._json

    def changed(self) -> bool:
        """Whether one of its files is another one than when this was asked last. A URL is not looked at again."""
        seen = self._seen()
        changed, self._stamps = seen != self._stamps, seen
        return changed

    def _seen(self) -> tuple[Any, ...]:
        if self._path is None:
            return ()
        beside = [self._path.parent / name for name in self.contract.document.get(FILES, ())]
        return tuple(_stamp(path) for path in (self._path, *beside))


async def read_document(source: Source) -> ContractDocument:
    """Read the contract that a source names. Raises ContractError, and TargetError for a host that does not give it."""
    if is_url(source.contract):
        data = await source.fetch(source.contract)
        contract = read_contract(source.contract, base=source.base, fetch=lambda _: data)
        return ContractDocument(contract, None, data)
    contract = read_contract(source.contract, base=source.base)
    path = Path(source.contract).expanduser()
    path = path if path.is_absolute() else source.base / path
    return ContractDocument(contract, path, path.read_bytes())


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino
