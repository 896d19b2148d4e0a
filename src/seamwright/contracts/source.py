"""An OpenAPI document as it is written: its own text, those of the files beside it, and the lines of places."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seamwright.contracts.bundle import FILES, escaped, tokens
from seamwright.contracts.lines import Found, find_lines
from seamwright.contracts.parsing import bytes_of, parsed, text_of
from seamwright.model.errors import ContractError

__all__ = ["Located", "Source"]


@dataclass(frozen=True, slots=True)
class Located:
    """Where a place is: the file, the line from 1, and the place in that file, or the nearest above it there is."""

    file: str
    line: int
    place: str


@dataclass(slots=True)
class Source:
    """A document with the bytes that it was parsed from; `path` is None for one that came from a URL."""

    shown: str
    data: bytes
    document: Mapping[str, Any]
    path: Path | None = None
    beside: dict[str, bytes] = field(default_factory=dict)
    """The files beside it that were read, by their path from its folder."""

    def load(self, name: str) -> Any:
        """Read a file beside the document. Raises ContractError; for one that lies outside the folder too."""
        if self.path is None:
            raise ContractError(
                f"{self.shown}: refers to another file ({name}), which can be read only beside a contract that is a "
                "file itself; bundle the contract into one document"
            )
        folder = self.path.parent
        try:
            beside = (folder / name).resolve()
            inside = beside.is_relative_to(folder.resolve())
        except (OSError, ValueError) as error:
            raise ContractError(f"{self.shown}: refers to {name!r}, which is no path: {error}") from None
        if not inside:
            raise ContractError(f"{beside}: lies outside the contract's folder {folder}; move it there")
        self.beside[name] = bytes_of(beside, str(beside))
        return parsed(self.beside[name], source=str(beside))

    @property
    def digest(self) -> str:
        """SHA-256 of the document's bytes, and of the files beside it that were read."""
        digest = hashlib.sha256(self.data)
        for name in sorted(self.beside):
            digest.update(name.encode() + b"\0" + hashlib.sha256(self.beside[name]).digest())
        return digest.hexdigest()

    def locate(self, places: Iterable[str]) -> dict[str, Located]:
        """Find the places of the bundled document in the files that they were written in."""
        by_file: dict[str, dict[str, str]] = defaultdict(dict)
        for place in places:
            name, inner = self.file_of(place)
            by_file[name][place] = inner
        found: dict[str, Located] = {}
        for name, inner_places in by_file.items():
            shown = self.shown_of(name)
            text = text_of(self.beside[name] if name else self.data, shown)
            lines: Mapping[str, Found] = find_lines(text, inner_places.values(), shown)
            for place, inner in inner_places.items():
                at = lines[inner]
                found[place] = Located(shown, at.line, at.place)
        return found

    def texts(self) -> Iterator[tuple[str, str]]:
        """Each text that was read, with the place in the bundled document that it stands for."""
        yield text_of(self.data, self.shown), "#"
        for name, data in self.beside.items():
            yield text_of(data, self.shown_of(name)), f"#/{FILES}/{escaped(name)}"

    def file_of(self, place: str) -> tuple[str, str]:
        """The file that a place lies in (empty for the document itself), and the place in it."""
        steps = tokens(place)
        if len(steps) < 2 or steps[0] != FILES or steps[1] not in self.beside:
            return "", place
        return steps[1], "#" + "".join(f"/{escaped(step)}" for step in steps[2:])

    def shown_of(self, name: str) -> str:
        """What a file is called, by its path from the document's folder; empty for the document itself."""
        return self.shown if not name or self.path is None else str(Path(self.shown).parent / name)
