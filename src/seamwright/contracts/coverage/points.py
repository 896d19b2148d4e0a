"""The points of a contract: what can be exercised at one place by one keyword, and what of it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seamwright.model.run import Exercised, PointKind

__all__ = ["ANSWERED", "BROKEN", "LEFT_OUT", "LIMIT", "SENT", "USED", "VALID", "Points", "Universe"]

VALID = "valid"
"""A value that keeps to the keyword."""
LIMIT = "limit"
"""A valid value that stands exactly at the limit; whoever reaches it has tried a valid value too."""
BROKEN = "broken"
"""A value that breaks the keyword, in a call that breaks nothing else."""
SENT = "sent"
LEFT_OUT = "left out"
ANSWERED = "answered"
USED = "used"


class Points:
    """The points of one keyword at one place; those that are not exercised yet are `pending`."""

    __slots__ = ("_when_done", "doubts", "keyword", "kind", "pending", "place", "unjudged", "wanted")

    def __init__(self, kind: PointKind, place: str, keyword: str) -> None:
        self.kind: PointKind = kind
        self.place = place
        self.keyword = keyword
        self.wanted: dict[str, None] = {}
        self.pending: set[str] = set()
        self.unjudged: dict[str, int] = {}
        """Aspects that were sent and whose answer judged nothing, with the status of the first one (0: none came)."""
        self.doubts = 0
        """How often a value seemed to break the keyword, and the call broke more than that."""
        self._when_done: list[Callable[[], None]] = []

    def want(self, *aspects: str) -> None:
        """Add aspects; one that is there already stays as it is."""
        for aspect in aspects:
            if aspect not in self.wanted:
                self.wanted[aspect] = None
                self.pending.add(aspect)

    def when_done(self, call: Callable[[], None]) -> None:
        """Call this once nothing is pending any more: whoever looks for these points may stop."""
        self._when_done.append(call)

    def cover(self, aspect: str) -> bool:
        """An aspect was exercised; gives whether that is news."""
        pending = self.pending
        if aspect not in pending:
            return False
        pending.discard(aspect)
        if aspect == LIMIT:
            pending.discard(VALID)
        if not pending:
            for call in self._when_done:
                call()
            self._when_done.clear()
        return True

    def result(self) -> Exercised:
        """What was exercised; `missing` gives what was not, with why as far as the answers tell it."""
        return Exercised(
            kind=self.kind,
            place=self.place,
            keyword=self.keyword,
            done=tuple(aspect for aspect in self.wanted if aspect not in self.pending),
            missing={aspect: self._why(aspect) for aspect in self.wanted if aspect in self.pending},
        )

    def _why(self, aspect: str) -> str:
        if aspect not in self.unjudged:
            return ""
        status = self.unjudged[aspect]
        if not status:
            return "it was sent, and no answer came"
        return f"it was sent, and answered {status}, which does not say that it was judged"


class Universe:
    """All points of one operation, in the order in which they were first named; at most `most`."""

    def __init__(self, most: int) -> None:
        self._found: dict[tuple[str, str], Points] = {}
        self._most = most
        self._count = 0
        self.clipped = False
        """Whether points were left out for want of room."""

    def __iter__(self) -> Iterator[Points]:
        """Every group of points."""
        return iter(self._found.values())

    @property
    def room(self) -> int:
        """How many points there is room for; what lies deeper is left out."""
        return self._most - self._count

    def at(self, kind: PointKind, place: str, keyword: str, *aspects: str) -> Points:
        """The points of a keyword at a place; those that another alternative has named there are the same ones."""
        found = self._found.get((place, keyword))
        if found is None:
            found = self._found[place, keyword] = Points(kind, place, keyword)
        before = len(found.wanted)
        found.want(*aspects)
        self._count += len(found.wanted) - before
        return found

    def results(self) -> tuple[Exercised, ...]:
        """What was exercised, all of one place together."""
        order: dict[str, int] = {}
        for points in self:
            order.setdefault(points.place, len(order))
        return tuple(points.result() for points in sorted(self, key=lambda points: order[points.place]))
