"""Chains follow their script, object by object."""

from __future__ import annotations

from seamwright.engines.sequences import chain
from tests.engines.sequences.album import ACTIONS, draw, told


def test_the_life_of_one_object() -> None:
    script = [("getAlbum", 0), ("dropAlbum", 0), ("getAlbum", 0)]
    assert told(chain(ACTIONS, script, draw)) == [
        "1 newAlbum",
        "2 getAlbum on 1",
        "3 dropAlbum on 1",
        "4 getAlbum on 1",
    ]


def test_two_objects_are_told_apart_and_share_what_they_lie_in() -> None:
    script = [("newPhoto", 0), ("newPhoto", 1), ("getPhoto", 0), ("getPhoto", 1), ("getPhoto", 0)]
    assert told(chain(ACTIONS, script, draw)) == [
        "1 newAlbum",
        "2 newPhoto on 1",
        "3 newPhoto on 1",
        "4 getPhoto on 2",
        "5 getPhoto on 3",
        "6 getPhoto on 2",
    ]


def test_what_is_named_is_made_before() -> None:
    assert told(chain(ACTIONS, [("getPrint", 0)], draw)) == [
        "1 newAlbum",
        "2 newPhoto on 1",
        "3 print with 2",
        "4 getPrint on 3",
    ]


def test_what_nothing_makes() -> None:
    assert chain(ACTIONS[1:3], [("getAlbum", 0)], draw) is None
