"""Chooses the media type of an answer (RFC 9110, section 12.5.1), and writes values in it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

__all__ = ["chosen", "concrete", "is_json", "written"]

_RANGES = {"*": "application/json", "*/*": "application/json", "application/*": "application/json"} | {
    "text/*": "text/plain",
    "image/*": "image/png",
    "audio/*": "audio/wav",
    "video/*": "video/mp4",
}
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_SAMPLES = {
    "image/png": _PNG,
    "image/gif": base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "application/pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>"
    b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    "application/zip": b"PK\x05\x06" + bytes(18),
}
"""The smallest thing of each kind."""

_NAME = re.compile(r"[^A-Za-z0-9_.-]")


def chosen(offered: Iterable[str], accept: str | None) -> str | None:
    """The offered media type that a client likes best, JSON where it has no preference; None where it likes none.

    Nothing offered is an answer without a body, which everybody takes: then the result is empty.
    """
    keys = list(offered)
    if not keys:
        return ""
    ranges = _ranges(accept)
    ranked = [(_liking(concrete(key), ranges), is_json(concrete(key)), -index, key) for index, key in enumerate(keys)]
    best = max(ranked)
    return best[3] if best[0] > 0 else None


def concrete(media_type: str) -> str:
    """A media type that is sent: for a range, one that lies in it."""
    base = media_type.split(";")[0].strip().lower()
    if base in _RANGES:
        return _RANGES[base]
    return media_type.replace("*+", "vnd.mock+") if "/*+" in base else media_type


def is_json(media_type: str) -> bool:
    """Whether a media type's bytes are one JSON value (RFC 6839: the suffix `+json`)."""
    base = media_type.split(";")[0].strip().lower()
    return base in ("application/json", "text/json") or base.endswith("+json")


def written(value: Any, media_type: str, root: str = "item") -> bytes:
    """A value in a media type; `root` is the name of an XML document's outermost element.

    For files that no schema describes the smallest one of their kind is given.
    """
    base = media_type.split(";")[0].strip().lower()
    if is_json(base):
        return _json(value)
    if base in _SAMPLES:
        return _SAMPLES[base]
    if base == "text/event-stream":
        return b"data: " + _json(value) + b"\n\n"
    if base in ("application/x-ndjson", "application/jsonl", "application/json-lines", "application/ndjson"):
        return b"".join(_json(each) + b"\n" for each in (value if isinstance(value, list) else [value]))
    if base == "application/json-seq":
        return b"".join(b"\x1e" + _json(each) + b"\n" for each in (value if isinstance(value, list) else [value]))
    if base.endswith(("/xml", "+xml")):
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + _element(_NAME.sub("_", root), value).encode()
    if base == "application/x-www-form-urlencoded" and isinstance(value, Mapping):
        return urlencode({name: _text(each) for name, each in value.items()}).encode()
    return _text(value).encode("utf-8", "surrogatepass")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inner = "".join(
            _element(_NAME.sub("_", key), each)
            for key, child in value.items()
            for each in (child if isinstance(child, list) else [child])
        )
        return f"<{name}>{inner}</{name}>"
    if isinstance(value, list):
        return f"<{name}>{''.join(_element('item', each) for each in value)}</{name}>"
    text = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", _text(value))
    return f"<{name}>{escape(text, quote=False)}</{name}>"


_Range = tuple[str, frozenset[str], float]
"""A media range: its type, its parameters but for the quality, and the quality."""


def _ranges(accept: str | None) -> list[_Range]:
    found: list[_Range] = []
    for part in (accept or "*/*").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        told = [piece for piece in parameters if piece.startswith("q=")]
        try:
            quality = float(told[0].removeprefix("q=")) if told else 1.0
        except ValueError:
            quality = 0.0
        if name:
            found.append((name, _parameters(parameters), quality))
    return found or [("*/*", frozenset(), 1.0)]


def _parameters(written: Iterable[str]) -> frozenset[str]:
    """The parameters that tell media types apart; a charset does not, and neither does how spaces are put."""
    plain = ("=".join(half.strip().strip('"') for half in piece.split("=")) for piece in written)
    return frozenset(piece for piece in plain if piece and not piece.startswith(("q=", "charset=")))


def _liking(media_type: str, ranges: list[_Range]) -> float:
    """How much a client likes a media type: the most exact range that covers it says so."""
    base, *written = (piece.strip().lower() for piece in media_type.split(";"))
    kind, parameters = base.partition("/")[0], _parameters(written)
    best = (0, 0.0)
    for name, wanted, quality in ranges:
        if not wanted <= parameters:
            continue
        if name == base:
            best = max(best, (3 + len(wanted) + (wanted == parameters), quality))
        elif name == "application/json" and is_json(base):
            best = max(best, (2, quality))
        elif name == f"{kind}/*":
            best = max(best, (1, quality))
        elif name in ("*/*", "*"):
            best = max(best, (0, quality))
    return best[1]
