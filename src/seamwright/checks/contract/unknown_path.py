"""A path that no operation covers is answered with 404, and not with something that looks like success.

A client with a misspelt path, or one that was written for a later version, must be told so. An API that answers 200 to
anything hides that, and a 5xx for a path that is not there blames the service. Unknown paths are tried where the API
lives: below the prefix that all of its operations share, and below each of its collections. Any 4xx will do: who may
not enter need not learn what is there.

A page in HTML is mostly the shell of a web application that is served for every path. At the root of a host that is its
right, and says nothing; below a path of the API it misleads clients, and is told with low severity.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from seamwright.checks._cells import answered, excerpt, in_time, undecidable
from seamwright.checks._honest import Accepted, accepted, nobody_may
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

CELL = "boundary"
"""The one cell: paths are routed for the API as a whole."""

COLLECTIONS = 6
"""Collections below which an unknown path is tried."""

CONTROLS = 4
"""Operations that are tried until one is answered with success."""

_GREEDY = re.compile(r".*path|.*[+*]|proxy|wildcard|splat|rest|tail|any|file|key", re.IGNORECASE)
"""Names of path parameters that may stand for several segments."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an unknown path is tried: its beginning, and whether it belongs to the API for certain."""

    prefix: str
    own: bool


def _applies(subject: Subject) -> Applicability:
    if not subject.operations:
        return DoesNotApply("it has no contract with operations")
    return Applies((CELL,)) if _places(subject) else DoesNotApply("its operations cover every path")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    try:
        control = await _control(bench)
        tried, refuted = 0, False
        doubts: list[str] = []
        for place in _places(bench.subject):
            in_time(bench, tried, "unknown paths")
            seen = await _sent(bench, control, place)
            wrong = _wrong(place, seen)
            if wrong is None:
                if why := _doubtful(seen):
                    doubts.append(why)
                tried += not seen.ok
                continue
            again = await _sent(bench, control, place)
            if _wrong(place, again) != wrong:
                doubts.append(f"{seen} once, and then {again}")
                continue
            refuted = True
            yield Refuted(CELL, _finding(wrong, seen, again), tried=2)
    except Undecided as error:
        yield Unknown(CELL, str(error), error.cause)
        return
    if doubts:
        yield Unknown(CELL, "; ".join(doubts[:3]), Cause.TARGET)
    elif not tried and not refuted:
        yield Unknown(CELL, "unknown paths are answered with a page, at the root of a host that may be a site too")
    elif not refuted:
        yield Proved(CELL, tried=tried)


async def _control(bench: Bench) -> Accepted:
    """An operation that is answered with success: without one, a wrong base URL would look like many a 404."""
    operations = [o for o in bench.subject.operations if nobody_may(bench.subject, o) is None]
    operations.sort(key=lambda o: (not o.safe, len(o.at("path")), len(o.parameters)))
    why: list[str] = []
    for operation in operations[:CONTROLS]:
        try:
            return await accepted(bench, operation)
        except Undecided as error:
            why.append(str(error))
    raise Undecided("; ".join(why) or "no identity that is here may call any operation", Cause.USAGE)


async def _sent(bench: Bench, control: Accepted, place: _Place) -> Exchange:
    """GET an unknown path; where only the slash at its end was wanted, with that too."""
    path = f"{place.prefix}/{bench.canary()}"
    seen = answered(await bench.request("GET", path, control.caller.identity, note="a path that no operation covers"))
    target = seen.response.header("location") if seen.response and 300 <= seen.status < 400 else None
    here = urlsplit(seen.request.url)
    if target and urljoin(seen.request.url, target).rstrip("/") == seen.request.url and not here.query:
        identity = control.caller.identity
        return answered(await bench.request("GET", f"{path}/", identity, note="the same with a slash at its end"))
    return seen


def _places(subject: Subject) -> list[_Place]:
    """Beginnings of unknown paths: what all paths share, and each collection with something below its objects."""
    # Some contracts tell operations of one path apart by a fragment or a query, which are no part of a path.
    whole = (re.split("[#?]", o.path)[0] for o in subject.contract.operations) if subject.contract else ()
    paths = list(dict.fromkeys(path.rstrip("/") for path in whole))
    shared = _shared(paths)
    based = bool(shared) or bool(urlsplit(subject.base_url).path.strip("/"))
    found = [_Place(shared, based)]
    for path in paths:
        fixed = path.partition("{")[0].rstrip("/")
        # Two segments more than the collection: one would name an object of it, or what is done with one.
        if fixed and fixed != shared:
            found.append(_Place(f"{fixed}/unknown/unknown", True))
    unlike = {place.prefix: place for place in found if not _covered(paths, f"{place.prefix}/unknown")}
    return list(unlike.values())[: COLLECTIONS + 1]


def _shared(paths: list[str]) -> str:
    """The segments with which all paths begin, such as `/api/v1`; a path's own last segment never counts."""
    parted = [path.split("/")[1:-1] for path in paths]
    shared = ""
    for segments in zip(*parted, strict=False):
        if len(set(segments)) > 1 or "{" in segments[0]:
            break
        shared += f"/{segments[0]}"
    return shared


def _covered(templates: list[str], path: str) -> bool:
    """Whether an operation may stand at a path; a parameter such as `{path}` may stand for several segments."""
    return any(re.fullmatch(_pattern(template), path) for template in templates)


def _pattern(template: str) -> str:
    parts = re.split(r"{([^{}]+)}", template)
    return "".join(
        re.escape(part) if n % 2 == 0 else (".+" if _GREEDY.fullmatch(part) else "[^/]+")
        for n, part in enumerate(parts)
    )


def _wrong(place: _Place, seen: Exchange) -> str | None:
    """What is wrong with an answer, the same for the same cause; None where nothing is, or cannot be told."""
    if seen.status >= 500 and seen.status not in (501, 503):
        return f"fails {seen.status}"
    if not seen.ok or seen.response is None:
        return None
    if _page(seen):
        return "page" if place.own else None
    return f"success {seen.response.media_type}"


def _page(seen: Exchange) -> bool:
    return seen.response is not None and seen.response.media_type in ("text/html", "application/xhtml+xml")


def _doubtful(seen: Exchange) -> str:
    """Why an answer decides nothing; empty where it is a refusal."""
    if 300 <= seen.status < 400:
        told = seen.response.header("location") if seen.response else None
        return f"{seen} leads to {told}, which does not say whether the path is there"
    return undecidable(seen)


def _finding(wrong: str, seen: Exchange, again: Exchange) -> Finding:
    below = urlsplit(seen.request.url).path.rstrip("/").rpartition("/")[0].removesuffix("/unknown/unknown")
    where = f"below {below}" if below else "at the root"
    if seen.status >= 500:
        title, severity = f"A path {where} that no operation covers is answered {seen.status}", Severity.MEDIUM
    elif wrong == "page":
        title, severity = f"A path {where} that no operation covers is answered {seen.status} with a page", Severity.LOW
    else:
        json = seen.response is not None and "json" in seen.response.media_type
        title = f"A path {where} that no operation covers is answered {seen.status}, as if it were there"
        severity = Severity.MEDIUM if json else Severity.LOW
    return Finding(
        title=title,
        detail=f"expected: 404 (or 401, 403) to {seen}\nseen: {excerpt(seen)}\nanother one: {excerpt(again)}",
        severity=severity,
        key=f"unknown path {wrong}",
        exchanges=(seen.number, again.number),
        facts={"status": seen.status, "below": below},
    )


CHECK = Check(
    id="contract.unknown-path",
    proves="a path of the API that no operation covers is refused, and not answered as if it were there",
    oracle="a success or a 5xx to paths that no operation covers, for two of them alike",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
)
