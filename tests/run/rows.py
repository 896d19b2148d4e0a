"""Rows that tests fold, gate and show: one run, and evidence of it."""

from __future__ import annotations

from typing import Any

from seamwright.model.evidence import CellResult, Evidence
from seamwright.model.run import Run
from seamwright.model.verdict import Cause, Verdict

__all__ = ["RUN", "evidence"]

RUN = Run("r1", "shop", "test", "seamwright.yaml", ("api",), 1, "m" * 64, {}, "", (), {}, 1000.0)


def evidence(verdict: Verdict = Verdict.PROVED, **changes: Any) -> Evidence:
    """One row about the cell `getItem` of `contract.x` on `api`, made at second 1000."""
    given: dict[str, Any] = {
        "run": "r1",
        "boundary": "api",
        "check": "contract.x",
        "proves": "it holds",
        "verdict": verdict,
        "tried": 1,
        "cells": (CellResult("getItem", verdict, 1),),
        "findings": (),
        "why": "it was cut off" if verdict is Verdict.UNKNOWN else "",
        "cause": Cause.TARGET if verdict is Verdict.UNKNOWN else None,
        "exchanges": 1,
        "exchanges_digest": "e" * 64,
        "manifest_digest": "m" * 64,
        "contract_digest": "c" * 64,
        "environment": "test",
        "seed": 1,
        "started": 1000.0,
        "seconds": 0.1,
        **changes,
    }
    return Evidence(**given)
