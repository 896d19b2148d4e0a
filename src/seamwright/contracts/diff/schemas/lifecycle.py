"""What becomes of a property over time: deprecation with its sunset, and how stable it is said to be."""

from __future__ import annotations

from seamwright.contracts.diff.change import Level
from seamwright.contracts.diff.schemas.kinds import Effect, Kind
from seamwright.contracts.diff.schemas.pair import Pair
from seamwright.contracts.diff.sunset import SunsetError, rank, sunset_date

__all__ = ["KINDS", "compare"]

_NOTICE = "whoever uses it is not told in time until when it stays"

DEPRECATED = Kind("deprecated", Effect.NONE, "is deprecated now", inner=True)
WITH_SUNSET = Kind("deprecated-with-sunset", Effect.NONE, "is deprecated now, with a sunset", inner=True)


def _broken(name: str, means: str, why: str) -> Kind:
    return Kind(
        name,
        Effect.NONE,
        means,
        request=Level.BREAKING,
        response=Level.BREAKING,
        request_why=why,
        response_why=why,
        inner=True,
    )


NO_SUNSET = _broken("deprecated-sunset-missing", "is deprecated without the sunset that is asked for", _NOTICE)
NO_DATE = _broken("deprecated-sunset-invalid", "is deprecated with a sunset that is no date", _NOTICE)
TOO_NEAR = _broken("sunset-date-too-small", "is deprecated with a sunset that is too near", _NOTICE)
LESS_STABLE = _broken(
    "stability-decreased", "is said to be less stable", "whoever built on it was promised more than it keeps now"
)
UNKNOWN_STABILITY = _broken(
    "stability-invalid", "says something unknown of its stability", "nobody can tell what is promised"
)
REACTIVATED = Kind("reactivated", Effect.NONE, "is not deprecated any more", inner=True)
MORE_STABLE = Kind("stability-increased", Effect.NONE, "is said to be more stable", inner=True)

KINDS = (
    DEPRECATED,
    WITH_SUNSET,
    NO_SUNSET,
    NO_DATE,
    TOO_NEAR,
    REACTIVATED,
    LESS_STABLE,
    MORE_STABLE,
    UNKNOWN_STABILITY,
)


def compare(pair: Pair) -> None:
    """Note what became of the deprecation and of the stability."""
    old, new = pair.old.notes, pair.new.notes
    if old.deprecated and not new.deprecated:
        pair.say(REACTIVATED, "it is not deprecated any more")
    elif new.deprecated and not old.deprecated:
        _deprecated(pair)
    was, is_ = rank(old.stability), rank(new.stability)
    if is_ is None and old.stability != new.stability:
        shown = f"x-stability-level is {new.stability!r}, which is none of draft, alpha, beta and stable"
        pair.say(UNKNOWN_STABILITY, shown)
    elif was != is_ and was is not None and is_ is not None:
        kind = MORE_STABLE if is_ > was else LESS_STABLE
        pair.say(kind, f"it was {old.stability or 'stable'} and is {new.stability or 'stable'} now")


def _deprecated(pair: Pair) -> None:
    told, lens = pair.new.notes.sunset, pair.lens
    if told is None:
        if lens.grace:
            pair.say(NO_SUNSET, f"it is deprecated without a sunset, and {lens.grace} days of notice are asked for")
        else:
            pair.say(DEPRECATED, "it is deprecated now")
        return
    try:
        date = sunset_date(told)
    except SunsetError as error:
        pair.say(NO_DATE, f"it is deprecated, and {error}")
        return
    days = (date - lens.today).days
    if days < lens.grace:
        pair.say(TOO_NEAR, f"it is deprecated with the sunset {date}, sooner than in {lens.grace} days")
    else:
        pair.say(WITH_SUNSET, f"it is deprecated now and goes on {date}")
