"""Reads a HAR file (HTTP Archive 1.2): the requests that somebody's browser or proxy recorded, with their times."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from seamwright.model.errors import UsageError

__all__ = ["Entry", "Recorded", "read_har"]

LARGEST = 512 * 1024 * 1024
"""Bytes; it is held whole while it is read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded request: when it was sent, in seconds since the first of the file, how long its answer took, and
    how it was answered (0 where it was not)."""

    number: int
    """Its place in the file, from 1."""
    at: float
    took: float
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a HAR file holds, in the order in which it was sent."""

    source: str
    entries: tuple[Entry, ...]


def read_har(path: Path) -> Recorded:
    """Read a HAR file. Raises UsageError with file and line."""
    shown = str(path)
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{shown}: is larger than {LARGEST} bytes")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{shown}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{shown}:{line}: is not UTF-8") from None
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{shown}:{error.lineno}: is no JSON: {error.msg}") from None
    except RecursionError:
        raise UsageError(f"{shown}: is nested too deeply to be a HAR file") from None
    log = tree.get("log") if isinstance(tree, dict) else None
    listed = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(listed, list):
        raise UsageError(f"{shown}:1: is no HAR file: it has no list at log.entries")
    found: list[tuple[float, Entry]] = []
    for index, item in enumerate(listed):
        try:
            started, entry = _entry(index + 1, item)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            what = f"has no {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
            raise UsageError(f"{shown}:{_line(text, index)}: log.entries[{index}]: {what}") from None
        found.append((started, entry))
    if not found:
        raise UsageError(f"{shown}:1: has no entry: nothing was recorded")
    found.sort(key=lambda pair: pair[0])
    first = found[0][0]
    return Recorded(
        shown,
        tuple(
            Entry(e.number, started - first, e.took, e.method, e.url, e.headers, e.body, e.status)
            for started, e in found
        ),
    )


def _entry(number: int, item: Any) -> tuple[float, Entry]:
    if not isinstance(item, Mapping):
        raise TypeError("is no object")
    request = item["request"]
    if not isinstance(request, Mapping):
        raise TypeError("request is no object")
    method, url = request["method"], request["url"]
    if not (isinstance(method, str) and method.isascii() and method.isalpha()):
        raise ValueError(f"request.method is {str(method)[:40]!r}, which is no method")
    if not isinstance(url, str) or not urlsplit(url).scheme:
        raise ValueError(f"request.url is {str(url)[:40]!r}, which is no URL")
    took = item.get("time", 0)
    if isinstance(took, bool) or not isinstance(took, int | float) or not math.isfinite(took):
        raise ValueError(f"time is {str(took)[:40]!r}, which is no number of milliseconds")
    answer = item.get("response")
    status = answer.get("status", 0) if isinstance(answer, Mapping) else 0
    entry = Entry(
        number,
        0.0,
        max(0.0, took / 1000),
        method.upper(),
        url,
        tuple(_pair(pair) for pair in request.get("headers") or ()),
        _body(request.get("postData")),
        status if isinstance(status, int) else 0,
    )
    return _started(item["startedDateTime"]), entry


def _pair(pair: Any) -> tuple[str, str]:
    name, value = pair["name"], pair["value"]
    if not (isinstance(name, str) and isinstance(value, str)):
        raise TypeError("a header of the request is no text")
    return name, value


def _body(posted: Any) -> bytes:
    if not isinstance(posted, Mapping):
        return b""
    text = posted.get("text")
    if isinstance(text, str) and text:
        if posted.get("encoding") == "base64":
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error:
                raise ValueError("postData is no base64, as its encoding says") from None
        return text.encode("utf-8", "surrogatepass")
    pairs = [(p["name"], p.get("value", "")) for p in posted.get("params") or ()]
    return urlencode(pairs).encode()


def _started(text: Any) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"startedDateTime is {str(text)[:40]!r}, which is no moment of ISO 8601") from None
    return moment.timestamp()


def _line(text: str, index: int) -> int:
    """The line on which an entry begins; looked for only where something is wrong with it."""
    decode = json.JSONDecoder().raw_decode
    at = text.find("[", text.find('"entries"')) + 1
    try:
        for _ in range(index):
            at = _after(text, at)
            _, at = decode(text, at)
        at = _after(text, at)
    except ValueError:
        return 1
    return text.count("\n", 0, at) + 1


def _after(text: str, at: int) -> int:
    """Past the blanks and the comma before the next value."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at
