"""Makes the first manifest of a system from an OpenAPI document; every line that it cannot know is a comment."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from seamwright.contracts.reading import contract_of, read_contract
from seamwright.drivers import drivers
from seamwright.drivers.graphql import names_graphql
from seamwright.model.boundary import Boundary
from seamwright.model.errors import ContractError, TargetError, UsageError
from seamwright.model.operation import Contract
from seamwright.run.subjects import Fetch

__all__ = ["first_manifest"]

_NOT_TEXT = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


async def first_manifest(source: str, url: str | None, place: Path, fetch: Fetch) -> tuple[str, list[str]]:
    """Give the text of a manifest that lies at `place`, and notes for the reader.

    `source` is the URL or the file of a contract, or a GraphQL endpoint; `url` is where the API is when the document
    does not say. Raises UsageError and TargetError.
    """
    notes: list[str] = []
    remote = urlsplit(source).scheme in ("http", "https")
    named: str | None
    if remote:
        contract, endpoint = await _read(source, fetch)
        parts = urlsplit(source)
        address, named = url or f"{parts.scheme}://{parts.netloc}", source
        if endpoint:
            address, named = source, None  # It tells its schema itself.
    else:
        contract = read_contract(source, base=Path())
        address, named = _address(contract, url, source), _relative(Path(source), place)
    if not remote and url is None:
        notes.append(f"the contract's first server is {address}; correct boundaries.*.url if the API is elsewhere")
    protected = sum(1 for operation in contract.operations if operation.protected)
    if protected:
        want = "1 operation wants" if protected == 1 else f"{protected} operations want"
        notes.append(f"{want} a caller; fill in identities and policy, which stand there as comments")
    return _text(contract, _name(contract), address, named), notes


async def _read(source: str, fetch: Fetch) -> tuple[Contract, bool]:
    """The contract at a URL, and whether a GraphQL endpoint told it, which is asked where its URL says GraphQL."""
    try:
        data = await fetch(source)
        return read_contract(source, base=Path(), fetch={source: data}.__getitem__), False
    except (ContractError, TargetError) as error:
        if not names_graphql(source):
            raise
        describe = drivers()["graphql"].describe
        assert describe is not None
        try:
            data = await describe(Boundary(kind="graphql", url=source), [{}])
        except TargetError:
            raise error from None
        return contract_of(data, source=source), True


def _address(contract: Contract, url: str | None, source: str) -> str:
    if url is not None:
        return url
    for server in contract.servers:
        if urlsplit(server).scheme in ("http", "https"):
            return server
    raise UsageError(f"{source} names no server with an address; say where the API is: --url http://127.0.0.1:8000")


def _relative(document: Path, place: Path) -> str:
    return os.path.relpath(document.resolve(), place.resolve().parent)


def _name(contract: Contract) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", contract.title.lower()).strip("-")
    return name[:40].strip("-") or "api"


def _text(contract: Contract, name: str, address: str, contract_at: str | None) -> str:
    kind = {"graphql": "graphql", "protobuf": "grpc"}.get(contract.kind, "http")
    document = f"    contract: {_quoted(contract_at)}\n" if contract_at is not None else ""
    schemes = ", ".join(f"{s.name} ({s.type} {s.scheme})".replace(" )", ")") for s in contract.schemes.values())
    some = next((o.id for o in contract.operations if o.protected), "operationId")
    return f"""\
# What Seamwright is told of this system. Every key: seamwright manifest schema
system: {_key(name)}

# What a check may dare: test (everything), staging (no faults, no load), production (looking only).
environment: test

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
#   bob:
#     roles: [customer]
#     login: {{operation: login, body: {{user: bob, password: "${{BOB_PASSWORD}}"}}, token: $.access_token}}

# Who may do what; what is not allowed is denied. "owning" makes objects private to whoever created them.
# policy:
#   - {{roles: [customer], may: [{some}], owning: object}}
#   - {{roles: [admin], may: ["*"]}}
"""


def _key(name: str) -> str:
    """A name as YAML reads it back as text: `null`, `yes`, `3` and `2026-01-01` would be read as something else."""
    plain = re.fullmatch(r"[a-z][a-z0-9-]*", name) and name not in _NOT_TEXT
    return name if plain else f'"{name}"'


def _quoted(text: str) -> str:
    """A text as YAML reads it back unchanged; JSON strings are YAML."""
    import json

    return text if re.fullmatch(r"[A-Za-z0-9_./:-]+", text) and not text.endswith(":") else json.dumps(text)
