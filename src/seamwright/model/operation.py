"""A contract's operations: what a boundary promises to do, with every `$ref` reachable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Answer",
    "Body",
    "Contract",
    "MediaType",
    "Operation",
    "Parameter",
    "Schema",
    "SecurityScheme",
]

Schema = Mapping[str, Any] | bool
Location = Literal["path", "query", "header", "cookie"]
Dialect = Literal["2.0", "3.0", "3.1", "graphql", "protobuf"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
"""RFC 9110, section 9.2.1; QUERY is how a GraphQL query is told from a mutation."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a body of one media type looks like; `schema` may hold `$ref`s, see `Contract.resolve`."""

    schema: Schema
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation, with the serialisation that the contract declares."""

    name: str
    location: Location
    required: bool
    schema: Schema
    style: str
    explode: bool
    examples: tuple[Any, ...] = ()
    media_type: str | None = None
    """Set where the contract describes the parameter by `content` instead of `schema`."""
    allow_reserved: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request: media type → what it looks like, in the order of the contract."""

    required: bool
    content: Mapping[str, MediaType]


@dataclass(frozen=True, slots=True)
class Answer:
    """One declared response: status is `200`, a range such as `2XX`, or `default`."""

    status: str
    content: Mapping[str, MediaType] = field(default_factory=dict)
    headers: Mapping[str, Parameter] = field(default_factory=dict)
    description: str = ""
    links: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """How a contract says that callers authenticate: `http` bearer/basic, `apiKey`, `oauth2`, `openIdConnect`."""

    name: str
    type: str
    scheme: str = ""
    location: str = ""
    parameter: str = ""

    @property
    def in_authorization(self) -> bool:
        """Whether it is called a key, and is what goes into the Authorization header."""
        return self.type == "apiKey" and self.location == "header" and self.parameter.lower() == "authorization"

    @property
    def takes_bearer(self) -> bool:
        """Whether it asks for a bearer token by name (RFC 6750)."""
        return self.type in ("oauth2", "openIdConnect") or (self.type == "http" and self.scheme == "bearer")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a boundary does.

    `security` lists the alternatives, each a set of scheme names that are needed together. No alternative
    means that the operation is open; an empty set among the alternatives means that credentials are optional.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    security: tuple[frozenset[str], ...] = ()
    summary: str = ""
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    declared_safe: bool = False
    """Whether the contract says of this very operation that it has no side effects (protobuf's NO_SIDE_EFFECTS)."""

    @property
    def safe(self) -> bool:
        """Whether the method is safe (RFC 9110, section 9.2.1), or the contract declares that the operation is."""
        return self.declared_safe or self.method in SAFE_METHODS

    @property
    def protected(self) -> bool:
        """Whether the contract declares that a caller must authenticate."""
        return bool(self.security) and frozenset() not in self.security

    def parameter(self, location: Location, name: str) -> Parameter | None:
        """Find a parameter; header names are compared without case."""
        for parameter in self.parameters:
            if parameter.location != location:
                continue
            if parameter.name == name or (location == "header" and parameter.name.lower() == name.lower()):
                return parameter
        return None

    def at(self, location: Location) -> tuple[Parameter, ...]:
        """List the parameters of one location, in the order of the contract."""
        return tuple(p for p in self.parameters if p.location == location)

    def answer(self, status: int) -> Answer | None:
        """Find what the contract declares for a status: exact, then its range, then `default`."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers:
                return self.answers[key]
        return None

    @property
    def label(self) -> str:
        """How findings name it: `listOrders (GET /orders)`; by its id alone where that says it all (`Query.orders`)."""
        return f"{self.id} ({self})" if self.path.startswith("/") else self.id

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Contract:
    """The promise of a boundary as it was read: its operations and the document behind them."""

    kind: str
    title: str
    version: str
    dialect: Dialect
    source: str
    digest: str
    operations: tuple[Operation, ...]
    schemes: Mapping[str, SecurityScheme]
    document: Mapping[str, Any] = field(repr=False, compare=False)
    servers: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    """What the document has and this contract does not: an operation's id, or a path, and why."""

    def operation(self, operation_id: str) -> Operation | None:
        """Find an operation by its id."""
        return next((o for o in self.operations if o.id == operation_id), None)

    def resolve(self, ref: str) -> Any:
        """Follow a reference inside the document (`#/components/schemas/Order`, RFC 6901).

        Raises KeyError where nothing lies at that place.
        """
        if not ref.startswith("#"):
            raise KeyError(ref)
        node: Any = self.document
        for raw in ref[1:].split("/")[1:]:
            token = _unescaped(raw)
            if isinstance(node, Mapping) and token in node:
                node = node[token]
            elif isinstance(node, list) and token.isdigit() and int(token) < len(node):
                node = node[int(token)]
            else:
                raise KeyError(ref)
        return node


def _unescaped(token: str) -> str:
    from urllib.parse import unquote

    return unquote(token).replace("~1", "/").replace("~0", "~")
