"""Says why points of a contract were not exercised, as far as the plan, the evidence and the generator tell it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from seamwright.engines.generate import Boundary, Compiler, Generator, Invalid, Unsatisfiable
from seamwright.engines.generate.rendering import media_type_for
from seamwright.engines.generate.text import Location
from seamwright.model.evidence import Evidence
from seamwright.model.operation import Contract, Operation
from seamwright.model.plan import Plan
from seamwright.model.run import Covered, Exercised
from seamwright.model.subject import Subject

__all__ = ["TRIED_BY", "explained"]

SECONDS = 1.0
"""What asking the generator may take at the end of a run; what it was not asked about gets a general reason."""

TRIED_BY: Mapping[str, Mapping[str, str]] = {
    "openapi": {"limit": "contract.server-error-on-boundary", "broken": "contract.invalid-input-refused"},
    "graphql": {"broken": "contract.graphql-invalid-input-refused"},
    "protobuf": {"broken": "contract.grpc-invalid-input-refused"},
}
"""The checks whose work it is to send such values, by the kind of the contract."""

_BUDGET = "time budget"
"""Stands in every reason that a spent budget gives."""

_DEFAULTS = {
    "operation": "it was never answered in its success class",
    "status": "no answer had this status",
    "media type": "no answer had this media type",
    "header": "no answer had this header",
    "security": "no call came with it and was let in",
}
_WHYS = {
    "sent": "no call that was judged had it",
    "left out": "no call that was judged did without it",
    "broken": "no call that was judged broke it alone",
    "answered": "no answer held it",
}
_OTHER = "no call that was judged had such a value"

_WHERES: tuple[Location, ...] = ("path", "query", "header", "cookie", "body")
_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclass(slots=True)
class _Makeable:
    """What the generator can make of one part of a call: for limits and for what is broken, places with keywords."""

    impossible: str = ""
    whole: bool = True
    """Whether it was asked to the end."""
    made: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: {"limit": set(), "broken": set()})
    gaps: dict[str, dict[tuple[str, str], str]] = field(default_factory=lambda: {"limit": {}, "broken": {}})

    def why_not(self, place: str, keyword: str, aspect: str) -> str:
        """Why there is no such value; empty where there is one, or nothing is known."""
        if self.impossible:
            return self.impossible
        key = (place, keyword)
        if aspect not in self.made or key in self.made[aspect]:
            return ""
        for gaps in (self.gaps[aspect], *self.gaps.values()):
            if key in gaps:
                return f"no such value can be made: {gaps[key]}"
        return "no such value is made" if self.whole else ""


def explained(
    rows: Iterable[Covered],
    subjects: Mapping[str, Subject],
    plan: Plan,
    evidence: Sequence[Evidence],
    *,
    seconds: float = SECONDS,
) -> tuple[Covered, ...]:
    """The same rows, with a reason at every point that was not exercised."""
    end = time.monotonic() + seconds
    makers: dict[str, _Makers] = {}
    told = []
    for row in rows:
        contract = subjects[row.boundary].contract
        if contract is None or not any(each.missing for each in row.points):
            told.append(row)
            continue
        operation = contract.operation(row.operation)
        assert operation is not None, row
        maker = makers.setdefault(row.boundary, _Makers(contract, end))
        why = _why_none(row, subjects[row.boundary], plan, evidence)
        reasons = _Reasons(row, operation, contract.kind, plan, evidence, maker)
        told.append(replace(row, points=tuple(_with_reasons(each, why, reasons) for each in row.points)))
    return tuple(told)


def _with_reasons(points: Exercised, why: str, reasons: _Reasons) -> Exercised:
    if not points.missing:
        return points
    missing = {aspect: known or why or reasons.of(points, aspect) for aspect, known in points.missing.items()}
    return replace(points, missing=missing)


def _why_none(row: Covered, subject: Subject, plan: Plan, evidence: Sequence[Evidence]) -> str:
    """Why nothing at all was tried of an operation; empty where it was called."""
    kept_back = subject.kept_back.get(row.operation)
    if kept_back is not None:
        return f"never called by a check: {kept_back}"
    if row.calls:
        return ""
    planned = [item for item in plan.planned if item.boundary == row.boundary]
    if not planned:
        skipped = next((s.why for s in plan.skipped if s.boundary == row.boundary and s.applicable), "")
        return f"never called: no check ran on {row.boundary}" + (f", since {skipped}" if skipped else "")
    for item in evidence:
        for cell in item.cells if item.boundary == row.boundary else ():
            if cell.cell == row.operation and cell.why:
                return f"never called: {cell.why}"
    for result in evidence:
        if result.boundary == row.boundary and _BUDGET in result.why:
            return f"never called: {result.why}"
    if not any(row.operation in item.cells or row.operation in item.left_out for item in planned):
        return "never called: no check that ran is about it"
    left_out = next((item.left_out[row.operation] for item in planned if row.operation in item.left_out), "")
    if left_out and not any(row.operation in item.cells for item in planned):
        return f"never called: {left_out}"
    return "never called"


class _Reasons:
    """Why single points of an operation that was called were not exercised."""

    def __init__(
        self,
        row: Covered,
        operation: Operation,
        kind: str,
        plan: Plan,
        evidence: Sequence[Evidence],
        makers: _Makers,
    ) -> None:
        self._row = row
        self._operation = operation
        self._tried_by = TRIED_BY.get(kind, {})
        self._plan = plan
        self._makers = makers
        self._late = any(
            _BUDGET in cell.why
            for item in evidence
            if item.boundary == row.boundary
            for cell in item.cells
            if cell.cell == row.operation
        )

    def of(self, points: Exercised, aspect: str) -> str:
        """The reason of one point."""
        if points.kind == "operation":
            statuses = ", ".join(f"{status} {count} times" for status, count in self._row.statuses.items())
            return f"{_DEFAULTS['operation']} (answered: {statuses})"
        if points.kind in ("status", "header") or (points.kind == "media type" and aspect == "answered"):
            return _DEFAULTS[points.kind]
        if points.kind == "security":
            return _DEFAULTS["security"] if aspect == "used" else "no call came without credentials"
        return self._not_tried(aspect) or self._not_made(points, aspect) or self._not_sent(aspect)

    def _not_tried(self, aspect: str) -> str:
        """Why the check that sends such values did not run on the operation."""
        check = self._tried_by.get(aspect)
        if check is None:
            return ""
        boundary, operation = self._row.boundary, self._row.operation
        for item in self._plan.planned:
            if (item.check, item.boundary) == (check, boundary):
                left_out = item.left_out.get(operation)
                return f"{check} left the operation out: {left_out}" if left_out else ""
        for skipped in self._plan.skipped:
            if (skipped.check, skipped.boundary) == (check, boundary):
                return f"{check} did not run: {skipped.why}"
        return f"{check} was not among the checks of this run"

    def _not_made(self, points: Exercised, aspect: str) -> str:
        whole = points.kind in ("parameter", "media type") or points.keyword == "json"
        if whole or (points.kind == "property" and "/" not in points.place):
            return ""  # a part of the call, which the generator of its values knows nothing of
        makeable = self._makers.of(self._operation, points.place)
        return makeable.why_not(points.place, points.keyword, aspect) if makeable is not None else ""

    def _not_sent(self, aspect: str) -> str:
        why = _WHYS.get(aspect, _OTHER)
        return f"{why} before the {_BUDGET} ended" if self._late else why


class _Makers:
    """The generators of one contract, asked part by part for what they can make, until the time is over."""

    def __init__(self, contract: Contract, end: float) -> None:
        self._contract = contract
        self._end = end
        self._known: dict[tuple[str, str], _Makeable | None] = {}
        dialect: Any = "3.1" if contract.dialect == "3.1" else "3.0"
        self._compile = {
            where: Compiler(resolve=contract.resolve, dialect=dialect, direction="request", location=where).compile
            for where in _WHERES
        }

    def of(self, operation: Operation, place: str) -> _Makeable | None:
        """What can be made of the part of a call that a place lies in; None where that is not known."""
        part = "/".join(place.split("/")[: 1 if place.startswith("body") else 2])
        key = (operation.id, part)
        if key not in self._known:
            self._known[key] = self._asked(operation, part)
        return self._known[key]

    def _asked(self, operation: Operation, part: str) -> _Makeable | None:
        where, _, name = part.partition("/")
        if time.monotonic() > self._end:
            return None
        if where == "body":
            media_type = media_type_for(operation)
            if operation.body is None or media_type is None:
                return None
            return self._made("body", part, operation.body.content[media_type].schema)
        for parameter in operation.parameters:
            if parameter.location == where and parameter.name == name.replace("~1", "/").replace("~0", "~"):
                return self._made("body" if parameter.media_type else parameter.location, part, parameter.schema)
        return None

    def _made(self, where: Location, part: str, schema: Any) -> _Makeable:
        found = _Makeable()
        try:
            generator = self._compile[where](schema)
        except Unsatisfiable as error:
            found.impossible = f"no valid value can be made: {error}"
            return found
        self._walked(found, part, "limit", generator, generator.boundary)
        self._walked(found, part, "broken", generator, generator.invalid)
        return found

    def _walked(
        self,
        found: _Makeable,
        part: str,
        aspect: str,
        generator: Generator,
        walk: Callable[[Random], Iterator[Boundary | Invalid]],
    ) -> None:
        for each in walk(Random(0)):
            place = each.place.rpartition("/")[0] if each.keyword == "additionalProperties" else each.place
            if not (isinstance(each, Boundary) and each.limit == "capped"):
                found.made[aspect].add((_general(part + place), each.keyword))
            if time.monotonic() > self._end:
                found.whole = False
                return
        found.gaps[aspect] = {(_general(part + gap.place), gap.keyword): gap.why for gap in generator.gaps}


def _general(place: str) -> str:
    """A place with `*` for every index."""
    return _INDEX.sub("/*", place)
