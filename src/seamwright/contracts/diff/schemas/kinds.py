"""The kinds of change that a schema can undergo, and what each means to whom, by where the schema stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from seamwright.contracts.diff.change import Direction, Level, Rule

__all__ = ["SITES", "Effect", "Kind", "Site", "rules_of"]


class Effect(Enum):
    """What a change does to the set of values that a schema allows."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"
    """Some values went and others came."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a schema stands; `inner` is the site of everything below it."""

    id: str
    noun: str
    direction: Direction
    inner: str = ""


SITES = {
    site.id: site
    for site in (
        Site("request-body", "a request body", "request", "request-property"),
        Site("request-property", "a property of a request body", "request"),
        Site("request-parameter", "a parameter", "request", "request-parameter-property"),
        Site("request-parameter-property", "a property of a parameter", "request"),
        Site("request-header-property", "a property of a header parameter", "request"),
        Site("response-body", "a response body", "response", "response-property"),
        Site("response-property", "a property of a response body", "response"),
        Site("response-header", "a response header", "response", "response-header-property"),
        Site("response-header-property", "a property of a response header", "response"),
    )
}
"""Every site by its id; what a webhook or callback delivers stands where responses do, as the system sends it."""

_LEVELS = {
    ("request", Effect.NARROWED): Level.BREAKING,
    ("request", Effect.WIDENED): Level.INFO,
    ("request", Effect.CHANGED): Level.BREAKING,
    ("request", Effect.NONE): Level.INFO,
    ("response", Effect.NARROWED): Level.INFO,
    ("response", Effect.WIDENED): Level.BREAKING,
    ("response", Effect.CHANGED): Level.BREAKING,
    ("response", Effect.NONE): Level.INFO,
}

_WHY = {
    ("request", Effect.NARROWED): "a caller may be sending what was allowed before and is refused now",
    ("request", Effect.WIDENED): "all that callers sent before is still accepted",
    ("request", Effect.CHANGED): "a caller who keeps sending what the old contract asked for is refused",
    ("request", Effect.NONE): "it neither allows nor forbids anything that callers send",
    ("response", Effect.NARROWED): "every answer still keeps to the old contract",
    ("response", Effect.WIDENED): "a client of the old contract meets answers that it was told it would not get",
    ("response", Effect.CHANGED): "a client that reads the answer by the old contract does not understand it",
    ("response", Effect.NONE): "it neither allows nor forbids anything in an answer",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change; its level on each side follows from its effect unless it says otherwise."""

    name: str
    effect: Effect
    means: str
    """What happened to the schema, said after its noun: "has a lower maximum"."""
    request: Level | None = None
    response: Level | None = None
    at: Mapping[str, tuple[Level, str]] = field(default_factory=dict)
    """Levels at single sites, each with its reason."""
    request_why: str = ""
    response_why: str = ""
    request_id: str = "{site}-{name}"
    response_id: str = "{site}-{name}"
    inner: bool = False
    """Whether it happens to a property only, never to a whole body."""
    sides: tuple[Direction, ...] = ("request", "response")

    def id(self, site: Site) -> str:
        """The id of this kind at a site."""
        template = self.request_id if site.direction == "request" else self.response_id
        return template.format(site=site.id, name=self.name, stem=site.id.removesuffix("-property"))

    def level(self, site: Site) -> Level:
        """The level of this kind at a site."""
        if site.id in self.at:
            return self.at[site.id][0]
        own = self.request if site.direction == "request" else self.response
        return own or _LEVELS[site.direction, self.effect]

    def why(self, site: Site) -> str:
        """Whom this kind hurts at a site and why, or why nobody."""
        if site.id in self.at:
            return self.at[site.id][1]
        own = self.request_why if site.direction == "request" else self.response_why
        return own or _WHY[site.direction, self.effect]

    def rule(self, site: Site) -> Rule:
        """This kind at a site, as a row of the table of rules."""
        return Rule(self.id(site), self.level(site), site.direction, f"{site.noun} {self.means}", self.why(site))


def rules_of(kinds: tuple[Kind, ...]) -> Iterator[Rule]:
    """Every kind at every site where it can happen."""
    for site in SITES.values():
        for kind in kinds:
            if site.direction in kind.sides and not (kind.inner and site.inner):
                yield kind.rule(site)
