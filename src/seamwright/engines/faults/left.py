"""What a relay that was killed leaves behind: a note on disk that the next start reads and tells.

A relay process keeps one note for as long as it runs, with the faults that are in force. It is taken away at an orderly
end. A note that is still there and whose relay does not answer is that of one that was killed; one that answers and has
lost whoever started it passes on without faults, so that the target stays within reach, and can be taken over.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Left", "Note", "left_in"]


class Note:
    """The note of one relay process, in a folder that is made if need be; only its owner may read it."""

    def __init__(self, folder: Path, listen: str, facts: dict[str, Any]) -> None:
        """`facts` are what does not change: upstream, control, token, pid. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{listen.replace(':', '_').strip('[]')}.json"
        self._facts = {"listen": listen, **facts}

    def write(self, armed: list[dict[str, Any]], *, orphaned: float | None = None) -> None:
        """Say which faults are in force; `orphaned` is when whoever started the relay was lost. Raises OSError."""
        text = json.dumps({**self._facts, "armed": armed, "orphaned": orphaned, "written": time.time()})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(self.path)

    def remove(self) -> None:
        """The relay ends in order, and leaves nothing."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Left:
    """A note that was found."""

    path: Path
    listen: str
    upstream: str
    control: str
    token: str = field(repr=False)
    pid: int
    armed: tuple[dict[str, Any], ...]
    """The faults that were in force when the note was written."""
    orphaned: float | None
    """When the relay lost whoever started it, in seconds since the epoch."""

    def faults(self) -> str:
        """Its faults in words."""
        return ", ".join(f"{fault['kind']} ({fault['id']})" for fault in self.armed) or "no fault"


def left_in(folder: Path) -> Iterator[Left]:
    """The notes in a folder. One that cannot be read is taken for one that was cut short, and removed."""
    for path in sorted(folder.glob("*.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            yield Left(
                path,
                told["listen"],
                told["upstream"],
                told["control"],
                told["token"],
                told["pid"],
                tuple(told["armed"]),
                told["orphaned"],
            )
        except (ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # its relay ended this moment
