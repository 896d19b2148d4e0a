"""An rpc that does not exist is answered UNIMPLEMENTED.

A client of a newer contract falls back when it hears UNIMPLEMENTED (grpc/doc/statuscodes.md); whatever else it hears it
takes for a failure, and an OK for success. A method that nobody has written is called in each service, and a service
that nobody has written, beside an honest call that works.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from seamwright.checks._cells import answered, excerpt
from seamwright.checks._honest import Caller, caller
from seamwright.checks.contract.grpc._calls import called, code_of
from seamwright.contracts.protobuf.operations import reads
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, Check, Dares, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted, Unknown
from seamwright.model.exchange import Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

ELSEWHERE = "a service that is not there"

_NO_DECISION = frozenset({"UNAUTHENTICATED", "PERMISSION_DENIED", "UNAVAILABLE", "RESOURCE_EXHAUSTED"})


def _applies(subject: Subject) -> Applicability:
    services = tuple(dict.fromkeys(tag for operation in subject.operations for tag in operation.tags[:1]))
    return Applies((*services, ELSEWHERE)) if services else DoesNotApply("its contract has no rpc")


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    try:
        who = await _control(bench)
    except Undecided as error:
        for cell in bench.cells:
            yield Unknown(cell, str(error), error.cause)
        return
    for cell in bench.cells:
        try:
            yield await _decided(bench, cell, who)
        except Undecided as error:
            yield Unknown(cell, str(error), error.cause)


async def _control(bench: Bench) -> Caller:
    """Somebody by whose honest call an rpc that is there is answered. Raises Undecided."""
    why = ""
    for operation in sorted(bench.subject.operations, key=reads, reverse=True)[:5]:
        try:
            who = caller(bench.subject, operation)
            exchange = answered(
                await called(bench, operation, await who.case(bench, operation), who, "control: an rpc that is there")
            )
        except Undecided as error:
            why = str(error)
            continue
        if code_of(exchange) not in (*_NO_DECISION, "UNIMPLEMENTED"):
            return who
        why = excerpt(exchange)
    raise Undecided(f"no rpc that is there could be called, so there is nothing to compare with: {why}", Cause.TARGET)


async def _decided(bench: Bench, cell: str, who: Caller) -> Observation:
    service = "seamwright.nobody.Wrote" if cell == ELSEWHERE else cell
    path = f"/{service}/ThisMethodDoesNotExist"

    async def asked(note: str) -> Exchange:
        return answered(await bench.request("GRPC", path, who.identity, note=note))

    first = await asked("an rpc that is not there")
    if code_of(first) == "UNIMPLEMENTED":
        return Proved(cell)
    if code_of(first) in _NO_DECISION:
        raise Undecided(f"{path} was refused before anybody looked whether it is there: {excerpt(first)}", Cause.USAGE)
    again = await asked("an rpc that is not there, once more")
    if code_of(again) != code_of(first):
        raise Undecided(f"{path} was answered {code_of(first) or first} once, and then {code_of(again) or again}")
    return Refuted(
        cell,
        Finding(
            title=f"{path}, which does not exist, is answered {code_of(first) or first.status}",
            detail=(
                f"expected: UNIMPLEMENTED to an rpc that does not exist\nseen: {excerpt(first)}\n"
                f"once more: {excerpt(again)}"
            ),
            severity=Severity.MEDIUM if first.ok else Severity.LOW,
            key=f"unknown method {code_of(first)}",
            exchanges=(first.number, again.number),
            facts={"path": path, "code": code_of(first)},
        ),
    )


CHECK = Check(
    id="contract.grpc-unknown-method",
    proves="an rpc that does not exist is answered UNIMPLEMENTED",
    oracle="another status to a method, or a service, that does not exist, twice",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    kinds=("grpc",),
)
