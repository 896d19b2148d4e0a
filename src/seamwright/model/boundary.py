"""A boundary: one seam of the system, with its objectives, invariants and dependencies."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from seamwright.model.units import PerSecond, Ratio, Seconds

__all__ = [
    "Borrowed",
    "Boundary",
    "Breaker",
    "Dependency",
    "Invariant",
    "Kind",
    "Latency",
    "Noun",
    "Objectives",
    "RelayDoor",
    "Reset",
]

Kind = Literal["http", "graphql", "grpc", "websocket", "sql", "queue", "tls"]


class Noun(BaseModel):
    """A frozen noun of the manifest; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Latency(Noun):
    """Latency quantiles promised, each in seconds."""

    p50: Seconds | None = None
    p95: Seconds | None = None
    p99: Seconds | None = None
    p999: Seconds | None = None

    def items(self) -> tuple[tuple[str, float, float], ...]:
        """List what is promised as (name, quantile between 0 and 1, seconds)."""
        known = (
            ("p50", 0.5, self.p50),
            ("p95", 0.95, self.p95),
            ("p99", 0.99, self.p99),
            ("p999", 0.999, self.p999),
        )
        return tuple((name, quantile, limit) for name, quantile, limit in known if limit is not None)


class Objectives(Noun):
    """Numbers that the boundary promises."""

    availability: Ratio | None = None
    latency: Latency = Latency()
    rate: PerSecond | None = Field(None, description="The rate at which latency and availability must hold.")
    recovery: Seconds | None = Field(None, description="Time to serve again after a dependency has come back.")
    deadline: Seconds | None = Field(
        None,
        description="The longest that a caller ever waits for an answer, dependencies being down included.",
    )


class Invariant(Noun):
    """A sentence about data that must always hold, as a query with one value."""

    name: str
    query: str
    equals: int | float | str
    within: Seconds = Field(0.0, description="How long the data may take to agree (eventual consistency).")
    after: tuple[str, ...] = Field((), description="Operations whose concurrent calls must not break it.")


class Reset(Noun):
    """How test data is put back: an operation of the boundary, or a command."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["operation"]}, {"required": ["command"]}]})

    operation: str | None = None
    identity: str | None = Field(None, description="Who calls the operation; whoever may, by default.")
    command: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Reset:
        if (self.operation is None) == (self.command is None):
            raise ValueError("give either 'operation' or 'command'")
        return self


class RelayDoor(Noun):
    """Where faults are injected between the boundary and those who call it.

    With `listen`, Seamwright itself relays from that address during a run, and callers are configured to it. With
    `control`, a relay already stands there, and faults are armed through its control API.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["listen"]}, {"required": ["control"]}]})

    listen: str | None = Field(None, description="host:port on which Seamwright listens during a run.")
    control: str | None = Field(None, description="URL of the control API of a relay that is already running.")
    token: str | None = Field(None, description="Token of that control API, as ${VARIABLE}.")

    @model_validator(mode="after")
    def _one(self) -> RelayDoor:
        if (self.listen is None) == (self.control is None):
            raise ValueError("give either 'listen' or 'control'")
        return self


class Borrowed(Noun):
    """Where the value of a path parameter comes from when no operation of the boundary itself makes it."""

    boundary: str
    operation: str = Field(description="The operation of that boundary which creates the object.")
    pick: str = Field("$.id", description="JSON path of the value in its answer.")
    within: Seconds = Field(3.0, description="How long the object may take to be known here.")


class Breaker(Noun):
    """A circuit breaker in front of a dependency."""

    failures: int = Field(ge=1, description="After so many failed calls one after the other it opens.")
    pause: Seconds = Field(description="So long no call goes to the dependency; then one tries.")


class Dependency(Noun):
    """What a boundary promises about its dealings with something that it depends on, for the time when that fails."""

    attempts: int | None = Field(
        None,
        ge=1,
        description="Requests that one call makes of it at most for each that it needs, retries included; 3 if unsaid.",
    )
    breaker: Breaker | None = None
    without: tuple[str, ...] = Field((), description="Operations that are answered 2xx while it is away.")


class Boundary(Noun):
    """One seam of the system."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"kind": {"enum": ["http", "graphql"]}}},
            "then": {"properties": {"url": {"pattern": r"^(https?://|\$\{)"}}},
        }
    )

    _name: str = PrivateAttr("")

    kind: Kind
    url: str
    contract: str | None = Field(None, description="Path (from the manifest) or URL of the contract document.")
    owner: str | None = None
    depends_on: tuple[str, ...] = ()
    dependencies: dict[str, Dependency] = Field(
        {}, description="What is promised of those in 'depends_on', by name, for the time when they fail."
    )
    objectives: Objectives = Objectives()
    reset: Reset | None = None
    isolation: str | None = Field(None, description="The isolation level that the database is used with.")
    invariants: tuple[Invariant, ...] = ()
    relay: RelayDoor | None = None
    origins: tuple[str, ...] = Field((), description="Web origins that CORS may allow with credentials.")
    borrows: dict[str, Borrowed] = Field(
        {}, description="Path parameters whose values come from another boundary, as data flows between them."
    )
    exclude: tuple[str, ...] = Field((), description="Operations that no check may ever call.")
    allow: tuple[str, ...] = Field(
        (), description="Operations that may be called although they change or end the account that calls them."
    )

    @model_validator(mode="after")
    def _depends_on_them(self) -> Boundary:
        for name in self.dependencies:
            if name not in self.depends_on:
                raise ValueError(f"dependencies.{name} promises something of what is not named in 'depends_on'")
        return self

    @model_validator(mode="after")
    def _url_of_kind(self) -> Boundary:
        scheme = urlsplit(self.url).scheme
        if self.kind in ("http", "graphql") and scheme not in ("http", "https"):
            raise ValueError(f"url {self.url!r} of a boundary of kind {self.kind} must begin with http:// or https://")
        if self.kind == "grpc" and (scheme not in ("grpc", "grpcs") or urlsplit(self.url).path not in ("", "/")):
            raise ValueError(
                f"url {self.url!r} of a boundary of kind grpc must be grpc://host:port, or grpcs://host:port for TLS"
            )
        if self.kind == "websocket" and scheme not in ("ws", "wss"):
            raise ValueError(f"url {self.url!r} of a boundary of kind websocket must begin with ws:// or wss://")
        if self.kind == "sql" and not scheme:
            raise ValueError(
                f"url {self.url!r} is no database URL; write it like sqlite:///path or postgresql://user@host/name"
            )
        return self

    @property
    def name(self) -> str:
        """The key of this boundary in the manifest."""
        return self._name

    @property
    def origin(self) -> str:
        """Scheme, host and port of the URL."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"
