"""Carries a script out: once before the load, as a rehearsal one by one, under load, and once afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seamwright.checks._cells import excerpt
from seamwright.model.boundary import Objectives
from seamwright.model.errors import BudgetSpent, TargetError, Undecided
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Operation
from seamwright.model.scenario import KEPT, NUMBER
from seamwright.model.verdict import Cause
from seamwright.run.loading import rendered, request_of
from seamwright.run.redaction import secret_field
from seamwright.run.scripts import Line, Marks, Script

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from seamwright.engines.load import Keeps, Offered, Step, Walks
    from seamwright.run.bench import CheckBench
    from seamwright.run.loading import Loaded

__all__ = ["LAST", "Walked"]

LAST = 30.0
"""Seconds that the teardown may take, whatever has become of the time of the run."""


@dataclass(slots=True)
class Walked:
    """One script on one bench, and what is known so far."""

    bench: CheckBench
    script: Script
    known: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    """What went wrong in the teardown."""

    async def load(self, offered: Offered, connections: int, objectives: Objectives, *, abort: bool) -> Loaded:
        """Set up, rehearse, load and tear down, the last come what may. Raises Undecided where no load was sent."""
        async with self._set_up():
            walks, operations = await self._compiled()
            await self._rehearsed(walks)
            return await self.bench.walked(
                walks, operations, offered, connections=connections, objectives=objectives, abort=abort
            )

    def _set_up(self) -> AbstractAsyncContextManager[None]:
        @asynccontextmanager
        async def around() -> AsyncIterator[None]:
            try:
                for line in self.script.setup:
                    await self._once(self.bench, line, "setup, once before the load")
                yield
            except BaseException:
                # Also after Ctrl-C, and when the time of the run has ended. There may be no verdict to tell it with.
                await self._torn_down()
                for complaint in self.complaints:
                    self.bench.notice(f"the teardown did not end well: {complaint}")
                raise
            await self._torn_down()

        return around()

    async def _torn_down(self) -> None:
        """Every step of the teardown, whatever becomes of those before it, in time of its own."""
        bench = self.bench.afterwards(LAST)
        for line in self.script.teardown:
            try:
                await self._once(bench, line, "teardown, once after the load")
            except (Undecided, BudgetSpent, TargetError) as error:
                self.complaints.append(str(error))

    async def _once(self, bench: CheckBench, line: Line, note: str) -> None:
        missing = [name for name in line.references if name not in self.known]
        if missing:
            raise Undecided(f"{line.name} was not called: nothing is known of {', '.join(sorted(missing))}")
        try:
            plain = line.request(self.known, Marks())
        except ValueError as error:
            raise Undecided(f"{line.name} was not called: {error}") from None
        request = await bench.credited(line.operation, plain, line.identity)
        exchange = await bench.sent(line.operation, request, line.identity, note)
        values: list[Any] = [None] * len(line.keep)
        self._kept(line, exchange, {name: index for index, name in enumerate(line.keep)}, values)
        self.known |= {f"{KEPT}.{name}": value for name, value in zip(line.keep, values, strict=True)}

    def _kept(self, line: Line, exchange: Exchange, places: Mapping[str, int], values: list[Any]) -> None:
        """Take what the step keeps into these places. Raises Undecided where the answer is not one to go on with."""
        from seamwright.engines.load import Response

        answer = exchange.response
        if answer is None or answer.status >= 400:
            told = str(answer.status) if answer else exchange.failure.kind if exchange.failure else "by nothing"
            raise Undecided(f"{line.name} was answered {told}: {excerpt(exchange)}")
        keeps = _keeps(line, places)
        if keeps is None:
            return
        headers = tuple((name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.headers)
        missing = keeps.take(Response(answer.status, headers, answer.body), values)
        if missing is not None:
            raise Undecided(f"{line.name}: correlation: {missing}", Cause.USAGE)
        for name, index in places.items():
            value = values[index]
            if isinstance(value, str) and secret_field(name.lower()):
                self.bench.conceal(value)

    async def _compiled(self) -> tuple[Walks, dict[str, Operation]]:
        """The scenarios as the engine takes them, and the operation of each step."""
        from seamwright.engines.load import Drawn, Scenario, Step, Template, Walks

        script = self.script
        marks = script.marks
        steps: dict[str, list[Step]] = {}
        for name, (_, lines) in script.scenarios.items():
            steps[name] = []
            for line in lines:
                try:
                    plain = line.request(self.known, marks)
                except ValueError as error:
                    raise Undecided(f"{line.name} cannot be sent: {error}", Cause.USAGE) from None
                request = await self.bench.credited(line.operation, plain, line.identity)
                template = Template(rendered(request), marks.holes)
                keeps = _keeps(line, self._places(line))
                steps[name].append(Step(line.name, line.operation.id, template, keeps, line.thinking))
        scenarios = []
        for name, (weight, lines) in script.scenarios.items():
            drawn = tuple(
                Drawn(feed, tuple(marks.variable(each) for each in names))
                for feed, names in script.feeds.values()
                if _used(lines, names)
            )
            scenarios.append(Scenario(name, tuple(steps[name]), weight, drawn))
        number = marks.variables.get(NUMBER)
        walks = Walks(tuple(scenarios), len(marks.variables), number, script.in_turn)
        return walks, {line.name: line.operation for _, lines in script.scenarios.values() for line in lines}

    async def _rehearsed(self, walks: Walks) -> None:
        """Walk every scenario once, step after step without thinking: each must be answered well."""
        from seamwright.engines.load import Unfit

        base = self.bench.subject.boundary.origin
        for scenario in walks.scenarios:
            values: list[Any] = [None] * walks.variables
            if walks.number is not None:
                values[walks.number] = 0
            for drawn in scenario.feeds:
                row = drawn.feed.draw()
                if row is None:
                    raise Undecided(f"the feed of {scenario.name} is used up before the load", Cause.USAGE)
                for variable, value in zip(drawn.variables, row, strict=True):
                    values[variable] = value
            for line, step in zip(self.script.scenarios[scenario.name][1], scenario.steps, strict=True):
                try:
                    request = request_of(step.template.render(values), base)
                except Unfit as error:
                    raise Undecided(f"{line.name} cannot be sent: {error}", Cause.USAGE) from None
                exchange = await self.bench.sent(line.operation, request, line.identity, "one by one, before the load")
                self._kept(line, exchange, self._places(line), values)

    def _places(self, line: Line) -> dict[str, int]:
        """Where the values go that a step of a scenario keeps."""
        return {name: self.script.marks.variable(f"{KEPT}.{name}") for name in line.keep}


def _keeps(line: Line, places: Mapping[str, int]) -> Keeps | None:
    from seamwright.engines.load import Keeps, pick

    wanted = tuple((places[name], name, pick(lies)) for name, lies in line.keep.items())
    return Keeps(wanted) if wanted else None


def _used(lines: Iterable[Line], names: Iterable[str]) -> bool:
    return any(name in line.references for line in lines for name in names)
