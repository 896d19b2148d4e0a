"""Small files that are what they say: for forms whose service looks into what is uploaded.

A contract says "a file", and the service means a picture or a document. A file in a case is a text of one character for
each byte; these are known by their content, and get a fitting name and type where they are rendered.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from seamwright.model.exchange import Case

__all__ = ["ANY_FILE", "NAMES", "uploads"]

ANY_FILE = "application/octet-stream"
"""The type of a file of which nothing is known (RFC 2046, section 4.5.1)."""


def _png() -> bytes:
    """One grey pixel (PNG specification, section 5)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0\x80")), chunk(b"IEND", b""))
    )


def _pdf() -> bytes:
    """One empty page (ISO 32000-1, section 7.5)."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )
    out, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, told in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj%sendobj\n" % (number, told)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(out)
    )  # fmt: skip


NAMES: Mapping[str, tuple[str, str]] = {
    _png().decode("latin-1"): ("seamwright.png", "image/png"),
    _pdf().decode("latin-1"): ("seamwright.pdf", "application/pdf"),
    "a line of text\n": ("seamwright.txt", "text/plain"),
}
"""Content → name and media type of each of these files."""


def uploads(case: Case, files: Mapping[str, str]) -> Iterator[tuple[Case, str]]:
    """The case with each of these files instead of its own, and the type of each; none where it holds no file.

    `files` are the fields that hold files, each with its media type; a type that is stated is kept to.
    """
    if not isinstance(case.body, Mapping):
        return
    for content, (_, kind) in NAMES.items():
        fit = {name for name, stated in files.items() if stated == ANY_FILE or _is(kind, stated)}
        if fit & case.body.keys():
            yield case.but(body={n: _filled(v, content) if n in fit else v for n, v in case.body.items()}), kind


def _is(kind: str, stated: str) -> bool:
    """Whether a type is one of those that a contract states, as in `image/png, image/*`."""
    return any(fnmatchcase(kind, each.split(";")[0].strip().lower()) for each in stated.split(","))


def _filled(value: Any, content: str) -> Any:
    return [content for _ in value] if isinstance(value, list) else content
