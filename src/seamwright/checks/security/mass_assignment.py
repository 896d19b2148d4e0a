"""Mass assignment: a field that no request may set is taken over because the body is bound to the whole record.

To each body that the service takes, one field is added that the contract does not let callers send: those which the
reading operation shows besides (`status`, `owner`, `total`), and names that are worth an attack (`is_admin`). The
service may refuse or ignore it. What decides is an independent reading of the object, never the answer itself,
which may be an echo.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwright.checks._cells import by_operation, excerpt, these, undecidable
from seamwright.checks._honest import caller, nobody_may
from seamwright.checks._reading import UNREADABLE, address_of, json_of, read_back, reader_of, tells_address
from seamwright.checks.security._objects import accepted_as, anew
from seamwright.contracts.links import success_schema
from seamwright.contracts.media import is_json
from seamwright.contracts.objects import reader
from seamwright.contracts.schemas import properties, types
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Contract, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["CHECK"]

SENSITIVE: Mapping[str, Any] = {
    "is_admin": True,
    "isAdmin": True,
    "admin": True,
    "role": "admin",
    "status": "seamwright",
    "verified": True,
    "price": 1,
    "total": 1,
    "balance": 1000001,
    "owner": "seamwright",
    "owner_id": 1000001,
}
"""Fields that no contract needs to show for them to be worth an attack, sent all at once."""


def _applies(subject: Subject) -> Applicability:
    return these(
        subject, lambda operation: _why_not(subject, operation), "it takes no JSON object that can be read back"
    )


def _why_not(subject: Subject, operation: Operation) -> str | None:
    contract = subject.contract
    assert contract is not None
    if operation.safe:
        return "it changes nothing"
    if not _declared(contract, operation):
        return "it takes no JSON object with fields"
    if reader(contract, operation) is None:
        return UNREADABLE
    if operation.method != "POST" and not operation.at("path"):
        return "it changes what each caller has only one of, as its account, which other checks rely on"
    if not operation.at("path") and not tells_address(contract, operation):
        return "the contract does not tell the id of what it makes"
    return nobody_may(subject, operation)


def _declared(contract: Contract, operation: Operation) -> Mapping[str, Mapping[str, Any]]:
    """The fields that a caller may send; those marked `readOnly` are for answers only (OpenAPI 3.1, section 4.8.24)."""
    for media_type, media in (operation.body.content if operation.body else {}).items():
        if is_json(media_type):
            named = properties(contract, media.schema, certain=False)
            return {name: schema for name, schema in named.items() if schema.get("readOnly") is not True}
    return {}


@dataclass(slots=True)
class _Tally:
    """What became of the fields that were tried."""

    refused: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    taken: list[_Taken] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    """Sent and not refused, and no reading shows them: whether they were stored cannot be told."""


@dataclass(frozen=True, slots=True)
class _Taken:
    name: str
    value: Any
    usual: Any
    attempt: Exchange
    reread: Exchange


async def _run(bench: Bench) -> AsyncIterator[Observation]:
    async for observation in by_operation(bench, _try):
        yield observation


async def _try(bench: Bench, operation: Operation) -> Observation:
    identity = caller(bench.subject, operation).identity
    like, done = await accepted_as(bench, operation, identity)
    if not isinstance(like.body, Mapping):
        raise Undecided(f"{operation.id}: what it takes is no JSON object", Cause.USAGE)
    usual = await _reread(bench, operation, identity, like, done)
    shown = json_of(usual)
    if not isinstance(shown, Mapping):
        raise Undecided(f"{operation.id}: what it makes cannot be read back as an object: {excerpt(usual)}")
    tally = _Tally()
    addresses = {str(v) for v in address_of(bench.contract, operation, like, done).values()}
    for name, values in _fields(bench, operation, shown, addresses).items():
        await _field(bench, operation, identity, like, (name, values, shown.get(name)), tally)
    await _sensitive(bench, operation, identity, like, shown, tally)
    return _verdict(operation, tally)


def _fields(bench: Bench, operation: Operation, shown: Mapping[str, Any], addresses: set[str]) -> dict[str, list[Any]]:
    """Fields that the reader shows and no caller may send, each with values that are not the usual one."""
    answered = success_schema(bench.contract, reader_of(bench.contract, operation))
    sent = _declared(bench.contract, operation)
    named = properties(bench.contract, answered, certain=False) if answered is not None else {}
    result: dict[str, list[Any]] = {}
    for name in dict.fromkeys((*named, *shown)):
        if name in sent or str(shown.get(name)) in addresses:
            continue
        values = _values(bench, named.get(name, {}), shown.get(name))
        if values:
            result[name] = values
    return result


def _values(bench: Bench, schema: Mapping[str, Any], usual: Any) -> list[Any]:
    """Up to two values of the field's type that are not the usual one; none for objects and lists."""
    kinds = (types(bench.contract, schema) - {"null"}) or {_json_type(usual)}
    if isinstance(schema.get("enum"), list):
        return [v for v in schema["enum"] if v != usual and v is not None][:2]
    if "boolean" in kinds:
        return [not usual]
    if kinds & {"integer", "number"}:
        base = usual if isinstance(usual, int | float) else 0
        most = schema.get("maximum")
        made = [int(base) + bench.random.randrange(1000, 9000) for _ in range(2)]
        return [v if not isinstance(most, int | float) or v <= most else max(0, int(base) - 1) for v in made]
    if "string" not in kinds:
        return []
    if schema.get("format") == "date-time":
        return [f"20{bench.random.randrange(10, 20)}-02-03T04:05:06+00:00" for _ in range(2)]
    if schema.get("format") == "date":
        return [f"20{bench.random.randrange(10, 20)}-02-03" for _ in range(2)]
    if schema.get("format") == "uuid":
        return [str(uuid.UUID(int=bench.random.getrandbits(128), version=4)) for _ in range(2)]
    return [bench.canary(), bench.canary()]


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "other"


async def _field(
    bench: Bench,
    operation: Operation,
    identity: Identity,
    like: Case,
    what: tuple[str, list[Any], Any],
    tally: _Tally,
) -> None:
    """Try one field; a value that was taken is confirmed by the other one on a fresh object."""
    name, values, usual = what
    first = await _sent(bench, operation, identity, like, {name: values[0]}, tally)
    if first is None:
        return
    attempt, reread = first
    if not _is(reread, name, values[0]):
        (tally.ignored if _shows(reread, name) else tally.unseen).append(name)
        return
    second = await _sent(bench, operation, identity, like, {name: values[-1]}, tally)
    if second is None or not _is(second[1], name, values[-1]):
        tally.undecided.append(f"{name} was taken over once and not the next time")
        return
    tally.taken.append(_Taken(name, values[0], usual, attempt, reread))


async def _sensitive(
    bench: Bench, operation: Operation, identity: Identity, like: Case, shown: Mapping[str, Any], tally: _Tally
) -> None:
    sent = _declared(bench.contract, operation)
    extra = {n: v for n, v in SENSITIVE.items() if n not in sent and n not in shown}
    both = await _sent(bench, operation, identity, like, extra, tally)
    if both is None:
        return
    attempt, reread = both
    for name, value in extra.items():
        if _is(reread, name, value):
            tally.taken.append(_Taken(name, value, None, attempt, reread))
        else:
            (tally.ignored if _shows(reread, name) else tally.unseen).append(name)


async def _sent(
    bench: Bench, operation: Operation, identity: Identity, like: Case, extra: Mapping[str, Any], tally: _Tally
) -> tuple[Exchange, Exchange] | None:
    """Send the body with more fields; the attempt and the reading after it, None when it was not taken."""
    case = await anew(bench, operation, identity, like)
    names = ", ".join(extra)
    attempt = await bench.call(
        case.but(body={**like.body, **extra}),
        identity,
        note=f"with {names}, which the contract does not let callers send",
    )
    if why := undecidable(attempt):
        tally.undecided.append(f"with {names}: {why}")
        return None
    if not attempt.ok:
        tally.refused.append(names)
        return None
    return attempt, await _reread(bench, operation, identity, case, attempt)


async def _reread(bench: Bench, operation: Operation, identity: Identity, case: Case, done: Exchange) -> Exchange:
    return await read_back(bench, operation, identity, address_of(bench.contract, operation, case, done))


def _shows(reread: Exchange, name: str) -> bool:
    shown = json_of(reread)
    return isinstance(shown, Mapping) and name in shown


def _is(reread: Exchange, name: str, value: Any) -> bool:
    shown = json_of(reread)
    if not isinstance(shown, Mapping) or name not in shown:
        return False
    told = shown[name]
    if isinstance(value, bool) or isinstance(told, bool):
        return told is value
    if isinstance(told, str) and isinstance(value, str) and "T04:05:06" in value:
        return told[:19] == value[:19]  # a moment may come back in another spelling of its zone
    return bool(told == value)


def _verdict(operation: Operation, tally: _Tally) -> Observation:
    tried = len(tally.refused) + len(tally.ignored) + len(tally.taken)
    measures = {
        f"{operation.id} refused": tally.refused,
        f"{operation.id} ignored": tally.ignored,
        f"{operation.id} not shown": tally.unseen,
    }
    if tally.taken:
        return Refuted(operation.id, _finding(operation, tally.taken), tried=tried, measures=measures)
    if tally.undecided:
        raise Undecided(f"{operation.id}: {'; '.join(tally.undecided)}")
    if not tried and tally.unseen:
        raise Undecided(f"{operation.id}: no reading shows {', '.join(tally.unseen)}, so they may have been stored")
    if not tried:
        raise Undecided(f"{operation.id}: there is no field that could be added", Cause.USAGE)
    return Proved(operation.id, tried=tried, measures=measures)


def _finding(operation: Operation, taken: list[_Taken]) -> Finding:
    seen = "\n".join(
        f"seen: {t.name} was sent as {t.value!r} (usually {t.usual!r}), answered {t.attempt.status}, and read back so"
        for t in taken
    )
    names = ", ".join(t.name for t in taken)
    return Finding(
        title=f"{operation.label} lets a caller set {names}",
        detail=f"expected: a field that the contract does not let callers send is refused or ignored\n{seen}",
        severity=Severity.HIGH,
        operation=operation.id,
        key=f"mass-assignment:{operation.id}",
        exchanges=tuple(n for t in taken for n in (t.attempt.number, t.reread.number)),
        facts={"fields": {t.name: t.value for t in taken}},
    )


CHECK = Check(
    id="security.mass-assignment",
    proves="a field that callers may not send is refused or ignored",
    oracle="an independent reading shows the value of an undeclared field that was sent, twice with different values",
    applies=_applies,
    run=_run,
    dares=Dares.ATTACK,
    cwe=("CWE-915",),
    owasp=("API3:2023",),
)
