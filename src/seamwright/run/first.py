"""Makes the first manifest of a system from one boundary; every line that it cannot know is a comment.

What is given is an OpenAPI document, a GraphQL endpoint or schema, a gRPC server or its `.proto` files, or a WebSocket.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationError

from seamwright.contracts.reading import contract_of, is_url, read_contract
from seamwright.drivers import driver
from seamwright.drivers.graphql import names_graphql
from seamwright.model.boundary import Boundary, Kind
from seamwright.model.errors import ContractError, TargetError, UsageError
from seamwright.model.loopback import is_loopback
from seamwright.model.operation import Contract
from seamwright.run.prefixes import hint
from seamwright.run.subjects import Fetch

__all__ = ["first_manifest"]

_NOT_TEXT = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

_KINDS: dict[str, Kind] = {"graphql": "graphql", "protobuf": "grpc"}
"""Kind of a contract → kind of the boundary that has it, where that is not http."""

_SCHEMES: dict[Kind, tuple[str, ...]] = {
    "http": ("http", "https"),
    "graphql": ("http", "https"),
    "grpc": ("grpc", "grpcs"),
    "websocket": ("ws", "wss"),
}

_LIKE = {
    "http": "http://127.0.0.1:8000",
    "graphql": "http://127.0.0.1:8000/graphql",
    "grpc": "grpc://127.0.0.1:50051",
}
"""Addresses as a boundary of that kind has them."""

_NONE = '""'
"""A text with nothing in it, as YAML writes it."""

_DATABASES = ("sqlite", "postgresql", "postgres", "mysql", "mariadb")


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of one boundary: its contract, its address, and where its contract lies (None: it tells it)."""

    kind: Kind
    address: str
    contract: Contract | None = None
    named: str | None = None


async def first_manifest(source: str, url: str | None, place: Path, fetch: Fetch) -> tuple[str, list[str]]:
    """Give the text of a manifest that lies at `place`, and notes for the reader.

    `source` is the URL or the file of a contract, a GraphQL endpoint, `grpc://host:port` of a server with reflection,
    or `ws://host/path`; `url` is where the API is when the document does not say. Raises UsageError and TargetError.
    """
    scheme = _scheme(source)
    if url is not None and scheme in (*_SCHEMES["grpc"], *_SCHEMES["websocket"]):
        raise UsageError(f"{source} is an address already, and --url {url} another one; give one of them")
    if scheme in _SCHEMES["grpc"]:
        found = await _told(source, "grpc")
    elif scheme in _SCHEMES["websocket"]:
        found = _Found("websocket", source)
    elif scheme in _SCHEMES["http"]:
        found = await _fetched(source, url, fetch)
    else:
        contract = read_contract(source, base=Path())
        found = _Found(_kind(contract), _address(contract, url, source), contract, _relative(Path(source), place))
    if _parts(found.address).scheme not in _SCHEMES[found.kind]:
        likely = "ws://…" if found.kind == "websocket" else _LIKE[found.kind]
        raise UsageError(f"{found.address} is no address of a boundary of kind {found.kind}; give one like {likely}")
    return _text(found), list(_notes(found, source, url))


def _scheme(source: str) -> str:
    """The scheme of a source that is a URL, empty for a path. Raises UsageError for what is not looked at here."""
    if "://" not in source:
        if re.fullmatch(r"[\w.-]+:\d+(/.*)?", source) and not Path(source).exists():
            raise UsageError(
                f"{source} is neither a file nor a URL; say how it is spoken to: http://{source} with the path of its "
                f"OpenAPI document or GraphQL endpoint, grpc://{source}, or ws://{source}"
            )
        return ""
    parts = _parts(source)
    scheme = parts.scheme.partition("+")[0]
    if scheme in _DATABASES:
        raise UsageError(
            f"{scheme}:// is a database, which has no contract to begin with: add it to a manifest, under "
            "'boundaries', as {kind: sql, url: \"${DATABASE_URL}\"}"
        )
    if not any(scheme in known for known in _SCHEMES.values()):
        raise UsageError(
            f"{source!r}: {scheme}:// is not spoken here; give http(s)://… of a contract or a GraphQL endpoint, "
            "grpc(s)://host:port of a server with reflection, ws(s)://…, or a file"
        )
    if not parts.hostname:
        raise UsageError(f"{source!r} names no host")
    return scheme


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL: {error}") from None
    return parts


async def _told(source: str, kind: Kind) -> _Found:
    """A boundary that tells its contract when it is asked. Raises ContractError and TargetError where it does not."""
    asked = driver(kind)
    assert asked is not None
    assert asked.describe is not None
    try:
        boundary = Boundary(kind=kind, url=source)
    except ValidationError as error:
        raise UsageError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
    try:
        data = await asked.describe(boundary, [{}])
    except ContractError as error:
        if kind != "grpc":
            raise
        raise ContractError(f"{error}; with such a file: seamwright init api.proto --url {source}") from None
    return _Found(kind, source, contract_of(data, source=source))


async def _fetched(source: str, url: str | None, fetch: Fetch) -> _Found:
    """The boundary whose document lies at a URL, or that is a GraphQL endpoint, where its URL says so."""
    try:
        data = await fetch(source)
        contract = read_contract(source, base=Path(), fetch={source: data}.__getitem__)
    except (ContractError, TargetError) as error:
        if not names_graphql(source):
            raise
        try:
            return await _told(source, "graphql")
        except TargetError:
            raise error from None
    kind = _kind(contract)
    if url is None and kind != "http":
        raise _nowhere(contract, source)
    parts = urlsplit(source)
    return _Found(kind, url or f"{parts.scheme}://{parts.netloc}", contract, source)


def _kind(contract: Contract) -> Kind:
    return _KINDS.get(contract.kind, "http")


def _address(contract: Contract, url: str | None, source: str) -> str:
    if url is not None:
        return url
    for server in contract.servers:
        if urlsplit(server).scheme in _SCHEMES[_kind(contract)]:
            return server
    raise _nowhere(contract, source)


def _nowhere(contract: Contract, source: str) -> UsageError:
    where = f"say where the API is: --url {_LIKE[_kind(contract)]}"
    return UsageError(f"{source} names no server with an address; {where}")


def _notes(found: _Found, source: str, url: str | None) -> Iterator[str]:
    if found.contract is None:
        yield "a WebSocket tells no contract: what is tried is its handshake, and what it makes of broken frames"
        return
    if url is None and not is_url(source) and "://" not in source:
        yield f"the contract's first server is {found.address}; correct boundaries.*.url if the API is elsewhere"
    if _environment(found) == "production":
        yield (
            f"{urlsplit(found.address).hostname} is not this machine, so environment is production, and only what is "
            "safe is sent; write test or staging there if it may be tested"
        )
    protected = sum(1 for operation in found.contract.operations if operation.protected)
    if protected:
        want = "1 operation wants" if protected == 1 else f"{protected} operations want"
        yield f"{want} a caller; fill in identities and policy, which stand there as comments"


def _relative(document: Path, place: Path) -> str:
    return os.path.relpath(document.resolve(), place.resolve().parent)


def _name(found: _Found) -> str:
    """The title of the contract as a name; the last word of the path where there is none."""
    title = found.contract.title if found.contract is not None else urlsplit(found.address).path.rpartition("/")[2]
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return name[:40].strip("-") or "api"


def _text(found: _Found) -> str:
    kind, name, address = found.kind, _name(found), found.address
    document = f"    contract: {_quoted(found.named)}\n" if found.named is not None else ""
    declared = found.contract.schemes.values() if found.contract is not None else ()
    schemes = ", ".join(f"{s.name} ({s.type} {s.scheme})".replace(" )", ")") for s in declared)
    operations = found.contract.operations if found.contract is not None else ()
    some = next((o.id for o in (*(o for o in operations if o.protected), *operations)), "operationId")
    return f"""\
# What Seamwright is told of this system. Every key: seamwright manifest schema
system: {_key(name)}

# What a check may dare: test (everything), staging (no faults, no load), production (looking only).
environment: {_environment(found)}

boundaries:
  {_key(name)}:
    kind: {kind}
    url: {_quoted(address)}
{document}    # owner: team-{name}
    # depends_on: [another-boundary]
    # objectives: {{availability: 99.9%, latency: {{p99: 300ms}}, rate: 50/s, recovery: 5s, deadline: 3s}}
    # reset: {{operation: resetTestData}}

# Who calls. Secrets are variables, read from the environment or from a .env file beside this one.
# The contract declares: {schemes or "no way to authenticate"}
# identities:
#   alice:
#     roles: [customer]
#     token: "${{ALICE_TOKEN}}"
{_prefix(found.contract)}#   bob:
#     roles: [customer]
#     login: {{operation: login, body: {{user: bob, password: "${{BOB_PASSWORD}}"}}, token: $.access_token}}

# Who may do what; what is not allowed is denied. "owning" makes objects private to whoever created them.
# policy:
#   - {{roles: [customer], may: [{some}], owning: object}}
#   - {{roles: [admin], may: ["*"]}}
"""


def _prefix(contract: Contract | None) -> str:
    """The word before a token, where the contract calls it a key in the Authorization header."""
    if contract is None:
        return ""
    keys = [scheme for scheme in contract.schemes.values() if scheme.in_authorization]
    told = next((word for word in (hint(contract, key) for key in keys) if word is not None), None)
    if told is not None:
        return f"#     prefix: {_quoted(told) if told else _NONE}  # as the description of the scheme says\n"
    return f"#     prefix: Token  # or Bearer, or {_NONE}; without this line a trial tells\n" if keys else ""


def _environment(found: _Found) -> str:
    """This machine is there to be tested; what is elsewhere may be somebody's, until somebody says that it is not."""
    return "test" if is_loopback(urlsplit(found.address).hostname or "") else "production"


def _key(name: str) -> str:
    """A name as YAML reads it back as text: `null`, `yes`, `3` and `2026-01-01` would be read as something else."""
    plain = re.fullmatch(r"[a-z][a-z0-9-]*", name) and name not in _NOT_TEXT
    return name if plain else f'"{name}"'


def _quoted(text: str) -> str:
    """A text as YAML reads it back unchanged; JSON strings are YAML."""
    import json

    return text if re.fullmatch(r"[A-Za-z0-9_./:-]+", text) and not text.endswith(":") else json.dumps(text)
