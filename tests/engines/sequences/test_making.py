"""A sequence is put together with what each step needs before it."""

from __future__ import annotations

from seamwright.engines.sequences import Action
from seamwright.engines.sequences.making import Making
from seamwright.engines.sequences.steps import makers
from tests.engines.sequences.album import ACTIONS, draw, told

BY_NAME = {action.operation: action for action in ACTIONS}


def test_parents_are_made_once_and_the_object_anew() -> None:
    making = Making(makers(ACTIONS), draw)
    for _ in range(2):
        making.add(BY_NAME["getPhoto"], lambda resource: None)
    assert told(tuple(making.steps)) == [
        "1 newAlbum",
        "2 newPhoto on 1",
        "3 getPhoto on 2",
        "4 newPhoto on 1",
        "5 getPhoto on 4",
    ]
    assert making.objects == {"album": [1], "photo": [2, 4]}


def test_the_object_that_was_chosen_is_used() -> None:
    making = Making(makers(ACTIONS), draw)
    making.add(BY_NAME["newAlbum"], lambda resource: None)
    making.add(BY_NAME["getAlbum"], lambda resource: 1)
    assert told(tuple(making.steps)) == ["1 newAlbum", "2 getAlbum on 1"]


def test_nothing_is_appended_for_what_cannot_be_had() -> None:
    making = Making(makers(ACTIONS), draw)
    assert making.add(Action("x", on="nothing"), lambda resource: None) is None
    assert making.steps == []
