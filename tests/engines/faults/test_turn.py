"""What strikes one turn: one fault decides it, and those that hold back add up."""

from __future__ import annotations

from seamwright.engines.faults.faults import DropAnswer, Latency, Reset
from seamwright.engines.faults.framing import REQUEST
from seamwright.engines.faults.turn import Strike, Turn


def test_the_first_decides_and_the_others_hold_back() -> None:
    turn = Turn(1, 1, REQUEST)
    assert turn.take(Strike(1, DropAnswer()))
    assert not turn.take(Strike(2, Reset()))
    assert turn.take(Strike(3, Latency(1.0), 1.0))
    assert turn.take(Strike(4, Latency(2.0, direction="request"), 2.0))
    assert turn.strike == Strike(1, DropAnswer())
    assert turn.down is not None
    assert turn.down.delay == 1.0
    assert turn.up is not None
    assert turn.up.delay == 2.0


def test_what_has_ended_strikes_no_more() -> None:
    turn = Turn(1, 1, REQUEST)
    for strike in (Strike(1, DropAnswer()), Strike(2, Latency(1.0), 1.0), Strike(3, Latency(2.0), 2.0)):
        turn.take(strike)
    turn.release(2)
    assert turn.down is not None
    assert turn.down.delay == 2.0
    turn.release(3)
    assert turn.down is None
    turn.release(1)
    assert turn.strike is None
