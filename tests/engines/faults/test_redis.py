"""Commands of Redis are told apart, on paper in any pieces and with a real server behind the relay."""

from __future__ import annotations

import asyncio
import random
import uuid
from urllib.parse import urlsplit

import pytest

from seamwright.engines.faults import DropAnswer, Relay, Selection
from seamwright.engines.faults.framing import NotUnderstood
from seamwright.engines.faults.redis import Redis
from tests.engines.faults.test_postgres import heads


def command(*words: str) -> bytes:
    return f"*{len(words)}\r\n".encode() + b"".join(f"${len(w)}\r\n{w}\r\n".encode() for w in words)


COMMANDS = (
    command("set", "k", "x" * 300)
    + command("PING")
    + b"PING hello\r\n"
    + command("AUTH", "me", "secret")
    + command("GET", "k")
    + command("MGET", "a", "b", "c")
)
REPLIES = (
    b"+OK\r\n",
    b"$3\r\nabc\r\n",
    b"$-1\r\n",
    b"*-1\r\n",
    b"*2\r\n*2\r\n:1\r\n$2\r\nab\r\n-ERR no\r\n",
    b"%1\r\n+a\r\n~2\r\n:1\r\n#t\r\n",
    b"|1\r\n+ttl\r\n:3\r\n,3.14\r\n",
    b"*0\r\n",
    b"_\r\n",
    b"=7\r\ntxt:abc\r\n",
)


def test_commands_in_any_pieces() -> None:
    draw = random.Random(7)
    some = [sorted(draw.sample(range(1, len(COMMANDS)), draw.randrange(1, 12))) for _ in range(300)]
    for cuts in [[], list(range(1, len(COMMANDS))), *some]:
        found = heads(Redis().requests, COMMANDS, cuts)
        assert [(head.operation, ended) for head, ended in found] == [
            ("SET k", 1),
            ("PING", 1),
            ("PING hello", 1),
            ("AUTH", 1),
            ("GET k", 1),
            ("MGET a", 1),
        ]


def test_replies_of_any_depth_in_any_pieces() -> None:
    stream = b"".join(REPLIES)
    draw = random.Random(8)
    some = [sorted(draw.sample(range(1, len(stream)), draw.randrange(1, 12))) for _ in range(300)]
    for cuts in [[], list(range(1, len(stream))), *some]:
        assert [ended for _, ended in heads(Redis().answers, stream, cuts)] == [1] * len(REPLIES)


def test_what_is_pushed_belongs_to_no_command() -> None:
    pieces, _ = Redis().answers(b">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n+OK\r\n")
    assert [(head is not None, ended) for head, _, _, ended in pieces] == [(False, False), (True, True)]


def test_after_a_subscription_nothing_is_told_apart() -> None:
    framing = Redis()
    framing.requests(command("SUBSCRIBE", "news"))
    assert framing.requests(b"anything")[0] == [(None, 0, 8, False)]
    assert framing.answers(b"at all")[0] == [(None, 0, 6, False)]


@pytest.mark.parametrize(
    "stream", [b"\x16\x03\r\n", b"*2\r\n+a\r\n", b"*x\r\n", b"*2\r\n$-9\r\n", b"*3\r\n$1\r\na\r\n$1\r\nb\r\n$-9\r\n"]
)
def test_what_is_no_redis_is_told(stream: bytes) -> None:
    with pytest.raises(NotUnderstood):
        Redis().requests(stream)


def test_a_reply_shorter_than_nothing_is_none() -> None:
    for stream in (b"$-9\r\n", b"*-9\r\n", b"$+3\r\nabc\r\n"):
        with pytest.raises(NotUnderstood):
            Redis().answers(stream)


def test_a_command_in_line_may_end_without_a_cr() -> None:
    pieces, used = Redis().requests(b"PING\nGET a\r\nSET b")
    assert [(head.operation, ended) for head, _, _, ended in pieces if head] == [("PING", True), ("GET a", True)]
    assert used == 12


@pytest.mark.parametrize("protocol", ["redis", "auto"])
async def test_a_counter_counts_though_its_answer_is_lost(redis_url: str, protocol: str) -> None:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    parts = urlsplit(redis_url)
    key = f"seam:{uuid.uuid4().hex}"
    direct = redis.Redis.from_url(redis_url)
    async with Relay("127.0.0.1", 0, parts.hostname or "127.0.0.1", parts.port or 6379, protocol=protocol) as relay:
        client = redis.Redis(host="127.0.0.1", port=relay.address[1], retry=Retry(NoBackoff(), 0))
        await relay.arm(DropAnswer(), 30, Selection(operation=f"INCRBY {key}", nth=2))
        try:
            assert await asyncio.to_thread(client.incr, key) == 1
            with pytest.raises(redis.ConnectionError):
                await asyncio.to_thread(client.incr, key)
            assert direct.get(key) == b"2"
            assert await asyncio.to_thread(client.incr, key) == 3
        finally:
            direct.delete(key)
            direct.close()
            client.close()
