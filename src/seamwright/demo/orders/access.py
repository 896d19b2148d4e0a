"""Who may do what at orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from seamwright.demo.settings import Settings
from seamwright.kit.resource_server import JwksCache, Principal, TokenVerifier, bearer_token

__all__ = ["Access"]

_NOBODY = Principal("")


class Access:
    """Lets callers in by their access token, and to operations by their roles."""

    public: frozenset[str] = frozenset({"health"})
    roles: Mapping[str, tuple[str, ...]] = {
        "createOrder": ("customer", "admin"),
        "getOrder": ("customer", "admin"),
        "listOrders": ("customer", "admin"),
        "updateOrder": ("customer", "admin"),
        "cancelOrder": ("customer", "admin"),
        "refundOrder": ("admin",),
        "listAllOrders": ("admin",),
        "resetSandbox": ("admin",),
    }

    def __init__(self, settings: Settings) -> None:
        self.keys = JwksCache(settings.urls["identity"] + "/.well-known/jwks.json", timeout=0.8)
        self.verifier = self.make_verifier(settings.urls["identity"])

    def make_verifier(self, issuer: str) -> TokenVerifier:
        return TokenVerifier(issuer=issuer, audience="orders", keys=self.keys)

    async def verify(self, token: str) -> Principal:
        return await self.verifier.verify(token)

    async def enter(self, request: Request, operation: str) -> Principal:
        """The caller. Raises `AccessDenied`: 401 without a valid token, 403 without a role that may."""
        if operation in self.public:
            return _NOBODY
        principal = await self.verify(bearer_token(request.headers.get("authorization")))
        if operation in self.roles:
            principal.require_role(*self.roles[operation])
        return principal

    def may_read(self, principal: Principal, order: Mapping[str, Any]) -> bool:
        return order["owner"] == principal.subject or "admin" in principal.roles

    def may_write(self, principal: Principal, order: Mapping[str, Any]) -> bool:
        return order["owner"] == principal.subject or "admin" in principal.roles
