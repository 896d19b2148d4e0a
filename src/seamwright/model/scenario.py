"""Scenarios of load, as the manifest declares them: feeds, steps, and what one step keeps for the next."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationInfo, model_validator

from seamwright.model.boundary import Noun
from seamwright.model.units import Seconds

__all__ = ["KEPT", "NUMBER", "REFERENCE", "FeedFile", "LoadSection", "Scenario", "Step", "ThinkTime"]

KEPT = "kept"
"""`${kept.NAME}` is a value that an answer before gave."""

NUMBER = "scenario.number"
"""`${scenario.number}` is how many scenarios were begun before this one."""

REFERENCE = re.compile(r"\$\{(?P<group>[A-Za-z_][A-Za-z0-9_-]*)\.(?P<name>[^{}]+)\}")

_WHERE = re.compile(r"status|header:\s*[!#$%&'*+\-.^_`|~0-9A-Za-z]+|/.*|\$(\.[^.\[\]]+|\[[0-9]+\]|\['[^']*'\])*")
_NAME = r"^[A-Za-z_][A-Za-z0-9_-]*$"

Place = tuple[str | int, ...]


class ThinkTime(Noun):
    """A think time: a duration, or drawn by the seed from between two, or exponentially distributed around a mean."""

    model_config = Noun.model_config | {"json_schema_extra": {"minProperties": 1, "maxProperties": 1}}

    constant: Seconds | None = Field(None, description="Always this; the same as the duration by itself.")
    uniform: tuple[Seconds, Seconds] | None = Field(None, description="From the first to the second, equally likely.")
    exponential: Seconds | None = Field(None, description="The mean; cut off at ten times that.")

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, value: Any) -> Any:
        return value if isinstance(value, dict | ThinkTime) else {"constant": value}

    @model_validator(mode="after")
    def _one(self) -> ThinkTime:
        if [self.constant, self.uniform, self.exponential].count(None) != 2:
            raise ValueError("give one of a duration, 'uniform' and 'exponential'")
        if self.uniform is not None and self.uniform[0] > self.uniform[1]:
            raise ValueError("the first duration of 'uniform' is longer than the second")
        return self


def _or_duration(schema: dict[str, Any]) -> None:
    """A think time may be written as a duration alone."""
    duration = TypeAdapter(Seconds).json_schema()["anyOf"]
    schema["anyOf"] = [*duration, {"$ref": schema.pop("$ref")}]


def _at_least_one(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if not steps:
        raise ValueError("a scenario needs at least one step")
    return steps


class FeedFile(Noun):
    """A file of rows of data: CSV with names in its first line, or JSON lines. Each scenario takes the next row."""

    file: str = Field(
        description="Path from the manifest; .csv, .jsonl or .ndjson.", pattern=r"(?i)\.(csv|jsonl|ndjson)$"
    )
    order: Literal["in-turn", "shuffled", "once"] = Field(
        "in-turn", description="From front to back and again; by the seed; or each row once, and then the run ends."
    )
    types: dict[str, Literal["text", "integer", "number", "boolean"]] = Field(
        {},
        description="What columns of a CSV file hold, for whole values of a JSON body; text if not said.",
    )


class Step(Noun):
    """One call of an operation. Texts may hold `${FEED.COLUMN}`, `${kept.NAME}` and `${scenario.number}`."""

    operation: str
    name: str | None = Field(None, description="What its figures are told under; the operation's name by default.")
    identity: str | None = Field(None, description="Who calls; whoever may, by default.")
    path: dict[str, Any] = Field({}, description="Values of path parameters.")
    query: dict[str, Any] = Field({}, description="Values of query parameters.")
    headers: dict[str, Any] = Field({}, description="Values of headers.")
    body: Any = Field(None, description="The body: a value that is written as its media type.")
    media_type: str | None = Field(None, description="Of the body; JSON by default, where the contract has that.")
    keep: dict[str, str] = Field(
        {}, description="Name → where it lies in the answer: $.id (JSON path), /id (JSON pointer), header:ETag, status."
    )
    think: ThinkTime = Field(
        ThinkTime(constant=0.0),
        description="Between this answer and the next step: a duration or a distribution.",
        json_schema_extra=_or_duration,
    )

    def references(self) -> Iterator[tuple[Place, str, str]]:
        """Every `${group.name}` in it: where it stands, the group, and the name."""
        for part in ("path", "query", "headers", "body"):
            yield from _references(getattr(self, part), (part,))


class Scenario(Noun):
    """What one caller does: steps, one after the other."""

    weight: float = Field(1.0, gt=0, allow_inf_nan=False, description="Its share among the scenarios of the boundary.")
    steps: Annotated[tuple[Step, ...], AfterValidator(_at_least_one)] = Field(json_schema_extra={"minItems": 1})


class LoadSection(Noun):
    """What `seamwright load` sends to one boundary."""

    feeds: dict[str, FeedFile] = Field({})
    setup: tuple[Step, ...] = Field((), description="Called once before; what they keep is there for all.")
    scenarios: dict[str, Scenario] = Field(min_length=1)
    teardown: tuple[Step, ...] = Field((), description="Called once afterwards, also after Ctrl-C.")

    @model_validator(mode="after")
    def _hangs_together(self, info: ValidationInfo) -> LoadSection:
        found = list(self.problems())
        if isinstance(info.context, list):
            info.context.extend(found)
        elif found:
            raise ValueError("; ".join(f"{'.'.join(map(str, place))}: {text}" for place, text in found))
        return self

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, those before and after included."""
        return tuple(step for _, steps in self.stretches() for step in steps)

    def stretches(self) -> Iterator[tuple[Place, tuple[Step, ...]]]:
        """Where steps follow each other, and which they are."""
        yield ("setup",), self.setup
        for name, scenario in self.scenarios.items():
            yield ("scenarios", name, "steps"), scenario.steps
        yield ("teardown",), self.teardown

    def problems(self) -> Iterator[tuple[Place, str]]:
        """What is wrong with names and references: where, and in words."""
        for name in self.feeds:
            if name in (KEPT, NUMBER.partition(".")[0]) or not re.match(_NAME, name):
                yield ("feeds", name), f"{name!r} cannot be the name of a feed; take another one"
        shared = yield from self._walked(("setup",), self.setup, {}, feeds=False)
        for name, scenario in self.scenarios.items():
            yield from self._walked(("scenarios", name, "steps"), scenario.steps, shared, feeds=True)
        yield from self._walked(("teardown",), self.teardown, shared, feeds=False)

    def _walked(
        self, place: Place, steps: Sequence[Step], shared: Mapping[str, None], *, feeds: bool
    ) -> Generator[tuple[Place, str], None, Mapping[str, None]]:
        kept = dict(shared)
        names: set[str] = set()
        for index, step in enumerate(steps):
            here = (*place, index)
            for where, group, name in step.references():
                text = self._unknown(group, name, kept, feeds=feeds)
                if text:
                    yield (*here, *where), text
            for name, lies in step.keep.items():
                if not re.match(_NAME, name):
                    yield (*here, "keep", name), f"{name!r} is no name; write it like order_id"
                if not _WHERE.fullmatch(lies):
                    text = (
                        f"{lies!r} names no place of an answer; write $.lines[0].id, /lines/0/id, header:ETag or status"
                    )
                    yield (*here, "keep", name), text
                kept[name] = None
            if step.name is not None and step.name in names:
                yield (*here, "name"), f"another step is called {step.name!r}"
            names.add(step.name or "")
        return kept

    def _unknown(self, group: str, name: str, kept: Mapping[str, None], *, feeds: bool) -> str:
        from difflib import get_close_matches

        if group == KEPT:
            if name in kept:
                return ""
            near = get_close_matches(name, kept, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"kept by then: {', '.join(kept) or 'nothing'}"
            return f"no step before this one keeps {name!r}; {hint}"
        if not feeds:
            return f"${{{group}.{name}}}: before and after the run only kept values are there"
        if f"{group}.{name}" == NUMBER or group in self.feeds:
            return ""
        near = get_close_matches(group, self.feeds, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(self.feeds) or 'none'}"
        return f"there is no feed {group!r}; {hint}"


def _references(value: Any, place: Place) -> Iterator[tuple[Place, str, str]]:
    if isinstance(value, str):
        for match in REFERENCE.finditer(value):
            yield place, match["group"], match["name"]
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str):
                yield from _references(key, (*place, key))
            yield from _references(item, (*place, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _references(item, (*place, index))
