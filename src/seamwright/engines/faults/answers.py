"""Answers that the relay gives by itself, and answers that it spoils."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus

from seamwright.engines.faults.faults import Malformed, Oversize, Status

__all__ = ["LIE", "oversize", "spoiled_body", "spoiled_head", "status"]

LIE = 64
"""Bytes that a wrong length says too much."""

_PIECE = 64 * 1024
_LENGTH = re.compile(rb"(\r\ncontent-length:[ \t]*)(\d+)", re.IGNORECASE)


def status(fault: Status, request: int, *, bodiless: bool) -> bytes:
    """The answer of a Status fault to the request with this number."""
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
    head += f"X-Seamwright-Fault: {fault.kind}\r\nX-Seamwright-Request: {request}\r\n\r\n"
    return head.encode() + (b"" if bodiless else body)


def oversize(fault: Oversize, request: int, *, bodiless: bool) -> Iterator[bytes]:
    """The answer of an Oversize fault, in pieces."""
    yield (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {fault.size}\r\n"
        f"X-Seamwright-Fault: {fault.kind}\r\nX-Seamwright-Request: {request}\r\n\r\n"
    ).encode()
    if bodiless:
        return
    yield b'"'
    left, piece = fault.size - 2, b"x" * _PIECE
    while left > 0:
        yield piece[:left]
        left -= _PIECE
    yield b'"'


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
