"""Webhooks and callbacks: here the system is the caller, so everything is looked at from the other side.

What is delivered is compared as an answer is, for it goes to those who rely on the contract; what they answer is
compared as a request is.
"""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.openapi import bodies, responses
from seamwright.contracts.diff.openapi.bodies import content_changes
from seamwright.contracts.diff.openapi.content import paired
from seamwright.contracts.diff.openapi.matching import matched
from seamwright.contracts.diff.openapi.responses import header_changes
from seamwright.contracts.diff.openapi.schemas import Where
from seamwright.contracts.diff.openapi.sides import Sides, Twin
from seamwright.contracts.diff.openapi.surface import Entry, Values

__all__ = ["RULES", "compare_callbacks", "compare_webhooks"]

_SILENT = "whoever waits for it is not told any more"
_NEW = "receivers that are not told of it get it only where they ask for it"

WEBHOOK_ADDED = Rule("webhook-added", Level.INFO, "", "a webhook is new", _NEW)
WEBHOOK_REMOVED = Rule("webhook-removed", Level.BREAKING, "", "a webhook is gone", _SILENT)
CALLBACK_ADDED = Rule("callback-added", Level.INFO, "", "a callback is new", _NEW)
CALLBACK_REMOVED = Rule("callback-removed", Level.BREAKING, "", "a callback is gone", _SILENT)
METHOD_ADDED = Rule("delivery-method-added", Level.INFO, "", "something is delivered by a further method", _NEW)
METHOD_REMOVED = Rule(
    "delivery-method-removed", Level.BREAKING, "", "something is not delivered by a method any more", _SILENT
)
BODY_ADDED = Rule(
    "delivery-body-added", Level.INFO, "response", "a delivery has a body now", "receivers need not read it"
)
BODY_REMOVED = Rule(
    "delivery-body-removed",
    Level.BREAKING,
    "response",
    "a delivery has no body any more",
    "a receiver that reads it does not find it",
)
BODY_REQUIRED = Rule(
    "delivery-body-became-required",
    Level.BREAKING,
    "response",
    "a delivery must have a body now",
    "a sender or relay that delivers without one, as was right before, does not keep to the contract any more",
)
BODY_OPTIONAL = Rule(
    "delivery-body-became-optional",
    Level.BREAKING,
    "response",
    "a delivery may come without its body now",
    "a receiver that takes it for granted does not find it in every delivery",
)
STATUS_REMOVED = Rule(
    "delivery-success-status-removed",
    Level.BREAKING,
    "request",
    "a status by which receivers confirm a delivery is not foreseen any more",
    "a receiver that answers it is taken for one that failed",
)

RULES = (
    *(WEBHOOK_ADDED, WEBHOOK_REMOVED, CALLBACK_ADDED, CALLBACK_REMOVED, METHOD_ADDED, METHOD_REMOVED),
    *(BODY_ADDED, BODY_REMOVED, BODY_REQUIRED, BODY_OPTIONAL, STATUS_REMOVED),
)


def compare_webhooks(sides: Sides) -> Iterator[Change]:
    """Yield what became of the webhooks."""
    old, new = sides.old.webhooks(), sides.new.webhooks()
    for name in old:
        if name not in new:
            yield WEBHOOK_REMOVED.change(f"webhook {name}", "the webhook was removed")
        else:
            yield from _compared(sides, f"webhook {name}", old[name], new[name])
    for name in new:
        if name not in old:
            yield WEBHOOK_ADDED.change(f"webhook {name}", "the webhook is new")


def compare_callbacks(twin: Twin) -> Iterator[Change]:
    """Yield what became of the callbacks of an operation."""
    old, new = twin.sides.old.callbacks(twin.old), twin.sides.new.callbacks(twin.new)
    for key in old:
        named = f"callback {key[0]} to {key[1]}"
        if key not in new:
            yield CALLBACK_REMOVED.change(twin.place, f"the {named} was removed")
        else:
            yield from _compared(twin.sides, f"{twin.place}: {named}", old[key], new[key])
    for key in new:
        if key not in old:
            yield CALLBACK_ADDED.change(twin.place, f"the callback {key[0]} to {key[1]} is new")


def _compared(sides: Sides, place: str, old: list[Entry], new: list[Entry]) -> Iterator[Change]:
    found = matched(old, new)
    for entry in found.gone:
        yield METHOD_REMOVED.change(place, f"it is not delivered by {entry.method} any more")
    for entry in found.come:
        yield METHOD_ADDED.change(place, f"it is delivered by {entry.method} now")
    for one, other in found.both:
        yield from _delivery(Twin(sides, one, other), place)


def _delivery(twin: Twin, place: str) -> Iterator[Change]:
    sides = twin.sides
    old, new = sides.old.body(twin.old), sides.new.body(twin.new)
    if old is not None and new is not None:
        if old.required != new.required:
            rule, word = (BODY_REQUIRED, "always") if new.required else (BODY_OPTIONAL, "not always")
            yield rule.change(place, f"the delivery {word} has a body now")
        found = paired(old.content, new.content)
        for name in found.gone:
            yield responses.MEDIA_REMOVED.change(place, f"the delivery is not {name} any more")
        for name in found.come:
            yield responses.MEDIA_ADDED.change(place, f"the delivery may be {name} now")
        where = Where(place, "response-body", "the body", " of the delivery")
        pairs = [(name, other) for name, other, _ in found.both]
        rules = {"added": responses.SCHEMA_ADDED, "removed": responses.SCHEMA_REMOVED}
        yield from content_changes(twin, old.content, new.content, pairs, where, **rules)
    elif old is not None:
        yield BODY_REMOVED.change(place, "the delivery has no body any more")
    elif new is not None:
        yield BODY_ADDED.change(place, "the delivery has a body now")
    yield from header_changes(twin, _headers(twin.old), _headers(twin.new), place=place, of="the delivery")
    yield from _confirmations(twin, place)


def _headers(entry: Entry) -> dict[str, Values]:
    return {name: values for (location, name), values in entry.parameters.items() if location in ("header", "query")}


def _confirmations(twin: Twin, place: str) -> Iterator[Change]:
    """Yield what became of the answers that receivers may give."""
    old, new = twin.sides.old.answers(twin.old), twin.sides.new.answers(twin.new)
    for status, values in old.items():
        if status not in new:
            if status.startswith("2") and f"{status[0]}XX" not in new and "default" not in new:
                yield STATUS_REMOVED.change(place, f"the status {status} does not confirm a delivery any more")
            continue
        before = dict(twin.sides.old.mapped(values.get("content")))
        after = dict(twin.sides.new.mapped(new[status].get("content")))
        where = Where(place, "request-body", "the body", f" of the receiver's answer {status}")
        pairs = [(name, other) for name, other, _ in paired(before, after).both]
        rules = {"added": bodies.SCHEMA_ADDED, "removed": bodies.SCHEMA_REMOVED}
        yield from content_changes(twin, before, after, pairs, where, **rules)
