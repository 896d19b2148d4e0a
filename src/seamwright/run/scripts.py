"""Scripts: what a load run does step by step, whoever wrote it down, ready to be rendered for one boundary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seamwright.engines.generate.rendering import media_type_for, render
from seamwright.model.errors import UsageError
from seamwright.model.exchange import Case, Request
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Location, Operation
from seamwright.model.reading import Place, problem_at
from seamwright.model.scenario import NUMBER, REFERENCE, LoadSection, Step, ThinkTime
from seamwright.model.subject import Subject
from seamwright.run.loading import rendered

if TYPE_CHECKING:
    from seamwright.engines.load import Feed, Hole, Think

__all__ = ["Line", "Marks", "Script", "declared"]

_PARTS: tuple[tuple[str, Location], ...] = (("path", "path"), ("query", "query"), ("headers", "header"))
"""The parts of a step that hold parameters, and where their operation has these."""


class Marks:
    """The variables of a script, and the marks that stand for them in requests that are not filled in yet."""

    def __init__(self) -> None:
        self.variables: dict[str, int] = {}
        self.holes: dict[bytes, Hole] = {}
        self._marks: dict[tuple[str, bool], str] = {}

    def variable(self, name: str) -> int:
        """The index of a variable such as `kept.order`."""
        return self.variables.setdefault(name, len(self.variables))

    def put(self, value: Any, known: Mapping[str, Any]) -> Any:
        """The value with marks for what is not known, and what is known in its place."""
        if isinstance(value, str):
            return self._text(value, known)
        if isinstance(value, Mapping):
            return {self._inside(str(key), known): self.put(item, known) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.put(item, known) for item in value]
        return value

    def _text(self, text: str, known: Mapping[str, Any]) -> Any:
        whole = REFERENCE.fullmatch(text)
        if whole is None:
            return self._inside(text, known)
        name = f"{whole['group']}.{whole['name']}"
        return known[name] if name in known else self._mark(name, whole=True)

    def _inside(self, text: str, known: Mapping[str, Any]) -> str:
        def one(match: re.Match[str]) -> str:
            name = f"{match['group']}.{match['name']}"
            if name not in known:
                return self._mark(name, whole=False)
            value = known[name]
            if value is None or isinstance(value, dict | list):
                raise ValueError(f"${{{name}}} is no text or number, and can only stand in JSON, as a value of its own")
            return str(value).lower() if isinstance(value, bool) else str(value)

        return REFERENCE.sub(one, text)

    def _mark(self, name: str, *, whole: bool) -> str:
        from seamwright.engines.load import Hole

        mark = self._marks.get((name, whole))
        if mark is None:
            # Letters and digits alone, which no serialisation changes; of one length, so that none is part of another.
            mark = self._marks[name, whole] = f"swmark{len(self._marks):05d}kramws"
            self.holes[mark.encode()] = Hole(self.variable(name), name, whole)
        return mark


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a script: `request` renders it with what is known, and with marks for all else.

    `name` is what its figures are told under, `keep` where values lie in its answer, by name.
    """

    name: str
    operation: Operation
    identity: Identity | None
    request: Callable[[Mapping[str, Any], Marks], Request]
    keep: Mapping[str, str] = field(default_factory=dict)
    think: ThinkTime = field(default_factory=lambda: ThinkTime(constant=0.0))
    references: frozenset[str] = frozenset()

    @property
    def thinking(self) -> Think:
        """Its think time, as the engine takes it."""
        from seamwright.engines.load import Think

        if self.think.uniform is not None:
            return Think("uniform", *self.think.uniform)
        if self.think.exponential is not None:
            return Think("exponential", self.think.exponential)
        return Think("constant", self.think.constant or 0.0)


@dataclass(slots=True)
class Script:
    """What a load run does: scenarios by name, each with its weight and its steps, and what comes before and after.

    `feeds` have their files open; `close` lets go of them.
    """

    scenarios: Mapping[str, tuple[float, tuple[Line, ...]]]
    marks: Marks
    setup: tuple[Line, ...] = ()
    teardown: tuple[Line, ...] = ()
    feeds: Mapping[str, tuple[Feed, tuple[str, ...]]] = field(default_factory=dict)
    """Feeds by name, each with the names of the variables that the columns of its rows go to."""
    in_turn: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether anything is called that is not safe."""
        lines = [line for _, steps in self.scenarios.values() for line in steps]
        return any(not line.operation.safe for line in (*lines, *self.setup, *self.teardown))

    @property
    def steps(self) -> float:
        """Steps of a scenario on average, by weight."""
        weights = sum(weight for weight, _ in self.scenarios.values())
        return sum(weight * len(lines) for weight, lines in self.scenarios.values()) / weights

    @property
    def longest(self) -> float:
        """Seconds that a walk thinks at most."""
        return max(sum(line.thinking.longest for line in lines[:-1]) for _, lines in self.scenarios.values() if lines)

    @property
    def most(self) -> int:
        """Steps of the longest scenario."""
        return max(len(lines) for _, lines in self.scenarios.values())

    def close(self) -> None:
        """Let go of files."""
        for feed, _ in self.feeds.values():
            feed.close()


def declared(subject: Subject, section: LoadSection, chosen: Mapping[str, float], *, seed: int) -> Script:
    """The script of a manifest's section, or of the scenarios of it that are chosen, each with its weight.

    Everything is looked at that can be without sending anything, feeds included. Raises UsageError with file and line.
    """
    contract = subject.contract
    if contract is None:
        raise UsageError(f"{subject.boundary.name} has no contract, so that its operations are not known")
    place: Place = ("load", subject.boundary.name)
    reader = _Reader(subject, contract, Marks())
    known = frozenset(f"kept.{name}" for step in section.setup for name in step.keep)
    setup = reader.lines((*place, "setup"), "setup", section.setup)
    teardown = reader.lines((*place, "teardown"), "teardown", section.teardown)
    named = chosen or {name: scenario.weight for name, scenario in section.scenarios.items()}
    scenarios = {
        name: (weight, reader.lines((*place, "scenarios", name, "steps"), name, section.scenarios[name].steps))
        for name, weight in named.items()
    }
    script = Script(scenarios, reader.marks, setup, teardown)
    used = [name for _, lines in scenarios.values() for line in lines for name in sorted(line.references - known)]
    for name in used:
        reader.marks.variable(name)
    try:
        script.feeds = _feeds(subject, section, used, seed)
    except BaseException:
        script.close()
        raise
    return script


def _feeds(
    subject: Subject, section: LoadSection, used: Iterable[str], seed: int
) -> dict[str, tuple[Feed, tuple[str, ...]]]:
    from seamwright.engines.load import Feed

    opened: dict[str, tuple[Feed, tuple[str, ...]]] = {}
    try:
        for index, (name, feed) in enumerate(section.feeds.items()):
            names = tuple(dict.fromkeys(n for n in used if n.startswith(f"{name}.") and n != NUMBER))
            if not names:
                continue
            path = subject.manifest.origin.folder / feed.file
            columns = [each.partition(".")[2] for each in names]
            made = Feed(path, columns, order=feed.order, seed=seed + index, types=feed.types, shown=feed.file)
            opened[name] = (made, names)
    except BaseException:
        for made, _ in opened.values():
            made.close()
        raise
    return opened


class _Reader:
    """Turns declared steps into lines of a script; what is wrong in them is told with its place."""

    def __init__(self, subject: Subject, contract: Contract, marks: Marks) -> None:
        self.subject = subject
        self.contract = contract
        self.marks = marks

    def lines(self, place: Place, group: str, steps: Iterable[Step]) -> tuple[Line, ...]:
        names: dict[str, int] = {}
        found = []
        for index, step in enumerate(steps):
            own = step.name or step.operation
            names[own] = names.get(own, 0) + 1
            again = f"#{names[own]}" if names[own] > 1 else ""
            found.append(self._line((*place, index), f"{group}/{own}{again}", step))
        return tuple(found)

    def _line(self, place: Place, name: str, step: Step) -> Line:
        operation = self._operation(place, step.operation)
        self._look_at(place, step, operation)
        media_type = step.media_type
        if media_type is None and step.body is not None:
            media_type = media_type_for(operation)

        def request(known: Mapping[str, Any], marks: Marks) -> Request:
            case = Case(
                operation.id,
                path=marks.put(step.path, known),
                query=marks.put(step.query, known),
                headers=marks.put(step.headers, known),
                body=marks.put(step.body, known),
                media_type=media_type,
            )
            return render(self.subject.base_url, self.contract, operation, case)

        identities = self.subject.manifest.identities
        identity = identities[step.identity] if step.identity else self.subject.honest(operation)
        if identity is None:
            raise self._wrong((*place, "operation"), f"nobody is known who may call {operation.id}; name an identity")
        references = frozenset(f"{group}.{each}" for _, group, each in step.references())
        try:
            rendered(request({}, Marks()))  # what cannot be sent is told now
        except ValueError as error:
            raise self._wrong(place, str(error)) from None
        return Line(name, operation, identity, request, step.keep, step.think, references)

    def _operation(self, place: Place, name: str) -> Operation:
        here = (*place, "operation")
        operation = self.contract.operation(name)
        if operation is None:
            raise self._wrong(here, f"the contract has no operation {name!r}{_near(name, self._ids())}")
        why = self.subject.kept_back.get(name)
        if why is not None:
            raise self._wrong(here, f"{name} is not called: {why}")
        return operation

    def _ids(self) -> list[str]:
        return [operation.id for operation in self.contract.operations]

    def _look_at(self, place: Place, step: Step, operation: Operation) -> None:
        for part, location in _PARTS:
            there = {p.name for p in operation.at(location)}
            given = getattr(step, part)
            for name in given if part != "headers" else ():
                if name not in there:
                    text = f"{operation.id} has no {location} parameter {name!r}{_near(name, there)}"
                    raise self._wrong((*place, part, name), text)
            names = {name.lower() for name in given} if part == "headers" else set(given)
            for parameter in operation.at(location):
                own = parameter.name.lower() if part == "headers" else parameter.name
                given_by_identity = own == "authorization" and part == "headers"
                if parameter.required and own not in names and not given_by_identity:
                    raise self._wrong(place, f"{operation.id} needs the {location} parameter {parameter.name!r}")
        if operation.body is not None and operation.body.required and step.body is None:
            raise self._wrong(place, f"{operation.id} needs a body")
        if operation.body is None and step.body is not None:
            raise self._wrong((*place, "body"), f"{operation.id} takes no body")

    def _wrong(self, place: Place, text: str) -> UsageError:
        return problem_at(self.subject.manifest.origin.source, place, text)


def _near(name: str, there: Iterable[str]) -> str:
    from difflib import get_close_matches

    known = sorted(there)
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known) or 'none'}"
