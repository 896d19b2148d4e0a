"""The drifted contracts of the shop: what each says, and where that shows."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.demo.drift import Drift
from seamwright.demo.drifts.answers import ANSWERS
from seamwright.demo.drifts.operations import OPERATIONS
from seamwright.demo.drifts.requests import REQUESTS
from seamwright.demo.drifts.statuses import STATUSES

__all__ = ["DRIFTS"]

DRIFTS: Mapping[str, Drift] = {drift.name: drift for drift in (*ANSWERS, *STATUSES, *REQUESTS, *OPERATIONS)}
