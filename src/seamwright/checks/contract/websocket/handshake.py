"""A WebSocket begins and ends as RFC 6455 says, and a handshake that is none is refused.

Browsers and proxies hold servers to it: a wrong `Sec-WebSocket-Accept` ends the connection, a subprotocol that nobody
offered too. A server that takes a handshake of another version, or one without a key, can be spoken to by things that
do not speak WebSocket at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from seamwright.checks._cells import excerpt
from seamwright.checks.contract.websocket._handshake import accepts, handshake, opened, visitor
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

_OPENS, _ENDS, _VERSION, _KEY, _SUBPROTOCOL = (
    "it opens",
    "it ends in an orderly way",
    "another version is refused",
    "a handshake without a key is refused",
    "no subprotocol is chosen that nobody offered",
)

_NOBODYS = "seamwright.nobody.speaks.this"


def _applies(subject: Subject) -> Applicability:
    return Applies((_OPENS, _ENDS, _VERSION, _KEY, _SUBPROTOCOL))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    try:
        await opened(bench)
    except Undecided as error:
        for cell in bench.cells:
            yield Unknown(cell, str(error), error.cause)
        return
    for cell in bench.cells:
        try:
            yield await _decided(bench, cell)
        except Undecided as error:
            yield Unknown(cell, str(error), error.cause)


async def _decided(bench: Bench, cell: str) -> Observation:
    if cell == _ENDS:
        return await _twice(cell, lambda: _ended(bench), bench)
    changes: dict[str, dict[str, str | None]] = {
        _VERSION: {"sec_websocket_version": "12"},
        _KEY: {"sec_websocket_key": None},
        _SUBPROTOCOL: {"sec_websocket_protocol": _NOBODYS},
    }

    async def asked() -> tuple[Exchange, str]:
        headers = handshake(bench.random, **changes.get(cell, {}))
        exchange = await bench.request("GET", "", visitor(bench.subject), headers=headers, note=cell)
        if exchange.response is None:
            raise Undecided(f"{cell}: no answer came: {exchange}")
        if cell == _OPENS:
            wrong = "" if accepts(headers, exchange) else "the Sec-WebSocket-Accept is not that of the key"
        elif cell == _SUBPROTOCOL:
            chosen = exchange.response.header("sec-websocket-protocol")
            wrong = f"it chooses {chosen!r}" if chosen not in (None, _NOBODYS) else ""
        else:
            wrong = "it is accepted" if exchange.status == 101 else ""
            wrong = "it is a server error" if exchange.status >= 500 else wrong
        return exchange, wrong

    return await _twice(cell, asked, bench)


async def _ended(bench: Bench) -> tuple[Exchange, str]:
    async with bench.dialogue(None, visitor(bench.subject), note=_OPENS) as dialogue:
        if dialogue.opening is None or dialogue.opening.status != 101:
            raise Undecided(f"{_ENDS}: it does not open: {dialogue.opening}")
        exchange = await dialogue.end(wait=3.0, note=_ENDS)
    return exchange, "" if exchange.ok else "the closing frame is not answered with one"


async def _twice(cell: str, attempt: Callable[[], object], bench: Bench) -> Observation:
    """Refuted where the same is wrong a second time."""
    first, wrong = await attempt()  # type: ignore[misc]
    if not wrong:
        return Proved(cell)
    again, still = await attempt()  # type: ignore[misc]
    if still != wrong:
        raise Undecided(f"{cell}: {wrong} once, and then not")
    return Refuted(
        cell,
        Finding(
            title=f"The WebSocket breaks RFC 6455: {cell} does not hold, {wrong}",
            detail=f"expected: {cell}\nseen: {excerpt(first)}: {wrong}\nonce more: {excerpt(again)}",
            severity=Severity.MEDIUM if cell in (_OPENS, _SUBPROTOCOL) else Severity.LOW,
            key=f"websocket {cell}",
            exchanges=(first.number, again.number),
            facts={"wrong": wrong},
        ),
    )


CHECK = Check(
    id="contract.websocket-handshake",
    proves="a WebSocket begins and ends as RFC 6455 says, and a handshake that is none is refused",
    oracle="a wrong Sec-WebSocket-Accept, a subprotocol that nobody offered, 101 to what is no handshake; each twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    kinds=("websocket",),
)
