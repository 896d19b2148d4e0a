"""A server that speaks just enough HTTP/2 to answer gRPC, and knows nothing of deadlines.

Real gRPC servers end a call at its deadline whatever their handlers do; what must be shown here is one that does not.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from tests.websocket import looping

__all__ = ["serving_without_deadlines"]

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS, _PING = 0, 1, 4, 6
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _headers(*pairs: tuple[bytes, bytes]) -> bytes:
    """Literal headers, neither indexed nor Huffman-coded (RFC 7541, section 6.2.2)."""
    return b"".join(b"\x00" + bytes([len(n)]) + n + bytes([len(v)]) + v for n, v in pairs)


class _Connection:
    """Answers every call with one empty message as soon as the caller has said all of it, and never before."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def serve(self, reader: asyncio.StreamReader) -> None:
        await reader.readexactly(len(_PREFACE))
        self._writer.write(_frame(_SETTINGS, 0, 0))
        while True:
            head = await reader.readexactly(9)
            payload = await reader.readexactly(int.from_bytes(head[:3], "big"))
            self._take(head[3], head[4], int.from_bytes(head[5:], "big"), payload)

    def _take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _SETTINGS and not flags & _ACK:
            self._writer.write(_frame(_SETTINGS, _ACK, 0))
        elif kind == _PING and not flags & _ACK:
            self._writer.write(_frame(_PING, _ACK, 0, payload))
        elif kind in (_DATA, _HEADERS) and flags & _END_STREAM:
            first = _headers((b":status", b"200"), (b"content-type", b"application/grpc"))
            self._writer.write(_frame(_HEADERS, _END_HEADERS, stream, first))
            self._writer.write(_frame(_DATA, 0, stream, b"\0\0\0\0\0"))
            last = _headers((b"grpc-status", b"0"))
            self._writer.write(_frame(_HEADERS, _END_HEADERS | _END_STREAM, stream, last))


@contextlib.contextmanager
def serving_without_deadlines() -> Iterator[str]:
    """Serve on a free loopback port; gives `grpc://host:port`."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await _Connection(writer).serve(reader)
        writer.close()

    async def main(told: Callable[[int], None]) -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        told(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with looping(main, "grpc") as url:
        yield url
