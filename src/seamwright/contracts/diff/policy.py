"""How much notice callers are given before something goes, and what counts as promised at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

__all__ = ["STABILITIES", "Policy"]

STABILITIES = ("draft", "alpha", "beta", "stable")
"""What `x-stability-level` may say, the least promised first; what says nothing is stable."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`days` and `beta_days` are the least number of days from a deprecation to its sunset; 0 asks for no sunset."""

    days: int = 0
    beta_days: int = 0
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def grace(self, stability: str) -> int:
        """The days of notice that something of this stability must give."""
        return {"draft": 0, "alpha": 0, "beta": self.beta_days}.get(stability, self.days)

    def promised(self, stability: str) -> bool:
        """Whether callers may rely on something of this stability: drafts and alphas may change at any time."""
        return stability not in ("draft", "alpha")
