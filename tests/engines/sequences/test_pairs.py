"""Every two operations on one object, of which the first changes it."""

from __future__ import annotations

from seamwright.engines.sequences import pairs
from tests.engines.sequences.album import ACTIONS


def test_pairs_after_an_end_come_first() -> None:
    found = [*pairs(ACTIONS, {"dropAlbum", "newPhoto"})]
    assert found == [
        ("dropAlbum", "getAlbum"),
        ("dropAlbum", "dropAlbum"),
        ("dropAlbum", "newPhoto"),
        ("newPhoto", "getAlbum"),
        ("newPhoto", "dropAlbum"),
        ("newPhoto", "newPhoto"),
    ]


def test_what_only_names_an_object_is_about_it_too() -> None:
    found = [*pairs(ACTIONS, {"print"})]
    assert found == [("print", "getPhoto"), ("print", "print")]


def test_what_nothing_makes_has_none() -> None:
    assert [*pairs(ACTIONS[1:3], {"dropAlbum"})] == []
