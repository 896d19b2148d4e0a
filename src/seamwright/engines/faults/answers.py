"""Answers that the relay gives by itself, and answers that it spoils."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus

from seamwright.engines.faults.faults import Fault, Malformed, Oversize, Status
from seamwright.engines.faults.framing import Head

__all__ = ["LIE", "oversize", "spoiled_body", "spoiled_head", "status"]

LIE = 64
"""Bytes that a wrong length says too much."""

_PIECE = 64 * 1024
_LENGTH = re.compile(rb"(\r\ncontent-length:[ \t]*)(\d+)", re.IGNORECASE)


def status(fault: Status, request: int, asked: Head) -> bytes:
    """The answer of a Status fault to the request with this number and head."""
    try:
        phrase = HTTPStatus(fault.code).phrase
    except ValueError:
        phrase = "Unknown"
    body = json.dumps(
        {"type": "about:blank", "title": phrase, "status": fault.code, "detail": "injected by the fault proxy"}
    ).encode()
    if fault.code in (204, 304):
        body = b""
    head = f"HTTP/1.1 {fault.code} {phrase}\r\nContent-Type: application/problem+json\r\n"
    if fault.code not in (204, 304):
        head += f"Content-Length: {len(body)}\r\n"
    if fault.retry_after is not None:
        head += f"Retry-After: {fault.retry_after}\r\n"
    return (head + _last_lines(fault, request, asked)).encode() + (b"" if asked.bodiless else body)


def oversize(fault: Oversize, request: int, asked: Head) -> Iterator[bytes]:
    """The answer of an Oversize fault, in pieces."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {fault.size}\r\n"
    yield (head + _last_lines(fault, request, asked)).encode()
    if asked.bodiless:
        return
    yield b'"'
    left, piece = fault.size - 2, b"x" * _PIECE
    while left > 0:
        yield piece[:left]
        left -= _PIECE
    yield b'"'


def _last_lines(fault: Fault, request: int, asked: Head) -> str:
    told = f"X-Seamwright-Fault: {fault.kind}\r\nX-Seamwright-Request: {request}\r\n"
    return told + ("Connection: close\r\n" if asked.last else "") + "\r\n"


def spoiled_head(fault: Malformed, head: bytes) -> bytes:
    """The head of an answer after this fault."""
    if fault.what == "head":
        return b"HTTP/1.1 2OO " + head.partition(b" ")[2].partition(b" ")[2]
    if fault.what == "length":
        return _LENGTH.sub(lambda found: found[1] + str(int(found[2]) + LIE).encode(), head, count=1)
    return head


def spoiled_body(body: bytes) -> bytes:
    """The first bytes of a body such that nothing parses them that would have before; as many as they were."""
    return (b"{" if body[:1] == b"<" else b"<") + body[1:]
