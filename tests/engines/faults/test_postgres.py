"""Queries of PostgreSQL are told apart, on paper in any pieces and with a real server behind the relay."""

from __future__ import annotations

import asyncio
import random
import struct
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from seamwright.engines.faults import DropAnswer, Latency, Relay, Reset, Selection
from seamwright.engines.faults.framing import Head, NotUnderstood, Piece
from seamwright.engines.faults.postgres import Postgres, begins_postgres

START = struct.pack("!II", 8 + 10, 196608) + b"user\0me\0\0\0"


def message(kind: str, body: bytes = b"") -> bytes:
    return kind.encode() + struct.pack("!I", len(body) + 4) + body


def query(text: str) -> bytes:
    return message("Q", text.encode() + b"\0")


def parse(text: str, name: str = "") -> bytes:
    return message("P", f"{name}\0{text}\0".encode() + bytes(2))


def bind(name: str = "") -> bytes:
    return message("B", b"\0" + name.encode() + b"\0" + bytes(6))


EXECUTE, SYNC, READY = message("E", b"\0" + bytes(4)), message("S"), message("Z", b"I")


def heads(feed: Callable[[bytes], tuple[list[Piece], int]], stream: bytes, cuts: list[int]) -> list[tuple[Head, int]]:
    """What begins, and how many pieces ended, when the stream comes in these pieces."""
    found: list[tuple[Head, int]] = []
    rest = b""
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        data = rest + stream[start:end]
        pieces, used = feed(data)
        assert (pieces[-1][2] if pieces else 0) == used
        for head, _, _, ended in pieces:
            if head is not None:
                found.append((head, 0))
            if ended:
                found[-1] = (found[-1][0], found[-1][1] + 1)
        rest = data[used:]
    assert rest == b""
    return found


SESSION = (
    START
    + query("BEGIN")
    + query("insert into t values ('it''s secret', 7)")
    + parse("select  *\nfrom t where id = $1", "s1")
    + message("D", b"Ss1\0")
    + SYNC
    + bind("s1")
    + EXECUTE
    + SYNC
    + parse("/* why */ UPDATE t SET a = $1")
    + bind()
    + EXECUTE
    + SYNC
    + query("COMMIT")
    + message("X")
)


def test_requests_in_any_pieces() -> None:
    draw = random.Random(5)
    some = [sorted(draw.sample(range(1, len(SESSION)), draw.randrange(1, 12))) for _ in range(300)]
    for cuts in [[], list(range(1, len(SESSION))), *some]:
        found = heads(Postgres().requests, SESSION, cuts)
        assert [(head.operation, head.preamble, ended) for head, ended in found] == [
            ("CONNECT", True, 1),
            ("BEGIN", False, 1),
            ("insert into t values (?, 7)", False, 1),
            ("PREPARE select * from t where id = ?", True, 1),
            ("select * from t where id = ?", False, 1),
            ("UPDATE t SET a = ?", False, 1),
            ("COMMIT", False, 1),
        ]


def test_answers_end_when_the_server_is_ready() -> None:
    answers = message("R", bytes(4)) + message("S", b"a\0b\0") + READY + message("D", bytes(100)) * 3 + READY
    draw = random.Random(6)
    for cuts in [[], *[sorted(draw.sample(range(1, len(answers)), 4)) for _ in range(100)]]:
        assert [ended for _, ended in heads(Postgres().answers, answers, cuts)] == [1, 1]


def test_after_tls_was_agreed_nothing_is_told_apart() -> None:
    for answer, tunnel in ((b"S", True), (b"N", False)):
        framing = Postgres()
        assert heads(framing.requests, struct.pack("!II", 8, 80877103), [])[0][0].operation == "TLS"
        assert framing.answers(answer)[0][0][3] is True
        if tunnel:
            assert framing.requests(b"\x16\x03\x01")[0] == [(None, 0, 3, False)]
        else:
            assert framing.requests(START)[0][0][0] is not None


def test_a_long_message_is_not_held_back() -> None:
    framing = Postgres()
    framing.requests(START)
    text = query("INSERT " + "x" * 1_000_000)
    pieces, used = framing.requests(text[:2000])
    assert used == 2000
    assert framing.bulk(True) == len(text) - 2000
    assert pieces[0][3] is False
    assert framing.requests(text[2000:])[0] == [(None, 0, len(text) - 2000, True)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"SELECT E'it\'s secret'", "SELECT ?"),
        ("SELECT '--'\n, 'secret'", "SELECT ? , ?"),
        ("SELECT $$my 'secret$$, $a$more$$ secret$a$", "SELECT ?, ?"),
        ("SELECT 1 AS \"o'brien\", 'secret'", 'SELECT 1 AS "o\'brien", ?'),
        ("/* one /* two */ 'three */ SELECT 'secret", "SELECT ?"),
        ("SELECT a -- 'why\n FROM t WHERE b = 'secret'", "SELECT a FROM t WHERE b = ?"),
        ("SELECT $$secret", "SELECT ?"),
    ],
)
def test_no_text_of_a_statement_is_told(text: str, told: str) -> None:
    framing = Postgres()
    framing.requests(START)
    pieces, _ = framing.requests(query(text))
    assert pieces[0][0] is not None
    assert pieces[0][0].operation == told


@pytest.mark.parametrize("begun", [message("B", b"x" * 5000), message("P", b"x" * 5000), message("B", b"")])
def test_what_has_no_end_where_one_must_be_is_not_held_back(begun: bytes) -> None:
    framing = Postgres()
    framing.requests(START)
    _, used = framing.requests(begun + SYNC)
    assert used == len(begun + SYNC)


def test_what_is_no_postgres_is_told() -> None:
    assert begins_postgres(START)
    assert not begins_postgres(b"GET / HTTP/1.1")
    with pytest.raises(NotUnderstood):
        Postgres().requests(b"GET / HTTP/1.1\r\n\r\n")
    framing = Postgres()
    framing.requests(START)
    with pytest.raises(NotUnderstood):
        framing.requests(b"\x00\x00\x00\x00\x00")


# a real server


async def relayed(url: str, protocol: str, use: Callable[[Relay, str], Any]) -> None:
    """Run `use` with a relay in front of the server and the URL of it."""
    parts = urlsplit(url)
    async with Relay("127.0.0.1", 0, parts.hostname or "127.0.0.1", parts.port or 5432, protocol=protocol) as relay:
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        here = parts._replace(netloc=f"{user}127.0.0.1:{relay.address[1]}", query="sslmode=disable&gssencmode=disable")
        await use(relay, here.geturl())


@pytest.mark.parametrize("protocol", ["postgres", "auto"])
async def test_the_answer_to_a_commit_is_dropped_and_the_row_is_there(postgres_url: str, protocol: str) -> None:
    import psycopg

    table = f"seam_{uuid.uuid4().hex}"

    async def use(relay: Relay, url: str) -> None:
        def write() -> None:
            with psycopg.connect(url) as connection:
                connection.execute(f"INSERT INTO {table} VALUES (7)")
                connection.commit()

        await relay.arm(DropAnswer(), 30, Selection(operation="COMMIT", nth=1))
        with pytest.raises(psycopg.OperationalError):
            await asyncio.to_thread(write)
        struck = [entry for entry in await relay.log() if "was dropped" in entry.done]
        assert [entry.operation for entry in struck] == ["COMMIT"]

    with psycopg.connect(postgres_url, autocommit=True) as direct:
        direct.execute(f"CREATE TABLE {table} (id int)")
        try:
            await relayed(postgres_url, protocol, use)
            assert direct.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
        finally:
            direct.execute(f"DROP TABLE {table}")


async def test_the_third_query_alone_is_struck(postgres_url: str) -> None:
    import psycopg

    async def use(relay: Relay, url: str) -> None:
        def ask() -> list[str]:
            got = []
            with psycopg.connect(url, autocommit=True, prepare_threshold=1) as connection:
                for number in range(5):
                    try:
                        got.append(str(connection.execute("SELECT %s::int", (number,)).fetchone()))
                    except psycopg.OperationalError:
                        got.append("lost")
                        break
            return got

        armed = await relay.arm(Reset(), 30, Selection(operation="SELECT", nth=3))
        assert await asyncio.to_thread(ask) == ["(0,)", "(1,)", "lost"]
        await relay.disarm(armed)
        await relay.arm(Latency(0.01), 30)
        assert (await asyncio.to_thread(ask))[-1] == "(4,)"

    await relayed(postgres_url, "auto", use)
