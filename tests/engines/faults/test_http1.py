"""Messages of HTTP/1.1 are told apart byte for byte, however they are cut into pieces."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from seamwright.engines.faults.framing import Head, NotUnderstood, Piece
from seamwright.engines.faults.http1 import Http1, _asked


class Message(NamedTuple):
    operation: str
    body: bytes
    ended: bool


def read(feed: object, stream: bytes, cuts: list[int]) -> list[Message]:
    """The messages that come out when the stream comes in these pieces; every byte must be in exactly one of them."""
    found: list[tuple[Head, bytearray, bool]] = []
    rest, seen = b"", b""
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        data = rest + stream[start:end]
        pieces: list[Piece]
        pieces, used = feed(data)  # type: ignore[operator]
        assert [piece[1] for piece in pieces] == [0, *(piece[2] for piece in pieces)][: len(pieces)]
        assert (pieces[-1][2] if pieces else 0) == used
        for head, begin, stop, ended in pieces:
            seen += data[begin:stop]
            if head is not None:
                found.append((head, bytearray(), False))
            if found:
                found[-1] = (found[-1][0], found[-1][1] + data[begin:stop], ended)
        rest = data[used:]
    assert seen + rest == stream
    return [Message(head.operation, bytes(data[head.size :]), ended) for head, data, ended in found]


CHUNKED = b"5\r\nhello\r\n3;x=y\r\n...\r\n0\r\nTrailer: 1\r\n\r\n"
REQUESTS = (
    b"GET /a?b=c HTTP/1.1\r\nHost: t\r\n\r\n"
    b"POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
    b"\r\nPUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED + b"GET http://h/d HTTP/1.1\r\n\r\n"
    b"HEAD /e HTTP/1.1\r\n\r\n"
)
ANSWERS = (
    b"HTTP/1.1 204 No Content\r\n\r\n"
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED + b"HTTP/1.1 304\r\nContent-Length: 9\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
)


def cuts_of(stream: bytes) -> list[list[int]]:
    draw = random.Random(4)
    some = [sorted(draw.sample(range(1, len(stream)), draw.randrange(1, 9))) for _ in range(200)]
    return [[], list(range(1, len(stream))), *some]


def test_requests_however_they_are_cut() -> None:
    for cuts in cuts_of(REQUESTS):
        assert read(Http1().requests, REQUESTS, cuts) == [
            ("GET /a", b"", True),
            ("POST /b", b"hello\r\n", False),  # the empty line belongs to nobody
            ("PUT /c", CHUNKED, True),
            ("GET /d", b"", True),
            ("HEAD /e", b"", True),
        ]


def test_answers_however_they_are_cut() -> None:
    for cuts in cuts_of(ANSWERS):
        http = Http1()
        http.requests(REQUESTS)
        found = read(http.answers, ANSWERS, cuts)
        assert [(m.body, m.ended) for m in found] == [
            (b"", True),
            (b"", False),
            (b"hello", True),
            (CHUNKED, True),
            (b"", True),
            (b"", True),
        ]


def test_an_answer_without_a_length_lasts_until_the_end_of_the_connection() -> None:
    http = Http1()
    http.requests(b"GET / HTTP/1.0\r\n\r\n")
    pieces, _ = http.answers(b"HTTP/1.0 200 OK\r\n\r\nab")
    assert pieces[0][3] is False
    assert http.bulk(False) is None
    assert http.answers(b"cd")[0] == [(None, 0, 2, False)]


def test_what_is_left_of_a_body_is_known() -> None:
    http = Http1()
    http.requests(b"GET / HTTP/1.1\r\n\r\n")
    http.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nab")
    assert http.bulk(False) == 998
    http.skipped(False, 998)
    assert http.bulk(False) == 0


def test_after_an_upgrade_nothing_is_told_apart() -> None:
    http = Http1()
    http.requests(b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    http.answers(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00")
    assert http.requests(b"\x81\x80")[0] == [(None, 0, 2, False)]
    assert http.answers(b"\x81\x00")[0] == [(None, 0, 2, False)]


def test_a_request_that_is_not_passed_on_has_no_answer() -> None:
    http = Http1()
    http.requests(b"HEAD /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
    http.withdraw(1)
    pieces, _ = http.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert pieces[0][2:] == (40, True)


@pytest.mark.parametrize(
    ("header", "trace"),
    [
        ("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
        ("X-Request-Id: seven", "seven"),
        ("Accept: */*", None),
    ],
)
def test_the_trace_is_that_of_the_client(header: str, trace: str | None) -> None:
    pieces, _ = Http1().requests(f"GET / HTTP/1.1\r\n{header}\r\n\r\n".encode())
    assert pieces[0][0] is not None
    assert pieces[0][0].trace == trace


@pytest.mark.parametrize(
    "stream",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-6\r\nmore",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\nHost: t\n\n",
        b"GET / HTTP/1.1\r\nHost: t\n",
        b"GET / HTTP/1.1\r\nHost: t\nContent-Length: 5\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000,
    ],
)
def test_what_is_no_http_is_told(stream: bytes) -> None:
    """At once: what is waited for in vain is never passed on."""
    with pytest.raises(NotUnderstood):
        Http1().requests(stream)


def test_codings_are_read_as_the_standard_says() -> None:
    for headers, body in (
        (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", CHUNKED),
        (b"Transfer-Encoding: gzip, Chunked\r\nContent-Length: 3", CHUNKED),
        (b"Transfer-Encoding: identity\r\nContent-Length: 5", b"hello"),
    ):
        http = Http1()
        http.requests(b"GET / HTTP/1.1\r\n\r\n")
        pieces, _ = http.answers(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n" + body)
        assert [ended for *_, ended in pieces] == [True], headers
    http = Http1()
    http.requests(b"GET / HTTP/1.1\r\n\r\n")
    assert http.answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab")[0][0][3] is False
    assert http.bulk(False) is None


def test_a_head_of_many_kilobytes_is_read_and_not_remembered() -> None:
    long = b"GET /long HTTP/1.1\r\nCookie: " + b"c" * 60_000 + b"\r\n\r\n"
    before = _asked.cache_info().currsize
    pieces, used = Http1().requests(long)
    assert used == len(long)
    assert pieces[0][0] is not None
    assert pieces[0][0].operation == "GET /long"
    assert _asked.cache_info().currsize == before
