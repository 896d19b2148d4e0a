"""The door at which tokens are tried: a safe, protected operation, who may call it, and what counts as let in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from seamwright.checks._cells import answered, excerpt
from seamwright.checks._honest import to_add
from seamwright.model.bench import Bench
from seamwright.model.check import Applicability, Applies, DoesNotApply
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved, Refuted
from seamwright.model.exchange import Case, Exchange
from seamwright.model.finding import Finding, Severity
from seamwright.model.identity import Identity
from seamwright.model.operation import Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause

__all__ = ["Door", "Wrong", "all_refused", "door_applies", "has_bearer", "has_key"]

REFUSED = frozenset({400, 401, 403})
"""RFC 6750, section 3.1: 401 for a token that is not valid, 400 for one that is malformed; 403 is tolerated."""

Able = Callable[[Identity], bool]


def takes_bearer(subject: Subject, operation: Operation) -> bool:
    """Whether the operation takes a bearer token; by another name too, where somebody is here who has one.

    OpenAPI has no scheme for `Authorization: Token …`, so that contracts call it a key in that header.
    """
    schemes = subject.contract.schemes if subject.contract is not None else {}
    asked = [schemes[name] for alternative in operation.security for name in alternative]
    someone = any(map(has_bearer, subject.identities))
    return any(scheme.takes_bearer or (someone and scheme.in_authorization) for scheme in asked)


def has_bearer(identity: Identity) -> bool:
    """Whether this identity comes with a bearer token."""
    return any((identity.token, identity.login, identity.oauth2))


def has_key(identity: Identity) -> bool:
    """Whether the manifest gives the key with which this identity's tokens are signed."""
    return identity.signing_key is not None or identity.signing_key_file is not None


def door_applies(subject: Subject, able: Able = has_bearer, lacking: str = "") -> Applicability:
    """The cell is the door; `lacking` says what to give where no identity is `able` and nothing can be said."""
    contract = subject.contract
    if contract is None or not subject.operations:
        return DoesNotApply("it has no contract with operations")
    protected = [o for o in subject.operations if o.protected and takes_bearer(subject, o)]
    if not protected:
        return DoesNotApply("none of its operations takes a bearer token")
    if not any(o.safe for o in protected):
        return DoesNotApply("none of its safe operations takes a bearer token")
    chosen = _chosen(subject, able)
    if chosen is None and lacking:
        return DoesNotApply(lacking)
    # Without anybody who has a token the sentence is still about this boundary, and stays unknown.
    door = chosen[0] if chosen else next(o for o in protected if o.safe)
    others = {o.id: f"tokens are tried at {door.id} alone" for o in subject.operations if o.id != door.id}
    return Applies((door.id,), others)


def _chosen(subject: Subject, able: Able) -> tuple[Operation, Identity] | None:
    """The plainest safe operation that takes a bearer token, with somebody able who may call it."""
    contract = subject.contract
    if contract is None:
        return None
    safe = [o for o in subject.operations if o.safe and o.protected and takes_bearer(subject, o)]
    safe.sort(key=lambda o: (len(o.at("path")), sum(p.required for p in o.parameters), len(o.parameters)))
    for operation in safe:
        for identity in _bearers(subject, operation):
            if able(identity):
                return operation, identity
    return None


def _bearers(subject: Subject, operation: Operation) -> list[Identity]:
    return [i for i in subject.identities if has_bearer(i) and subject.allowed(i, operation) is not False]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One token that must be refused: what it is in words, and the root cause in a word if it is not."""

    what: str
    key: str
    token: str


class Door:
    """An operation that lets in its honest caller and keeps out garbage: only there does a refusal say something."""

    def __init__(self, bench: Bench, operation: Operation, identity: Identity, token: str, case: Case) -> None:
        self.bench = bench
        self.operation = operation
        self.identity = identity
        self.token = token
        self._case = case
        self._usual: frozenset[str] = frozenset()

    @classmethod
    async def found(cls, bench: Bench, operation: Operation, able: Able = has_bearer, *, fresh: bool = False) -> Door:
        """Find who may pass there, and that the honest token does. Raises Undecided."""
        subject = bench.subject
        callers = [i for i in _bearers(subject, operation) if able(i)]
        if not callers:
            raise Undecided(f"no identity with a bearer token may call {operation.id}; {to_add(subject)}", Cause.USAGE)
        identity = callers[0]
        case = await bench.case(operation, identity)
        required = {p.name for p in operation.at("query") if p.required}
        case = case.but(query={name: value for name, value in case.query.items() if name in required})
        door = cls(bench, operation, identity, await bench.token(identity, fresh=fresh), case)
        await door.honest("honest token")
        return door

    async def honest(self, note: str) -> Exchange:
        """Present the honest token, a renewed one where it has died. Raises Undecided when it is not let in."""
        exchange = answered(await self.bench.call(self._case, self.identity, note=note))
        if not exchange.ok:
            raise Undecided(
                f"{self.operation.id}: the honest token of {self.identity.name} is not let in: {excerpt(exchange)}",
                Cause.USAGE if exchange.status in REFUSED else Cause.TARGET,
            )
        self._usual = frozenset(v.keyword for v in self.bench.violations(exchange))
        return exchange

    async def present(self, token: str, note: str) -> Exchange:
        """Present any token. Raises Undecided when no answer came."""
        return answered(await self.bench.call(self._case, token=token, note=note))

    async def garbage(self) -> Exchange:
        """Present a token that is none: the negative control."""
        return await self.present(
            f"{self.bench.canary()}.{self.bench.canary()}.{self.bench.canary()}", "garbage as token"
        )

    async def keeps_out_garbage(self) -> None:
        """Raise Undecided when any text is let in as a token: then what is wrong with it says nothing."""
        seen = await self.garbage()
        if self.let_in(seen):
            raise Undecided(f"{self.operation.id} lets in any text as a token, see auth.forged-token")
        self.refused(seen, "garbage as a token")

    def let_in(self, exchange: Exchange) -> bool:
        """Whether an answer is what those get who are let in; a 2xx with anything else raises Undecided."""
        if not exchange.ok:
            return False
        if {v.keyword for v in self.bench.violations(exchange)} - self._usual:
            raise Undecided(
                f"{self.operation.id}: answered {exchange.status}, but not as declared: {excerpt(exchange)}"
            )
        return True

    def refused(self, exchange: Exchange, what: str) -> None:
        """Raise Undecided unless an answer is a refusal of the token."""
        if exchange.status not in REFUSED:
            raise Undecided(f"{self.operation.id}: {what} was neither let in nor refused: {excerpt(exchange)}")

    def finding(self, wrong: Wrong, seen: Exchange, again: Exchange, *, severity: Severity) -> Finding:
        """The witness that a token was let in which should have been refused."""
        operation = self.operation
        return Finding(
            title=f"{operation.label} lets in {wrong.what}",
            detail=(
                f"expected: 401 to {wrong.what}\nseen: {excerpt(seen)}\nonce more: {excerpt(again)}\n"
                f"the honest token of {self.identity.name} was let in before"
            ),
            severity=severity,
            operation=operation.id,
            key=f"{operation.id} {wrong.key}",
            exchanges=(seen.number, again.number),
            facts={"status": seen.status, "wrong": wrong.key},
        )


async def all_refused(
    door: Door, tokens: Sequence[Wrong], *, severity: Severity = Severity.HIGH
) -> AsyncIterator[Observation]:
    """Present wrong tokens, each of which must be refused; the honest one must be let in again afterwards."""
    cell = door.operation.id
    refuted = False
    for wrong in tokens:
        seen = await door.present(wrong.token, wrong.what)
        if not door.let_in(seen):
            door.refused(seen, wrong.what)
            continue
        again = await door.present(wrong.token, f"{wrong.what}, once more")
        if not door.let_in(again):
            raise Undecided(f"{cell}: {wrong.what} was let in once, and then answered {again.status}")
        refuted = True
        yield Refuted(cell, door.finding(wrong, seen, again, severity=severity))
    await door.honest("honest token, afterwards")
    if not refuted:
        yield Proved(cell, tried=len(tokens))
