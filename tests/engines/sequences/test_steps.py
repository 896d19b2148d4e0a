"""What steps need, and what must be made before what."""

from __future__ import annotations

from seamwright.engines.sequences import Action, chain, needed
from seamwright.engines.sequences.steps import makers, succession
from tests.engines.sequences.album import ACTIONS, draw, told


def test_a_step_needs_what_made_its_objects_and_what_made_theirs() -> None:
    steps = chain(ACTIONS, [("health", 0), ("getAlbum", 0), ("getPrint", 0)], draw)
    assert steps is not None
    last = steps[-1]
    assert told(needed(steps, {last.number})) == ["2 newAlbum", "4 newPhoto on 2", "5 print with 4", "6 getPrint on 5"]


def test_what_is_made_is_made_by_what_needs_least() -> None:
    import_ = Action("import", on="album", makes="photo", takes={"/from": "album"})
    assert makers([import_, *ACTIONS])["photo"].operation == "newPhoto"


def test_a_succession_makes_each_thing_once() -> None:
    found = succession(makers(ACTIONS), "print")
    assert found is not None
    assert [action.operation for action in found] == ["newAlbum", "newPhoto", "print"]


def test_what_nothing_makes_or_what_needs_itself_cannot_be_had() -> None:
    assert succession(makers(ACTIONS), "nothing") is None
    circle = (Action("a", makes="a", takes={"/b": "b"}), Action("b", makes="b", takes={"/a": "a"}))
    assert succession(makers(circle), "a") is None
