"""Finds the one thing that a value breaks, through the alternatives around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jsonschema_rs

__all__ = ["Culprit", "culprit"]

_MOST = 20

_ALSO: dict[str, frozenset[str]] = {
    "type": frozenset({"enum", "const", "anyOf", "oneOf"}),
    "enum": frozenset({"const", "anyOf", "oneOf"}),
    "const": frozenset({"enum", "anyOf", "oneOf"}),
    "format": frozenset({"minimum", "maximum"}),
    "additionalProperties": frozenset({"unevaluatedProperties", "falseSchema"}),
    "dependentRequired": frozenset({"required"}),
}
"""Keywords that a validator names in the place of another one, or that cannot but be broken along with it."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """The place where a value breaks its schema, as a path into the value, and the keywords that it breaks there.

    `missing` is the property that is not there, where that is what is wrong.
    """

    path: tuple[str | int, ...]
    keywords: frozenset[str]
    missing: str = ""

    def is_for(self, keyword: str) -> bool:
        """Whether this keyword is what is broken, and nothing else is."""
        told = self.keywords | {"required"} if keyword == "dependentRequired" else self.keywords
        named = keyword in told or bool(_ALSO.get(keyword, frozenset()) & told)
        return named and told <= {keyword} | _ALSO.get(keyword, frozenset())


def culprit(schema: jsonschema_rs.Validator, value: Any) -> Culprit | None:
    """The one thing that is wrong with a value; None where nothing or several things are."""
    errors = list(islice(schema.iter_errors(value), _MOST))
    if len(errors) == _MOST:
        return None
    return _single(_unfolded(errors))


def _single(found: set[tuple[tuple[str | int, ...], str, str]]) -> Culprit | None:
    places = {(path, missing) for path, _, missing in found}
    if len(places) != 1:
        return None
    ((path, missing),) = places
    return Culprit(path, frozenset(keyword for _, keyword, _ in found), missing)


def _unfolded(errors: Iterable[jsonschema_rs.ValidationError]) -> set[tuple[tuple[str | int, ...], str, str]]:
    """Every error as (path, keyword, missing property), where one alternative is meant those inside it."""
    kinds = jsonschema_rs.ValidationErrorKind
    found: set[tuple[tuple[str | int, ...], str, str]] = set()
    for error in errors:
        kind = error.kind
        if isinstance(kind, kinds.AnyOf | kinds.OneOfNotValid):
            inside = _meant(kind.context, error.instance_path)
            if inside is not None:
                found |= inside
                continue
        missing = kind.property if isinstance(kind, kinds.Required) else ""
        found.add((tuple(error.instance_path), kind.name, missing))
    return found


def _meant(
    branches: Iterable[list[jsonschema_rs.ValidationError]], path: list[str | int]
) -> set[tuple[tuple[str | int, ...], str, str]] | None:
    """What is wrong in the one alternative that a value was meant for: the only one of its type, or the only one in
    which no more than one thing is wrong. None where that cannot be told."""
    likely = [
        branch for branch in branches if not any(e.kind.name == "type" and e.instance_path == path for e in branch)
    ]
    unfolded = [_unfolded(branch) for branch in likely]
    if len(unfolded) == 1:
        return unfolded[0]
    single = [each for each in unfolded if _single(each) is not None]
    return single[0] if len(single) == 1 else None
