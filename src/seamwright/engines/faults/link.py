"""One client connection through a relay and its upstream connection: what comes from either, and how it goes on."""

from __future__ import annotations

import asyncio

from seamwright.engines.faults.flow import Flow
from seamwright.engines.faults.framing import REQUEST, Framing, NotUnderstood, Turns
from seamwright.engines.faults.http1 import Http1
from seamwright.engines.faults.protocols import Auto
from seamwright.engines.faults.side import Side
from seamwright.engines.faults.splice import Splice, can_splice
from seamwright.engines.faults.straight import HttpAnswers, HttpRequests, Straight, TurnAnswers, TurnRequests
from seamwright.engines.faults.struck import Owner, Struck
from seamwright.engines.faults.turn import Turn

__all__ = ["Link"]

_WORTH_A_SPLICE = 512 * 1024
"""Bytes that are still to come."""


class Link(Struck):
    """Both sides of one relayed connection."""

    def __init__(self, owner: Owner, number: int, framing: Framing | None = None) -> None:
        super().__init__(owner, number, framing or Turns())
        self.client = Side(self, "client")
        self.upstream = Side(self, "upstream")
        self._up = Flow(self.upstream, self.flow)
        self._down = Flow(self.client, self.flow)
        self._early: list[bytes] = []
        """What the client sent before there was an upstream."""
        self._rest = {self.client: b"", self.upstream: b""}
        """What came and cannot be understood yet."""
        self._straight: tuple[Straight, Straight] | None = None

    def counted(self) -> int:
        """A request begins; its number in the relay."""
        return self._owner.numbered()

    def hasten(self) -> None:
        """Go straight through, if nothing needs to be looked at."""
        if isinstance(self._framing, Auto) and self._framing.known is not None:
            self._framing = self._framing.known
        framing, client, upstream = self._framing, self.client.transport, self.upstream.transport
        if (
            self._straight is not None
            or self._over
            or self._owner.rules
            or not isinstance(framing, Turns | Http1)
            or client is None
            or upstream is None
            or not (self.client.half_closes and self.upstream.half_closes)
            or self.client.ended
            or self.upstream.ended
            or self.upstream.lost
            or self._hung is not None
            or self._poured is not None
            or not (self._up.idle and self._down.idle)
            or any(turn.own is not None for turn in self._turns)
            or (self._asked is not None and self._asked.swallowed and not self._asked.whole)
        ):
            return
        self._turns.clear()
        self._asked = None
        one: Straight
        two: Straight
        if isinstance(framing, Turns):
            one = TurnRequests(self, self.client, self.upstream, framing)
            two = TurnAnswers(self, self.upstream, self.client, framing)
        else:
            one = HttpRequests(self, self.client, self.upstream, framing)
            two = HttpAnswers(self, self.upstream, self.client, framing)
        one.rest, two.rest = self._rest[self.client], self._rest[self.upstream]
        self._straight = (one, two)
        self.client.hand_over(one)
        self.upstream.hand_over(two)

    def careful(self) -> None:
        """Look at everything from here on."""
        if self._straight is None:
            return
        self.unpoured()
        one, two = self._straight
        self._rest = {self.client: one.rest, self.upstream: two.rest}
        self._straight = None
        self.client.hand_over(self.client)
        self.upstream.hand_over(self.upstream)
        framing = self._framing
        waiting = framing.waiting() if isinstance(framing, Http1) else min(self.turn, 1)
        for later in range(waiting - 1, -1, -1):
            self._turns.append(Turn(self.turn - later, max(self.request - later, 0), REQUEST))
        self._asked = self._turns[-1] if self._turns else None

    def poured(self, side: Side) -> None:
        """Many bytes come from this side: let the kernel move them, as far as nobody needs to look at them."""
        asking = side is self.client
        other = self.upstream if asking else self.client
        limit = self._framing.bulk(asking)
        if self.splice is not None or self._straight is None or not can_splice(side, other):
            return
        if side.ended or (limit is not None and limit < _WORTH_A_SPLICE):
            return
        framing = self._framing

        def passed(count: int) -> None:
            if isinstance(framing, Http1):
                framing.skipped(asking, count)

        side.read(False)
        try:
            self.splice = Splice(side, other, limit, passed, self.unpoured, self._broken)
        except OSError:  # no file is left to open; bytes go the usual way
            self.flow()

    def unpoured(self) -> None:
        """The bytes that come by themselves are to be looked at again."""
        splice, self.splice = self.splice, None
        if splice is not None:
            splice.stop()
            self.flow()

    def _broken(self) -> None:
        self.careful()
        self._stop()
        self.client.reset()
        self.upstream.reset()

    def abort(self) -> None:
        """Close both sides at once, as the end of a process does."""
        self._stop()
        self.client.abort()
        self.upstream.abort()
        if self.client.transport is None and not self.ended.done():
            # It was being accepted. asyncio drops such a connection without a word when its server closes meanwhile.
            self.ended.set_result(None)
            self._owner.gone(self)

    # events of the two sides

    def made(self, side: Side) -> None:
        """A side is connected."""
        if self._over:
            side.abort()
        elif side is self.client:
            self.accepted.set_result(None)
        else:
            early, self._early = self._early, []
            if self._owner.rules:
                self._owner.opened(self)
            self.flow()
            if early:
                self.received(self.client, b"".join(early))
            if self.client.ended:
                self.eof(self.client)
            self.hasten()

    def received(self, side: Side, data: bytes) -> None:
        """Bytes came."""
        if self._over or self._hung is not None:
            return
        if self.upstream.transport is None:
            # There is no upstream yet to take it. (uvloop undoes a pause in connection_made, so some does come.)
            self._early.append(data)
            side.read(False)
            return
        rest = self._rest[side]
        if rest:
            data = rest + data
        asking = side is self.client
        try:
            pieces, used = self._framing.requests(data) if asking else self._framing.answers(data)
        except NotUnderstood as error:
            self._owner.note(self, self._asked, None, f"told by turns from here on: {error}")
            self._framing = Turns(spoken=bool(self.turn))
            pieces, used = self._framing.requests(data) if asking else self._framing.answers(data)
        if rest or used < len(data):
            self._rest[side] = data[used:]
        if asking:
            self._requests(data, pieces)
        else:
            self._answers(data, pieces)
        if not self._owner.rules:
            self.hasten()

    def eof(self, side: Side) -> None:
        """The peer of this side will send no more."""
        if self._over or self._hung is not None or self.upstream.transport is None:
            return
        other, flow = (self.upstream, self._up) if side is self.client else (self.client, self._down)
        if rest := self._rest[side]:
            self._rest[side] = b""
            flow.send(rest, None)
        turn = self._turns[-1] if self._turns else None
        shape = (turn.up if side is self.client else turn.down) if turn is not None else None

        def passed_on() -> None:
            if self._poured is not None and other is self.client:
                return  # our own answer is still to come
            if other is self.client and not other.half_closes:
                self._finish()  # TLS knows no other way to say that no more will come
                return
            other.finish()
            if other.ended and self._up.idle and self._down.idle:
                self._finish()

        flow.then(passed_on, shape)

    def lost(self, side: Side, exc: Exception | None) -> None:
        """The connection of this side is no more."""
        other = self.upstream if side is self.client else self.client
        if not self._over:
            if side is self.upstream and self._hung is not None:
                return  # a client that hangs is not to learn that the upstream lost patience
            if side is self.upstream and exc is None and (self._poured is not None or not self._down.idle):
                self._down.then(self._finish)  # the rest goes out when its time comes
                return
            self._stop()
            if exc is not None:
                other.reset()  # a connection that broke on one side breaks on the other
            else:
                other.close()
        if (other.lost or other.transport is None) and not self.ended.done():
            self.ended.set_result(None)
            self._owner.gone(self)

    def flow(self) -> None:
        """Read from each side only while the other can take it."""
        if self._over or self.upstream.transport is None:
            return
        splice = self.splice
        if splice is None or splice.source is not self.client:
            self.client.read(not (self.upstream.full or self._up.full))
        if splice is None or splice.source is not self.upstream:
            self.upstream.read(not (self.client.full or self._down.full))
        if self._poured is not None and not self.client.full:
            asyncio.get_running_loop().call_soon(self._pour)
