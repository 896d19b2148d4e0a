"""Malformed frames and odd messages end a conversation in an orderly way, or are answered, and the server goes on.

A frame that breaks RFC 6455 must end the conversation that it came in (1002, 1007, a dropped connection), and no other.
A message that is well-formed and odd (no JSON, binary, very long) may be answered, ignored, or refused (1003, 1007,
1008, 1009); closing with 1011 says that the server has failed over it. After each, a new conversation must open.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from seamwright.checks._cells import excerpt
from seamwright.checks.contract.websocket._handshake import is_there, opened, visitor
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject

__all__ = ["CHECK"]

WAIT = 0.7
"""Seconds in which what came of a message is listened to."""

MOST = 50

LONG = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Probe:
    """A message, or bytes in place of a frame; `breaks` says that RFC 6455 forbids it, and where."""

    message: str | bytes = b""
    frame: bytes | None = None
    breaks: str = ""


def _frame(first: int, payload: bytes, *, masked: bool = True) -> bytes:
    """A frame with this first byte (RFC 6455, section 5.2); payloads of up to 65535 bytes."""
    flag = 0x80 if masked else 0
    head = bytes([first, flag | len(payload)]) if len(payload) < 126 else bytes([first, flag | 126])
    head += b"" if len(payload) < 126 else len(payload).to_bytes(2, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


_PROBES: Mapping[str, _Probe] = {
    "an empty text": _Probe(""),
    "a text that is no JSON": _Probe("{"),
    "JSON of another shape": _Probe('[null, {"type": null}, 1e400]'),
    "JSON nested very deep": _Probe("[" * 20_000 + "]" * 20_000),
    "a binary message": _Probe(bytes(range(256))),
    "a text of a megabyte": _Probe("w" * LONG),
    "a text that is no UTF-8": _Probe("\udcff\udcfe", breaks="section 8.1"),
    "a frame with a reserved opcode": _Probe(frame=_frame(0x83, b"x"), breaks="section 5.2"),
    "a frame with a reserved bit": _Probe(frame=_frame(0xF1, b"x"), breaks="section 5.2"),
    "a frame that is not masked": _Probe(frame=_frame(0x81, b"x", masked=False), breaks="section 5.1"),
    "a continuation of nothing": _Probe(frame=_frame(0x80, b"x"), breaks="section 5.4"),
    "a ping that is too long": _Probe(frame=_frame(0x89, b"x" * 200), breaks="section 5.5"),
    "a closing code that may not be sent": _Probe(frame=_frame(0x88, b"\x03\xed"), breaks="section 7.4.1"),
}


def _applies(subject: Subject) -> Applicability:
    return Applies(tuple(_PROBES))


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    try:
        await opened(bench)
    except Undecided as error:
        for cell in bench.cells:
            yield Unknown(cell, str(error), error.cause)
        return
    for cell in bench.cells:
        try:
            yield await _decided(bench, cell, _PROBES[cell])
        except Undecided as error:
            yield Unknown(cell, str(error), error.cause)


async def _decided(bench: Bench, cell: str, probe: _Probe) -> Observation:
    first = await _sent(bench, cell, probe)
    wrong = _wrong(probe, first)
    if not await is_there(bench):
        return Refuted(cell, _finding(cell, probe, [first], "no new conversation opens afterwards", Severity.HIGH))
    if not wrong:
        return Proved(cell)
    again = await _sent(bench, cell, probe)
    if _wrong(probe, again) != wrong:
        raise Undecided(f"{cell}: {wrong} once, and then not")
    severity = Severity.LOW if probe.breaks else Severity.MEDIUM
    return Refuted(cell, _finding(cell, probe, [first, again], wrong, severity))


async def _sent(bench: Bench, cell: str, probe: _Probe) -> Exchange:
    async with bench.dialogue(None, visitor(bench.subject), note="opens") as dialogue:
        if dialogue.opening is None or dialogue.opening.status != 101:
            raise Undecided(f"{cell}: the conversation does not open: {dialogue.opening}")
        if probe.frame is not None:
            return await dialogue.put(probe.frame, wait=WAIT, most=MOST, note=cell)
        return await dialogue.say(probe.message, wait=WAIT, most=MOST, note=cell)


def _wrong(probe: _Probe, exchange: Exchange) -> str:
    """What is wrong with what came of a probe; empty where it is as it should be."""
    closed = exchange.response.header("websocket-close") if exchange.response is not None else None
    if closed is not None and closed.startswith("1011"):
        return "it is closed with 1011, an error of the server"
    if probe.breaks and exchange.response is not None and closed is None:
        return f"the conversation goes on, although RFC 6455, {probe.breaks}, has it end"
    return ""


def _finding(cell: str, probe: _Probe, seen: list[Exchange], wrong: str, severity: Severity) -> Finding:
    expected = "the conversation ends" if probe.breaks else "an answer, or a refusal of the message"
    shown = "; once more: ".join(_shown(exchange) for exchange in seen)
    return Finding(
        title=f"The WebSocket does not bear {cell}: {wrong}",
        detail=f"expected: {expected}, and the server goes on\nseen: {shown}",
        severity=severity,
        key=f"websocket {wrong}",
        exchanges=tuple(exchange.number for exchange in seen),
        facts={"wrong": wrong, "probe": cell},
    )


def _shown(exchange: Exchange) -> str:
    closed = exchange.response.header("websocket-close") if exchange.response is not None else None
    return f"closed with {closed}" if closed else excerpt(exchange)


CHECK = Check(
    id="contract.websocket-survives",
    proves="malformed frames and odd messages end their conversation or are answered, and the server goes on",
    oracle="a conversation that outlives a forbidden frame, or ends with 1011, twice; no new conversation afterwards",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    kinds=("websocket",),
    cwe=("CWE-20", "CWE-248"),
)
