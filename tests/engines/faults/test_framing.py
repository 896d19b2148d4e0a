"""Turns: who speaks after the other has spoken begins something."""

from __future__ import annotations

from seamwright.engines.faults.framing import GREETING, REQUEST, Turns


def test_a_turn_begins_with_each_request_and_not_with_each_piece() -> None:
    turns = Turns()
    assert turns.requests(b"abc") == ([(REQUEST, 0, 3, False)], 3)
    assert turns.requests(b"de") == ([(None, 0, 2, False)], 2)
    assert turns.bulk(False) == 0
    assert turns.answers(b"x")[0][0][0] is REQUEST
    assert turns.answers(b"y")[0][0][0] is None
    assert turns.bulk(False) is None
    assert turns.requests(b"f")[0][0][0] is REQUEST


def test_a_greeting_comes_before_any_request() -> None:
    turns = Turns()
    assert turns.answers(b"220")[0][0][0] is GREETING
    assert turns.answers(b" ready")[0][0][0] is None
    assert turns.requests(b"HELO")[0][0][0] is REQUEST
