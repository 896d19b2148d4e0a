"""Actions of a small made-up service, for the tests of sequences: albums, photos in them, and prints of photos."""

from __future__ import annotations

from seamwright.engines.sequences import Action, Step
from seamwright.model.exchange import Case

__all__ = ["ACTIONS", "draw", "told"]

ACTIONS = (
    Action("newAlbum", makes="album"),
    Action("getAlbum", on="album"),
    Action("dropAlbum", on="album", ends=True),
    Action("newPhoto", on="album", makes="photo"),
    Action("getPhoto", on="photo"),
    Action("print", makes="print", takes={"/photoId": "photo"}),
    Action("getPrint", on="print"),
    Action("health"),
)


def draw(operation: str) -> Case:
    """A case that says which operation it is of."""
    return Case(operation, body={"name": operation, "colour": "red"})


def told(steps: tuple[Step, ...] | None) -> list[str]:
    """Steps in short: `2 newPhoto on 1`, `4 print with 3`."""
    return [
        f"{step.number} {step.operation}"
        + (f" on {step.on}" if step.on is not None else "")
        + "".join(f" with {number}" for number in step.takes.values())
        for step in steps or ()
    ]
