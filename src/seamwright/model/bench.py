"""The bench: all that a check sees of the world.

The bench owns scope, rate, time budget, concurrency, recording and redaction, so that no author of a check can
forget evidence.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation

if TYPE_CHECKING:
    from seamwright.model.identity import Identity
    from seamwright.model.subject import Subject

__all__ = ["Bench", "Call", "Dialogue", "Fault", "Hold", "LoadFigures", "Owned", "Strike", "Struck", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which an answer breaks its contract: place in the answer (JSON pointer), keyword, and in words."""

    place: str
    keyword: str
    text: str
    component: str = field(default="", compare=False)
    """The shared schema that is broken (`User` of `#/components/schemas/User`); empty where it stands in one place."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a stream: what is sent and as whom.

    `drawn` is the case as it was generated, before ids of real objects and other values that only this system knows
    were laid over it; the log of a run's requests is made of these, so that the same seed gives the same log. The case
    itself where it is not given.
    """

    case: Case
    identity: Identity | None = None
    note: str = ""
    drawn: Case | None = None
    kind: str = ""
    """What is special in it, in words that are the same for all calls alike; empty for an ordinary call."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A fresh object that an identity has just created.

    `values` are the path parameters that address it; `canary` is a text, unique to this run, that was stored in it at
    `canary_at` (the name of a field of the creating body), or empty when the contract leaves no room for one;
    `created` is the exchange that made it.
    """

    identity: Identity
    values: Mapping[str, Any]
    canary: str
    canary_at: str
    created: Exchange


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault between a boundary and its callers.

    `kind` is `slow` (each answer is held back for `seconds`), or one of those of the fault relay: `refuse` (connections
    are refused), `reset` (a TCP RST as soon as a request arrives), `hang` (accepted, never answered), `drop-answer`
    (the request is delivered and processed, and the answer lost with a reset), and the others that `seamwright proxy`
    knows, with their `params`. With `first_n`, only that many requests are hit.
    """

    kind: str
    seconds: float = 0.0
    first_n: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strike:
    """A request that a fault has struck: when (seconds since the epoch), its number at the relay, and its operation.

    `whole` says that an answer of the relay's own went out to its last byte.
    """

    at: float
    request: int
    operation: str
    whole: bool = False


class Struck(Protocol):
    """Tells what an armed fault did."""

    async def strikes(self) -> Sequence[Strike]:
        """The requests that it has struck so far, in their order. None can be told where connections are refused."""


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """What a load run measured; all times in seconds.

    `intended` counts latency from when each request was meant to leave (so waiting behind a stalled one counts),
    `service` from when it did leave; both map quantile names (`p50` … `p999`, `max`) to seconds. `kept_schedule` is
    False when our own side could not send on time, and then nothing can be concluded; `why_not` says it in words.
    """

    target_rate: float
    duration: float
    sent: int
    answered: int
    statuses: Mapping[str, int]
    errors: Mapping[str, int]
    intended: Mapping[str, float]
    service: Mapping[str, float]
    send_lag: Mapping[str, float]
    kept_schedule: bool
    why_not: str
    timeline: Sequence[Mapping[str, float]]
    samples: Sequence[Exchange]
    """Some exchanges that failed or broke the contract, at most 20, recorded as evidence."""
    ended_early: str = ""
    """Why the run was ended before its time; empty where it was not."""


class Dialogue(Protocol):
    """An open conversation, messages going both ways until one side ends it: a WebSocket, or the stream of an rpc."""

    @property
    def opening(self) -> Exchange | None:
        """The handshake, where the protocol has one; its response has status 101 when the conversation is open."""

    async def say(
        self, message: str | bytes | None = None, *, wait: float = 1.0, most: int = 1, note: str = ""
    ) -> Exchange:
        """Send a message (text or bytes; None is nothing) and read up to `most` answers, `wait` seconds long.

        The exchange is recorded. Its response says what came, and whether the other side has ended the conversation.
        """

    async def put(self, data: bytes, *, wait: float = 1.0, most: int = 1, note: str = "") -> Exchange:
        """Put bytes on the connection as they are, below the protocol, and read what comes.

        Raises Undecided where the protocol is not spoken on a connection of its own.
        """

    async def end(self, *, wait: float = 1.0, note: str = "") -> Exchange:
        """End our side in an orderly way, and read what the other side says to it within `wait` seconds."""


class Hold(Protocol):
    """Keeps back the calls of one cell, so that others have their turn, and lets them go on from where they were."""

    @property
    def answered(self) -> int:
        """Calls that have passed it so far."""

    def keep(self) -> None:
        """From now on let no call begin, and hand no answer on."""

    def let(self, seconds: float) -> None:
        """Let what was kept back go on for so long."""

    async def still(self) -> None:
        """Wait until a call or an answer is kept back, and none is on its way any more."""


class Bench(Protocol):
    """All that a check sees of the world."""

    @property
    def subject(self) -> Subject:
        """The boundary under test with its contract and manifest."""

    @property
    def contract(self) -> Contract:
        """The contract of the boundary; checks that need one apply only where there is one."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that the plan gave to this check, in order."""

    @property
    def random(self) -> Random:
        """Randomness that depends on the seed, the check and the boundary alone."""

    def random_for(self, label: str) -> Random:
        """Randomness of its own for a part of the check, whatever was drawn elsewhere: seed, check, boundary, label."""

    @property
    def learned(self) -> MutableMapping[tuple[str, ...], Any]:
        """What the checks of this run have found out about the boundary, for one another: a call that is accepted, say.

        A hint, and never evidence: who uses it makes the call again.
        """

    @property
    def remaining(self) -> float:
        """Seconds left of this check's time budget."""

    @property
    def depth(self) -> int:
        """Generated cases that a check sends of each operation, beyond those that it always sends."""

    def operation(self, cell: str) -> Operation:
        """The operation that a cell names."""

    def apart(self, cell: str) -> Bench:
        """This bench with its own randomness and hold for a cell, which is tried alike by itself and among others."""

    @property
    def hold(self) -> Hold:
        """What keeps back the calls that are made with this bench itself."""

    async def more(self, still: Callable[[], Awaitable[bool]]) -> bool:
        """Wait until all checks have had their turn; whether there is more time, which is what remains then.

        For a check that has had its share and was not done. `still` waits until nothing of it is under way, and says
        whether anything is left that could go on.
        """

    def beside(self, boundary: str) -> Bench:
        """The bench of this check on another boundary of the system: the same recording, the same time left."""

    def canary(self) -> str:
        """A text that is unique to this run and this call, of letters and digits (at most 24)."""

    async def case(
        self, operation: Operation, identity: Identity | None = None, *, random: Random | None = None
    ) -> Case:
        """A valid call of this operation as this identity: required values generated, ids of real objects.

        Raises Undecided when an object that the path needs cannot be had.
        """

    async def own(self, operation: Operation, identity: Identity) -> Owned:
        """Create a fresh object that `operation` addresses by its path, with a canary where there is room.

        Raises Undecided when the contract has no operation that creates one, or creation is not answered with 2xx.
        """

    async def disposable(self, operation: Operation) -> Identity:
        """An identity whose account was just signed up and logged in, for an operation that changes or ends its caller.

        Raises Undecided when the contract does not let anybody sign up and log in.
        """

    async def call(
        self,
        case: Case,
        identity: Identity | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        fresh: bool = False,
        note: str = "",
    ) -> Exchange:
        """Render the case, authenticate as the identity (nobody when None), send it and record the exchange.

        `token` replaces the credentials by this one, with the word before it that the boundary takes; `headers` are
        added last and win; `fresh` uses a new connection. A failed transport is an exchange with `failure`, never an
        exception. Logs in again when an identity's own token has died. Raises BudgetSpent and RefusedByScope.
        """

    def stream(self, calls: Iterable[Call]) -> AsyncGenerator[tuple[Call, Exchange], None]:
        """Send many calls, several on their way at a time, and give the answers in the order of the calls.

        `calls` is drawn from as places become free. Of what is sent only samples are recorded (the first of each
        operation and status); `keep` records another one, which is then a witness. Ends early, without an error, when
        the time budget does. Raises Undecided when the credentials of an identity die.
        """

    def keep(self, exchange: Exchange) -> Exchange:
        """Record an exchange of a stream, and give it with its number."""

    async def request(
        self,
        method: str,
        path: str,
        identity: Identity | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float | None = None,
        note: str = "",
    ) -> Exchange:
        """Send a request that is no operation of the contract (a preflight, a random path) to the boundary."""

    def dialogue(
        self,
        operation: Operation | None = None,
        identity: Identity | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        note: str = "",
    ) -> AbstractAsyncContextManager[Dialogue]:
        """Open a conversation as an identity (nobody when None), with an rpc or with a WebSocket; closed at the end.

        Raises Undecided where the boundary's protocol has none, and where a conversation cannot even be begun.
        """

    async def token(self, identity: Identity, *, fresh: bool = False) -> str:
        """The bearer token of an identity; raises Undecided when it has none or cannot log in."""

    def violations(self, exchange: Exchange) -> tuple[Violation, ...]:
        """How an answer breaks the contract of its operation: status, media type, headers, body."""

    async def query(self, boundary: str, sql: str) -> Sequence[tuple[Any, ...]]:
        """Read from a SQL boundary of the manifest, in a transaction of its own that is rolled back."""

    def fault(self, dependency: str, fault: Fault, ttl: float) -> AbstractAsyncContextManager[Struck]:
        """Arm a fault in front of a dependency for at most `ttl` seconds; gone at the end of the block.

        What it struck can be asked during the block and after it.
        Raises Undecided where the dependency has no relay or the relay is out of reach.
        """

    async def load(
        self, cases: Sequence[tuple[Case, Identity | None]], *, rate: float, duration: float, abort: bool = False
    ) -> LoadFigures:
        """Send the cases in turn at a constant rate, open model, and validate every answer by its contract.

        A run that could not keep its own schedule is thrown away and tried again, while there is time. With `abort` the
        run ends early when an objective of the boundary is plainly broken: over all that ended and throughout the last
        seconds.
        """

    async def settle(self) -> None:
        """Put the test data of every boundary back that declares how (`reset` of the manifest). Raises Undecided."""
