"""A rule of the lint: one sentence that a good contract keeps, and how to see that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

__all__ = ["Edit", "Found", "Kind", "Problem", "Rule", "Severity"]

Kind = Literal["openapi", "graphql", "protobuf"]
"""The kinds of contracts that there are rules for."""


class Severity(StrEnum):
    """How much a problem hurts those who integrate with the system; the worst first."""

    ERROR = "error"
    """The contract is wrong, or a caller that keeps to it will fail or be open to attack."""
    WARNING = "warning"
    """A caller has to guess, or will meet trouble that the contract could have spared it."""
    INFO = "info"
    """It could be better."""

    def reaches(self, least: Severity) -> bool:
        """Whether this is as bad as `least`, or worse."""
        order = tuple(Severity)
        return order.index(self) <= order.index(least)


@dataclass(frozen=True, slots=True)
class Edit:
    """One mechanical change of a document: `value` is set at a place; with `remove` what lies there is taken out."""

    place: str
    value: Any = None
    remove: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule sees: where (a JSON pointer into the document as it was read, or the name of a part of a schema) and
    what, without a full stop."""

    place: str
    text: str
    fix: str = ""
    """What to do about it, where the text does not say so already."""
    severity: Severity | None = None
    """Set where this case weighs otherwise than the rule."""
    edits: tuple[Edit, ...] = field(default=(), compare=False)
    """What mends it, where that can be done without knowing what the author meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One sentence that a good contract keeps.

    `run` takes what the contract was read into (`Reading` of OpenAPI, `Schema` of GraphQL, `Files` of protobuf) and
    yields every place where it does not. `wrong` and `right` show what is meant, in the language of the contract;
    OpenAPI is YAML, `openapi` and `info` left out. The tests hold the rule to both.
    """

    id: str
    severity: Severity
    says: str
    """The sentence, without a full stop."""
    why: str
    """What goes wrong otherwise, and where it is written."""
    run: Callable[[Any], Iterator[Found]]
    wrong: str
    right: str
    kind: Kind = "openapi"
    asked: bool = False
    """Whether it is mended only when it is named: the change is safe for callers, but somebody may want it kept."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a rule saw in a contract, in the file and on the line where it stands."""

    rule: str
    severity: Severity
    file: str
    line: int
    place: str
    text: str
    fix: str
    edits: tuple[Edit, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity} {self.rule} {self.text}"
