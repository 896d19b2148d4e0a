"""Data feeds: rows of a CSV or JSON lines file, read as they are needed, so that memory does not grow with the file."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import orjson

from seamwright.model.errors import UsageError

__all__ = ["Feed", "Kind", "Order"]

Order = Literal["in-turn", "shuffled", "once"]
Kind = Literal["text", "integer", "number", "boolean"]

_BOM = b"\xef\xbb\xbf"
_BOOLEANS = {"true": True, "false": False}
_READERS = {".csv": "csv", ".jsonl": "json", ".ndjson": "json"}


class Feed:
    """Rows of a file, each a tuple of the `columns` that are asked for.

    The whole file is read through once at the beginning, row by row, so that what is wrong in it is told before
    anything is sent: UsageError with file and line. In turn, and once, it is then read from front to back; shuffled, in
    an order that the seed decides (another one each time round), for which 8 bytes a row are held.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        *,
        order: Order = "in-turn",
        seed: int = 0,
        types: Mapping[str, Kind] | None = None,
        shown: str = "",
    ) -> None:
        self.order = order
        self.drawn = 0
        """Rows that were drawn so far."""
        self.rows = 0
        """Rows of the file."""
        self._shown = shown or str(path)
        self._columns = tuple(columns)
        kinds = types or {}
        self._convert: tuple[Callable[[str], Any] | None, ...] = tuple(
            _CONVERSIONS.get(kinds.get(column, "text")) for column in columns
        )
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            raise UsageError(f"{self._shown}: ends with none of {', '.join(_READERS)}")
        self._csv = reader == "csv"
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise UsageError(f"{self._shown}: cannot be read: {error.strerror}") from None
        self._random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 2])))
        self._offsets = array("q")
        self._places: tuple[int, ...] = ()
        self._fields = 0
        try:
            self._looked_through()
        except BaseException:
            self._file.close()
            raise
        self._reading = self._shuffled() if order == "shuffled" else self._in_turn()

    def draw(self) -> tuple[Any, ...] | None:
        """The next row; None where each was to be used once, and all are."""
        row = next(self._reading, None)
        if row is not None:
            self.drawn += 1
        return row

    def close(self) -> None:
        """Let go of the file; nothing can be drawn any more."""
        self._reading.close()
        self._file.close()

    def _looked_through(self) -> None:
        for at, _ in self._read():
            self.rows += 1
            if self.order == "shuffled":
                self._offsets.append(at)
        if self.rows == 0:
            raise UsageError(f"{self._shown}:1: has no row; a feed needs at least one")

    def _in_turn(self) -> Generator[tuple[Any, ...], None, None]:
        while True:
            for _, row in self._read():
                yield row
            if self.order == "once":
                return

    def _shuffled(self) -> Generator[tuple[Any, ...], None, None]:
        offsets = np.frombuffer(self._offsets, dtype=np.int64)
        while True:
            self._random.shuffle(offsets)
            for place in range(len(offsets)):
                self._file.seek(int(offsets[place]))
                lines = _Lines(self._file, self._shown)
                record: Any = next(csv.reader(lines, strict=True), None) if self._csv else next(lines, None)
                if record is None or (self._csv and len(record) != self._fields):
                    raise UsageError(f"{self._shown}: has changed while it was read")
                yield self._made(record, lines.number)

    def _read(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Offset and values of every row, from the front."""
        self._file.seek(0)
        lines = _Lines(self._file, self._shown)
        return self._read_csv(lines) if self._csv else self._read_json(lines)

    def _read_csv(self, lines: _Lines) -> Iterator[tuple[int, tuple[Any, ...]]]:
        reader = csv.reader(lines, strict=True)
        try:
            names = next(reader, [])
            self._look_at(names)
            while True:
                at = lines.at
                record = next(reader, None)
                if record is None:
                    return
                if not record:
                    continue
                if len(record) != len(names):
                    raise self._wrong(lines, f"has {len(record)} fields, and the first line names {len(names)} columns")
                yield at, self._made(record, lines.number)
        except csv.Error as error:
            raise self._wrong(lines, f"is no CSV: {error}") from None

    def _look_at(self, names: list[str]) -> None:
        where = f"{self._shown}:1"
        if not names:
            raise UsageError(f"{where}: has no first line that names the columns")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise UsageError(f"{where}: the column {twice!r} is there twice")
        missing = next((name for name in self._columns if name not in names), None)
        if missing is not None:
            raise UsageError(f"{where}: has no column {missing!r}; there are: {', '.join(names)}")
        self._fields = len(names)
        self._places = tuple(names.index(column) for column in self._columns)

    def _read_json(self, lines: _Lines) -> Iterator[tuple[int, tuple[Any, ...]]]:
        while True:
            at = lines.at
            line = next(lines, None)
            if line is None:
                return
            if line.strip():
                yield at, self._made(line, lines.number)

    def _made(self, record: Any, number: int) -> tuple[Any, ...]:
        if self._csv:
            values = [record[place] for place in self._places]
            for place, convert in enumerate(self._convert):
                if convert is not None:
                    try:
                        values[place] = convert(values[place])
                    except (ValueError, KeyError):
                        column = self._columns[place]
                        text = f"{column} is {values[place][:40]!r}, which is not of the type that the feed says"
                        raise UsageError(f"{self._shown}:{number}: {text}") from None
            return tuple(values)
        try:
            row = orjson.loads(record)
        except orjson.JSONDecodeError as error:
            raise UsageError(f"{self._shown}:{number}: is no JSON: {error}") from None
        if not isinstance(row, dict):
            raise UsageError(f"{self._shown}:{number}: is no JSON object; write one on each line")
        try:
            return tuple([row[column] for column in self._columns])
        except KeyError as error:
            named = ", ".join(row) or "nothing"
            raise UsageError(f"{self._shown}:{number}: has no {error.args[0]!r}; there is: {named}") from None

    def _wrong(self, lines: _Lines, text: str) -> UsageError:
        return UsageError(f"{self._shown}:{lines.number}: {text}")


class _Lines:
    """The lines of a file as text; `at` is where the next one begins, `number` that of the last, from 1."""

    __slots__ = ("_file", "_shown", "at", "number")

    def __init__(self, file: BinaryIO, shown: str) -> None:
        self._file = file
        self._shown = shown
        self.at = file.tell()
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            raise StopIteration
        first = self.at == 0
        self.at += len(line)
        self.number += 1
        try:
            return (line.removeprefix(_BOM) if first else line).decode()
        except UnicodeDecodeError:
            raise UsageError(f"{self._shown}:{self.number}: is not UTF-8") from None


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(value)
    return value


_CONVERSIONS: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "number": lambda text: _finite(float(text)),
    "boolean": lambda text: _BOOLEANS[text.strip().lower()],
}
