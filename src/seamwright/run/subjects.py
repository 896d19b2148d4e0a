"""Turns a manifest into subjects: reads the contract of every boundary."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from seamwright.contracts.reading import contract_of, read_contract
from seamwright.drivers import driver
from seamwright.model.boundary import Boundary
from seamwright.model.errors import ContractError, TargetError
from seamwright.model.exchange import Case, Exchange, Request
from seamwright.model.manifest import Manifest
from seamwright.model.operation import Contract
from seamwright.model.subject import Subject
from seamwright.run.credentials import Credentials

__all__ = ["Fetch", "Subjects", "read_subjects"]

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets a document by URL; raises TargetError when the host does not give it."""


_KINDS = {"graphql": "graphql", "grpc": "protobuf"}
"""Kind of a boundary → the kind of its contract, where that is not OpenAPI."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Every boundary of a manifest as a subject, and why some have no contract although they name one."""

    by_name: dict[str, Subject]
    unreadable: dict[str, str]


async def read_subjects(manifest: Manifest, fetch: Fetch) -> Subjects:
    """Read the contracts of a manifest; a boundary that names none is asked for it, where its protocol has a way.

    A contract that cannot be had because its host does not answer is told in `unreadable`, and the run goes on. A
    contract that is wrong raises ContractError.
    """
    by_name: dict[str, Subject] = {}
    unreadable: dict[str, str] = {}
    for name, boundary in manifest.boundaries.items():
        contract = None
        try:
            contract = await _contract(boundary, manifest, fetch)
        except TargetError as error:
            unreadable[name] = str(error)
        if contract is not None and contract.kind != _KINDS.get(boundary.kind, "openapi"):
            raise ContractError(_other_kind(boundary, contract))
        by_name[name] = Subject(boundary, contract, manifest)
    return Subjects(by_name, unreadable)


async def _contract(boundary: Boundary, manifest: Manifest, fetch: Fetch) -> Contract | None:
    source = boundary.contract
    speaks = driver(boundary.kind)
    if source in (None, boundary.url) and speaks is not None and speaks.describe is not None:
        return contract_of(await speaks.describe(boundary, await _callers(boundary, manifest)), source=boundary.url)
    if source is None:
        return None
    fetched: dict[str, bytes] = {}
    if urlsplit(source).scheme in ("http", "https"):
        fetched[source] = await fetch(source)
    return read_contract(source, base=manifest.origin.folder, fetch=fetched.__getitem__)


def _other_kind(boundary: Boundary, contract: Contract) -> str:
    if contract.kind == "graphql":
        return (
            f"{contract.source}: is a GraphQL schema, and {boundary.name} is of kind {boundary.kind}; "
            "write 'kind: graphql' and the 'url' of the endpoint in a manifest, or give the endpoint's own URL"
        )
    if contract.kind == "protobuf":
        return (
            f"{contract.source}: is a protobuf contract, and {boundary.name} is of kind {boundary.kind}; "
            "write 'kind: grpc' and a 'url' such as grpc://host:port"
        )
    if boundary.kind == "grpc":
        return (
            f"{contract.source}: is no protobuf contract, and {boundary.name} is of kind grpc; name its .proto, or none"
        )
    return f"{contract.source}: is no GraphQL schema, and {boundary.name} is of kind graphql; name its schema, or none"


async def _callers(boundary: Boundary, manifest: Manifest) -> list[Mapping[str, str]]:
    """Headers of those who may be told a contract: nobody, then identities whose credentials need no login."""
    subject = Subject(boundary, None, manifest)
    credentials = Credentials({}, _no_login, lambda secret: None)
    able = [i for i in subject.identities if not Credentials.renewable(i)]
    return [{}, *[dict((await credentials.applied(i, None, None)).headers) for i in able]]


async def _no_login(boundary: str, what: Case | Request, leave: bool) -> Exchange:
    raise AssertionError("identities that have to log in are left out")
