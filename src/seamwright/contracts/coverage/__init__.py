"""What of a contract was exercised: measured by what was really sent and really answered, keyword by keyword."""

from __future__ import annotations

from seamwright.contracts.coverage.meter import Meter

__all__ = ["Meter"]
