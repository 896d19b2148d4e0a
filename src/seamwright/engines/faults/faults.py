"""The faults that a relay can be told to show: plain values that travel as JSON.

A fault strikes requests; `Selection` says which. Where a relay knows the protocol, a request and its answer are what
the protocol says. Otherwise it takes turns for them: a turn begins with the first bytes from the client after bytes
from the upstream (or with the very first bytes of a connection, whoever sends them), which is a request and its answer
wherever a connection carries one at a time.

Faults that only hold bytes back (latency, bandwidth, trickle, slow-close) add up; of the others, the first armed
strikes. When a fault ends, what it holds back is let go at once, and whoever hangs on it is let go by a reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

__all__ = [
    "Bandwidth",
    "Close",
    "DropAnswer",
    "Fault",
    "Hang",
    "Latency",
    "Malformed",
    "Oversize",
    "Refuse",
    "Reset",
    "SlowClose",
    "Status",
    "Trickle",
    "Truncate",
    "fault_from",
    "kinds",
]

Direction = Literal["answer", "request"]

_WORDS: dict[str, tuple[str, ...]] = {
    "direction": ("answer", "request"),
    "distribution": ("constant", "uniform", "normal"),
    "end": ("reset", "close"),
    "what": ("body", "head", "length"),
}

_MOST = 1e15
"""Of anything; more is no number that can be counted with."""

_OVERSIZE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What all faults have. `kind` is its name in JSON and in the log."""

    kind: ClassVar[str]
    shapes: ClassVar[bool] = False
    """It only holds bytes back, and so strikes beside others."""
    answers: ClassVar[bool] = False
    """It makes or changes an answer of HTTP, and strikes nothing else."""
    ends: ClassVar[bool] = False
    """No answer comes of a request that it strikes, so that nothing else could be seen of it."""

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            value = getattr(self, name, words[0])
            if value not in words:
                raise ValueError(f"{name} of a {self.kind} fault must be one of {', '.join(words)}, not {value!r}")

    def params(self) -> dict[str, Any]:
        """Its parameters as JSON values; `fault_from(kind, params())` is an equal fault."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _amount(self, name: str, *, least: float = 0.0, above: bool = False) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name} of a {self.kind} fault must be a number, not {value!r}")
        if not least <= value <= _MOST or (above and value == least):
            limit = "more than" if above else "at least"
            raise ValueError(
                f"{name} of a {self.kind} fault must be {limit} {least:g} and at most {_MOST:g}, not {str(value)[:40]}"
            )

    def _count(self, name: str, least: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST:
            told = repr(value)[:40]
            raise ValueError(f"{name} of a {self.kind} fault must be a whole number from {least}, not {told}")


@dataclass(frozen=True, slots=True)
class Latency(Fault):
    """Bytes come `seconds` later: constant; uniform, up to `spread` more or less; or normal, with that deviation."""

    kind: ClassVar[str] = "latency"
    shapes: ClassVar[bool] = True
    seconds: float
    spread: float = 0.0
    distribution: str = "constant"
    direction: str = "answer"

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._amount("seconds", above=True)
        self._amount("spread")
        if self.spread and self.distribution == "constant":
            raise ValueError("a constant latency has no spread; say distribution uniform or normal")


@dataclass(frozen=True, slots=True)
class Bandwidth(Fault):
    """At most `rate` bytes a second go through."""

    kind: ClassVar[str] = "bandwidth"
    shapes: ClassVar[bool] = True
    rate: float
    direction: str = "answer"

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._amount("rate", above=True)


@dataclass(frozen=True, slots=True)
class Trickle(Fault):
    """Bytes come in pieces of `size`, up to `variation` more or less, `seconds` after each other: a slow body.

    With `spare_head` the head of an answer comes at once, where the relay knows HTTP.
    """

    kind: ClassVar[str] = "trickle"
    shapes: ClassVar[bool] = True
    size: int
    seconds: float
    variation: int = 0
    direction: str = "answer"
    spare_head: bool = False

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        if not isinstance(self.spare_head, bool):
            raise ValueError(f"spare_head of a {self.kind} fault must be true or false, not {self.spare_head!r}")
        self._count("size", 1)
        self._count("variation", 0)
        self._amount("seconds")
        if self.variation >= self.size:
            raise ValueError(f"variation of a trickle fault must be less than its size, not {self.variation}")


@dataclass(frozen=True, slots=True)
class SlowClose(Fault):
    """The end of the stream comes `seconds` later."""

    kind: ClassVar[str] = "slow-close"
    shapes: ClassVar[bool] = True
    seconds: float
    direction: str = "answer"

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._amount("seconds", above=True)


@dataclass(frozen=True, slots=True)
class Refuse(Fault):
    """Nobody listens: new connections are refused by the kernel (ECONNREFUSED), and open ones are closed at once.

    It looks as a stopped process looks. No requests can be selected, because nobody is there to count the refused.
    """

    kind: ClassVar[str] = "refuse"


@dataclass(frozen=True, slots=True)
class Reset(Fault):
    """A request arrives, and `seconds` later comes a true RST instead of an answer; the upstream never sees it."""

    kind: ClassVar[str] = "reset"
    ends: ClassVar[bool] = True
    seconds: float = 0.0

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._amount("seconds")


@dataclass(frozen=True, slots=True)
class Close(Fault):
    """As soon as a request arrives the connection is closed in order (FIN); the upstream never sees the request."""

    kind: ClassVar[str] = "close"
    ends: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Hang(Fault):
    """The request is taken and nothing ever comes back: the other half of the connection is gone and nobody says so.

    The upstream never sees the request, or with `after` gets it, and so many bytes of its answer still come through.
    When the fault ends, or after `seconds`, the connection ends: with RST, or closed in order where `end` says so.
    """

    kind: ClassVar[str] = "hang"
    after: int | None = None
    seconds: float | None = None
    end: str = "reset"

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        if self.after is not None:
            self._count("after", 0)
        if self.seconds is not None:
            self._amount("seconds", above=True)


@dataclass(frozen=True, slots=True)
class DropAnswer(Fault):
    """The upstream gets the request and does its work; when its answer begins, the client gets an RST instead.

    This is the fault behind double charges: done, and nobody told. With `end` close it is closed in order.
    """

    kind: ClassVar[str] = "drop-answer"
    end: str = "reset"


@dataclass(frozen=True, slots=True)
class Truncate(Fault):
    """After so many bytes of the answer (of its body, where the relay knows HTTP) the connection ends.

    With direction request it is the upstream that gets no more than so many bytes. With `total`, the bytes are counted
    over the connection and not anew for each answer.
    """

    kind: ClassVar[str] = "truncate"
    after: int
    end: str = "reset"
    direction: str = "answer"
    total: bool = False

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._count("after", 0)


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """The relay answers by itself with this status, with `Retry-After: N` where `retry_after` seconds are given.

    The upstream never sees the request. The answer is problem details (RFC 9457) and says that it is a fault.
    """

    kind: ClassVar[str] = "status"
    answers: ClassVar[bool] = True
    code: int = 503
    retry_after: int | None = None

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._count("code", 200)
        if self.code > 599:
            raise ValueError(f"code of a status fault must be a final status, 200 to 599, not {self.code}")
        if self.retry_after is not None:
            self._count("retry_after", 0)


@dataclass(frozen=True, slots=True)
class Malformed(Fault):
    """The answer is no longer what it says: its body does not parse, its head is no HTTP, or its length is a lie."""

    kind: ClassVar[str] = "malformed"
    answers: ClassVar[bool] = True
    what: str = "body"


@dataclass(frozen=True, slots=True)
class Oversize(Fault):
    """The relay answers by itself, 200 and one JSON string of `size` bytes; the upstream never sees the request."""

    kind: ClassVar[str] = "oversize"
    answers: ClassVar[bool] = True
    size: int = _OVERSIZE

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._count("size", 2)


_KINDS: dict[str, type[Fault]] = {
    fault.kind: fault
    for fault in (
        Latency,
        Bandwidth,
        Trickle,
        SlowClose,
        Refuse,
        Reset,
        Close,
        Hang,
        DropAnswer,
        Truncate,
        Status,
        Malformed,
        Oversize,
    )
}


def kinds() -> dict[str, type[Fault]]:
    """All faults by name."""
    return dict(_KINDS)


def fault_from(kind: str, params: Mapping[str, Any]) -> Fault:
    """The fault of this name with these parameters. Raises ValueError with the names that would have been right."""
    found = _KINDS.get(kind)
    if found is None:
        raise ValueError(f"fault {kind!r} is not known; there are {', '.join(_KINDS)}")
    known = [field.name for field in fields(found)]
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise ValueError(f"fault {kind!r} has no parameter {', '.join(unknown)}; it has {', '.join(known) or 'none'}")
    try:
        return found(**params)
    except TypeError as error:
        raise ValueError(f"fault {kind!r}: {error}") from None
