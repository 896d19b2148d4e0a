"""An answer means the same whether or not its head was seen before, and however it comes over the wire."""

from __future__ import annotations

import asyncio
from itertools import count
from random import Random
from typing import Any

import httptools
import pytest

from seamwright.engines.load import LoadPlan, LoadResult, RequestTemplate, Response, Users, render_request, run_load
from seamwright.engines.load.lane import Head, Heads, read_head
from tests.engines.servers import Behaviour, http, read_request, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: a\r\nX-Two: b\r\n\r\nhello"
HEAD, BODY = OK[:-5], OK[-5:]


def asked(method: str = "GET") -> RequestTemplate:
    return RequestTemplate(method, render_request(method, "/", {"Host": "test"}))


async def loaded(port: int, *requests: RequestTemplate, **more: Any) -> tuple[LoadResult, list[Response]]:
    """One request after the other on one connection, ten of them."""
    seen: list[Response] = []

    def keeps(template: RequestTemplate, response: Response) -> str | None:
        seen.append(response)
        return None

    settings: dict[str, Any] = {"rate": 100, "duration": 0.1, "connections": 1, "timeout": 0.5, "lag_bound": 0.25}
    plan = LoadPlan("127.0.0.1", port, requests or (asked(),), validate=keeps, **(settings | more))
    return await run_load(plan), seen


async def test_a_head_that_repeats_is_handed_up_as_it_was_read_first() -> None:
    with serving(http(OK, OK, OK[:-5] + b"again", OK)) as port:
        result, seen = await loaded(port)
    assert result.statuses == {200: 10}
    assert [answer.body for answer in seen] == [b"hello", b"hello", b"again", *[b"hello"] * 7]
    assert {answer.headers for answer in seen} == {
        ((b"Content-Length", b"5"), (b"X-Two", b"a"), (b"X-Two", b"b")),
    }
    assert seen[0].headers is seen[9].headers, "a known head is not parsed again"
    assert result.connects == 1


def in_pieces(*pieces: bytes) -> Behaviour:
    """Whole answers first, and from the fourth on in these pieces, each sent by itself."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in count():
            if not await read_request(reader):
                return
            for piece in pieces if number >= 3 else (OK,):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.005)  # so that each is read by itself

    return behave


@pytest.mark.parametrize(
    "pieces",
    [(HEAD, BODY), (OK[:10], OK[10:]), (HEAD[:-2], HEAD[-2:] + BODY), (HEAD + b"he", b"llo"), (HEAD + b"hell", b"o")],
    ids=["head, body", "line", "end of head", "body", "last byte"],
)
async def test_pieces_of_an_answer_with_a_known_head_are_put_together(pieces: tuple[bytes, ...]) -> None:
    with serving(in_pieces(*pieces)) as port:
        result, seen = await loaded(port)
    assert result.statuses == {200: 10}
    assert {answer.body for answer in seen} == {b"hello"}
    assert result.errors == {}


async def test_an_interim_answer_before_a_known_head_is_none() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    with serving(http(OK, OK, early + OK, OK)) as port:
        result, _ = await loaded(port)
    assert result.statuses == {200: 10}
    with serving(in_pieces(early, OK)) as port:
        result, _ = await loaded(port)
    assert result.statuses == {200: 10}


async def test_bytes_after_a_known_answer_end_the_connection() -> None:
    with serving(http(OK, OK, OK + b"surplus", OK)) as port:
        result, seen = await loaded(port)
    # Each connection carries three: what came after the third could be taken for the answer to a fourth.
    assert result.connects >= 3
    assert {answer.body for answer in seen} == {b"hello"}


@pytest.mark.parametrize(("end", "failure"), [(HEAD + b"hel", "protocol"), (HEAD[:-6], "protocol"), (b"", "reset")])
async def test_an_answer_that_stops_short_is_an_error_though_its_head_is_known(end: bytes, failure: str) -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (OK, OK, OK, end):
            if not await read_request(reader):
                return
            writer.write(answer)
            await writer.drain()

    with serving(behave) as port:
        result, _ = await loaded(port)
    assert result.errors.get(failure, 0) >= 2
    assert set(result.errors) <= {failure}
    assert result.target == result.answered + sum(result.errors.values())


async def test_no_answer_at_all_after_known_ones_is_a_time_out() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (OK, OK, OK, HEAD + b"hell"):
            if not await read_request(reader):
                return
            writer.write(answer)
            await writer.drain()
        await reader.read()

    with serving(behave) as port:
        result, _ = await loaded(port, timeout=0.1)
    assert result.errors.get("timeout", 0) >= 1


async def test_the_head_of_a_get_says_nothing_of_a_head() -> None:
    """The same bytes are a whole answer to HEAD and the beginning of one to GET (RFC 9112, section 6.3)."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            writer.write(HEAD if request.startswith(b"HEAD") else OK)

    with serving(behave) as port:
        result, seen = await loaded(port, asked(), asked("HEAD"), duration=0.4)
    assert result.errors == {}
    assert result.answered == 40
    assert {len(answer.body) for answer in seen} == {0, 5}
    assert {operation: part.errors for operation, part in result.operations.items()} == {"GET": {}, "HEAD": {}}


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\na\r\n\r\nbc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    ],
    ids=["chunked", "204", "empty", "an empty line in the body", "close"],
)
async def test_answers_of_every_framing_are_read_to_their_end(answer: bytes) -> None:
    with serving(http(answer)) as port:
        result, seen = await loaded(port)
    assert result.errors == {}
    assert result.answered == 10
    assert len(set(seen)) == 1


async def test_a_large_request_goes_out_whole() -> None:
    """Larger than the kernel takes at once: the rest goes by the transport."""
    body = b"x" * (6 * 2**20)
    sizes: list[int] = []

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            sizes.append(len(request.partition(b"\r\n\r\n")[2]))
            writer.write(OK)

    request = RequestTemplate("post", render_request("POST", "/", {"Host": "test"}, body))
    with serving(slow) as port:
        result, _ = await loaded(port, request, rate=None, duration=None, profile=Users(1, 0.2), timeout=5)
    assert result.errors == {}
    assert set(sizes) == {len(body)}
    assert result.answered == len(sizes) >= 1


def parsed(head: bytes) -> tuple[int, list[tuple[bytes, bytes]], bool, bool]:
    """Status, headers, whether the answer is whole with `hello` after the head, and whether the connection is kept."""

    class Reader:
        def __init__(self) -> None:
            self.headers: list[tuple[bytes, bytes]] = []
            self.body = b""
            self.done = self.kept = False

        def on_header(self, name: bytes, value: bytes) -> None:
            self.headers.append((name, value))

        def on_body(self, data: bytes) -> None:
            self.body += data

        def on_message_complete(self) -> None:
            self.done = True
            self.kept = parser.should_keep_alive()

    reader = Reader()
    parser = httptools.HttpResponseParser(reader)
    parser.feed_data(head + b"hello")
    return parser.get_status_code(), reader.headers, reader.done and reader.body == b"hello", reader.kept


LINES = [
    b"Content-Length: 5",
    b"content-length:5",
    b"CONTENT-LENGTH: \t5 \t",
    b"Content-Length: 6",
    b"Content-Length: +5",
    b"Content-Length: 5, 5",
    b"Content-Length : 5",
    b"Content-Length:",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: identity",
    b"Connection: keep-alive",
    b"Connection: Keep-Alive ",
    b"Connection: close",
    b"Connection: upgrade",
    b"Upgrade: websocket",
    b"X-Content-Length: 9",
    b"X-Empty:",
    b"X-Text: \xe9 a: b\tc  ",
    b" folded",
    b"no colon",
    b": no name",
    b"X-Nul: a\0b",
    b"X-Cr: a\rb",
    b"X-Lf: a\nContent-Length: 7",
    b"",
]
STATUS_LINES = [b"HTTP/1.1 200 OK"] * 6 + [
    b"HTTP/1.1 200 ",
    b"HTTP/1.1 200",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.1 204 No",
    b"HTTP/1.1 304 No",
    b"HTTP/1.1 100 Go on",
    b"HTTP/1.1 418 tea\xe9",
    b"HTTP/1.1  200 OK",
    b"http/1.1 200 OK",
    b"junk",
]


def test_what_is_read_in_a_plain_head_is_what_the_parser_reads() -> None:
    seed = 7
    print(f"seed {seed}")
    random = Random(seed)
    plain = 0
    heads = Heads()
    for _ in range(20_000):
        lines = [random.choice(STATUS_LINES), *random.choices(LINES, k=random.randrange(5))]
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        head = head[: head.find(b"\r\n\r\n") + 4]
        found = read_head(head)
        assert heads[head] == found, "what was read before makes no difference"
        if found is None:
            continue
        plain += 1
        status, headers, whole, kept = parsed(head)
        # The parser leaves a tab at the end of a value; by RFC 9112, section 5, it is none of it.
        assert (found.status, list(found.headers)) == (status, [(n, v.rstrip(b" \t")) for n, v in headers]), head
        assert whole is (found.length == 5), head
        assert kept or found.length > 5, head
    assert plain > 300


def test_every_plain_head_of_real_servers_is_read() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 22:14:31 GMT\r\nContent-Type: text/html\r\n"
        b'Content-Length: 615\r\nConnection: keep-alive\r\nETag: "64230162-267"\r\nAccept-Ranges: bytes\r\n\r\n'
    )
    found = read_head(head)
    assert found is not None
    assert (found.status, found.length, len(found.headers)) == (200, 615, 7)


def test_not_more_than_so_many_heads_are_kept() -> None:
    heads = Heads()
    for number in range(5000):
        head = b"HTTP/1.1 200 OK\r\nX-Number: %d\r\nContent-Length: 0\r\n\r\n" % number
        assert heads[head] == Head(200, ((b"X-Number", b"%d" % number), (b"Content-Length", b"0")), 0)
        assert 0 < len(heads) <= 512
