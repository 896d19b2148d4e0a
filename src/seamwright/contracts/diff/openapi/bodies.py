"""Bodies of requests: whether there is one, whether it must be there, of which media types it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.openapi.content import Naming, paired
from seamwright.contracts.diff.openapi.schemas import Where
from seamwright.contracts.diff.openapi.sides import Twin
from seamwright.contracts.diff.openapi.surface import Values
from seamwright.contracts.media import is_json

__all__ = ["RULES", "compare", "content_changes"]


def _rule(name: str, level: Level, means: str, why: str) -> Rule:
    return Rule(name, level, "request", means, why)


ADDED_REQUIRED = _rule(
    "request-body-added-required",
    Level.BREAKING,
    "an operation takes a body now, and must get one",
    "a caller who sends none, as was right before, is refused",
)
ADDED_OPTIONAL = _rule(
    "request-body-added-optional",
    Level.INFO,
    "an operation may be given a body now",
    "callers may go on sending none",
)
REMOVED = _rule(
    "request-body-removed",
    Level.BREAKING,
    "an operation takes no body any more",
    "what callers send in it is lost or refused",
)
BECAME_REQUIRED = _rule(
    "request-body-became-required",
    Level.BREAKING,
    "the body of a request is required now",
    "a caller who sends none, as was right before, is refused",
)
BECAME_OPTIONAL = _rule(
    "request-body-became-optional",
    Level.INFO,
    "the body of a request is not required any more",
    "callers may go on sending it",
)
MEDIA_ADDED = _rule(
    "request-body-media-type-added",
    Level.INFO,
    "a body may be of a further media type",
    "callers may go on sending the others",
)
MEDIA_REMOVED = _rule(
    "request-body-media-type-removed",
    Level.BREAKING,
    "a body may not be of a media type any more",
    "a caller who sends it is refused",
)
SCHEMA_ADDED = _rule(
    "request-body-media-type-schema-added",
    Level.BREAKING,
    "a body that could be anything has a schema now",
    "what callers sent before need not keep to it",
)
SCHEMA_REMOVED = _rule(
    "request-body-media-type-schema-removed",
    Level.INFO,
    "a body that had a schema may be anything now",
    "all that callers sent before is still accepted",
)

RULES = (
    *(ADDED_REQUIRED, ADDED_OPTIONAL, REMOVED, BECAME_REQUIRED, BECAME_OPTIONAL),
    *(MEDIA_ADDED, MEDIA_REMOVED, SCHEMA_ADDED, SCHEMA_REMOVED),
)


def compare(twin: Twin) -> Iterator[Change]:
    """Yield what became of the body that an operation takes."""
    old, new = twin.sides.old.body(twin.old), twin.sides.new.body(twin.new)
    if old is None or new is None:
        if new is not None:
            rule, word = (ADDED_REQUIRED, "and requires") if new.required else (ADDED_OPTIONAL, "and does not require")
            yield rule.change(twin.place, f"the request takes a body now, {word} it")
        elif old is not None:
            yield REMOVED.change(twin.place, "the request takes no body any more")
        return
    if new.required and not old.required:
        yield BECAME_REQUIRED.change(twin.place, "the request body is required now")
    elif old.required and not new.required:
        yield BECAME_OPTIONAL.change(twin.place, "the request body is not required any more")
    found = paired(old.content, new.content)
    for name in found.come:
        yield MEDIA_ADDED.change(twin.place, f"the request body may be {name} now")
    for name in found.gone:
        yield MEDIA_REMOVED.change(twin.place, f"the request body may not be {name} any more")
    for name, other, naming in found.both:
        if naming in (Naming.NARROWER, Naming.PARAMETERS) and not _only_charset(name, other):
            yield MEDIA_REMOVED.change(twin.place, f"the request body may not be {name} any more, only {other}")
        elif naming is Naming.WIDER:
            yield MEDIA_ADDED.change(twin.place, f"the request body may be any {other} now, not only {name}")
    where = Where(twin.place, "request-body", "the request body")
    pairs = [(name, other) for name, other, _ in found.both]
    yield from content_changes(twin, old.content, new.content, pairs, where, added=SCHEMA_ADDED, removed=SCHEMA_REMOVED)


def _only_charset(old: str, new: str) -> bool:
    return (
        all(part.strip().lower().startswith("charset") for name in (old, new) for part in name.split(";")[1:])
        and old.partition(";")[0].strip().lower() == new.partition(";")[0].strip().lower()
    )


def content_changes(
    twin: Twin,
    old: Mapping[str, Values],
    new: Mapping[str, Values],
    pairs: list[tuple[str, str]],
    where: Where,
    *,
    added: Rule,
    removed: Rule,
) -> Iterator[Change]:
    """Yield the changes of the schemas of media types in both documents; of media types that share a schema, once."""
    groups: dict[tuple[object, ...], list[tuple[str, str]]] = {}
    for name, other in pairs:
        schemas = old[name].get("schema"), new[other].get("schema")
        if schemas[0] is None or schemas[1] is None:
            if schemas[0] is not schemas[1]:
                rule, word = (added, "has a schema now") if schemas[0] is None else (removed, "has no schema any more")
                yield rule.change(where.place, f"{where.called('')} {word}, as {other}")
            continue
        one, two = twin.sides.parts(*schemas)
        groups.setdefault((one.key, two.key, is_json(other)), []).append((name, other))
    for (_, _, json), members in groups.items():
        name, other = members[0]
        suffix = f"{where.suffix} as {', '.join(o for _, o in members)}" if len(groups) > 1 else where.suffix
        yield from twin.sides.compare(
            old[name]["schema"],
            new[other]["schema"],
            Where(where.place, where.site, where.noun, suffix, where.below),
            direction="request" if where.site.startswith("request") else "response",
            textual=not json,
            grace=twin.grace,
        )
