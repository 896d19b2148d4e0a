"""What was created is there: under its id, under its Location, and still there when the next one is created.

A 201 says that a resource was made and where it is (RFC 9110, section 15.3.2). Two objects are made and read in turn,
until they are shown with what was stored in them or time runs out: data may take its time to get around. That the very
next reading shows it is the sentence of `consistency.read-your-writes`. 202 Accepted promises nothing.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from urllib.parse import unquote, urljoin, urlsplit

from seamwright.checks._cells import answered, each_operation, excerpt, these, undecidable
from seamwright.checks._honest import nobody_may
from seamwright.checks._reading import UNREADABLE, read_case
from seamwright.checks.contract._player import Judge, Played, Player, Shortest, listed_steps, shows
from seamwright.contracts.links import path_parameters
from seamwright.contracts.objects import reader
from seamwright.engines.sequences import Step
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

WITHIN = 2.0
"""Seconds that an object may take to be shown."""

AGAIN = 0.3
"""The same once one was waited for in vain."""

ROUNDS = 2


def _applies(subject: Subject) -> Applicability:
    def why_not(operation: Operation) -> str | None:
        assert subject.contract is not None
        if operation.method != "POST":
            return "it creates nothing at an address of the service's choice"
        if subject.logins(operation):
            return "identities log in through it"
        read = reader(subject.contract, operation)
        if read is None or len(path_parameters(read.path)) <= len(path_parameters(operation.path)):
            return UNREADABLE if read is None else "it is an action on an object that is there already"
        return nobody_may(subject, operation)

    return these(subject, why_not, "nothing that it creates can be read")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    player = Player(bench)

    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        async for observation in _decide(bench, player.on(bench), operation):
            yield observation

    async for observation in each_operation(bench, decide):
        yield observation


async def _decide(bench: Bench, player: Player, operation: Operation) -> AsyncIterator[Observation]:
    read = reader(bench.contract, operation)
    assert read is not None
    good = await player.good(operation)
    if player.actions[operation.id].makes != read.path:
        raise Undecided(
            f"{operation.id}: its answer does not tell the id of what it makes, where the contract lets one expect it",
            Cause.USAGE,
        )
    for step in player.chain((operation, 0)):
        await player.good(bench.operation(step.operation))
    steps = player.chain(*((one, which) for one in (operation, read) for which in (0, 1)), (read, 0))
    played = await player.play(steps)
    if any(p.step.operation == operation.id and p.address for p in played) and not _all_made(operation, played):
        # There may be one of it only for what it names, as one payment for an order.
        steps = player.chain((operation, 0), (read, 0), (read, 0))
    refuted = False
    judge = _judge(player, read)
    for _ in range(ROUNDS):
        played = await player.play(steps)
        _told(operation, played)
        lost = await _lost(player, judge, steps, played)
        if lost is not None:
            if good.exchange.status == 202:
                raise Undecided(f"{operation.id}: it answers 202, which promises to do it later; it is not there yet")
            refuted = True
            yield Refuted(operation.id, _finding(operation, lost), tried=ROUNDS)
            break
    if not refuted and (nowhere := await _nowhere(bench, operation, played)) is not None:
        refuted = True
        yield Refuted(operation.id, _nowhere_finding(operation, *nowhere), tried=ROUNDS)
    if not refuted:
        yield Proved(operation.id, tried=2 * ROUNDS)


def _all_made(operation: Operation, played: Sequence[Played]) -> bool:
    return all(p.address for p in played if p.step.operation == operation.id)


def _told(operation: Operation, played: Sequence[Played]) -> None:
    """Positive control: objects were made, and their ids told. Raises Undecided."""
    for one in played:
        if one.step.operation == operation.id and not one.address:
            seen = excerpt(one.exchange) if one.exchange else "it was not called"
            raise Undecided(f"{operation.id}: an object of its own was not made, or its id not told: {seen}")


async def _lost(player: Player, judge: Judge, steps: Sequence[Step], played: Sequence[Played]) -> Shortest | None:
    """The shortest sequence after which an object that was made is not shown; None where all are."""
    for number in range(1, len(played) + 1):
        if await judge(played[:number]):
            return await player.shortest(steps[:number], judge)
    return None


def _judge(player: Player, read: Operation) -> Judge:
    """Whether a sequence ends in a reading that does not show its object, however long one waits."""
    waited = False

    async def judge(played: Sequence[Played]) -> str:
        nonlocal waited
        last = played[-1]
        made = next((p for p in played if p.step.number == last.step.on and p.address), None)
        if last.step.operation != read.id or made is None or last.exchange is None:
            return ""
        until = time.monotonic() + (AGAIN if waited else WITHIN)
        while not shows(last.exchange, made):
            if why := undecidable(last.exchange):
                raise Undecided(f"{read.id}: what was created cannot be read: {why}")
            if time.monotonic() >= until:
                waited = True
                return excerpt(last.exchange)
            await asyncio.sleep(0.1)
            last = replace(last, exchange=await player.again(last, "is it shown by now?"))
            assert last.exchange is not None
        return ""

    return judge


async def _nowhere(
    bench: Bench, operation: Operation, played: Sequence[Played]
) -> tuple[Exchange, str, Exchange] | None:
    """A creation whose Location leads to nothing, that Location, and what is there; None where it leads to the object.

    A Location that is no path of the contract, or is given in something else than a 201, is left alone.
    """
    for made in (p for p in played if p.step.operation == operation.id and p.exchange is not None):
        created = made.exchange
        told = created.response.header("location") if created and created.response else None
        if created is None or created.status != 201 or not told:
            continue
        target = _at(bench, operation, urljoin(created.request.url, told))
        if target is None:
            continue
        read, case = target
        caller = bench.subject.honest(read)
        if caller is None:
            continue
        seen = answered(await bench.call(await read_case(bench, read, caller, case.path), caller, note="its Location"))
        if not undecidable(seen) and not shows(seen, made):
            return created, told, seen
    return None


def _at(bench: Bench, operation: Operation, url: str) -> tuple[Operation, Case] | None:
    """The reading operation, and its path values, that a URL of this boundary leads to."""
    if not url.startswith(f"{bench.subject.base_url}/"):
        return None
    path = urlsplit(url.removeprefix(bench.subject.base_url)).path
    for read in bench.subject.operations:
        if read.method != "GET" or not path_parameters(read.path):
            continue
        pattern = "".join(
            "([^/]+)" if part.startswith("{") else re.escape(part) for part in re.split(r"({[^{}]+})", read.path)
        )
        match = re.fullmatch(pattern, path.rstrip("/"))
        if match is not None:
            values = dict(zip(path_parameters(read.path), map(unquote, match.groups()), strict=True))
            return read, Case(read.id, path=values)
    return None


def _finding(operation: Operation, shortest: Shortest) -> Finding:
    return Finding(
        title=f"{operation.label} says that it has created an object, and it is not there",
        detail=(
            f"expected: within {WITHIN:g} s a reading shows what was created, with what was stored in it\n"
            f"seen: {shortest.why}\n"
            f"the shortest sequence that was found, in {shortest.replays} replays:\n{listed_steps(shortest)}"
        ),
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"available-after-creation:{operation.id}",
        exchanges=shortest.numbers,
        facts={"steps": [p.step.operation for p in shortest.played], "replays": shortest.replays},
    )


def _nowhere_finding(operation: Operation, created: Exchange, location: str, seen: Exchange) -> Finding:
    return Finding(
        title=f"{operation.label} answers 201 with a Location that does not lead to what it created",
        detail=(
            f"expected: {location} shows the object (RFC 9110, section 15.3.2); under its id it is there\n"
            f"seen: {excerpt(seen)}"
        ),
        severity=Severity.LOW,
        operation=operation.id,
        key=f"available-after-creation:{operation.id}:location",
        exchanges=(created.number, seen.number),
        facts={"location": location},
    )


CHECK = Check(
    id="contract.available-after-creation",
    proves="what was created can be read under its id and its Location, with what was stored in it",
    oracle="a reading does not show an object within 2 s of the 2xx that told its id, each time that it is made again",
    applies=_applies,
    run=_run,
    dares=Dares.WRITE,
)
