"""A subject: one boundary with its contract and all that the manifest says around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from seamwright.model.accounts import changes_its_caller, wipes_everything
from seamwright.model.boundary import Boundary
from seamwright.model.identity import ANYONE, Identity
from seamwright.model.manifest import Manifest
from seamwright.model.operation import Contract, Operation
from seamwright.model.policy import Rule, matches

__all__ = ["Subject"]

_CHANGES_CALLER = "it would change or end the account that calls it; 'allow' lets it be called"


@dataclass(frozen=True)
class Subject:
    """What a check is asked about: a boundary, its contract (None when it has none), and the manifest."""

    boundary: Boundary
    contract: Contract | None
    manifest: Manifest

    @cached_property
    def base_url(self) -> str:
        """The URL that an operation's path is appended to, without a slash at its end.

        The boundary's own URL decides about the host. Where it has no path, the path of the contract's first server is
        taken (OpenAPI 3.1, section 4.8.5). An endpoint of GraphQL, or of a WebSocket, is taken as it
        stands.
        """
        if self.boundary.kind in ("graphql", "websocket"):
            return self.boundary.url
        url = self.boundary.url.rstrip("/")
        if self.contract is None or not self.contract.servers or urlsplit(url).path:
            return url
        path = urlsplit(urljoin(f"{url}/", self.contract.servers[0])).path
        return url + path.rstrip("/")

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the contract that checks may call."""
        if self.contract is None:
            return ()
        kept_back = self.kept_back
        return tuple(o for o in self.contract.operations if o.id not in kept_back)

    @cached_property
    def kept_back(self) -> Mapping[str, str]:
        """The operations that no check calls, each with why; those that could not be read are among them.

        An operation that changes or ends the very account that calls it would take the identities away that the
        manifest has lent us, and so would one that wipes the whole system; the manifest may `allow` them.
        """
        boundary = self.boundary
        reset = boundary.reset.operation if boundary.reset else None
        found: dict[str, str] = dict(self.contract.left_out) if self.contract else {}
        for operation in self.contract.operations if self.contract else ():
            if operation.id in boundary.exclude:
                found[operation.id] = "the manifest excludes it"
            elif operation.id == reset:
                found[operation.id] = "it puts test data back"
            elif operation.id in boundary.allow:
                continue
            elif changes_its_caller(operation):
                found[operation.id] = _CHANGES_CALLER
            elif wipes_everything(operation):
                found[operation.id] = "it would wipe the whole system, accounts and all; 'allow' lets it be called"
        return found

    @property
    def account_operations(self) -> tuple[Operation, ...]:
        """The operations that are kept back only because they change or end the account that calls them.

        Nobody whom the manifest names may call them; an account that was made for it may (`Bench.disposable`).
        """
        kept_back = self.kept_back
        operations = self.contract.operations if self.contract else ()
        return tuple(o for o in operations if kept_back.get(o.id) == _CHANGES_CALLER)

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        """Identities with credentials for this boundary, in the manifest's order; those whose tokens are meant for
        another audience are left out (see `misdirected`)."""
        return tuple(i for i in self._everybody if not i.anonymous and i.audience is None)

    @property
    def misdirected(self) -> tuple[Identity, ...]:
        """Identities whose tokens are valid but meant for another audience."""
        return tuple(i for i in self._everybody if not i.anonymous and i.audience is not None)

    @property
    def _everybody(self) -> tuple[Identity, ...]:
        return tuple(
            i for i in self.manifest.identities.values() if i.boundaries is None or self.boundary.name in i.boundaries
        )

    def rules(self, operation: Operation) -> tuple[Rule, ...]:
        """The rules of the policy that name this operation by itself (a lone "*" is left out)."""
        return tuple(
            rule
            for rule in self.manifest.policy
            if any(p != "*" and matches(p, self.boundary.name, operation.id) for p in rule.may)
        )

    def allowed(self, identity: Identity, operation: Operation) -> bool | None:
        """Whether the policy allows this; None where the manifest has no policy for this boundary's operations."""
        if not self.manifest.policy:
            return None
        return any(
            set(rule.roles) & set(identity.roles)
            and any(matches(p, self.boundary.name, operation.id) for p in rule.may)
            for rule in self.manifest.policy
        )

    def honest(self, operation: Operation) -> Identity | None:
        """An identity that may call this operation: the first that the policy allows, one before others whose
        credentials are of the kind that the operation asks for; `ANYONE` where the contract leaves the operation open
        and there is no such identity; None where nobody is known who may."""
        allowed = [i for i in self.identities if self.allowed(i, operation) is not False]
        if not allowed:
            return None if operation.protected else ANYONE
        return next((i for i in allowed if self._asked_for(i, operation)), allowed[0])

    def _asked_for(self, identity: Identity, operation: Operation) -> bool:
        """Whether one of the operation's alternatives asks for nothing but what this identity has."""
        schemes = self.contract.schemes if self.contract else {}
        return any(
            alternative and all(name in schemes and identity.has(schemes[name]) for name in alternative)
            for alternative in operation.security
        )

    def logins(self, operation: Operation) -> tuple[Mapping[str, Any], ...]:
        """The bodies with which identities of the manifest log in through this operation; none where it is no login.

        A token endpoint counts where it is an operation of this boundary (RFC 6749, section 4.4).
        """
        bodies: list[Mapping[str, Any]] = []
        for identity in self.manifest.identities.values():
            login, client = identity.login, identity.oauth2
            if login and login.operation == operation.id and login.boundary in (None, self.boundary.name):
                bodies.append(login.body)
            elif client and client.token_url == self.base_url + operation.path:
                secret = client.client_secret.get_secret_value()
                form = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
                bodies.append(form | ({"scope": client.scope} if client.scope else {}))
        return tuple(bodies)

    def denied(self, operation: Operation) -> Identity | None:
        """An identity that the policy does not allow to call this operation, where there is one."""
        return next((i for i in self.identities if self.allowed(i, operation) is False), None)

    def private(self, operation: Operation) -> bool:
        """Whether the policy says that the objects of this operation belong to their owners."""
        return any(rule.owning for rule in self.rules(operation))

    def pair(self, operation: Operation) -> tuple[Identity, Identity] | None:
        """Two different identities with the same roles that may both call a private operation."""
        able = [
            i
            for i in self.identities
            if any(rule.owning and set(rule.roles) & set(i.roles) for rule in self.rules(operation))
        ]
        for first in able:
            for second in able:
                if first.name != second.name and set(first.roles) == set(second.roles):
                    return first, second
        return None
