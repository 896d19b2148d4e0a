"""Directives that documents may use; those that only a schema uses are nobody's business but its own."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLDirective, is_required_argument, is_specified_directive
from graphql.language import DirectiveLocation

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.graphql.inputs import wider
from seamwright.contracts.diff.graphql.sides import Sides

__all__ = ["RULES", "compare"]

_REFUSED = "a document that uses it so is refused as a whole"

ADDED = Rule("directive-added", Level.INFO, "request", "a directive is new", "nobody uses it yet")
REMOVED = Rule("directive-removed", Level.BREAKING, "request", "a directive is gone", _REFUSED)
LOCATION_REMOVED = Rule(
    "directive-location-removed", Level.BREAKING, "request", "a directive may no longer stand somewhere", _REFUSED
)
NOT_REPEATABLE = Rule(
    "directive-no-longer-repeatable", Level.BREAKING, "request", "a directive may stand in a place only once", _REFUSED
)
ARGUMENT_REMOVED = Rule(
    "directive-argument-removed", Level.BREAKING, "request", "a directive lost an argument", _REFUSED
)
REQUIRED_ARGUMENT = Rule(
    "directive-required-argument-added", Level.BREAKING, "request", "a directive wants a new argument", _REFUSED
)
ARGUMENT_CHANGED = Rule(
    "directive-argument-changed", Level.BREAKING, "request", "an argument of a directive has another type", _REFUSED
)

RULES = (ADDED, REMOVED, LOCATION_REMOVED, NOT_REPEATABLE, ARGUMENT_REMOVED, REQUIRED_ARGUMENT, ARGUMENT_CHANGED)

_EXECUTABLE = frozenset(
    {
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
        DirectiveLocation.FIELD,
        DirectiveLocation.FRAGMENT_DEFINITION,
        DirectiveLocation.FRAGMENT_SPREAD,
        DirectiveLocation.INLINE_FRAGMENT,
        DirectiveLocation.VARIABLE_DEFINITION,
    }
)


def compare(sides: Sides) -> Iterator[Change]:
    """What changed of the directives that documents may use."""
    was, now = _usable(sides.old.directives), _usable(sides.new.directives)
    for name, old in was.items():
        place = f"@{name}"
        if name not in now:
            yield REMOVED.change(place, f"the directive {place} is gone")
            continue
        new = now[name]
        for location in sorted(_EXECUTABLE & set(old.locations) - set(new.locations), key=lambda each: each.name):
            yield LOCATION_REMOVED.change(place, f"{place} may no longer stand at {location.name}")
        if old.is_repeatable and not new.is_repeatable:
            yield NOT_REPEATABLE.change(place, f"{place} is not repeatable any more")
        yield from _arguments(place, old, new)
    for name in now:
        if name not in was:
            yield ADDED.change(f"@{name}", f"the directive @{name} is new")


def _arguments(place: str, old: GraphQLDirective, new: GraphQLDirective) -> Iterator[Change]:
    for name, argument in old.args.items():
        at = f"{place}({name}:)"
        if name not in new.args:
            yield ARGUMENT_REMOVED.change(at, f"{at} is gone")
        elif not wider(argument.type, new.args[name].type):
            yield ARGUMENT_CHANGED.change(at, f"{at} was of type {argument.type}, and is of type {new.args[name].type}")
    for name, argument in new.args.items():
        if name not in old.args and is_required_argument(argument):
            yield REQUIRED_ARGUMENT.change(f"{place}({name}:)", f"{place} wants the new argument {name}")


def _usable(directives: tuple[GraphQLDirective, ...]) -> dict[str, GraphQLDirective]:
    return {
        each.name: each for each in directives if _EXECUTABLE & set(each.locations) and not is_specified_directive(each)
    }
