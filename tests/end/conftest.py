"""Shops that the end-to-end tests share: a healthy one, and one with five defects that do not hide each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faces.terminal import Done, Shop, seamwright, shop_up

__all__ = ["FOUND_BY", "Verified"]

FOUND_BY = {
    "bola-read": "security.object-read-across-customers",
    "double-charge": "consistency.idempotent-concurrent",
    "schema-drift": "contract.response-conforms",
    "sql-injection": "security.sql-injection",
    "unhandled-refusal": "resilience.refused-dependency",
}
"""Defects, and the check that finds each."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A broken shop, and what a run on it gave."""

    shop: Shop
    done: Done

    @property
    def run(self) -> str:
        """The id of that run."""
        return str(self.done.json["run"]["id"])

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Every finding, with the check that has it."""
        rows = self.done.json["evidence"]
        return [finding | {"check": row["check"]} for row in rows for finding in row["findings"]]


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A healthy shop."""
    with shop_up(tmp_path_factory.mktemp("healthy")) as shop:
        yield shop


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verified]:
    """A shop with five defects, verified with the checks that find them and one that measures latency."""
    planted = [word for defect in FOUND_BY for word in ("--defect", defect)]
    checks = [word for check in (*FOUND_BY.values(), "load.latency-objective") for word in ("--check", check)]
    with shop_up(tmp_path_factory.mktemp("broken"), *planted) as shop:
        yield Verified(shop, seamwright("verify", shop.manifest, "orders", *checks, "--json", "-q", cwd=shop.here))
