"""Operations: new ones, ones that are gone, deprecation and sunset, stability, ids and tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.openapi.sides import Sides, Twin
from seamwright.contracts.diff.openapi.surface import Entry, shape_of
from seamwright.contracts.diff.sunset import SunsetError, rank, sunset_date

__all__ = ["RULES", "added", "compare", "removed"]

_CALLS = "whoever calls it gets an error"
_NOTICE = "callers are not told in time until when it stays"
_WARNED = "callers were told that it would go"
_GENERATED = "requests stay the same; generated clients name their functions by it"

ADDED = Rule("endpoint-added", Level.INFO, "", "an operation is new", "nobody calls it yet")
REMOVED = Rule(
    "api-removed-without-deprecation", Level.BREAKING, "", "an operation that was not deprecated is gone", _CALLS
)
REMOVED_DEPRECATED = Rule("api-removed-with-deprecation", Level.INFO, "", "a deprecated operation is gone", _WARNED)
REMOVED_EARLY = Rule(
    "api-removed-before-sunset",
    Level.BREAKING,
    "",
    "an operation is gone before its sunset",
    "whoever relies on the announced day gets an error before it",
)
PATH_REMOVED = Rule(
    "api-path-removed-without-deprecation",
    Level.BREAKING,
    "",
    "an operation that was not deprecated is gone, and its path with it",
    _CALLS,
)
PATH_REMOVED_DEPRECATED = Rule(
    "api-path-removed-with-deprecation",
    Level.INFO,
    "",
    "a deprecated operation is gone, and its path with it",
    _WARNED,
)
PATH_REMOVED_EARLY = Rule(
    "api-path-removed-before-sunset",
    Level.BREAKING,
    "",
    "an operation is gone before its sunset, and its path with it",
    "whoever relies on the announced day gets an error before it",
)
REMOVED_UNSTABLE = Rule(
    "api-removed-unstable", Level.INFO, "", "a draft or alpha operation is gone", "it was not promised to stay"
)
NO_DATE = Rule("api-path-sunset-parse", Level.BREAKING, "", "the sunset of an operation is no date", _NOTICE)
DEPRECATED = Rule(
    "endpoint-deprecated",
    Level.INFO,
    "",
    "an operation is deprecated",
    "it still answers; callers may look for another",
)
DEPRECATED_SUNSET = Rule(
    "endpoint-deprecated-with-sunset",
    Level.INFO,
    "",
    "an operation is deprecated, with a sunset",
    "it still answers until that day",
)
REACTIVATED = Rule("endpoint-reactivated", Level.INFO, "", "an operation is not deprecated any more", "it stays")
DEPRECATED_NO_DATE = Rule(
    "api-deprecated-sunset-parse",
    Level.BREAKING,
    "",
    "an operation is deprecated with a sunset that is no date",
    _NOTICE,
)
DEPRECATED_NO_SUNSET = Rule(
    "api-deprecated-sunset-missing",
    Level.BREAKING,
    "",
    "an operation is deprecated without the sunset that is asked for",
    _NOTICE,
)
SUNSET_NEAR = Rule(
    "api-sunset-date-too-small",
    Level.BREAKING,
    "",
    "an operation is deprecated with a sunset that is too near",
    "callers have less time to move than they are granted",
)
SUNSET_DELETED = Rule("sunset-deleted", Level.BREAKING, "", "a deprecated operation lost its sunset", _NOTICE)
SUNSET_EARLIER = Rule(
    "api-sunset-date-changed-too-small",
    Level.BREAKING,
    "",
    "the sunset of an operation was moved to an earlier day that is too near",
    "whoever planned by the announced day has less time to move than is granted",
)
UNKNOWN_STABILITY = Rule(
    "api-invalid-stability-level",
    Level.BREAKING,
    "",
    "x-stability-level says something unknown",
    "nobody can tell what is promised",
)
LESS_STABLE = Rule(
    "api-stability-decreased",
    Level.BREAKING,
    "",
    "an operation is said to be less stable",
    "whoever built on it was promised more than it keeps now",
)
MORE_STABLE = Rule(
    "api-stability-increased", Level.INFO, "", "an operation is said to be more stable", "more is promised than before"
)
ID_REMOVED = Rule(
    "api-operation-id-removed", Level.INFO, "", "an operation lost its operationId or has another", _GENERATED
)
ID_ADDED = Rule("api-operation-id-added", Level.INFO, "", "an operation has an operationId now", _GENERATED)
TAG_REMOVED = Rule("api-tag-removed", Level.INFO, "", "an operation lost a tag", _GENERATED)
TAG_ADDED = Rule("api-tag-added", Level.INFO, "", "an operation has a further tag", _GENERATED)

RULES = (
    *(ADDED, REMOVED, REMOVED_DEPRECATED, REMOVED_EARLY, PATH_REMOVED, PATH_REMOVED_DEPRECATED, PATH_REMOVED_EARLY),
    *(REMOVED_UNSTABLE, NO_DATE, DEPRECATED, DEPRECATED_SUNSET, REACTIVATED, DEPRECATED_NO_DATE, DEPRECATED_NO_SUNSET),
    *(SUNSET_NEAR, SUNSET_DELETED, SUNSET_EARLIER, UNKNOWN_STABILITY, LESS_STABLE, MORE_STABLE),
    *(ID_REMOVED, ID_ADDED, TAG_REMOVED, TAG_ADDED),
)


def added(entries: tuple[Entry, ...]) -> Iterator[Change]:
    """Yield the operations that are new."""
    for entry in entries:
        yield ADDED.change(entry.place, "the operation is new")


def removed(sides: Sides, entries: tuple[Entry, ...]) -> Iterator[Change]:
    """Yield the operations that are gone."""
    stay = {shape_of(entry.path) for entry in sides.new.entries()}
    for entry in entries:
        yield _removed(sides, entry, path_too=shape_of(entry.path) not in stay)


def _removed(sides: Sides, entry: Entry, *, path_too: bool) -> Change:
    stability, told = entry.stability, entry.values.get("x-sunset")
    what = "the operation was removed" + (", and its path with it" if path_too else "")
    if stability is None:
        return UNKNOWN_STABILITY.change(entry.place, _unknown(entry.values))
    if not sides.policy.promised(stability):
        return REMOVED_UNSTABLE.change(entry.place, f"{what}; it was {stability}")
    if entry.values.get("deprecated") is not True:
        return (PATH_REMOVED if path_too else REMOVED).change(entry.place, f"{what} without having been deprecated")
    early, late = (PATH_REMOVED_EARLY, PATH_REMOVED_DEPRECATED) if path_too else (REMOVED_EARLY, REMOVED_DEPRECATED)
    if told is None:
        return late.change(entry.place, f"{what}; it was deprecated")
    try:
        day = sunset_date(told)
    except SunsetError as error:
        return NO_DATE.change(entry.place, f"{what}, and {error}")
    if sides.policy.today < day:
        return early.change(entry.place, f"{what}, before its sunset on {day}")
    return late.change(entry.place, f"{what}; its sunset was on {day}")


def compare(twin: Twin) -> Iterator[Change]:
    """Yield what became of an operation itself."""
    yield from _stability(twin)
    yield from _lifecycle(twin)
    yield from _names(twin)


def _stability(twin: Twin) -> Iterator[Change]:
    told = [entry.values.get("x-stability-level") for entry in (twin.old, twin.new)]
    if told[0] == told[1]:
        return
    for entry in (twin.old, twin.new):
        if entry.stability is None:
            yield UNKNOWN_STABILITY.change(twin.place, _unknown(entry.values))
    was, is_ = (rank(each) for each in told)
    if was is None or is_ is None or was == is_ or not twin.sides.policy.promised(twin.old.stability or ""):
        return
    rule = MORE_STABLE if is_ > was else LESS_STABLE
    yield rule.change(twin.place, f"the operation was {twin.old.stability} and is {twin.new.stability} now")


def _unknown(values: Any) -> str:
    return f"x-stability-level is {values.get('x-stability-level')!r}, which is none of draft, alpha, beta and stable"


def _lifecycle(twin: Twin) -> Iterator[Change]:
    was, is_ = (entry.values.get("deprecated") is True for entry in (twin.old, twin.new))
    if was and not is_:
        yield REACTIVATED.change(twin.place, "the operation is not deprecated any more")
    elif is_ and not was:
        yield _deprecated(twin)
    if is_:
        yield from _sunset(twin)


def _deprecated(twin: Twin) -> Change:
    told = twin.new.values.get("x-sunset")
    if told is None:
        if twin.grace:
            text = f"the operation is deprecated without a sunset, and {twin.grace} days of notice are asked for"
            return DEPRECATED_NO_SUNSET.change(twin.place, text)
        return DEPRECATED.change(twin.place, "the operation is deprecated now")
    try:
        day = sunset_date(told)
    except SunsetError as error:
        return DEPRECATED_NO_DATE.change(twin.place, f"the operation is deprecated, and {error}")
    if (day - twin.sides.policy.today).days < twin.grace:
        text = f"the operation is deprecated with the sunset {day}, sooner than in {twin.grace} days"
        return SUNSET_NEAR.change(twin.place, text)
    return DEPRECATED_SUNSET.change(twin.place, f"the operation is deprecated now and goes on {day}")


def _sunset(twin: Twin) -> Iterator[Change]:
    """Yield what became of a sunset that was announced."""
    was, is_ = (entry.values.get("x-sunset") for entry in (twin.old, twin.new))
    if was is None or was == is_:
        return
    if is_ is None:
        yield SUNSET_DELETED.change(twin.place, f"the operation stays deprecated and lost its sunset {was}")
        return
    try:
        before, after = sunset_date(was), sunset_date(is_)
    except SunsetError as error:
        yield NO_DATE.change(twin.place, f"the sunset of the operation changed, and {error}")
        return
    if after < before and (after - twin.sides.policy.today).days < twin.grace:
        text = f"the sunset was moved from {before} to {after}, sooner than in {twin.grace} days"
        yield SUNSET_EARLIER.change(twin.place, text)


def _names(twin: Twin) -> Iterator[Change]:
    was, is_ = (entry.values.get("operationId") for entry in (twin.old, twin.new))
    if was and was != is_:
        yield ID_REMOVED.change(twin.place, f"the operationId was {was} and is {is_ or 'not told'} now")
    elif is_ and not was:
        yield ID_ADDED.change(twin.place, f"the operationId is {is_} now")
    before, after = (_tags(entry) for entry in (twin.old, twin.new))
    for tag in before:
        if tag not in after:
            yield TAG_REMOVED.change(twin.place, f"the operation is not tagged {tag} any more")
    for tag in after:
        if tag not in before:
            yield TAG_ADDED.change(twin.place, f"the operation is tagged {tag} now")


def _tags(entry: Entry) -> list[str]:
    told = entry.values.get("tags")
    return [str(tag) for tag in told] if isinstance(told, list) else []
