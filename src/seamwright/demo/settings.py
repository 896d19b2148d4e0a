"""What every service of the shop is told when it starts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["CUSTOMERS", "SECRETS", "SERVICES", "Settings", "gather_secrets"]

SERVICES = ("identity", "orders", "payments", "inventory")
CUSTOMERS = ("alice", "bob")

SECRETS = (
    "SHOP_ALICE_PASSWORD",
    "SHOP_BOB_PASSWORD",
    "SHOP_ROOT_PASSWORD",
    "SHOP_REPORTS_SECRET",
    "SHOP_PAYMENTS_KEY",
    "SHOP_INVENTORY_KEY",
)
"""Environment variables that hold the shop's passwords and keys; made anew at each start where they are unset."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses, secrets and planted defects of one running shop."""

    data: Path
    urls: Mapping[str, str]
    payments_url: str
    databases: Mapping[str, str]
    queue: str
    secrets: Mapping[str, str] = field(repr=False)
    defects: tuple[str, ...] = ()

    def folder(self, service: str) -> Path:
        """The service's own folder for its key, database and logs."""
        path = self.data / service
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def signing_key(self) -> Path:
        return self.data / "identity" / "signing-key.pem"


def gather_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Each secret from the environment, or a random one."""
    return {name: environ.get(name) or secrets.token_urlsafe(18) for name in SECRETS}
