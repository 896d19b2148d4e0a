"""Answers: their statuses, media types and headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.openapi.bodies import content_changes
from seamwright.contracts.diff.openapi.content import Naming, paired
from seamwright.contracts.diff.openapi.schemas import Where
from seamwright.contracts.diff.openapi.sides import Twin
from seamwright.contracts.diff.openapi.surface import Surface, Values

__all__ = ["RULES", "compare", "header_changes"]

_UNREAD = "clients of the old contract do not look for it"


def _rule(name: str, level: Level, means: str, why: str) -> Rule:
    return Rule(name, level, "response", means, why)


SUCCESS_REMOVED = _rule(
    "response-success-status-removed",
    Level.BREAKING,
    "a success status is not answered any more",
    "a client that waits for it takes another answer for a failure",
)
SUCCESS_ADDED = _rule(
    "response-success-status-added",
    Level.INFO,
    "a further success status is answered",
    "the statuses that clients know stay; see whether yours takes every 2xx for a success",
)
OTHER_REMOVED = _rule(
    "response-non-success-status-removed",
    Level.INFO,
    "a status other than success is not answered any more",
    "a client that handles it handles one case too many",
)
OTHER_ADDED = _rule(
    "response-non-success-status-added",
    Level.INFO,
    "a further status other than success is answered",
    "clients must be ready for every status, declared or not",
)
MEDIA_REMOVED = _rule(
    "response-media-type-removed",
    Level.BREAKING,
    "an answer is not given in a media type any more",
    "a client that asks for it or reads it gets another one, or none",
)
MEDIA_ADDED = _rule(
    "response-media-type-added",
    Level.INFO,
    "an answer is given in a further media type",
    "clients that ask for the others get them",
)
MEDIA_CHANGED = _rule(
    "response-media-type-name-changed",
    Level.INFO,
    "the parameters of an answer's media type changed",
    "the format stays the same",
)
MEDIA_NARROWER = _rule(
    "response-media-type-name-specialized",
    Level.INFO,
    "an answer is given in a more specific media type",
    "clients that read the old one read the new one",
)
MEDIA_WIDER = _rule(
    "response-media-type-name-generalized",
    Level.BREAKING,
    "an answer is given in a more general media type",
    "a client of the specific one does not know what is left of its meaning",
)
SCHEMA_ADDED = _rule(
    "response-body-media-type-schema-added",
    Level.INFO,
    "an answer that could be anything has a schema now",
    "every answer still keeps to the old contract",
)
SCHEMA_REMOVED = _rule(
    "response-body-media-type-schema-removed",
    Level.POTENTIALLY,
    "an answer that had a schema may be anything now",
    "nothing that clients read is promised any more",
)
HEADER_ADDED = _rule("response-header-added", Level.INFO, "an answer has a further header", _UNREAD)
HEADER_REMOVED = _rule(
    "required-response-header-removed",
    Level.BREAKING,
    "an answer lost a header that was always there",
    "a client that reads it does not find it",
)
OPTIONAL_HEADER_REMOVED = _rule(
    "optional-response-header-removed",
    Level.POTENTIALLY,
    "an answer lost a header that could be there",
    "a client that reads it where it is there never finds it",
)
HEADER_OPTIONAL = _rule(
    "response-header-became-optional",
    Level.BREAKING,
    "a header is not in every answer any more",
    "a client that takes it for granted does not find it in every answer",
)
HEADER_REQUIRED = _rule(
    "response-header-became-required",
    Level.INFO,
    "a header is in every answer now",
    "clients find it wherever they look for it",
)

RULES = (
    *(SUCCESS_REMOVED, SUCCESS_ADDED, OTHER_REMOVED, OTHER_ADDED),
    *(MEDIA_REMOVED, MEDIA_ADDED, MEDIA_CHANGED, MEDIA_NARROWER, MEDIA_WIDER, SCHEMA_ADDED, SCHEMA_REMOVED),
    *(HEADER_ADDED, HEADER_REMOVED, OPTIONAL_HEADER_REMOVED, HEADER_OPTIONAL, HEADER_REQUIRED),
)


def compare(twin: Twin) -> Iterator[Change]:
    """Yield what became of the answers of an operation."""
    old, new = twin.sides.old.answers(twin.old), twin.sides.new.answers(twin.new)
    covered = set(old)
    for status, values in old.items():
        others = [status] if status in new else _in_place_of(status, old, new)
        covered.update(others)
        if not others:
            rule = SUCCESS_REMOVED if status.startswith("2") else OTHER_REMOVED
            yield rule.change(twin.place, f"the status {status} is not answered any more")
        for other in others:
            yield from _compared(twin, other, values, new[other])
    for status in new:
        if status not in covered:
            rule = SUCCESS_ADDED if status.startswith("2") else OTHER_ADDED
            yield rule.change(twin.place, f"the status {status} may be answered now")


def _in_place_of(status: str, old: Mapping[str, Values], new: Mapping[str, Values]) -> list[str]:
    """The statuses that say what a lost one said: its range, or those of a range that was split."""
    if status.endswith("XX"):
        return [other for other in new if other not in old and other != "default" and other[0] == status[0]]
    wide = f"{status[:1]}XX"
    return [wide] if wide in new and wide not in old else []


def _compared(twin: Twin, status: str, old: Values, new: Values) -> Iterator[Change]:
    before = dict(twin.sides.old.mapped(old.get("content")))
    after = dict(twin.sides.new.mapped(new.get("content")))
    found = paired(before, after)
    for name in found.come:
        yield MEDIA_ADDED.change(twin.place, f"response {status} is given as {name} too now")
    for name in found.gone:
        yield MEDIA_REMOVED.change(twin.place, f"response {status} is not given as {name} any more")
    renamed = {Naming.PARAMETERS: MEDIA_CHANGED, Naming.NARROWER: MEDIA_NARROWER, Naming.WIDER: MEDIA_WIDER}
    for name, other, naming in found.both:
        if naming in renamed:
            text = f"response {status} was given as {name} and is as {other} now"
            yield renamed[naming].change(twin.place, text)
    where = Where(twin.place, "response-body", "the body", f" of response {status}")
    pairs = [(name, other) for name, other, _ in found.both]
    yield from content_changes(twin, before, after, pairs, where, added=SCHEMA_ADDED, removed=SCHEMA_REMOVED)
    headers = (_headers(surface, values) for surface, values in ((twin.sides.old, old), (twin.sides.new, new)))
    yield from header_changes(twin, *headers, place=twin.place, of=f"response {status}")


def _headers(surface: Surface, values: Values) -> dict[str, Values]:
    """The headers by their names in small letters; OpenAPI says that `Content-Type` is ignored here."""
    told = {name.lower(): {"name": name, **header} for name, header in surface.mapped(values.get("headers"))}
    return {name: header for name, header in told.items() if name != "content-type"}


def header_changes(
    twin: Twin, old: Mapping[str, Values], new: Mapping[str, Values], *, place: str, of: str
) -> Iterator[Change]:
    """Yield what became of the headers of something that the system sends."""
    for name, values in old.items():
        other = new.get(name)
        named = f"header `{values['name']}` of {of}"
        required = values.get("required") is True
        if other is None:
            rule = HEADER_REMOVED if required else OPTIONAL_HEADER_REMOVED
            yield rule.change(place, f"{named} was removed")
            continue
        if required != (other.get("required") is True):
            rule = HEADER_OPTIONAL if required else HEADER_REQUIRED
            yield rule.change(place, f"{named} is {'not always' if required else 'always'} there now")
        yield from twin.sides.compare(
            values.get("schema"),
            other.get("schema"),
            Where(place, "response-header", named),
            direction="response",
            textual=True,
            grace=twin.grace,
        )
    for name, values in new.items():
        if name not in old:
            yield HEADER_ADDED.change(place, f"header `{values['name']}` of {of} is new")
