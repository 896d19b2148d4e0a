"""Input that breaks the contract is refused with a 4xx.

What is not validated at the door is stored, computed with, or crashes something far behind it. Each keyword of each
schema is broken on its own (one number below its minimum, one required field missing, one wrong type) in a call that
is accepted otherwise. Accepted means 2xx; then the honest call and the broken one are both made once more. Texts that
break only a `format` are sent too, but may be accepted: formats are annotations (JSON Schema 2020-12, validation,
section 7.2.1).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from seamwright.checks._cells import answered, each_operation, excerpt, in_time, sent, statuses
from seamwright.checks._honest import Accepted, accepted, renewed, repeatable, succeeded
from seamwright.checks.contract._calls import laid_over
from seamwright.checks.contract._cause import fingerprint, kind, resource, root
from seamwright.checks.contract._unaccepted import crashes_unaccepted
from seamwright.checks.contract._varying import where_there_is
from seamwright.engines.generate.requests import Varied, invalid_cases
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

MOST = 60
"""Broken values that are tried of one operation: one for each keyword at each place first, then other ways."""

_NO_REFUSAL = frozenset({401, 408, 425, 429})
"""4xx that say nothing of the value: they would have come to the honest call too."""

UNHELD = "takes bodies of any form"

_SCALARS = frozenset({"integer", "number", "boolean"})
_FRACTIONS = frozenset({"number", "the text '1.5'"})
"""Values as the reason of a wrong type has them."""


_REFUSALS = frozenset({400, 415, 422})
"""Statuses that refuse what is in a body; others speak of objects, or of who sent it."""


@dataclass(slots=True)
class _Held:
    """Findings about bodies, which wait for what is known of all operations in the end, and what is known."""

    told: list[tuple[Operation, Varied, Finding, Exchange]] = field(default_factory=list)
    crashed: list[Refuted] = field(default_factory=list)
    """Crashes of operations of which no call is accepted."""
    refused: set[str] = field(default_factory=set)
    """Operations that refused a body of another type altogether."""
    taken: set[str] = field(default_factory=set)
    """Operations that took one, or crashed on it."""

    def look(self, operation: Operation, varied: Varied, exchange: Exchange) -> None:
        """Take in what came to a broken value."""
        if not _whole(_facts(varied)):
            return
        if exchange.status in _REFUSALS:
            self.refused.add(operation.id)
        elif exchange.ok or exchange.status >= 500:
            self.taken.add(operation.id)

    def unheld(self, operation: Operation) -> str:
        """What to call it that nothing in the bodies of this operation is held against its schema; empty where
        something is."""
        if operation.id not in self.taken or operation.id in self.refused:
            return ""
        return f"{UNHELD} at {operation.path}" if self.refused else UNHELD

    def refuted(self, bench: Bench) -> Iterator[Refuted]:
        """What was kept, with the root causes that are known by now."""
        for operation, varied, finding, again in self.told:
            yield Refuted(operation.id, _rooted(bench, operation, varied, finding, again, self))
        for crash in self.crashed:
            unheld = self.unheld(bench.operation(crash.cell))
            yield replace(crash, finding=replace(crash.finding, root=unheld or crash.finding.root))


@dataclass(slots=True)
class _Tally:
    tried: int = 0
    told: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)


def _applies(subject: Subject) -> Applicability:
    return where_there_is(
        subject,
        invalid_cases,
        "nothing that {} can be wrong",
        logins="identities log in through it, and broken logins could lock them out",
    )


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    held = _Held()

    def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        return _decide(bench, operation, held)

    try:
        async for observation in each_operation(bench, decide):
            yield observation
    except (Exception, asyncio.CancelledError):
        # What was seen by then is told, however the check ends.
        for refuted in held.refuted(bench):
            yield refuted
        raise
    for refuted in held.refuted(bench):
        yield refuted


async def _decide(bench: Bench, operation: Operation, held: _Held) -> AsyncGenerator[Observation, None]:
    try:
        good = await repeatable(bench, operation, await accepted(bench, operation))
    except Undecided as why:

        def cause(varied: Varied) -> str:
            return "" if held.refused or not _whole(_facts(varied)) else UNHELD

        crashes = crashes_unaccepted(bench, operation, invalid_cases, why, Severity.MEDIUM, cause=cause)
        async for observation in crashes:
            if isinstance(observation, Refuted) and _whole(observation.finding.facts):
                held.crashed.append(observation)
                held.taken.add(operation.id)
            else:
                yield observation
        return
    tally = _Tally()
    for varied in islice(invalid_cases(bench.contract, operation, bench.random), MOST):
        in_time(bench, tally.tried, "broken values")
        exchange = await _sent(bench, operation, good, varied, f"{varied.place}: {varied.why}")
        if exchange is None:
            continue
        tally.tried += 1
        held.look(operation, varied, exchange)
        judged = await _judged(bench, operation, good, varied, exchange, tally)
        if judged is not None and varied.where == "body":
            held.told.append((operation, varied, *judged))
        elif judged is not None:
            finding, again = judged
            yield Refuted(operation.id, _rooted(bench, operation, varied, finding, again, held))
    control = answered(
        await good.caller.call(bench, await renewed(bench, operation, good), note="honest call, at the end")
    )
    if not succeeded(operation, control):
        tally.doubts.append(f"the honest call is no longer accepted at the end: {excerpt(control)}")
    if tally.doubts:
        yield Unknown(operation.id, "; ".join(tally.doubts[:3]), Cause.TARGET)
    elif not tally.tried:
        yield Unknown(operation.id, "no broken value fits into a call that is accepted otherwise", Cause.USAGE)
    elif not tally.told:
        yield Proved(operation.id, tried=tally.tried)


async def _sent(bench: Bench, operation: Operation, good: Accepted, varied: Varied, note: str) -> Exchange | None:
    """Send the accepted call with one value broken; None where it cannot be broken in this call."""
    case = laid_over(bench.contract, operation, await renewed(bench, operation, good), varied)
    return None if case is None else answered(await good.caller.call(bench, case, note=note))


async def _judged(
    bench: Bench, operation: Operation, good: Accepted, varied: Varied, first: Exchange, tally: _Tally
) -> tuple[Finding, Exchange] | None:
    """A finding, and its second witness, where the value was accepted or broke the service, and did so again; doubts go
    to the tally."""
    key = _cause(operation, varied, first)
    if 400 <= first.status < 500:
        if first.status in _NO_REFUSAL:
            tally.doubts.append(f"{varied.place}: answered {first.status}, which does not say whether it is refused")
        return None
    if (first.ok and varied.keyword == "format") or key in tally.told:
        return None
    if not first.ok and first.status < 500:
        tally.doubts.append(f"{varied.place}: answered {first.status}, neither accepted nor refused")
        return None
    honest = answered(
        await good.caller.call(bench, await renewed(bench, operation, good), note="honest call, once more")
    )
    again = await _sent(bench, operation, good, varied, f"once more: {varied.place}: {varied.why}")
    if (
        again is None
        or again.ok != first.ok
        or (not again.ok and again.status < 500)
        or not succeeded(operation, honest)
    ):
        seen = statuses([e for e in (first, again) if e is not None])
        tally.doubts.append(f"{varied.place}: not the same twice ({seen}; the honest call: {honest.status})")
        return None
    tally.told.add(key)
    return _finding(operation, varied, first, again, honest, key), again


def _cause(operation: Operation, varied: Varied, first: Exchange) -> str:
    """What makes two broken values one mistake: a habit of the parser is one mistake of the service. A place that takes
    one wrong type mostly takes them all. Any other rule is broken at its own place."""
    if first.status >= 500:
        return f"{varied.keyword} {fingerprint(first)}"
    habit = _habit(varied)
    return f"{varied.where} {habit}" if habit else f"{resource(operation)} {varied.keyword} {varied.place}"


def _facts(varied: Varied) -> dict[str, Any]:
    return {"place": varied.place, "keyword": varied.keyword, "empty": not varied.value}


def _whole(facts: Mapping[str, Any]) -> bool:
    """Whether a body was of another type altogether; what is empty may count as no body at all."""
    return facts.get("place") == "body" and facts.get("keyword") == "type" and not facts.get("empty")


def _habit(varied: Varied) -> str:
    """What a parser does everywhere or nowhere: it takes members that nobody declared, or makes the type that is
    expected of another scalar (the text "7" of 7, the integer 1 of 1.5 or of true). Empty for any other value."""
    if varied.keyword == "additionalProperties":
        return varied.why
    kind, _, expected = varied.why.removesuffix(" is expected").partition(" where ")
    types = set(expected.split(" or "))
    if varied.keyword != "type":
        return ""
    if kind in _SCALARS and "string" in types:
        return "a scalar taken for a text"
    if kind in _FRACTIONS and "integer" in types:
        return "a fraction taken for an integer"
    return varied.why if kind == "boolean" else ""


def _unchecked(bench: Bench, operation: Operation, varied: Varied) -> str:
    """The root cause, where a value is accepted: a keyword that is not looked at in one place of a part of a request is
    mostly looked at in none. What is a habit of the parser it does everywhere."""
    here, habit = operation.path, _habit(varied)
    gap, accepts = ("unchecked", here, varied.where, varied.keyword), f"accepts {varied.where}"
    if habit and gap not in bench.learned:
        return f"{accepts} {habit}"
    root: str = bench.learned.setdefault(gap, f"{accepts} {varied.keyword} of {here}")
    return root


def _rooted(
    bench: Bench, operation: Operation, varied: Varied, finding: Finding, again: Exchange, held: _Held
) -> Finding:
    """The finding with its root cause, as far as that is known by now."""
    unheld = held.unheld(operation) if varied.where == "body" and varied.keyword != "syntax" else ""
    if not again.ok:
        return replace(finding, root=root(bench, operation, again, kind(varied), varied.where, unheld))
    if not unheld:
        return replace(finding, root=_unchecked(bench, operation, varied))
    who = "it does not refuse" if held.refused else "none of the operations that were tried refuses"
    told = f"{who} a body of another type altogether: nothing in it is held against its schema"
    return replace(finding, root=unheld, detail=f"{finding.detail}\n{told}")


def _finding(
    operation: Operation, varied: Varied, first: Exchange, again: Exchange, honest: Exchange, key: str
) -> Finding:
    if first.ok:
        title = f"{operation.label} accepts {varied.place} although it breaks the contract: {varied.why}"
        severity = Severity.MEDIUM if varied.where == "body" else Severity.LOW
    else:
        title = f"{operation.label} answers {first.status} when {varied.place} breaks the contract: {varied.why}"
        severity = Severity.MEDIUM
    ignored = "; it was ignored, or read as something else" if first.ok and varied.where != "body" else ""
    return Finding(
        title=title,
        detail=(
            f"expected: a refusal (4xx) of {sent(first)}, since {varied.place} breaks {varied.keyword}: {varied.why}\n"
            f"seen: {excerpt(first)}{ignored}\nonce more: {excerpt(again)}\n"
            f"the same call with a valid value was answered {honest.status}"
        ),
        severity=severity,
        operation=operation.id,
        key=key,
        exchanges=(first.number, again.number, honest.number),
        facts={"status": first.status, "place": varied.place, "keyword": varied.keyword, "accepted": first.ok},
    )


CHECK = Check(
    id="contract.invalid-input-refused",
    proves="input that breaks one rule of the contract is refused with a 4xx",
    oracle="a 2xx or 5xx to a value that breaks one keyword, twice, in a call that is accepted with a valid value",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-20",),
)
