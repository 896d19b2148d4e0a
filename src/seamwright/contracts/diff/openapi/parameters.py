"""Parameters: new ones, ones that are gone, whether they are required, how they are written, their lifecycle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.openapi.schemas import Where
from seamwright.contracts.diff.openapi.sides import Twin
from seamwright.contracts.diff.openapi.surface import Values
from seamwright.contracts.diff.schemas.normal import Schemas
from seamwright.contracts.diff.schemas.shape import Shape
from seamwright.contracts.diff.sunset import SunsetError, sunset_date
from seamwright.contracts.media import is_json

__all__ = ["RULES", "compare"]

_OMITS = "a caller who leaves it out, as was right before, is refused"
_IGNORED = "what callers still send for it is ignored, or refused where the system is strict"
_NOTICE = "callers are not told in time until when it stays"
_OTHERWISE = "what callers write is read otherwise than they mean it"


def _rule(name: str, level: Level, means: str, why: str) -> Rule:
    return Rule(name, level, "request", means, why)


NEW_REQUIRED = _rule("new-required-request-parameter", Level.BREAKING, "a required parameter is new", _OMITS)
NEW_OPTIONAL = _rule(
    "new-optional-request-parameter", Level.INFO, "an optional parameter is new", "callers may go on leaving it out"
)
NEW_PATH = _rule(
    "new-request-path-parameter", Level.BREAKING, "a path parameter is new", "the paths that callers use are not found"
)
REMOVED = _rule("request-parameter-removed", Level.POTENTIALLY, "a parameter is gone", _IGNORED)
REMOVED_DEPRECATED = _rule(
    "request-parameter-removed-with-deprecation",
    Level.INFO,
    "a deprecated parameter is gone",
    "callers were told that it would go",
)
REMOVED_EARLY = _rule(
    "request-parameter-removed-before-sunset",
    Level.BREAKING,
    "a parameter is gone before its sunset",
    "whoever relies on the announced day sends it in vain before it",
)
NO_DATE = _rule("request-parameter-sunset-parse", Level.BREAKING, "the sunset of a parameter is no date", _NOTICE)
BECAME_REQUIRED = _rule("request-parameter-became-required", Level.BREAKING, "a parameter is required now", _OMITS)
BECAME_OPTIONAL = _rule(
    "request-parameter-became-optional",
    Level.INFO,
    "a parameter is not required any more",
    "callers may go on sending it",
)
RENAMED = _rule(
    "request-path-parameter-renamed",
    Level.INFO,
    "a path parameter has another name in the template",
    "paths stay the same to callers; generated clients name an argument by it",
)
STYLE = _rule("request-parameter-style-changed", Level.BREAKING, "a parameter is written in another style", _OTHERWISE)
EXPLODE = _rule(
    "request-parameter-explode-changed", Level.BREAKING, "the values of a parameter are joined otherwise", _OTHERWISE
)
CONTENT = _rule(
    "request-parameter-content-changed", Level.BREAKING, "a parameter is written in another media type", _OTHERWISE
)
NOT_EMPTY = _rule(
    "request-parameter-empty-value-forbidden",
    Level.POTENTIALLY,
    "a parameter may not be sent empty any more",
    "a caller who sends it empty may be refused",
)
DEPRECATED = _rule(
    "request-parameter-deprecated", Level.INFO, "a parameter is deprecated", "it is still read; callers may drop it"
)
REACTIVATED = _rule("request-parameter-reactivated", Level.INFO, "a parameter is not deprecated any more", "it stays")
NO_SUNSET = _rule(
    "request-parameter-deprecated-sunset-missing",
    Level.BREAKING,
    "a parameter is deprecated without the sunset that is asked for",
    _NOTICE,
)
SUNSET_NEAR = _rule(
    "request-parameter-sunset-date-too-small",
    Level.BREAKING,
    "a parameter is deprecated with a sunset that is too near",
    "callers have less time to move than they are granted",
)
SUNSET_DELETED = _rule(
    "request-parameter-sunset-deleted", Level.BREAKING, "a deprecated parameter lost its sunset", _NOTICE
)
SUNSET_EARLIER = _rule(
    "request-parameter-sunset-date-changed-too-small",
    Level.BREAKING,
    "the sunset of a parameter was moved to an earlier day that is too near",
    "whoever planned by the announced day has less time to move than is granted",
)

RULES = (
    *(NEW_REQUIRED, NEW_OPTIONAL, NEW_PATH, REMOVED, REMOVED_DEPRECATED, REMOVED_EARLY, NO_DATE),
    *(BECAME_REQUIRED, BECAME_OPTIONAL, RENAMED, STYLE, EXPLODE, CONTENT, NOT_EMPTY),
    *(DEPRECATED, REACTIVATED, NO_SUNSET, SUNSET_NEAR, SUNSET_DELETED, SUNSET_EARLIER),
)

_IMPLIED: dict[str, Any] = {"in": "path", "required": True, "schema": {"type": "string"}}
"""A name in a path's template that no parameter describes: any text is sent."""

Named = Mapping[tuple[str, str], Values]


def compare(twin: Twin) -> Iterator[Change]:
    """Yield what became of the parameters of an operation."""
    old = {_key(twin, key): values for key, values in twin.old.parameters.items()}
    new = dict(twin.new.parameters)
    for name in re.findall(r"{([^{}]*)}", twin.new.path):
        for known in (old, new):
            known.setdefault(("path", name), _IMPLIED | {"name": name})
    old, new = _opened(old, new, twin.sides.old_schemas), _opened(new, old, twin.sides.new_schemas)
    for one, other in twin.renamed.items():
        yield RENAMED.change(twin.place, f"path parameter `{one}` is called `{other}` now")
    for key, values in old.items():
        if key in new:
            yield from _compared(twin, key, values, new[key])
        elif key[0] != "path":
            yield _removed(twin, key, values)
    for key, values in new.items():
        if key not in old:
            yield from _added(twin, key, values)


def _key(twin: Twin, key: tuple[str, str]) -> tuple[str, str]:
    location, name = key
    return (location, twin.renamed.get(name, name)) if location == "path" else key


def _opened(own: Named, others: Named, schemas: Schemas) -> dict[tuple[str, str], Values]:
    """The parameters with an exploded object opened, where the other document has its properties as parameters.

    On the wire `?a=1&b=2` is the same, whichever of the two is written (OpenAPI 3.1, style values, `form`).
    """
    found: dict[tuple[str, str], Values] = {}
    for key, values in own.items():
        location, _ = key
        shape = schemas.shape(schemas.part(values.get("schema", True)))
        parts = {(location, name): raws for name, raws in shape.properties.items()}
        if key in others or not parts or location not in ("query", "cookie") or not parts.keys() & others.keys():
            found.setdefault(key, values)
        elif _style(values) == ("form", True):
            for (_, name), raws in parts.items():
                required = values.get("required") is True and name in shape.required
                schema = raws[0] if len(raws) == 1 else {"allOf": list(raws)}
                found[location, name] = {"name": name, "in": location, "required": required, "schema": schema}
        else:
            found.setdefault(key, values)
    return found


def _called(key: tuple[str, str], values: Values) -> str:
    return f"{key[0]} parameter `{values.get('name', key[1])}`"


def _added(twin: Twin, key: tuple[str, str], values: Values) -> Iterator[Change]:
    named = _called(key, values)
    if key[0] == "path":
        if f"{{{key[1]}}}" not in twin.old.path and key[1] not in twin.renamed.values():
            yield NEW_PATH.change(twin.place, f"{named} is new")
    elif values.get("required") is True:
        yield NEW_REQUIRED.change(twin.place, f"{named} is new and required")
    else:
        yield NEW_OPTIONAL.change(twin.place, f"{named} is new and optional")


def _removed(twin: Twin, key: tuple[str, str], values: Values) -> Change:
    what = f"{_called(key, values)} was removed"
    if values.get("deprecated") is not True:
        return REMOVED.change(twin.place, what)
    told = values.get("x-sunset")
    if told is None:
        return REMOVED_DEPRECATED.change(twin.place, f"{what}; it was deprecated")
    try:
        day = sunset_date(told)
    except SunsetError as error:
        return NO_DATE.change(twin.place, f"{what}, and {error}")
    if twin.sides.policy.today < day:
        return REMOVED_EARLY.change(twin.place, f"{what}, before its sunset on {day}")
    return REMOVED_DEPRECATED.change(twin.place, f"{what}; its sunset was on {day}")


def _compared(twin: Twin, key: tuple[str, str], old: Values, new: Values) -> Iterator[Change]:
    named = _called(key, new)
    if key[0] != "path" and (old.get("required") is True) != (new.get("required") is True):
        if new.get("required") is True:
            yield BECAME_REQUIRED.change(twin.place, f"{named} is required now")
        else:
            yield BECAME_OPTIONAL.change(twin.place, f"{named} is not required any more")
    yield from _lifecycle(twin, named, old, new)
    old_schema, old_media = _schema(twin, old)
    new_schema, new_media = _schema(twin, new)
    if old_media != new_media:
        text = f"{named} was written as {old_media or 'plain text'} and is as {new_media or 'plain text'} now"
        yield CONTENT.change(twin.place, text)
    one, other = twin.sides.parts(old_schema, new_schema)
    shapes = twin.sides.old_schemas.shape(one), twin.sides.new_schemas.shape(other)
    if not old_media and not new_media:
        yield from _written(twin, key[0], named, old, new, shapes)
    if old.get("allowEmptyValue") is True and new.get("allowEmptyValue") is not True and key[0] == "query":
        yield NOT_EMPTY.change(twin.place, f"{named} may not be sent empty any more")
    where = Where(
        twin.place,
        "request-parameter",
        named,
        below="request-header-property" if key[0] == "header" else "request-parameter-property",
    )
    yield from twin.sides.compare(
        old_schema,
        new_schema,
        where,
        direction="request",
        textual=not new_media or not is_json(new_media),
        repeats=not new_media and _style(new) == ("form", True),
        needed=old.get("required") is True and new.get("required") is True,
        grace=twin.grace,
    )


def _schema(twin: Twin, values: Values) -> tuple[Any, str]:
    """The schema of a parameter, and its media type where it is described by `content`."""
    content = values.get("content")
    if isinstance(content, Mapping) and content:
        media, described = next(iter(content.items()))
        return (described.get("schema") if isinstance(described, Mapping) else None), str(media)
    return values.get("schema"), ""


def _style(values: Values) -> tuple[str, bool]:
    style = str(values.get("style") or ("form" if values.get("in") in ("query", "cookie") else "simple"))
    explode = values.get("explode")
    return style, explode if isinstance(explode, bool) else style == "form"


def _written(
    twin: Twin, location: str, named: str, old: Values, new: Values, shapes: tuple[Shape, Shape]
) -> Iterator[Change]:
    """Yield changes of style, as far as the values can show them: a plain text looks alike in most."""
    joined = all(shape.types is None or shape.types & {"array", "object"} for shape in shapes)
    (style, explode), (new_style, new_explode) = _style(old), _style(new)
    if style != new_style and (joined or location == "path"):
        yield STYLE.change(twin.place, f"the style of {named} was {style} and is {new_style} now")
    elif explode != new_explode and joined:
        text = f"{named} was sent {_joined(explode)} and is {_joined(new_explode)} now"
        yield EXPLODE.change(twin.place, text)


def _joined(explode: bool) -> str:
    return "value by value" if explode else "in one piece"


def _lifecycle(twin: Twin, named: str, old: Values, new: Values) -> Iterator[Change]:
    was, is_ = (values.get("deprecated") is True for values in (old, new))
    if was and not is_:
        yield REACTIVATED.change(twin.place, f"{named} is not deprecated any more")
    elif is_ and not was:
        yield _deprecated(twin, named, new.get("x-sunset"))
    elif is_ and was:
        yield from _sunset(twin, named, old.get("x-sunset"), new.get("x-sunset"))


def _deprecated(twin: Twin, named: str, told: Any) -> Change:
    if told is None:
        if twin.grace:
            text = f"{named} is deprecated without a sunset, and {twin.grace} days of notice are asked for"
            return NO_SUNSET.change(twin.place, text)
        return DEPRECATED.change(twin.place, f"{named} is deprecated now")
    try:
        day = sunset_date(told)
    except SunsetError as error:
        return NO_DATE.change(twin.place, f"{named} is deprecated, and {error}")
    if (day - twin.sides.policy.today).days < twin.grace:
        return SUNSET_NEAR.change(
            twin.place, f"{named} is deprecated with the sunset {day}, sooner than in {twin.grace} days"
        )
    return DEPRECATED.change(twin.place, f"{named} is deprecated now and goes on {day}")


def _sunset(twin: Twin, named: str, was: Any, is_: Any) -> Iterator[Change]:
    if was is None or was == is_:
        return
    if is_ is None:
        yield SUNSET_DELETED.change(twin.place, f"{named} stays deprecated and lost its sunset {was}")
        return
    try:
        before, after = sunset_date(was), sunset_date(is_)
    except SunsetError as error:
        yield NO_DATE.change(twin.place, f"the sunset of {named} changed, and {error}")
        return
    if after < before and (after - twin.sides.policy.today).days < twin.grace:
        text = f"the sunset of {named} was moved from {before} to {after}, sooner than in {twin.grace} days"
        yield SUNSET_EARLIER.change(twin.place, text)
