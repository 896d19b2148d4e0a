"""What faults do to the requests and answers of one relayed connection, and the ways in which that ends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from seamwright.engines.faults import answers
from seamwright.engines.faults.faults import (
    Close,
    DropAnswer,
    Fault,
    Hang,
    Malformed,
    Oversize,
    Reset,
    Status,
    Truncate,
)
from seamwright.engines.faults.flow import Flow
from seamwright.engines.faults.framing import Framing, Head, Piece
from seamwright.engines.faults.side import Side
from seamwright.engines.faults.splice import Splice
from seamwright.engines.faults.turn import Strike, Turn

__all__ = ["WHOLE", "Owner", "Struck"]

WHOLE = "its answer went out whole"
"""What the log says when an answer of the relay's own has been handed over to its last byte."""


class Owner(Protocol):
    """What a link needs of its relay."""

    rules: int
    """How many faults are armed that strike requests."""

    def numbered(self) -> int:
        """The number of a request that begins now."""
        ...

    def strikes(self, link: Struck, turn: Turn) -> Sequence[Strike]:
        """What strikes the turn that begins now."""
        ...

    def opened(self, link: Struck) -> None:
        """Both sides are connected."""
        ...

    def note(self, link: Struck, turn: Turn | None, strike: Strike | None, done: str) -> None:
        """Enter into the log what was done."""
        ...

    def gone(self, link: Struck) -> None:
        """Both sides are closed."""
        ...


class Struck:
    """The turns of one connection and what strikes them. `number` and `turn` count from 1.

    It is the part of a Link that decides; where bytes come from, and when, is the Link's.
    """

    client: Side
    upstream: Side
    _up: Flow
    _down: Flow

    def __init__(self, owner: Owner, number: int, framing: Framing) -> None:
        loop = asyncio.get_running_loop()
        self.number = number
        self.turn = 0
        self.request = 0
        """The relay's number of the request that began last."""
        self.accepted: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.splice: Splice | None = None
        self._owner = owner
        self._framing = framing
        self._over = False
        self._turns: deque[Turn] = deque()
        """Those whose answers have not ended."""
        self._asked: Turn | None = None
        """The turn whose request came last."""
        self._hung: Strike | None = None
        self._poured: Turn | None = None
        self._total = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def open(self) -> bool:
        """Whether the client's connection is still to be served."""
        return not self._over

    @property
    def operation(self) -> str:
        """Of the request that is under way; empty where there is none, or it is not known."""
        return self._turns[-1].head.operation if self._turns else ""

    def shows(self, fault: Fault) -> bool:
        """Whether this could be seen of what is under way; or of the idle connection, where there is nothing."""
        if isinstance(fault, Reset | Close):
            return True
        if isinstance(fault, Hang) and (fault.after is None or fault.seconds is not None):
            return True
        return bool(self._turns) and not isinstance(fault, Status | Oversize)

    def release(self, fault: int) -> None:
        """The fault with this id has ended: what it holds back goes, and who hangs on it is let go."""
        if self._over:
            return
        if self._hung is not None and self._hung.id == fault:
            self._owner.note(self, None, self._hung, "the fault ended; the hanging client was let go")
            self._end(self._hung)
            return
        for turn in self._turns:
            turn.release(fault)
        self._down.release(fault)
        self._up.release(fault)
        poured = self._poured
        if poured is not None and poured.strike is not None and poured.strike.id == fault:
            self._owner.note(self, poured, poured.strike, "the fault ended amid its answer; client reset")
            self.reset()

    def strike(self, strike: Strike) -> None:
        """A fault strikes what is under way now, or the idle connection."""
        if self._over or self._hung is not None or not self.upstream.transport:
            return
        turn = self._turns[-1] if self._turns else Turn(self.turn, 0, Head())
        if not turn.take(strike):
            return
        fault = strike.fault
        if isinstance(fault, Hang) and fault.after is not None:
            self._owner.note(self, turn, strike, "answers on the open connection will hang")
            if fault.seconds is not None and self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(fault.seconds, self._end, strike)
        elif isinstance(fault, Reset | Close | Hang):
            self._struck(turn, strike, "the open connection")
        else:
            self._owner.note(self, turn, strike, "struck on the open connection")

    def reset(self) -> None:
        """RST to the client; the upstream is closed."""
        self._stop()
        self.client.reset()
        self.upstream.close()

    # requests

    def _requests(self, data: bytes, pieces: list[Piece]) -> None:
        for index, (head, start, end, ended) in enumerate(pieces):
            if head is not None:
                turn = self._begun(head)
                if turn.strike is not None and self._struck(turn, turn.strike, "request"):
                    return
                if turn.swallowed:
                    self._framing.withdraw(sum(later[0] is not None for later in pieces[index + 1 :]))
            chunk = data if end - start == len(data) else data[start:end]
            asked = self._asked
            if asked is None:
                self._up.send(chunk, None)
            elif not asked.swallowed:
                strike = asked.strike
                if strike is not None and isinstance(strike.fault, Truncate) and strike.fault.direction == "request":
                    if self._cut(asked, strike, strike.fault, chunk, head):
                        return
                else:
                    self._up.send(chunk, asked.up)
            elif ended:
                asked.whole = True
                if asked.head.last and asked not in self._turns:
                    self._down.then(self._finish)

    def _begun(self, head: Head) -> Turn:
        """A turn begins; what strikes it is with it."""
        if self._framing.alternates:
            self._turns.clear()
        self.turn += 1
        counts = not (head.greeting or head.preamble)
        if counts:
            self.request = self._owner.numbered()
        turn = self._asked = Turn(self.turn, self.request if counts else 0, head)
        self._turns.append(turn)
        if self._owner.rules:
            for strike in self._owner.strikes(self, turn):
                turn.take(strike)
        return turn

    def _struck(self, turn: Turn, strike: Strike, what: str) -> bool:
        """Begin what the fault does to this turn; True when nothing goes any further."""
        fault = strike.fault
        if isinstance(fault, Reset):
            self._owner.note(self, turn, strike, f"{what} not passed on; client reset")
            if fault.seconds:
                self._hang(strike, fault.seconds)
            else:
                self.reset()
            return True
        if isinstance(fault, Close):
            self._owner.note(self, turn, strike, f"{what} not passed on; connection closed")
            self._finish()
            return True
        if isinstance(fault, Hang) and (fault.after is None or turn.head.greeting):
            self._owner.note(self, turn, strike, f"{what} not passed on; nothing will be answered")
            self._hang(strike, fault.seconds)
            return True
        if isinstance(fault, Status | Oversize):
            self._owner.note(self, turn, strike, f"{what} not passed on; answered by the relay")
            turn.swallowed = True
            if isinstance(fault, Status):
                turn.own = iter((answers.status(fault, turn.request, turn.head),))
            else:
                turn.own = answers.oversize(fault, turn.request, turn.head)
            self._next()
        elif isinstance(fault, DropAnswer):
            self._owner.note(self, turn, strike, f"{what} passed on; its answer will be dropped")
        return False

    def _hang(self, strike: Strike, seconds: float | None) -> None:
        self._hung = strike
        self._up.drop()
        self._down.drop()
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._end, strike)

    # answers

    def _answers(self, data: bytes, pieces: list[Piece]) -> None:
        for head, start, end, ended in pieces:
            if head is not None and head.greeting:
                turn = self._begun(head)
                if turn.strike is not None and self._struck(turn, turn.strike, "greeting"):
                    return
            chunk = data if end - start == len(data) else data[start:end]
            current = self._turns[0] if self._turns else None
            if current is None or current.strike is None or (head is not None and head.interim):
                shape = current.down if current is not None else None
                if shape is not None and shape.spares_head and head is not None:
                    self._down.send(chunk[: head.size], None)
                    chunk = chunk[head.size :]
                if chunk:
                    self._down.send(chunk, shape)
            elif self._answer_struck(current, current.strike, chunk, head, ended):
                return
            if ended and self._turns:
                self._turns.popleft()
                self._next()

    def _answer_struck(self, turn: Turn, strike: Strike, chunk: bytes, head: Head | None, ended: bool) -> bool:
        """An answer, or more of it, to a turn that is struck; True when nothing goes any further."""
        fault = strike.fault
        if isinstance(fault, DropAnswer):
            self._owner.note(self, turn, strike, f"its answer was dropped; client {_ENDED[fault.end]}")
            self._end(strike)
            return True
        if isinstance(fault, Truncate) and fault.direction == "answer":
            return self._cut(turn, strike, fault, chunk, head)
        if isinstance(fault, Hang) and fault.after is not None:
            size = head.size if head is not None else 0
            room = size + fault.after - turn.passed
            turn.passed += max(0, len(chunk) - size)
            if len(chunk) < room or (ended and len(chunk) == room):
                self._down.send(chunk, turn.down)
                return False
            self._down.send(chunk[:room], turn.down)
            self._owner.note(self, turn, strike, f"answer hangs after {fault.after} bytes")
            self._hung = strike
            self._down.then(lambda: self._hang(strike, fault.seconds))
            return True
        if isinstance(fault, Malformed):
            chunk = self._spoiled(turn, strike, fault, chunk, head)
            self._down.send(chunk, turn.down)
            if ended and fault.what == "length":
                self._down.then(self._finish)
                return True
            return False
        self._down.send(chunk, turn.down)
        return False

    def _spoiled(self, turn: Turn, strike: Strike, fault: Malformed, chunk: bytes, head: Head | None) -> bytes:
        size = min(head.size, len(chunk)) if head is not None else 0
        begin, body = chunk[:size], chunk[size:]
        if head is not None:
            begin = answers.spoiled_head(fault, begin)
            if fault.what != "body":
                self._owner.note(self, turn, strike, f"{fault.what} of the answer spoiled")
        if fault.what == "body" and body and not turn.passed:
            turn.passed = 1
            body = answers.spoiled_body(body)
            self._owner.note(self, turn, strike, "body of the answer spoiled")
        return begin + body

    def _cut(self, turn: Turn, strike: Strike, fault: Truncate, chunk: bytes, head: Head | None) -> bool:
        asking = fault.direction == "request"
        size = head.size if head is not None and not fault.total else 0
        before = self._total if fault.total else turn.sent if asking else turn.passed
        room = size + fault.after - before
        count = min(len(chunk), room)
        went = before + max(0, count - size)
        if fault.total:
            self._total = went
        elif asking:
            turn.sent = went
        else:
            turn.passed = went
        flow, shape = (self._up, turn.up) if asking else (self._down, turn.down)
        if count > 0:
            flow.send(chunk[:count], shape)
        if len(chunk) < room:
            return False
        what = "request" if asking else "answer"
        self._owner.note(self, turn, strike, f"{what} ends after {fault.after} bytes; {_ENDED[fault.end]}")
        end = self._break_upstream if asking and fault.end == "reset" else lambda: self._end(strike)
        flow.then(lambda: (self.upstream if asking else self.client).when_sent(end))
        self._hung = strike
        return True

    # answers of our own

    def _next(self) -> None:
        """The turn whose answer is due, if that is for the relay to make."""
        if self._turns and self._turns[0].own is not None and self._poured is None:
            self._poured = self._turns[0]
            self._pour()

    def _pour(self) -> None:
        turn = self._poured
        if turn is None or turn.own is None or self._over:
            return
        while not (self.client.full or self._down.full):
            if self.client.closing:
                return  # nobody takes it any more
            piece = next(turn.own, None)
            if piece is None:
                if turn.strike is not None and isinstance(turn.strike.fault, Oversize):
                    self._owner.note(self, turn, turn.strike, WHOLE)
                self._poured = None
                self._turns.popleft()
                if self.upstream.lost or self.upstream.ended or (turn.head.last and turn.whole):
                    self._down.then(self._finish)
                else:
                    self._next()
                return
            self._down.send(piece, turn.down)

    # ends

    def _end(self, strike: Strike) -> None:
        """End the client's connection the way its fault says."""
        if self._over:
            return
        if getattr(strike.fault, "end", "reset") == "close":
            self._finish()
        else:
            self.reset()

    def _break_upstream(self) -> None:
        self._stop()
        self.upstream.reset()
        self.client.reset()

    def _finish(self) -> None:
        """Both peers have said all: close when what is buffered has gone out."""
        self._stop()
        self.client.close()
        self.upstream.close()

    def _stop(self) -> None:
        self._over = True
        if self.splice is not None:
            self.splice.stop()
            self.splice = None
        self._up.drop()
        self._down.drop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.accepted.done():
            self.accepted.cancel()


_ENDED: dict[str, str] = {"reset": "reset", "close": "closed"}
