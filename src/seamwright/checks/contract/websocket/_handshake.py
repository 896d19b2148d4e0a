"""The handshake of a WebSocket as plain HTTP, and whether the server behind it is there."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from random import Random

from seamwright.checks._cells import excerpt
from seamwright.model.bench import Bench
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Exchange
from seamwright.model.identity import Identity
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["accepts", "handshake", "is_there", "opened", "visitor"]

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, section 1.3."""

COMES_BACK = 3.0
"""Seconds in which a server may be started again after it has ended."""


def visitor(subject: Subject) -> Identity | None:
    """Who opens conversations: the first identity with credentials; nobody where there is none."""
    return next(iter(subject.identities), None)


def handshake(random: Random, **changes: str | None) -> Mapping[str, str]:
    """The headers of an opening handshake (RFC 6455, section 4.1), some changed (`_` for `-`) or left out (None)."""
    headers: dict[str, str | None] = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": base64.b64encode(random.randbytes(16)).decode("ascii"),
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in headers.items() if value is not None}


def accepts(headers: Mapping[str, str], exchange: Exchange) -> bool:
    """Whether an answer proves that the server has read the key (RFC 6455, section 4.2.2, item 5.4)."""
    digest = hashlib.sha1((headers["sec-websocket-key"] + _GUID).encode(), usedforsecurity=False).digest()
    told = exchange.response.header("sec-websocket-accept") if exchange.response else None
    return told == base64.b64encode(digest).decode("ascii")


async def opened(bench: Bench) -> Exchange:
    """An ordinary handshake: the positive control. Raises Undecided where it is not accepted."""
    headers = handshake(bench.random)
    exchange = await bench.request("GET", "", visitor(bench.subject), headers=headers, note="control: a handshake")
    if exchange.status != 101:
        cause = Cause.USAGE if exchange.status in (401, 403) else Cause.TARGET
        raise Undecided(f"an ordinary handshake is not accepted: {excerpt(exchange)}", cause)
    return exchange


async def is_there(bench: Bench) -> bool:
    """Whether a handshake is accepted, now or within a few seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + COMES_BACK
    while True:
        headers = handshake(bench.random)
        exchange = await bench.request("GET", "", visitor(bench.subject), headers=headers, note="is it still there?")
        if exchange.status == 101:
            return True
        if loop.time() >= end:
            return False
        await asyncio.sleep(0.1)
